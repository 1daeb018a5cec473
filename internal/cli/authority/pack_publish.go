package authority

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hutong/internal/cli/frame"
	"hutong/internal/files"
	"hutong/internal/packtools"
	"hutong/packs"
)

// place puts a new version of a pack into a folder of packs: it makes the
// version in a hidden folder there and renames that folder. A reader between
// the two renames finds no pack and uses the built-in one.
func place(root, id string, list packtools.Files) (target string, err error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", frame.Unreadable(root, err)
	}
	work, err := os.MkdirTemp(root, ".hutong-import-")
	if err != nil {
		return "", frame.Unreadable(root, err)
	}
	// The working directory is removed; the published pack stays.
	defer func() { _ = os.RemoveAll(work) }()
	target = filepath.Join(root, filepath.FromSlash(id))
	made, old := filepath.Join(work, "made"), filepath.Join(work, "replaced")
	if err := keepBelow(target, made); err != nil {
		return "", err
	}
	for name, data := range list {
		if err := files.WriteFile(filepath.Join(made, name), data, 0o644); err != nil {
			return "", err
		}
	}
	if err := calendars(root); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return "", frame.Unreadable(target, err)
	}
	if err := os.Rename(target, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("put pack in place: %w", err)
	}
	if err := os.Rename(made, target); err != nil {
		return "", errors.Join(fmt.Errorf("put pack in place: %w", err), os.Rename(old, target))
	}
	return target, nil
}

// keepBelow copies to the new folder of a pack the folders below its old one,
// which are other packs.
func keepBelow(target, made string) error {
	if err := os.Mkdir(made, 0o755); err != nil {
		return frame.Unreadable(made, err)
	}
	entries, err := os.ReadDir(target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return frame.Unreadable(target, err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if err := os.CopyFS(filepath.Join(made, e.Name()), os.DirFS(filepath.Join(target, e.Name()))); err != nil {
			return fmt.Errorf("copy packs below %s: %w", target, err)
		}
	}
	return nil
}

// calendars writes missing calendars next to the packs: a pack names its
// calendar from the root of the folder.
func calendars(root string) error {
	list, err := fs.ReadDir(packs.FS, "calendars")
	if err != nil {
		return fmt.Errorf("list calendars: %w", err)
	}
	for _, c := range list {
		at := filepath.Join(root, "calendars", c.Name())
		if _, err := os.Stat(at); err == nil {
			continue
		}
		data, err := fs.ReadFile(packs.FS, "calendars/"+c.Name())
		if err != nil {
			return fmt.Errorf("read calendar: %w", err)
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return frame.Unreadable(at, err)
		}
		if err := files.WriteFile(at, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
