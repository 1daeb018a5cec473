package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed sources.yaml
var sourceList []byte

// source is one package of which numbers are fitted or measured.
type source struct {
	Name    string `yaml:"name"` // as the client of its registry writes it
	Version string `yaml:"version"`
	Kind    string `yaml:"kind"` // maven, pypi or npm
	File    string `yaml:"file"`
	SHA256  string `yaml:"sha256"`
	Licence string `yaml:"licence"`
	Use     string `yaml:"use"` // fit, calibrate, test or both
	For     string `yaml:"for"`
}

// library are the sources in a folder.
type library struct {
	folder string
	list   []source
}

func openLibrary(folder string) (*library, error) {
	var list []source
	if err := yaml.UnmarshalWithOptions(sourceList, &list, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read sources.yaml: %w", err)
	}
	return &library{folder: folder, list: list}, nil
}

// fetch gets what is not there yet with the ordinary clients, as they are set
// up on this machine.
func (l *library) fetch(ctx context.Context, progress io.Writer) error {
	if err := os.MkdirAll(l.folder, 0o755); err != nil {
		return err
	}
	for _, s := range l.list {
		if _, err := os.Stat(filepath.Join(l.folder, s.File)); err == nil {
			continue
		}
		fmt.Fprintf(progress, "fetch %s %s\n", s.Name, s.Version)
		var cmd *exec.Cmd
		switch s.Kind {
		case "maven":
			cmd = exec.CommandContext(ctx, "mvn", "-q", "dependency:copy", "-Dartifact="+s.Name+":"+s.Version+":jar:sources", "-DoutputDirectory="+l.folder)
		case "pypi":
			args := []string{"download", "-q", "--no-deps", "-d", l.folder, s.Name + "==" + s.Version}
			if strings.HasSuffix(s.File, ".tar.gz") {
				args = append(args, "--no-binary", ":all:")
			}
			cmd = exec.CommandContext(ctx, "pip", args...)
		case "npm":
			cmd = exec.CommandContext(ctx, "npm", "pack", "--silent", "--pack-destination", l.folder, s.Name+"@"+s.Version)
		default:
			return fmt.Errorf("%s: %q is not maven, pypi or npm", s.Name, s.Kind)
		}
		cmd.Stderr = progress
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("fetch %s %s: %w", s.Name, s.Version, err)
		}
	}
	return nil
}

// errSource says that a file is not the one that the list names.
var errSource = errors.New("not the file of sources.yaml")

// files reads the files of a package whose paths match. Only a package of the
// list with the digest of the list is read.
func (l *library) files(name, pattern string, each func(path string, data []byte) error) error {
	for _, s := range l.list {
		if s.Name != name {
			continue
		}
		data, err := os.ReadFile(filepath.Join(l.folder, s.File))
		if err != nil {
			return fmt.Errorf("%w (run with -fetch first)", err)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != s.SHA256 {
			return fmt.Errorf("%s has the SHA-256 %x instead of %s: %w", s.File, sum, s.SHA256, errSource)
		}
		match := func(p string) bool { ok, _ := path.Match(pattern, p); return ok }
		if strings.HasSuffix(s.File, "gz") {
			return inTar(data, match, each)
		}
		return inZip(data, match, each)
	}
	return fmt.Errorf("%s: %w", name, errSource)
}

func inZip(data []byte, match func(string) bool, each func(string, []byte) error) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		if !match(f.Name) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return err
		}
		if err := each(f.Name, text); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func inTar(data []byte, match func(string) bool, each func(string, []byte) error) error {
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	t := tar.NewReader(unzipped)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !match(h.Name) {
			continue
		}
		text, err := io.ReadAll(t)
		if err != nil {
			return err
		}
		if err := each(h.Name, text); err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}
