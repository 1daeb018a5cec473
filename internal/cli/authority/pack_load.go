package authority

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/packtools"
)

// loadPacks loads the packs of folders, or the built-in packs.
func loadPacks(dirs []string) ([]*pack.Pack, error) {
	if len(dirs) == 0 {
		return packtools.Built()
	}
	var all []*pack.Pack
	for _, dir := range dirs {
		if err := isFolder(dir); err != nil {
			return nil, err
		}
		list, err := loadPackDir(dir)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, noPack(dir)
		}
		all = append(all, list...)
	}
	return all, nil
}

func isFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return frame.Unreadable(dir, err)
	}
	if !info.IsDir() {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.dir", Place: dir, Message: "is no directory", Hint: "name the folder that holds pack.yaml"}
	}
	return nil
}

func noPack(dir string) error {
	return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.none", Place: dir, Message: "holds no pack", Hint: "a pack is a folder with pack.yaml"}
}

// loadPackDir loads the packs below dir.
func loadPackDir(dir string) ([]*pack.Pack, error) {
	if !holdsPack(dir) {
		return pack.LoadAll(packtools.Tree(os.DirFS(dir)))
	}
	p, _, err := loadOne(dir)
	return []*pack.Pack{p}, err
}

func holdsPack(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "pack.yaml"))
	return !errors.Is(err, fs.ErrNotExist)
}

// loadOne loads the pack in a folder. A pack names its calendar and the pack
// that it overlays from the root of its tree, which is the folder or a folder
// above it.
func loadOne(dir string) (found *pack.Pack, tree string, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, "", err
	}
	if root, id, ok := treeOf(abs); ok {
		if p, err := pack.Load(packtools.Tree(os.DirFS(root)), id); !errors.Is(err, fs.ErrNotExist) {
			return p, root, err
		}
	}
	var first error
	for root, inside := abs, "."; ; {
		p, err := pack.Load(packtools.Tree(os.DirFS(root)), inside)
		switch {
		case err == nil && string(p.ID()) == inside:
			return p, root, nil // its id is relative to this root
		case err == nil && found == nil:
			found, tree = p, root
		case err != nil && first == nil:
			first = err
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) || strings.Count(inside, "/") == 2 || root == filepath.Dir(root) {
			break
		}
		inside = path.Join(filepath.Base(root), inside)
		root = filepath.Dir(root)
	}
	if found != nil {
		return found, tree, nil
	}
	return nil, "", first
}

// treeOf finds the root of the tree of a pack: the folder to which its id is a
// relative path.
func treeOf(dir string) (root, id string, ok bool) {
	data, err := os.ReadFile(filepath.Join(dir, "pack.yaml"))
	if err != nil {
		return "", "", false
	}
	var doc struct {
		ID string `yaml:"id"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil || doc.ID == "" {
		return "", "", false
	}
	root, ok = strings.CutSuffix(filepath.ToSlash(dir), "/"+doc.ID)
	return filepath.FromSlash(root), doc.ID, ok && root != ""
}

// filesOf reads the packs of folders, to send them to a gateway.
func filesOf(dirs []string) (packtools.Files, error) {
	files := packtools.Files{}
	for _, dir := range dirs {
		if err := isFolder(dir); err != nil {
			return nil, err
		}
		before := len(files)
		var err error
		if holdsPack(dir) {
			err = addOne(files, dir)
		} else {
			err = addFolder(files, os.DirFS(dir), ".")
		}
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, noPack(dir)
		}
	}
	return files, nil
}

// addOne adds the pack in a folder under its id, with the files that it needs
// of its tree.
func addOne(files packtools.Files, dir string) error {
	p, tree, err := loadOne(dir)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return frame.Unreadable(dir, err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			if err := addFile(files, os.DirFS(dir), e.Name(), path.Join(string(p.ID()), e.Name())); err != nil {
				return err
			}
		}
	}
	return addNeeds(files, os.DirFS(tree), p)
}

// addPack adds a pack of a folder of packs, with the files that it needs.
func addPack(files packtools.Files, folder fs.FS, id dataspace.PackID) error {
	p, err := pack.Load(packtools.Tree(folder), string(id))
	if err != nil {
		return err
	}
	if err := addFolder(files, folder, string(id)); err != nil {
		return err
	}
	return addNeeds(files, folder, p)
}

// addNeeds adds the calendar of a pack and the pack that it overlays if the
// folder has them. Otherwise they come with the program.
func addNeeds(files packtools.Files, folder fs.FS, p *pack.Pack) error {
	for _, name := range p.Document().Calendars() {
		if _, err := fs.Stat(folder, name); err == nil {
			if err := addFile(files, folder, name, name); err != nil {
				return err
			}
		}
	}
	base := string(p.Overlays())
	if base == "" {
		return nil
	}
	if _, err := fs.Stat(folder, path.Join(base, "pack.yaml")); err != nil {
		return nil
	}
	return addFolder(files, folder, base)
}

// addFolder adds the files below a folder.
func addFolder(files packtools.Files, folder fs.FS, dir string) error {
	return fs.WalkDir(folder, dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read packs: %w", err)
		case e.IsDir() && name != "." && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir // a pack that is being published, or a file of no pack
		case !e.Type().IsRegular():
			return nil
		}
		return addFile(files, folder, name, name)
	})
}

// addFile adds one file. Too many, or too large ones, are refused before they
// are read.
func addFile(files packtools.Files, folder fs.FS, name, as string) error {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return fmt.Errorf("read packs: %w", err)
	}
	if info.Size() > packtools.MaxBytes {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.size", Place: name, Message: fmt.Sprintf("has more than %d bytes", packtools.MaxBytes), Hint: "name only folders of packs"}
	}
	if files[as], err = fs.ReadFile(folder, name); err != nil {
		return fmt.Errorf("read packs: %w", err)
	}
	return files.Bounded()
}

// ids returns the ids of a word, in which commas separate them.
func ids(name string) []string { return strings.Split(name, ",") }

// regimeNamed loads the packs that a word names: a folder, or ids separated by
// commas.
func regimeNamed(name string) ([]*pack.Pack, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return loadPacks([]string{name})
	}
	var out []*pack.Pack
	for _, id := range ids(name) {
		p, err := packNamed(id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// packNamed loads the one pack that a word names: a folder, or the id of one
// that is built in.
func packNamed(name string) (*pack.Pack, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		list, err := loadPackDir(name)
		if err != nil {
			return nil, err
		}
		if len(list) != 1 {
			return nil, frame.Usagef("name the folder that holds pack.yaml", "%s holds %d packs, not one", name, len(list))
		}
		return list[0], nil
	}
	all, err := packtools.Built()
	if err != nil {
		return nil, err
	}
	if p, err := packtools.Find(all, name); err == nil {
		return p, nil
	}
	hint := "give a folder, or one of " + strings.Join(namesOf(all), ", ")
	if near := frame.Nearest(name, namesOf(all)); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Place: name, Message: "is neither a folder nor a pack that is built in", Hint: hint}
}

// found returns the pack with an id, or an error that suggests the nearest id.
func found(all []*pack.Pack, id string) (*pack.Pack, error) {
	p, err := packtools.Find(all, id)
	if near := frame.Nearest(id, namesOf(all)); err != nil && near != "" {
		err = &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Message: fmt.Sprintf("there is no pack %q", id), Hint: fmt.Sprintf("did you mean %s?", near)}
	}
	return p, err
}

func namesOf(all []*pack.Pack) []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = string(p.ID())
	}
	return out
}
