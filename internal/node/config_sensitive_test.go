package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/node"
)

// The classification of sensitive data is one of the taxonomy; the default is
// the strictest. The gateway refuses an unknown word at start.
func TestConfigSensitive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gateway.yaml")
	for text, want := range map[string]string{
		"name: x":                     element.Strictest,
		"sensitive: strictest":        element.Strictest,
		"sensitive: gbt-45574-2025":   "gbt-45574-2025",
		"sensitive: the-mildest":      "",
		"sensitive: 'gbt-45574-2025 ": "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := node.LoadConfig(path)
		if err == nil {
			err = cfg.Validate()
		}
		if (err == nil) != (want != "") || err == nil && cfg.Sensitive != want || err != nil && !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %q, %v", text, cfg.Sensitive, err)
		}
	}
}
