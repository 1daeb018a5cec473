package pack

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// CountDoc is a class of people that the law counts.
type CountDoc struct {
	Basis  `yaml:",inline"`
	ID     string            `yaml:"id"`
	Fact   string            `yaml:"fact"`
	Window WindowDoc         `yaml:"window"`
	Scope  string            `yaml:"scope"` // exporter, pair
	Of     dataspace.CountOf `yaml:"of"`
	Text   dataspace.Text    `yaml:"text"`
}

// WindowDoc is over which time people are counted: a calendar year, or the
// months before any day.
type WindowDoc struct {
	CalendarYear bool `yaml:"calendar_year"`
	Months       int  `yaml:"months"`
}

// Scopes of counts.
const (
	scopeExporter = "exporter"
	scopePair     = "pair"
)

// maxMonths bounds a window, maxClasses how many classes are counted by
// calendar years, and maxAges of how many ages they are.
const (
	maxMonths  = 120
	maxClasses = 32
	maxAges    = 8
)

// class is the declaration as the gateway counts by it.
func (d *CountDoc) class() dataspace.CountClass {
	return dataspace.CountClass{ID: d.ID, Fact: d.Fact, Text: d.Text, Months: d.Window.Months, Pair: d.Scope == scopePair, Of: d.Of}
}

// wrong says what is wrong with a declaration by a table of facts; empty if
// nothing is.
func (d *CountDoc) wrong(t *fact.Table) string {
	of := d.Of
	switch {
	case d.ID == "" || d.Fact == "" || d.Text.EN == "" || d.Text.ZH == "":
		return "a count needs id, fact and text in both languages"
	case d.ID == "key" || d.ID == "distinct":
		return "key and distinct have another meaning beside the classes of a profile"
	case d.Window.CalendarYear == (d.Window.Months != 0):
		return "the window of a count is calendar_year or a number of months"
	case d.Window.Months < 0 || d.Window.Months > maxMonths:
		return fmt.Sprintf("a window has between 1 and %d months", maxMonths)
	case d.Scope != scopeExporter && d.Scope != scopePair:
		return "the scope of a count is exporter or pair"
	case of.Below < 0 || of.Below > 150:
		return "below is an age"
	case of.Stated && (of.Sensitive != "" || of.Below != 0 || len(of.Elements) > 0 || len(of.RestOf) > 0):
		return "numbers that are stated are not counted too"
	case !of.Stated && of.Sensitive == "" && of.Below == 0 && len(of.Elements) == 0 && len(of.RestOf) == 0:
		return "of says who is counted: sensitive, below, elements, rest_of or stated"
	case !d.states(t):
		return fmt.Sprintf("%q is no fact that counts such people", d.Fact)
	case len(of.RestOf) > 0 && (of.Sensitive != "" || of.Below != 0 || len(of.Elements) > 0):
		return "rest_of stands alone"
	}
	return ""
}

// states reports whether the fact of a class can say how many they are: a count
// of the table, or for numbers that are stated, a fact that is added up.
func (d *CountDoc) states(t *fact.Table) bool {
	def, ok := t.Lookup(d.Fact)
	if !ok || def.Type != fact.Int {
		return false
	}
	return d.Of.Stated && def.Add == fact.Pair || !d.Of.Stated && dataspace.IsCount(d.Fact)
}

// checkCounts refuses declarations that are not whole.
func (p *Pack) checkCounts(place string) error {
	for i := range p.doc.Counts {
		d := &p.doc.Counts[i]
		if what := d.wrong(p.facts.Facts()); what != "" {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.count", Place: fmt.Sprintf("%s: counts[%d] %s", place, i, d.ID), Message: what}
		}
	}
	return nil
}

// JoinCounts are the classes of people that packs count, in order of the packs
// and, within one, as they are declared.
func JoinCounts(packs []*Pack) ([]dataspace.CountClass, error) {
	var list []declaration
	for _, p := range packs {
		for i := range p.doc.Counts {
			list = append(list, declaration{p.doc.ID, p.doc.Counts[i].class()})
		}
	}
	return gatherCounts(list)
}

// declaration is a class as a pack declares it.
type declaration struct {
	pack  dataspace.PackID
	class dataspace.CountClass
}

// gatherCounts joins the declarations of packs. Two packs may declare the same
// class; what differs otherwise than in its text is refused.
func gatherCounts(list []declaration) ([]dataspace.CountClass, error) {
	var out []dataspace.CountClass
	from := map[string]dataspace.PackID{}
	for _, d := range list {
		c := d.class
		at := slices.IndexFunc(out, func(o dataspace.CountClass) bool { return o.ID == c.ID })
		if at < 0 {
			out, from[c.ID] = append(out, c), d.pack
			continue
		}
		if was := out[at]; was.Fact != c.Fact || was.Months != c.Months || was.Pair != c.Pair || !reflect.DeepEqual(was.Of, c.Of) {
			return nil, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "set.count", Place: string(d.pack) + ": " + c.ID,
				Message: fmt.Sprintf("the class is declared otherwise by %s", from[c.ID]), Hint: "give it an id of its own, or declare the same"}
		}
	}
	return out, checkRests(out)
}

// DeclaredCounts are the classes that the packs below fsys count. It reads
// nothing else of the packs, so that it can be asked where none is needed.
func DeclaredCounts(fsys fs.FS) ([]dataspace.CountClass, error) {
	var list []declaration
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Base(name) != packFile {
			return err
		}
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		var doc struct {
			Counts []CountDoc `yaml:"counts"`
		}
		if err := decodeStrict(name, section(raw, "counts"), &doc); err != nil {
			return err
		}
		for i := range doc.Counts {
			list = append(list, declaration{dataspace.PackID(path.Dir(name)), doc.Counts[i].class()})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read counts of packs: %w", err)
	}
	return gatherCounts(list)
}

// section is the lines of one key of a pack, from its name to the next line that
// is not indented; of a pack without it, an empty document.
func section(raw []byte, key string) []byte {
	var out []byte
	in := false
	for line := range bytes.Lines(raw) {
		if c := line[0]; c != ' ' && c != '\n' && c != '\r' && c != '#' {
			in = bytes.HasPrefix(line, []byte(key+":"))
		}
		if in {
			out = append(out, line...)
		}
	}
	if out == nil {
		return []byte("{}\n")
	}
	return out
}

// checkRests refuses classes of which the rest is not known, two classes of one
// fact, and more classes than can be told apart.
func checkRests(list []dataspace.CountClass) error {
	yearly, ages, facts := 0, map[int]bool{}, map[string]string{}
	for _, c := range list {
		if other, twice := facts[c.Fact]; twice {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "set.count", Place: c.ID,
				Message: fmt.Sprintf("the fact %s already says how many people are in %q", c.Fact, other)}
		}
		facts[c.Fact] = c.ID
		if c.Of.Below > 0 {
			ages[c.Of.Below] = true
		}
		if c.Months == 0 && !c.Of.Stated {
			yearly++
		}
		for _, id := range c.Of.RestOf {
			at := slices.IndexFunc(list, func(o dataspace.CountClass) bool { return o.ID == id })
			if at < 0 || list[at].Months != c.Months || list[at].Pair != c.Pair || len(list[at].Of.RestOf) > 0 || list[at].Of.Stated {
				return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "set.count", Place: c.ID,
					Message: fmt.Sprintf("it is the rest of %q, which is no class over the same window whose people are counted", id)}
			}
		}
	}
	if yearly > maxClasses || len(list) > 64 || len(ages) > maxAges {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "set.count", Place: "counts",
			Message: fmt.Sprintf("%d classes of people by calendar years, %d in all, of %d ages, are more than can be counted", yearly, len(list), len(ages)),
			Hint:    fmt.Sprintf("at most %d by calendar years, 64 in all, of %d ages", maxClasses, maxAges)}
	}
	return nil
}

// keepCounts takes over the classes of an older version of the pack, and the
// facts of that version which say how many people are in them.
func (p *Pack) keepCounts(old *Pack) {
	p.doc.Counts = old.doc.Counts
	for _, c := range old.doc.Counts {
		named := func(d fact.Definition) bool { return d.Name == c.Fact }
		if i := slices.IndexFunc(old.doc.Facts, named); i >= 0 && !slices.ContainsFunc(p.doc.Facts, named) {
			p.doc.Facts = append(slices.Clip(p.doc.Facts), old.doc.Facts[i])
		}
	}
}
