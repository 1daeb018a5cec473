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

// WindowDoc is the time over which people are counted: a calendar year, or the
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

// maxMonths bounds a window, maxClasses the number of classes that are counted by
// calendar years, and maxAges the number of ages that they name.
const (
	maxMonths  = 120
	maxClasses = 32
	maxAges    = 8
)

// class is the declaration in the form in which the gateway counts.
func (d *CountDoc) class() dataspace.CountClass {
	return dataspace.CountClass{ID: d.ID, Fact: d.Fact, Text: d.Text, Months: d.Window.Months, Pair: d.Scope == scopePair, Of: d.Of}
}

// wrong names a mistake in a declaration, by a table of facts; empty if there is
// none.
func (d *CountDoc) wrong(t *fact.Table) string {
	of := d.Of
	switch {
	case d.ID == "" || d.Fact == "" || d.Text.EN == "" || d.Text.ZH == "":
		return "a count needs id, fact and text in both languages"
	case d.ID == "key" || d.ID == "distinct":
		return "key and distinct are names of a profile, and no ids of counts"
	case d.Window.CalendarYear == (d.Window.Months != 0):
		return "the window of a count is calendar_year or a number of months"
	case d.Window.Months < 0 || d.Window.Months > maxMonths:
		return fmt.Sprintf("a window has between 1 and %d months", maxMonths)
	case d.Scope != scopeExporter && d.Scope != scopePair:
		return "the scope of a count is exporter or pair"
	case of.Below < 0 || of.Below > 150:
		return "below is an age"
	case of.Stated && (of.Sensitive != "" || of.Below != 0 || len(of.Elements) > 0 || len(of.RestOf) > 0):
		return "a count is stated or counted, not both"
	case !of.Stated && of.Sensitive == "" && of.Below == 0 && len(of.Elements) == 0 && len(of.RestOf) == 0:
		return "of says who is counted: sensitive, below, elements, rest_of or stated"
	case !d.states(t):
		return fmt.Sprintf("%q is no fact that counts such people", d.Fact)
	case len(of.RestOf) > 0 && (of.Sensitive != "" || of.Below != 0 || len(of.Elements) > 0):
		return "rest_of excludes sensitive, below and elements"
	}
	return ""
}

// states reports whether the fact can hold the number of people of the class: a
// count of the table, or, for a stated number, a fact that is added up.
func (d *CountDoc) states(t *fact.Table) bool {
	def, ok := t.Lookup(d.Fact)
	if !ok || def.Type != fact.Int {
		return false
	}
	return d.Of.Stated && def.Add == fact.Pair || !d.Of.Stated && dataspace.IsCount(d.Fact)
}

// checkCounts refuses declarations with a mistake.
func (p *Pack) checkCounts(place string) error {
	for i := range p.doc.Counts {
		d := &p.doc.Counts[i]
		if what := d.wrong(p.facts.Facts()); what != "" {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.count", Place: fmt.Sprintf("%s: counts[%d] %s", place, i, d.ID), Message: what}
		}
	}
	return nil
}

// JoinCounts returns the classes of people that packs count, in the order of the
// packs and then of their declarations.
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
// class; their declarations may differ only in the text.
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
				Message: fmt.Sprintf("%s declares the class differently", from[c.ID]), Hint: "give it an id of its own, or declare the same"}
		}
	}
	return out, checkRests(out)
}

// DeclaredCounts returns the classes that the packs below fsys count. It reads
// nothing else of the packs, so that callers need not load them.
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
		if raw = section(raw, "counts"); raw == nil {
			return nil
		}
		if err := decodeStrict(name, raw, &doc); err != nil {
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

// section returns the lines of one key of a pack, from its name to the next line
// that is not indented; nil for a pack without the key.
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
	return out
}

// checkRests refuses a class that is the rest of an unknown one, two classes of
// one fact, and more classes than can be distinguished.
func checkRests(list []dataspace.CountClass) error {
	yearly, ages, facts := 0, map[int]bool{}, map[string]string{}
	for _, c := range list {
		if other, twice := facts[c.Fact]; twice {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "set.count", Place: c.ID,
				Message: fmt.Sprintf("the fact %s already holds the number of people of %q", c.Fact, other)}
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
					Message: fmt.Sprintf("it is the rest of %q, which must be a counted class over the same window", id)}
			}
		}
	}
	if yearly > maxClasses || len(list) > 64 || len(ages) > maxAges {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "set.count", Place: "counts",
			Message: fmt.Sprintf("there are %d classes of people by calendar years, %d in all, and %d ages: that is too many", yearly, len(list), len(ages)),
			Hint:    fmt.Sprintf("allowed are %d by calendar years, 64 in all, and %d ages", maxClasses, maxAges)}
	}
	return nil
}

// keepCounts takes over the classes of an older version of the pack, and the
// facts of that version that hold the number of people of each class.
func (p *Pack) keepCounts(old *Pack) {
	p.doc.Counts = old.doc.Counts
	for _, c := range old.doc.Counts {
		named := func(d fact.Definition) bool { return d.Name == c.Fact }
		if i := slices.IndexFunc(old.doc.Facts, named); i >= 0 && !slices.ContainsFunc(p.doc.Facts, named) {
			p.doc.Facts = append(slices.Clip(p.doc.Facts), old.doc.Facts[i])
		}
	}
}
