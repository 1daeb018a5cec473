// Package node opens, wires, runs and closes one gateway. It holds no rules of
// its own: the services that it connects do the work.
package node

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/yamldoc"
)

// Config holds all settings that an operator makes before a gateway starts. The
// comment of a field is its reference.
type Config struct {
	// Gateway is this gateway's name for all its peers. The name is in its keys
	// and its log, so it cannot change later.
	Gateway dataspace.GatewayID `yaml:"gateway"`
	// Name is the gateway's name for people.
	Name string `yaml:"name"`
	// Jurisdiction is the ISO 3166-1 alpha-2 code of the place of the gateway.
	Jurisdiction dataspace.Jurisdiction `yaml:"jurisdiction"`
	// DataDir is the directory for state: database, log, keys, delivered files.
	DataDir string `yaml:"data_dir"`
	// State is the URL of the store of rows. sqlite: is a database in the data
	// directory. memory: loses keys, flows, counts and evidence when the
	// gateway stops, and is for tests and trials.
	State string `yaml:"state"`
	// KeyDir is the directory for the key of the person counts, separate from
	// the data. Default: keys-counts inside the data directory.
	KeyDir string `yaml:"key_dir"`
	// Listen is the address that peers connect to: protocol, data, witness.
	Listen string `yaml:"listen"`
	// URL is the public address that peers use; by default https and Listen.
	URL string `yaml:"url"`
	// Management is the address of the management API.
	Management string `yaml:"management"`
	// Packs is a folder with newer signed rule packs. If it is empty, the
	// built-in packs are used.
	Packs string `yaml:"packs"`
	// PackKey is a file with the public key, base64 of 32 bytes, that signs
	// the packs of that folder.
	PackKey string `yaml:"pack_key"`
	// Recognitions is a folder with recognition agreements that both parties
	// have signed. If it is empty, there are no agreements.
	Recognitions string `yaml:"recognitions"`
	// Authorities are the authorities whose signatures on those agreements are
	// valid. Each has a jurisdiction and a key: a file with the public key,
	// base64 of 32 bytes.
	Authorities []Authority `yaml:"authorities"`
	// Switches are choices that rule packs leave to you: true or false by
	// "<pack id>#<name>". A switch that is not listed has the default of its
	// pack.
	Switches map[string]bool `yaml:"switches"`
	// Sensitive is the classification by which people are counted as people
	// with sensitive data: gbt-45574-2025, gbt-35273-2020, or strictest, which
	// counts a person if any of them does. Let counsel choose it, at the
	// beginning of a year.
	Sensitive string `yaml:"sensitive"`
	// LogLevel is debug, info, warn or error.
	LogLevel string `yaml:"log_level"`
}

// Authority is an authority whose signature binds a jurisdiction.
type Authority struct {
	Jurisdiction dataspace.Jurisdiction `yaml:"jurisdiction"`
	Key          string                 `yaml:"key"`
}

// DefaultConfig returns safe defaults: state on disk, loopback only.
func DefaultConfig() Config {
	return Config{
		Gateway:    "gateway",
		DataDir:    "hutong-data",
		State:      "sqlite:",
		Listen:     "127.0.0.1:8443",
		Management: "127.0.0.1:8442",
		Sensitive:  element.Strictest,
		LogLevel:   "info",
	}
}

// LoadConfig reads a file over the defaults. An unknown key is an error that
// names its line.
func LoadConfig(path string) (Config, error) {
	cfg := DefaultConfig()
	if path == "" {
		return cfg, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return cfg, fmt.Errorf("read configuration: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	if err := dec.Decode(&cfg); err != nil {
		return cfg, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "config.form", Place: yamldoc.Place(path, err),
			Message: "the configuration does not fit", Err: yamldoc.Bare(err), Hint: "docs/reference/config.md lists the keys"}
	}
	return cfg, nil
}

// Validate reports all errors together and fills in the values that follow from
// others.
func (c *Config) Validate() error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "config." + field, Place: field, Message: fmt.Sprintf(format, args...)})
	}
	if err := dataspace.CheckName("gateway", string(c.Gateway)); err != nil {
		errs = append(errs, err)
	}
	if len(c.Jurisdiction) != 0 && len(c.Jurisdiction) != 2 {
		bad("jurisdiction", "expected two letters, ISO 3166-1 alpha-2")
	}
	if c.DataDir == "" {
		bad("data_dir", "must not be empty")
	}
	if _, err := driverOf(c.State); err != nil {
		errs = append(errs, err)
	}
	for field, addr := range map[string]string{"listen": c.Listen, "management": c.Management} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			bad(field, "expected host:port, have %q", addr)
		}
	}
	if c.URL != "" {
		if u, err := url.Parse(c.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			bad("url", "expected https://host[:port], without user and password")
		}
	}
	if (c.Packs == "") != (c.PackKey == "") {
		bad("packs", "packs and pack_key go together: an unsigned pack is never used")
	}
	if (c.Recognitions == "") != (len(c.Authorities) == 0) {
		bad("recognitions", "recognitions and authorities go together: an agreement counts only by keys that are trusted")
	}
	for _, a := range c.Authorities {
		if len(a.Jurisdiction) != 2 || a.Key == "" {
			bad("authorities", "each needs jurisdiction, two letters, and key, a file")
		}
	}
	if _, err := element.Builtin().ParseView(c.Sensitive); err != nil {
		errs = append(errs, err)
	}
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		bad("log_level", "expected debug, info, warn or error, have %q", c.LogLevel)
	}
	if c.KeyDir == "" {
		c.KeyDir = filepath.Join(c.DataDir, "keys-counts")
	}
	if c.Name == "" {
		c.Name = string(c.Gateway)
	}
	return errors.Join(errs...)
}
