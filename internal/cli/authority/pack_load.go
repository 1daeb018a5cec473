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
	"hutong/packs"
)

// loadPacks loads the packs of folders, or those built in.
func loadPacks(dirs []string) ([]*pack.Pack, error) {
	if len(dirs) == 0 {
		return pack.LoadAll(packs.FS)
	}
	var all []*pack.Pack
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, frame.Unreadable(dir, err)
		}
		if !info.IsDir() {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.dir", Place: dir, Message: "is no directory", Hint: "name the folder that holds pack.yaml"}
		}
		list, err := loadPackDir(dir)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.none", Place: dir, Message: "holds no pack", Hint: "a pack is a folder with pack.yaml"}
		}
		all = append(all, list...)
	}
	return all, nil
}

// loadPackDir loads the packs below dir. A pack names its calendar and the
// pack it overlays from the root of the tree that it stands in, which is dir or
// some folder above it.
func loadPackDir(dir string) ([]*pack.Pack, error) {
	if _, err := os.Stat(filepath.Join(dir, "pack.yaml")); errors.Is(err, fs.ErrNotExist) {
		return pack.LoadAll(overBuiltIn{os.DirFS(dir)})
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if root, id, ok := treeOf(abs); ok {
		if p, err := pack.Load(overBuiltIn{os.DirFS(root)}, id); err == nil {
			return []*pack.Pack{p}, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	var found *pack.Pack
	var first error
	for root, inside := abs, "."; ; {
		p, err := pack.Load(overBuiltIn{os.DirFS(root)}, inside)
		switch {
		case err == nil && string(p.Ref().ID) == inside:
			return []*pack.Pack{p}, nil // this is the root that its id is relative to
		case err == nil && found == nil:
			found = p
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
		return []*pack.Pack{found}, nil
	}
	return nil, first
}

// treeOf finds the root of the tree that a pack stands in, where its folder is
// named by its id.
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

// overBuiltIn is a folder of packs with the built-in ones below it: a pack that
// another overlays, or a calendar, is taken from there where the folder has
// none.
type overBuiltIn struct{ fs.FS }

// Open implements fs.FS.
func (o overBuiltIn) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if errors.Is(err, fs.ErrNotExist) && path.Base(name) != "pack.sig" {
		if below, other := packs.FS.Open(name); other == nil {
			return below, nil
		}
	}
	return f, err
}

// regimeNamed loads the packs that a word names: a folder, or ids joined by
// commas.
func regimeNamed(name string) ([]*pack.Pack, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return loadPacks([]string{name})
	}
	var out []*pack.Pack
	for _, id := range strings.Split(name, ",") {
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
	all, err := pack.LoadAll(packs.FS)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, p := range all {
		if ids[i] = string(p.Ref().ID); ids[i] == name {
			return p, nil
		}
	}
	hint := "give a folder, or one of " + strings.Join(ids, ", ")
	if near := frame.Nearest(name, ids); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Place: name, Message: "is neither a folder nor a pack that is built in", Hint: hint}
}

// below is the built-in pack that one of the list overlays, if any does.
func below(list ...*pack.Pack) ([]*pack.Pack, error) {
	for _, p := range list {
		if p.Overlays() != "" {
			base, err := packNamed(string(p.Overlays()))
			return []*pack.Pack{base}, err
		}
	}
	return nil, nil
}
