package gateway

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hutong/internal/dataspace"
)

// manifestName is the file that lists the keys that must exist.
const manifestName = "keys.json"

// manifest lists the public keys of a gateway, so that a lost or swapped key
// file is detected before it is used.
type manifest struct {
	Gateway   dataspace.GatewayID `json:"gateway"`
	Identity  string              `json:"identity"`
	Log       string              `json:"log"`
	Witness   string              `json:"witness"`
	TLS       dataspace.Digest    `json:"tls_spki_sha256"`
	Pseudonym string              `json:"pseudonym_check"`
	Count     string              `json:"count_check"`
}

func (k *Keys) manifest(gateway dataspace.GatewayID) manifest {
	return manifest{
		Gateway:   gateway,
		Identity:  base64.StdEncoding.EncodeToString(k.IdentityPublic()),
		Log:       k.logVerifier,
		Witness:   k.witnessVerifier,
		TLS:       k.spki,
		Pseudonym: checkValue(k.pseudonym),
		Count:     checkValue(k.count),
	}
}

// same compares the keys with those that were created in the directory.
func (m manifest) same(known manifest, dir string) error {
	if m == known {
		return nil
	}
	message, hint := "a key is not the one that was created here", "restore the key files from a backup"
	if m.Gateway != known.Gateway {
		message = fmt.Sprintf("the keys belong to gateway %q, not %q", known.Gateway, m.Gateway)
		hint = "a gateway keeps its id for ever; correct the configuration or choose another directory"
	}
	return problem(dataspace.ErrConflict, "key.changed", dir, message, hint)
}

func readManifest(dir string) (*manifest, error) {
	path := filepath.Join(dir, manifestName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read list of keys: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "key.manifest", Place: path,
			Message: "the list of keys cannot be read", Err: err, Hint: "restore it from a backup"}
	}
	return &m, nil
}

func writeManifest(dir string, m manifest) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write list of keys: %w", err)
	}
	return createFile(filepath.Join(dir, manifestName), append(data, '\n'))
}

// secureDir makes the directory, or checks that only its owner may enter.
func secureDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create key directory: %w", err)
	}
	return onlyOwner(dir, "0700")
}

func onlyOwner(path, mode string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at key: %w", err)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return problem(dataspace.ErrDenied, "key.permissions", path,
		fmt.Sprintf("others than the owner can reach it (mode %04o)", info.Mode().Perm()),
		fmt.Sprintf("run: chmod %s %s", mode, path))
}

// loadFile reads a key file. If the file is absent, loadFile creates it, but
// only while the keys are being created.
func loadFile(path string, create bool, generate func() ([]byte, error)) ([]byte, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !create {
			return nil, problem(dataspace.ErrNotFound, "key.missing", path,
				"a key of this gateway is missing", "restore it from a backup: a new one would not be the same gateway")
		}
		data, err := generate()
		if err != nil {
			return nil, fmt.Errorf("generate key: %w", err)
		}
		if err := createFile(path, data); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("look at key: %w", err)
	}
	if err := onlyOwner(path, "0600"); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return data, nil
}

// createFile writes a new file with mode 0600. The file appears completely or
// not at all, and is durable on return. It never replaces an existing file. An
// existing file is not an error: another process was first.
func createFile(path string, data []byte) error {
	return place(path, data, func(temp string) error {
		if err := os.Link(temp, path); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
}

// replaceFile is createFile for a file that may be replaced.
func replaceFile(path string, data []byte) error {
	return place(path, data, func(temp string) error { return os.Rename(temp, path) })
}

func place(path string, data []byte, move func(temp string) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", filepath.Base(path), err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing to do when it was renamed
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := move(f.Name()); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
