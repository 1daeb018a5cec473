package authority

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/pack"
	"hutong/packs"
)

// itemsFile is the name of an imported list in its pack.
const itemsFile = "items.csv"

// publication is a new version of a pack on its way into a folder of packs. It
// is made in a hidden folder there, checked, signed, and put in place whole.
type publication struct {
	root   string // the folder of packs
	id     string
	work   string // the hidden folder, a tree of packs of its own
	target string // where the pack will be
	before []pack.Item
	sample bool // a sample may be published
	isOne  bool // and this is one
}

// newPublication copies the pack, from the folder or else the one built in.
func newPublication(root, id string, sample bool) (_ *publication, err error) {
	if !fs.ValidPath(id) || !strings.Contains(id, "/") {
		return nil, frame.Usagef("a pack's id is a path such as region/name", "%q is no id of a pack", id)
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, frame.Unreadable(root, err)
	}
	p := &publication{root: root, id: id, sample: sample, target: filepath.Join(root, filepath.FromSlash(id))}
	if p.work, err = os.MkdirTemp(root, ".hutong-import-"); err != nil {
		return nil, frame.Unreadable(root, err)
	}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	// The packs that it overlays, and the calendars, are copied too.
	if err := copyTree(packs.FS, ".", p.work); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(p.target, "pack.yaml")); err == nil {
		if err := os.RemoveAll(p.dir()); err != nil {
			return nil, frame.Unreadable(p.dir(), err)
		}
		if err := copyTree(os.DirFS(p.target), ".", p.dir()); err != nil {
			return nil, err
		}
	}
	old, err := pack.Load(os.DirFS(p.work), id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Message: fmt.Sprintf("there is no pack %q", id),
			Hint: "it is neither in " + root + " nor built in; 'hutong pack list' shows those built in"}
	}
	if err != nil {
		return nil, err
	}
	if old.Sample() && !sample {
		return nil, refuseSample(old)
	}
	p.before, p.isOne = old.Items(), old.Sample()
	return p, nil
}

func refuseSample(p *pack.Pack) error {
	return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "pack.sample", Place: string(p.Ref().ID), Message: "is a sample and no law", Hint: "to try things with it, say --allow-sample"}
}

func (p *publication) dir() string { return filepath.Join(p.work, filepath.FromSlash(p.id)) }

// close takes away what is left of the work; the published pack stays.
func (p *publication) close() { _ = os.RemoveAll(p.work) }

func copyTree(from fs.FS, dir, to string) error {
	return fs.WalkDir(from, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("copy pack: %w", err)
		}
		at := filepath.Join(to, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(at, 0o755)
		}
		if path.Ext(name) == ".go" || path.Base(name) == pack.SignatureFile {
			return nil
		}
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("copy pack: %w", err)
		}
		return os.WriteFile(at, data, 0o644)
	})
}

var (
	versionLine   = regexp.MustCompile(`(?m)^version:\s*["']?(\d+)\.(\d+)\.(\d+)\S*.*$`)
	effectiveLine = regexp.MustCompile(`(?m)^effective:.*$`)
	itemsLine     = regexp.MustCompile(`(?m)^items:.*$`)
)

// write puts the items into the copy and gives it the next version.
func (p *publication) write(items []byte, effective string) error {
	name := filepath.Join(p.dir(), "pack.yaml")
	data, err := os.ReadFile(name)
	if err != nil {
		return frame.Unreadable(name, err)
	}
	text := string(data)
	m := versionLine.FindStringSubmatch(text)
	if m == nil {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.version", Place: name, Message: "has no line «version: 1.2.3»"}
	}
	minor, err := strconv.Atoi(m[2])
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	text = itemsLine.ReplaceAllString(text, "")
	text = strings.Replace(text, m[0], fmt.Sprintf("version: %s.%d.0\nitems: %s", m[1], minor+1, itemsFile), 1)
	if effective != "" {
		text = effectiveLine.ReplaceAllString(text, "effective: "+effective)
	}
	if err := files.WriteFile(name, []byte(text), 0o644); err != nil {
		return err
	}
	return files.WriteFile(filepath.Join(p.dir(), itemsFile), items, 0o644)
}

// publish checks and tests the copy, signs it when there is a key, and puts it
// in the place of the pack that is there. A reader that comes between the two
// renames finds no pack, and takes the one that is built in.
func (p *publication) publish(keyFile string) (ref dataspace.PackRef, signed bool, err error) {
	pack, err := checkedPack(p.dir(), p.sample)
	if err != nil {
		return ref, false, err
	}
	if keyFile != "" {
		key, err := readSigningKey(keyFile)
		if err != nil {
			return ref, false, err
		}
		if _, err := signPack(p.dir(), key, p.sample); err != nil {
			return ref, false, err
		}
	}
	if err := p.calendars(); err != nil {
		return ref, false, err
	}
	if err := os.MkdirAll(filepath.Dir(p.target), 0o755); err != nil {
		return ref, false, frame.Unreadable(p.target, err)
	}
	old := filepath.Join(p.work, "replaced")
	if err := os.Rename(p.target, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return ref, false, fmt.Errorf("put pack in place: %w", err)
	}
	if err := os.Rename(p.dir(), p.target); err != nil {
		return ref, false, errors.Join(fmt.Errorf("put pack in place: %w", err), os.Rename(old, p.target))
	}
	return pack.Ref(), keyFile != "", nil
}

// calendars puts those calendars beside the packs that are not there yet: a
// pack names its own from the root of the folder.
func (p *publication) calendars() error {
	list, err := fs.ReadDir(packs.FS, "calendars")
	if err != nil {
		return fmt.Errorf("list calendars: %w", err)
	}
	for _, c := range list {
		at := filepath.Join(p.root, "calendars", c.Name())
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
