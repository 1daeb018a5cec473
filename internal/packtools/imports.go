package packtools

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"hutong/internal/annex"
	"hutong/internal/dataspace"
	"hutong/internal/item"
	"hutong/internal/pack"
	"hutong/packs"
)

const (
	packFile  = "pack.yaml"
	itemsFile = "items.csv" // holds an imported list
)

// Import is an official annex that becomes the list of a pack.
type Import struct {
	Name    string // of the annex
	Annex   []byte // XLSX or CSV
	Mapping annex.Mapping
	Pack    string // its id
	// Folder is searched first for the pack, then the packs that come with the
	// program.
	Folder fs.FS
	Sample bool // a pack that is a sample is allowed
	// AcceptUnmapped makes a new version although rows are not mapped.
	AcceptUnmapped bool
}

// Imported is the result of an import.
type Imported struct {
	Items    int              `json:"items"`
	Changes  []annex.Change   `json:"changes"` // against the version before
	Unmapped []annex.Unmapped `json:"unmapped"`
	// Open is the number of rows that the mapping neither maps nor ignores.
	Open      int    `json:"open"`
	Effective string `json:"effective,omitempty"` // first day of the list
	// Pack is the new version, checked and tested, and Files are its files by
	// name. Both are nil if no version was made because rows are not mapped.
	Pack  *dataspace.PackRef `json:"pack,omitempty"`
	Files Files              `json:"files,omitempty"`
}

// Run makes the next version of the pack.
func (i Import) Run() (Imported, error) {
	if !fs.ValidPath(i.Pack) || !strings.Contains(i.Pack, "/") {
		return Imported{}, problem(dataspace.ErrInvalid, "pack.id", "pack", fmt.Sprintf("%q is no id of a pack", i.Pack), "a pack's id is a path such as region/name")
	}
	sheets, err := annex.Read(i.Name, i.Annex)
	if err != nil {
		return Imported{}, err
	}
	table, err := i.Mapping.Find(i.Name, sheets)
	if err != nil {
		return Imported{}, err
	}
	old, err := i.before()
	if err != nil {
		return Imported{}, err
	}
	i.Mapping.Kinds = old.ItemKinds()
	res, err := i.Mapping.Convert(i.Name, table)
	if err != nil {
		return Imported{}, err
	}
	items, err := item.Write(res.Items)
	if err != nil {
		return Imported{}, fmt.Errorf("write items: %w", err)
	}
	if len(res.Items) > 0 {
		if _, err := item.Parse(itemsFile, items, old.ItemKinds()); err != nil {
			return Imported{}, err
		}
	}
	if annex.IsSample(sheets) && !old.Sample() {
		return Imported{}, problem(dataspace.ErrDenied, "annex.sample", i.Name, "is a sample and no law", "import it into a pack that is a sample too")
	}
	out := Imported{
		Items: len(res.Items), Changes: append([]annex.Change{}, annex.Diff(old.Items(), res.Items, old.ItemKinds())...),
		Unmapped: append([]annex.Unmapped{}, res.Unmapped...), Open: res.Open(), Effective: i.Mapping.Effective,
	}
	if out.Open > 0 && !i.AcceptUnmapped || out.Items == 0 {
		return out, nil
	}
	if out.Files, err = i.next(items); err != nil {
		return Imported{}, err
	}
	now, err := out.Files.Over(i.Folder, i.Pack)
	if err != nil {
		return Imported{}, err
	}
	if err := Fit(now, i.Sample); err != nil {
		return Imported{}, err
	}
	ref := now.Ref()
	out.Pack = &ref
	return out, nil
}

// tree returns the folder if it holds the pack, else the packs that come with
// the program.
func (i Import) tree() fs.FS {
	if _, err := fs.Stat(i.Folder, path.Join(i.Pack, packFile)); err != nil {
		return packs.FS
	}
	return Tree(i.Folder)
}

// before is the current version of the pack.
func (i Import) before() (*pack.Pack, error) {
	old, err := pack.Load(i.tree(), i.Pack)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, problem(dataspace.ErrNotFound, "pack.unknown", "", fmt.Sprintf("there is no pack %q", i.Pack),
			"it is neither in the folder nor built in; 'hutong pack list' shows those built in")
	}
	if err != nil {
		return nil, err
	}
	if old.Sample() && !i.Sample {
		return nil, problem(dataspace.ErrDenied, "pack.sample", i.Pack, "is a sample and no law", "to try things with it, say --allow-sample")
	}
	return old, nil
}

var (
	versionLine   = regexp.MustCompile(`(?m)^version:\s*["']?(\d+)\.(\d+)\.(\d+)\S*.*$`)
	effectiveLine = regexp.MustCompile(`(?m)^effective:.*$`)
	itemsLine     = regexp.MustCompile(`(?m)^items:.*$`)
)

// next returns the files of the pack with the items and with the next version.
func (i Import) next(items []byte) (Files, error) {
	tree := i.tree()
	entries, err := fs.ReadDir(tree, i.Pack)
	if err != nil {
		return nil, fmt.Errorf("copy pack: %w", err)
	}
	out := Files{}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) == ".go" || e.Name() == pack.SignatureFile {
			continue
		}
		if out[e.Name()], err = fs.ReadFile(tree, path.Join(i.Pack, e.Name())); err != nil {
			return nil, fmt.Errorf("copy pack: %w", err)
		}
	}
	place := path.Join(i.Pack, packFile)
	text := string(out[packFile])
	m := versionLine.FindStringSubmatch(text)
	if m == nil {
		return nil, problem(dataspace.ErrInvalid, "pack.version", place, "has no line «version: 1.2.3»", "")
	}
	minor, err := strconv.Atoi(m[2])
	if err != nil {
		return nil, fmt.Errorf("read version: %w", err)
	}
	text = itemsLine.ReplaceAllString(text, "")
	text = strings.Replace(text, m[0], fmt.Sprintf("version: %s.%d.0\nitems: %s", m[1], minor+1, itemsFile), 1)
	if i.Mapping.Effective != "" {
		text = effectiveLine.ReplaceAllString(text, "effective: "+i.Mapping.Effective)
	}
	out[packFile], out[itemsFile] = []byte(text), items
	return out, nil
}

// Over loads a pack from these files, which are given by name and not by path.
// Other files that it needs come from the folder.
func (f Files) Over(folder fs.FS, id string) (*pack.Pack, error) {
	files := Files{}
	for name, data := range f {
		files[path.Join(id, name)] = data
	}
	own, err := files.Folder()
	if err != nil {
		return nil, err
	}
	return pack.Load(Tree(over{own, folder}), id)
}

// over is a folder with another below it.
type over struct {
	fs.FS
	below fs.FS
}

// Open implements fs.FS.
func (o over) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.below.Open(name)
	}
	return f, err
}
