package pack

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"github.com/goccy/go-yaml"

	"hutong/internal/citation"
	"hutong/internal/dataspace"
	"hutong/internal/variable"
	"hutong/internal/workday"
	"hutong/internal/yamldoc"
	"hutong/internal/zone"
)

const (
	packFile = "pack.yaml"
	caseFile = "tests.yaml"
	// WordsFile is the file of a pack with words that it adds to vocabularies.
	WordsFile = "words.yaml"
	// SignatureFile is the file of a pack that holds its signature. It is the
	// only file that the pack's digest leaves out.
	SignatureFile = "pack.sig"
	maxPackBytes  = 64 << 20
)

// Load reads the pack in dir, checks and compiles it. A pack that overlays
// another is loaded with it when the other is in fsys too. The error is a
// *dataspace.Problem that names file, line and column.
func Load(fsys fs.FS, dir string) (*Pack, error) { return (&loader{fsys: fsys}).load(dir) }

// loader loads packs of one tree, each once: several may overlay the same one.
type loader struct {
	fsys   fs.FS
	known  map[string]*Pack // nil while one is being loaded
	beside []*Pack          // packs from elsewhere that packs of the tree may overlay
}

// load loads a pack after the one that it overlays, whose facts it may name.
func (l *loader) load(dir string) (*Pack, error) {
	if p, ok := l.known[dir]; ok {
		return p, nil
	}
	if l.known == nil {
		l.known = map[string]*Pack{}
	}
	l.known[dir] = nil
	p, files, err := read(l.fsys, dir)
	if err == nil && p.doc.Overlays != "" {
		p.base, err = l.overlaid(p.doc.Overlays)
	}
	if err == nil {
		err = p.finish(l.fsys, files)
	}
	if err != nil {
		return nil, err
	}
	l.known[dir] = p
	return p, nil
}

// overlaid returns the pack of an id. It is nil if there is no such pack, or if
// that pack is being loaded, because the two overlay each other.
func (l *loader) overlaid(id dataspace.PackID) (*Pack, error) {
	p, err := l.load(string(id))
	if !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	delete(l.known, string(id))
	for _, other := range l.beside {
		if other.doc.ID == id {
			return other, nil
		}
	}
	return nil, nil
}

// LoadAll loads every pack below fsys, in order of id: each folder that holds
// a pack.yaml.
func LoadAll(fsys fs.FS) ([]*Pack, error) {
	return loadEach(fsys, (&loader{fsys: fsys}).load)
}

// LoadAllSigned is LoadAll for a folder that somebody else may write to: each
// pack must be signed, see LoadSigned. A pack may overlay one of beside.
func LoadAllSigned(fsys fs.FS, verifyKey ed25519.PublicKey, beside ...*Pack) ([]*Pack, error) {
	l := &loader{fsys: fsys, beside: beside}
	return loadEach(fsys, func(dir string) (*Pack, error) { return l.signed(dir, verifyKey) })
}

func loadEach(fsys fs.FS, load func(dir string) (*Pack, error)) ([]*Pack, error) {
	var dirs []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && name != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir // a pack that is being written, or no pack
		}
		if err == nil && !d.IsDir() && path.Base(name) == packFile {
			dirs = append(dirs, path.Dir(name))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list packs: %w", err)
	}
	packs := make([]*Pack, 0, len(dirs))
	for _, dir := range dirs {
		p, err := load(dir)
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	sort.Slice(packs, func(i, j int) bool { return packs[i].doc.ID < packs[j].doc.ID })
	return packs, nil
}

// read reads the files of a pack and decodes pack.yaml.
func read(fsys fs.FS, dir string) (*Pack, map[string][]byte, error) {
	files, err := packFiles(fsys, dir)
	if err != nil {
		return nil, nil, err
	}
	p := &Pack{text: packText{dir, files[packFile], files[caseFile], files[WordsFile]}}
	return p, files, decodeStrict(p.place(), files[packFile], &p.doc)
}

// place is where the pack is written.
func (p *Pack) place() string { return path.Join(p.text.dir, packFile) }

// finish makes a pack from its files.
func (p *Pack) finish(fsys fs.FS, files map[string][]byte) error {
	if err := p.declareFacts(); err != nil {
		return err
	}
	var err error
	if p.zones, err = zone.Read(p.place()+": zones", p.doc.Zones); err != nil {
		return err
	}
	var below *citation.Laws
	if p.base != nil {
		below = p.base.laws
	}
	if p.laws, err = citation.New(p.doc.Laws, below); err != nil {
		return problem("pack.law", p.place()+": laws", err.Error(), nil)
	}
	if err := p.checkCounts(p.place()); err != nil {
		return err
	}
	if err := p.loadItems(p.text.dir, files); err != nil {
		return err
	}
	if err := p.loadElements(p.text.dir, files); err != nil {
		return err
	}
	if err := p.loadCalendar(fsys, files); err != nil {
		return err
	}
	p.sha256 = digestFiles(files)
	return compile(p, p.place(), files[packFile])
}

// declareFacts makes the table of the facts that conditions of the pack may
// name: the standard ones, those of the pack that it overlays, and its own.
func (p *Pack) declareFacts() error {
	under := variable.Standard()
	if p.base != nil {
		under = p.base.facts
	}
	all, err := p.DeclareFacts(under.Facts())
	switch {
	case err != nil:
		return err
	case all == under.Facts():
		p.facts = under
	default:
		p.facts = variable.Of(all)
	}
	return nil
}

// packFiles reads the files beside pack.yaml, without the signature.
func packFiles(fsys fs.FS, dir string) (map[string][]byte, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("open pack %s: %w", dir, err)
	}
	files := map[string][]byte{}
	var total int64
	for _, e := range entries {
		if e.IsDir() || e.Name() == SignatureFile {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("open pack %s: %w", dir, err)
		}
		// A link has no size of its own, and its target may be endless.
		if !info.Mode().IsRegular() {
			return nil, problem("pack.file", path.Join(dir, e.Name()), "is a link, or not a regular file", nil)
		}
		if total += info.Size(); total > maxPackBytes {
			return nil, problem("pack.size", dir, fmt.Sprintf("pack has more than %d bytes", maxPackBytes), nil)
		}
		data, err := fs.ReadFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("open pack %s: %w", dir, err)
		}
		files[e.Name()] = data
	}
	if _, ok := files[packFile]; !ok {
		return nil, fmt.Errorf("open pack %s: no %s: %w", dir, packFile, fs.ErrNotExist)
	}
	return files, nil
}

// digestFiles is the SHA-256 over one line for each file, in order of name:
// the file's SHA-256 in hexadecimal, two spaces, the name, a newline. It is
// what `sha256sum` over the sorted files, piped into sha256sum, prints.
func digestFiles(files map[string][]byte) dataspace.Digest {
	h := sha256.New()
	for _, name := range sortedKeys(files) {
		sum := sha256.Sum256(files[name])
		fmt.Fprintf(h, "%s  %s\n", hex.EncodeToString(sum[:]), name)
	}
	return dataspace.Digest(hex.EncodeToString(h.Sum(nil)))
}

// loadCalendar reads the working-day calendar that the pack names, and what is
// known of years without one: from its own folder, or else from the root of fsys.
// The pack's digest includes them.
func (p *Pack) loadCalendar(fsys fs.FS, files map[string][]byte) error {
	var doc workday.Document
	for _, name := range p.doc.Calendars() {
		data, ok := files[name]
		if !ok {
			var err error
			if data, err = fs.ReadFile(fsys, name); err != nil {
				return fmt.Errorf("open calendar %s of pack %s: %w", name, p.doc.ID, err)
			}
			files[name] = data
		}
		if err := decodeStrict(name, data, &doc); err != nil {
			return err
		}
	}
	if p.doc.Calendar == "" {
		return nil
	}
	var err error
	p.calendar, err = workday.New(p.doc.Calendar, &doc)
	return err
}

// DecodeStrict decodes a YAML (or JSON) document of another format in the way
// packs are read: unknown and double keys, aliases and a second document are
// errors that name place, line and column.
func DecodeStrict(place string, data []byte, out any) error { return decodeStrict(place, data, out) }

// decodeStrict decodes YAML into out; unknown keys, duplicate keys, wrong
// types and more than one document are errors with line and column.
func decodeStrict(place string, data []byte, out any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = problem("pack.yaml", place, "cannot be read as YAML", fmt.Errorf("%v", r))
		}
	}()
	body, err := yamldoc.Sole(place, data)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(nil), yaml.Strict())
	if err := dec.DecodeFromNode(body, out); err != nil {
		return problem("pack.yaml", yamldoc.Place(place, err), yamldoc.Message(err), nil)
	}
	return nil
}

func problem(code, place, message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message, Err: err}
}

// compile checks and compiles everything that is not plain data. It reports
// all mistakes.
func compile(p *Pack, place string, raw []byte) error {
	return (&compiler{pack: p, place: place, raw: raw}).run()
}

func (c *compiler) run() error {
	p := c.pack
	c.header()
	p.declarePeople()
	c.names()
	c.instruments()
	p.sides = map[dataspace.Side]Condition{}
	for side, s := range p.doc.Sides {
		p.sides[side] = c.condition(s.Applies, "$.sides."+string(side)+".applies")
		p.guarded.add(p.factsOf(p.sides[side].refs)...)
	}
	for _, d := range p.define {
		p.reads = append(p.reads, nil)
		p.reads[len(p.reads)-1].add(p.factsOf(d.refs)...)
	}
	for i := range p.doc.Rules {
		p.rules = append(p.rules, c.rule(i))
	}
	for i := range p.doc.Recognises {
		p.rules = append(p.rules, c.recognition(i))
	}
	for i := range p.doc.Handling {
		p.handling = append(p.handling, c.handling(i))
	}
	c.incidents()
	p.marks = p.elementMarks()
	return errors.Join(c.errs...)
}

// names declares the names for conditions. A definition may use only those
// before it, so that definitions cannot be circular.
func (c *compiler) names() {
	p := c.pack
	p.names = make(map[string]slot, p.facts.Len()+len(p.doc.Numbers)+len(p.doc.Define))
	c.lang = newLanguage(baseEnv, &p.doc, p.names)
	for i := range p.facts.Len() {
		v := p.facts.At(i)
		p.names[v.Name] = slot{FactName, i}
		if i >= standardFacts {
			c.lang.declare(v.Name, v.CEL)
		}
	}
	c.itemKinds()
	for i, name := range sortedKeys(p.doc.Numbers) {
		y := p.doc.Numbers[name]
		n := Number{Name: name, Doc: y}
		if y.Value != nil {
			n.value = types.Int(*y.Value)
		} else {
			n.value = types.NewUnknown(int64(NumberBase+i), types.NewAttributeTrail("number."+name))
		}
		p.numbers = append(p.numbers, n)
		p.names["number."+name] = slot{NumberName, i}
	}
	for i, name := range sortedKeys(p.doc.Groups) {
		p.groups = append(p.groups, types.NewStringList(types.DefaultTypeAdapter, p.doc.Groups[name]))
		p.names["group."+name] = slot{GroupName, i}
	}
	p.switches = sortedKeys(p.doc.Switches)
	for i, name := range p.switches {
		p.names["switch."+name] = slot{SwitchName, i}
		c.lang.declare("switch."+name, cel.BoolType)
	}
	for i, d := range p.doc.Define {
		if _, dup := p.names["is."+d.Name]; dup {
			c.fail(fmt.Sprintf("$.define[%d].name", i), "pack.define", fmt.Sprintf("definition %q is given twice", d.Name))
			continue
		}
		p.names["is."+d.Name] = slot{DefinitionName, i}
		c.lang.declare("is."+d.Name, cel.BoolType)
	}
	for i, d := range p.doc.Define {
		cond := c.condition(d.When, fmt.Sprintf("$.define[%d].when", i))
		for _, name := range cond.refs {
			if at := p.names[name]; at.kind == DefinitionName && at.index >= i {
				c.fail(fmt.Sprintf("$.define[%d].when", i), "pack.define", fmt.Sprintf("definition %q names %s, which is not defined before it", d.Name, name))
				cond = Condition{}
			}
		}
		p.define = append(p.define, cond)
	}
}
