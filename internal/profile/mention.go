package profile

import (
	"bytes"
	"slices"

	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/look"
	"hutong/internal/nobody"
	"hutong/internal/spelling"
	"hutong/internal/table"
)

// mention is a column whose texts name people: a note, the name of a file, a
// list of guests.
type mention struct {
	column  int
	numbers []dataspace.ElementID // of identity: each is a person
	others  []dataspace.ElementID // they say that the row is about somebody
}

// mentions are the columns of a table with such texts. A number of the
// exporter's own is not looked for in texts: nothing there says whose it is.
func (r *run) mentions(f *findings) []mention {
	var out []mention
	for i, c := range f.columns {
		m := mention{column: i}
		for _, in := range c.Contains {
			if !in.Proved() {
				continue // nothing says which part of the text it is
			}
			if slices.ContainsFunc(r.columns[i].whole, func(w partOf) bool { return w.Element == in.Element }) {
				continue // no cell has it
			}
			switch e, ok := f.known.Taxonomy.Lookup(in.Element); {
			case ok && names(e):
				m.numbers = append(m.numbers, in.Element)
			case ok && e.Personal == element.PersonalYes:
				m.others = append(m.others, in.Element)
			}
		}
		if e, ok := f.element(i); ok && names(e) && c.Confidence >= .5 && r.columns[i].inside(e.ID) {
			m.numbers = append(m.numbers, e.ID)
			slices.Sort(m.numbers)
		}
		if len(m.numbers)+len(m.others) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// datedNumber is the number of identity that says when its owner was born.
const datedNumber dataspace.ElementID = "cn_resident_id"

// dated reports whether the texts may say how old people are.
func (m mention) dated() bool { return slices.Contains(m.numbers, datedNumber) }

// names reports whether a value of the element names one person everywhere.
func names(e element.Element) bool { return keyRank(e, "") == rankNumber && global(e) }

// inside reports whether some cells hold more than a value of the element.
func (c *column) inside(id dataspace.ElementID) bool {
	return slices.ContainsFunc(c.hits, func(h *hits) bool { return h.Element == id && !h.Whole })
}

// mentionKey is the key that a column of texts is, if half of the rows name
// somebody in it: then that is whom the row is about, as the owner of a scanned
// document is.
func (r *run) mentionKey(f *findings, i int) (key, bool) {
	rows := int64(0)
	for _, c := range r.columns {
		rows = max(rows, c.values)
	}
	for _, in := range f.columns[i].Contains {
		if len(r.columns[i].whole) > 0 {
			break
		}
		e, ok := f.known.Taxonomy.Lookup(in.Element)
		if ok && names(e) && in.Rows*2 >= rows {
			return key{columns: []int{i}, domain: domain(e, ""), form: formOf(e.ID), rank: rankNumber, element: e.ID, texts: true, within: true}, true
		}
	}
	return key{}, false
}

// named is a person whom a text of a row names.
type named struct {
	who     census.Person
	element dataspace.ElementID
	number  bool   // by a number of identity
	ages    uint64 // the bits of the age limits that the person is below
}

// texts finds the people whom the texts of a table name.
type texts struct {
	readers []*mentionReader
	found   []named // in the row
	unkeyed int64   // rows in which no column tells who it is
}

// mentioned are the people whom the texts of a row name: first those named by a
// number of identity, each of whom counts. The first is the main person of a row
// that no column tells apart. told says that there is somebody also if the list
// is empty.
type mentioned struct {
	list []named
	told bool
}

// namedByColumns are the people whose identifiers are names of columns, as in a
// table that was turned. Files with such names are refused before; other sources
// may have them.
func (r *run) namedByColumns(hash *census.Hasher) []named {
	reader := newMentionReader(r.known.Taxonomy, mention{numbers: r.known.provable}, hash)
	for _, f := range r.schema.Fields {
		reader.looker.Cell([]byte(f.Name), reader.record)
	}
	return reader.found
}

// mention collects the people whom the texts of a row name.
func (c *collector) mention(b *table.Batch, i int) (mentioned, error) {
	out := mentioned{list: c.texts.found[:0]}
	for _, r := range c.texts.readers {
		mask := uint64(census.OneRow)
		if bit, ok := c.bits[r.column]; ok {
			mask |= 1 << bit
		}
		for _, n := range r.read(&b.Columns[r.column], i) {
			out.list = append(out.list, n)
			if !n.number {
				continue
			}
			if err := c.addNamed(n, mask|n.ages); err != nil {
				return out, err
			}
		}
		out.told = out.told || r.told
	}
	slices.SortStableFunc(out.list, func(a, b named) int {
		if a.number == b.number {
			return 0
		}
		if a.number {
			return -1
		}
		return 1
	})
	c.texts.found = out.list
	return out, nil
}

// addNamed records a person whom a text names. If the number stands in for a
// better key somewhere, it is that person's.
func (c *collector) addNamed(n named, mask uint64) error {
	for k := range c.plan.keys {
		if c.claimed[k] && c.plan.keys[k].domain == string(n.element) {
			return c.people.Claim(census.Claim{Who: n.who, Kind: census.Proof, Other: n.who, Mask: mask})
		}
	}
	return c.people.Add(n.who, mask)
}

// mentionReader finds the people whom the texts of a column name.
type mentionReader struct {
	mention
	looker  *look.Looker
	hash    *census.Hasher
	speller map[dataspace.ElementID]*spelling.Speller
	text    []byte
	found   []named
	told    bool // the last text has a value of a person
	ages    func(id dataspace.ElementID, value []byte) uint64
	record  func(h look.Hit, value []byte)
}

func newMentionReader(t *element.Taxonomy, m mention, hash *census.Hasher) *mentionReader {
	all := slices.Concat(m.numbers, m.others)
	r := &mentionReader{mention: m, looker: look.New(t, all, nil), hash: hash, speller: map[dataspace.ElementID]*spelling.Speller{}}
	for _, id := range all {
		if e, ok := t.Lookup(id); ok && global(e) && keyRank(e, "") > 0 && keyRank(e, "") <= rankContact {
			r.speller[id] = &spelling.Speller{Form: formOf(id)}
		}
	}
	r.record = r.hit
	return r
}

// hit records the person of a value. One whose value is nobody's alone is only
// told of.
func (r *mentionReader) hit(h look.Hit, value []byte) {
	r.told = true
	speller := r.speller[h.Element]
	if speller == nil {
		return
	}
	r.text = append(append(r.text[:0], string(h.Element)...), 0)
	n := len(r.text)
	var ok bool
	if r.text, ok = speller.Spell(r.text, value); !ok || nobody.Placeholder(r.text[n:]) {
		return
	}
	who := r.hash.Person(r.text)
	if !slices.ContainsFunc(r.found, func(n named) bool { return n.who == who }) {
		n := named{who: who, element: h.Element, number: slices.Contains(r.numbers, h.Element)}
		if r.ages != nil {
			n.ages = r.ages(h.Element, value)
		}
		r.found = append(r.found, n)
	}
}

// first is the keyed hash of the first person of a cell.
func (r *mentionReader) first(col *table.Column, row int) (census.Person, bool) {
	if found := r.read(col, row); len(found) > 0 {
		return found[0].who, true
	}
	return census.Person{}, false
}

// read returns the people of one cell. The result is valid until the next call.
func (r *mentionReader) read(col *table.Column, row int) []named {
	r.found, r.told = r.found[:0], false
	if row < len(col.Start) && !col.IsNull(row) {
		r.looker.Cell(bytes.TrimSpace(col.Cell(row)), r.record)
	}
	return r.found
}
