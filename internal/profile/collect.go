package profile

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/dictcount"
	"hutong/internal/element"
	"hutong/internal/look"
	"hutong/internal/nobody"
	"hutong/internal/parallel"
	"hutong/internal/reading"
	"hutong/internal/spelling"
	"hutong/internal/table"
	"hutong/internal/youth"
)

// maxAges is how many age limits there can be. The first bits of a person's mask
// are of columns that may put a person into a class: set if the person has a
// value there. Each age limit has a bit, and so has an age that was not read.
const maxAges = 8

// collector finds the people of each row under one plan. It passes those that
// are known at once to the census, and what rows say of the others as claims.
// Only one goroutine at a time uses it.
type collector struct {
	plan    *plan
	bits    map[int]int // column → bit; columns beyond the last share it
	source  string
	hashers []*hasher // one for each key
	hash    *census.Hasher
	seed    uint64 // of short hashes
	people  *census.Builder
	claimed []bool     // by key: who has its values is settled at the end
	plain   bool       // a row with the first key is about its owner, and nobody else
	masks   [][]uint64 // by party
	aged    []aged     // by party
	missed  []int64    // by party: rows without its best key
	used    []int64    // by key: rows that it told apart
	texts   texts
	speller spelling.Speller
	text    []byte
	fold    []byte
	ages    []int // the age limits; the first has bit census.MaskBits-1
	today   element.Date
	twin    *collector // the same people by the other algorithm; nil: none
}

// aged counts the rows of a party in which an age was read, and those in which
// a column says how old the person is and could not be read.
type aged struct {
	read, unread int64
	rows         []ageState // of the batch
}

type ageState uint8

const (
	ageUnread ageState = iota + 1
	ageRead
)

// unknown reports whether so many ages could not be read that nobody can say
// how many children there are: more than one in twenty.
func (a *aged) unknown() bool { return a.unread*20 > a.read+a.unread }

// collect opens the collector of the run.
func (r *run) collect(p *plan) {
	if r.opt.Also == "" {
		r.collector = newCollector(r, p, r.opt.Hash, r.opt.Memory)
		return
	}
	r.collector = newCollector(r, p, r.opt.Hash, r.opt.Memory/2)
	r.collector.twin = newCollector(r, p, r.opt.Also, r.opt.Memory/2)
}

// newCollector makes a collector for a plan and an algorithm, that holds so many
// bytes of people in memory.
func newCollector(r *run, p *plan, algorithm string, memory int) *collector {
	hash := func() *census.Hasher { return census.NewHasher(algorithm, r.opt.Key) }
	c := &collector{plan: p, source: r.describe.Name, hash: hash(), bits: map[int]int{}, missed: make([]int64, len(p.parties)), used: make([]int64, len(p.keys))}
	var dated bool
	if c.today, dated = r.day(); dated && slices.ContainsFunc(p.parties, func(one party) bool { return len(one.births) > 0 }) || dated && slices.ContainsFunc(p.mentions, mention.dated) {
		c.ages = ages(r.classes)
	}
	for n := range p.parties {
		c.masks, c.aged = append(c.masks, nil), append(c.aged, aged{})
		for _, i := range p.parties[n].mask {
			if _, ok := c.bits[i]; !ok {
				c.bits[i] = min(len(c.bits), census.MaskBits-2-len(c.ages))
			}
		}
	}
	for _, k := range p.keys {
		h := &hasher{key: k, hash: hash(), speller: spelling.Speller{Form: k.form}}
		if k.texts {
			h.reader = newMentionReader(r.known.Taxonomy, mention{column: k.columns[0], numbers: []dataspace.ElementID{k.element}}, hash())
		}
		c.hashers = append(c.hashers, h)
	}
	for _, m := range p.mentions {
		reader := newMentionReader(r.known.Taxonomy, m, hash())
		reader.ages = c.agesOf
		c.texts.readers = append(c.texts.readers, reader)
	}
	c.seed = c.hash.Person([]byte("names\x00")).Hi
	c.claimed = p.claimed()
	c.plain = len(p.parties) == 1 && len(p.mentions) == 0 && len(p.parties[0].keys) > 0 && p.parties[0].keys[0] == 0 && !slices.Contains(c.claimed, true)
	c.people = census.NewBuilder(r.opt.Dir, memory, slices.Contains(c.claimed, true))
	for _, n := range r.namedByColumns(hash()) {
		_ = c.people.Add(n.who, census.OneRow) // it fits into memory
	}
	return c
}

// close removes the spill files.
func (c *collector) close() {
	c.people.Close()
	if c.twin != nil {
		c.twin.close()
	}
}

// add records the rows of a batch; row is the number of its first.
func (c *collector) add(b *table.Batch, row int64) error {
	parallel.Run(len(c.hashers), func(k int) { c.hashers[k].add(b) })
	for n := range c.plan.parties {
		c.mark(b, n)
	}
	for i := range b.Rows {
		if c.plain && c.hashers[0].ok[i] {
			c.used[0]++
			if err := c.people.Add(c.hashers[0].sums[i], c.masks[0][i]|census.OneRow); err != nil {
				return err
			}
			continue
		}
		if err := c.row(b, i, row+int64(i)); err != nil {
			return err
		}
	}
	if c.twin != nil {
		return c.twin.add(b, row)
	}
	return nil
}

// row records the people of one row.
func (c *collector) row(b *table.Batch, i int, number int64) error {
	in, err := c.mention(b, i)
	if err != nil {
		return err
	}
	anybody := slices.ContainsFunc(in.list, func(n named) bool { return n.number })
	var main census.Person
	for n := range c.plan.parties {
		one := &c.plan.parties[n]
		mask := c.masks[n][i] | census.OneRow
		at := c.first(one, i)
		if at != 0 {
			c.missed[n]++
		}
		if at >= 0 {
			who, err := c.keyed(b, i, number, n, at)
			if err != nil {
				return err
			}
			anybody = true
			if n == 0 {
				main = who
			}
			continue
		}
		name, named := c.nameOf(one, b, i)
		switch {
		case one.main:
			c.texts.unkeyed++
			if len(in.list) > 0 { // the row is about whom it names
				if in.list[0].number {
					mask &^= census.RowsMask // it is counted as a row already
				}
				main, anybody = in.list[0].who, true
				if err := c.addNamed(in.list[0], mask); err != nil {
					return err
				}
				continue
			}
			if !in.told && !c.tells(b, i) {
				continue
			}
			main = c.hash.Person(c.rowKey(b, i, number))
			mask |= census.RowKeyMask
			anybody = true
			if err := c.people.Add(main, mask); err != nil {
				return err
			}
		case named:
			anybody = true
			who := c.hash.Person(c.byName(one, main, name, b, i, number))
			if err := c.people.Add(who, mask); err != nil {
				return err
			}
		}
	}
	if anybody {
		return nil
	}
	if c.texts.unkeyed++; !in.told && !c.tells(b, i) {
		return nil
	}
	mask := uint64(census.OneRow | census.RowKeyMask)
	for n := range c.masks {
		mask |= c.masks[n][i]
	}
	who := c.hash.Person(c.rowKey(b, i, number))
	return c.people.Add(who, mask)
}

// tells reports whether the row has a value that says something of a person.
func (c *collector) tells(b *table.Batch, i int) bool {
	return slices.ContainsFunc(c.plan.tells, func(at int) bool {
		col := &b.Columns[at]
		if i >= len(col.Start) || col.IsNull(i) {
			return false
		}
		cell := bytes.TrimSpace(col.Cell(i))
		return len(cell) > 0 && !nobody.Missing(cell)
	})
}

// first is the place of the best key that the party has in the row, -1 for
// none.
func (c *collector) first(p *party, i int) int {
	for at, k := range p.keys {
		if c.hashers[k].ok[i] {
			return at
		}
	}
	return -1
}

// keyed records the person whom the key at a place of the party's keys tells
// apart, and that the row's other keys of the party are the same person's.
func (c *collector) keyed(b *table.Batch, i int, number int64, n, at int) (census.Person, error) {
	one := &c.plan.parties[n]
	k := one.keys[at]
	who, mask := c.hashers[k].sums[i], c.masks[n][i]|census.OneRow
	c.used[k]++
	if !c.claimed[k] {
		if err := c.people.Add(who, mask); err != nil {
			return who, err
		}
	} else if err := c.people.Claim(c.claim(b, i, number, n, k)); err != nil {
		return who, err
	}
	for _, other := range one.keys[at+1:] {
		if !c.hashers[other].ok[i] || !c.claimed[other] {
			continue
		}
		same := c.hashers[other].sums[i]
		if err := c.people.Claim(census.Claim{Who: same, Kind: census.Link, Other: who}); err != nil {
			return who, err
		}
		if c.plan.keys[other].rank < rankContact {
			continue
		}
		if name, ok := c.nameOf(one, b, i); ok {
			if err := c.people.Claim(census.Claim{Who: same, Kind: census.Name, Other: census.Person{Lo: name}}); err != nil {
				return who, err
			}
		}
	}
	return who, nil
}

// claim is what a row says of the person who has a key that may be shared: an
// identity number, else a name, else only that there is such a row.
func (c *collector) claim(b *table.Batch, i int, number int64, n, k int) census.Claim {
	one := &c.plan.parties[n]
	out := census.Claim{Who: c.hashers[k].sums[i], Mask: c.masks[n][i] | census.OneRow}
	if c.plan.keys[k].rank == rankNumber {
		out.Kind, out.Other = census.Proof, out.Who
		return out
	}
	if one.proof >= 0 && one.proof != k && c.hashers[one.proof].ok[i] {
		out.Kind, out.Other = census.Proof, c.hashers[one.proof].sums[i]
		return out
	}
	if c.plan.keys[k].byName() {
		if name, ok := c.nameOf(one, b, i); ok {
			out.Kind, out.Other.Lo = census.Name, name
			return out
		}
	}
	out.Kind, out.Other.Lo = census.Row, c.short(c.rowKey(b, i, number))
	return out
}

// nameOf is a short hash of the party's name in the row; ok is false when
// there is none.
func (c *collector) nameOf(p *party, b *table.Batch, i int) (_ uint64, ok bool) {
	c.text = c.text[:0]
	for _, at := range p.names {
		c.text = append(c.text, 0)
		col := &b.Columns[at]
		if i >= len(col.Start) || col.IsNull(i) {
			continue
		}
		cell := bytes.TrimSpace(col.Cell(i))
		if len(cell) == 0 || nobody.Missing(cell) {
			continue
		}
		from := len(c.text)
		if c.text, _ = c.speller.Spell(c.text, cell); nobody.Placeholder(c.text[from:]) {
			c.text = c.text[:from]
			continue
		}
		ok = true
	}
	if !ok {
		return 0, false
	}
	return c.short(c.text), true
}

// byName is the key of a person of whom only the name is known. Somebody close
// to the main person is told apart by both; somebody who handles many rows by
// the name alone.
func (c *collector) byName(p *party, main census.Person, name uint64, b *table.Batch, i int, number int64) []byte {
	if !p.staff && main == (census.Person{}) {
		main = c.hash.Person(c.rowKey(b, i, number))
	}
	c.text = append(append(c.text[:0], "role\x00"...), p.id()...)
	c.text = append(c.text, 0)
	if !p.staff {
		c.text = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(c.text, main.Hi), main.Lo)
	}
	return binary.BigEndian.AppendUint64(c.text, name)
}

// short is a keyed hash of 64 bits that is the same in each run with the same
// key. It only tells the few names apart that one telephone number has.
func (c *collector) short(text []byte) uint64 { return look.Hash(text, c.seed) }

// mark computes the mask of a party in every row, column by column.
func (c *collector) mark(b *table.Batch, n int) {
	masks := slices.Grow(c.masks[n][:0], b.Rows)[:b.Rows]
	clear(masks)
	c.masks[n] = masks
	for _, i := range c.plan.parties[n].mask {
		col, bit := &b.Columns[i], uint64(1)<<c.bits[i]
		for row := range min(b.Rows, len(col.Start)) {
			if col.IsNull(row) {
				continue
			}
			cell := col.Cell(row)
			if !table.Trimmed(cell) {
				cell = bytes.TrimSpace(cell)
			}
			if len(cell) > 0 && !nobody.Missing(cell) {
				masks[row] |= bit
			}
		}
	}
	if len(c.ages) == 0 {
		return
	}
	c.birth(b, n)
}

// birth adds the ages of a party to its masks.
func (c *collector) birth(b *table.Batch, n int) {
	births := c.plan.parties[n].births
	if len(births) == 0 {
		return
	}
	masks, of := c.masks[n], &c.aged[n]
	of.rows = slices.Grow(of.rows[:0], b.Rows)[:b.Rows]
	clear(of.rows)
	for _, from := range births {
		col := &b.Columns[from.column]
		for row := range min(b.Rows, len(col.Start)) {
			if col.IsNull(row) {
				continue
			}
			cell := bytes.TrimSpace(col.Cell(row))
			if len(cell) == 0 || nobody.Missing(cell) || from.kind == youth.Birth && len(bytes.Trim(cell, "0-/.: ")) == 0 {
				continue
			}
			age, ok := c.age(from, cell)
			if !ok {
				if from.from == "cn_resident_id" && len(cell) != 18 && len(cell) != 15 {
					continue // another document, which says nothing of an age
				}
				of.rows[row] = max(of.rows[row], ageUnread)
				continue
			}
			of.rows[row] = ageRead
			for k, below := range c.ages {
				if age < below {
					masks[row] |= ageBit(k)
				}
			}
		}
	}
	for row, state := range of.rows {
		switch state {
		case ageRead:
			of.read++
		case ageUnread:
			of.unread++
			masks[row] |= ageBit(len(c.ages))
		}
	}
}

// agesOf are the bits of the age limits that the person of a number of identity
// is below.
func (c *collector) agesOf(id dataspace.ElementID, value []byte) (bits uint64) {
	if id != datedNumber {
		return 0
	}
	if age, ok := c.age(birth{from: id, kind: youth.Birth}, value); ok {
		for k, below := range c.ages {
			if age < below {
				bits |= ageBit(k)
			}
		}
	}
	return bits
}

// ageBit is the bit of the n-th age; the one after the last is of an age that
// was not read.
func ageBit(n int) uint64 { return 1 << (census.MaskBits - 1 - n) }

// age is the age that the cell gives.
func (c *collector) age(from birth, cell []byte) (int, bool) {
	cell = reading.Plain(c.fold, cell)
	switch from.kind {
	case youth.School:
		return 0, false
	case youth.Age, youth.Group:
		return youth.Years(cell, from.kind == youth.Group)
	}
	born, ok := element.ParseBirth(cell)
	if from.from == "cn_resident_id" {
		born, ok = element.ResidentIDBirth(cell)
	}
	// A year of birth is read as its last day, which may be in the future; any
	// later date is an error and gives no age.
	if !ok || born.Year > c.today.Year {
		return 0, false
	}
	return born.AgeOn(c.today), true
}

// hasher computes the keyed hashes of one key in the rows of a batch.
type hasher struct {
	key     key
	hash    *census.Hasher
	speller spelling.Speller
	text    []byte
	parts   []byte
	reader  *mentionReader // of a key in texts
	sums    []census.Person
	ok      []bool
	memo    dictcount.Memo[keyed] // of a key of one column
}

// keyed is the person of a value; not ok where it is nobody's.
type keyed struct {
	who census.Person
	ok  bool
}

func (h *hasher) add(b *table.Batch) {
	h.sums, h.ok = slices.Grow(h.sums[:0], b.Rows)[:b.Rows], slices.Grow(h.ok[:0], b.Rows)[:b.Rows]
	col := &b.Columns[h.key.columns[0]]
	if len(h.key.columns) > 1 || col.Dict == nil {
		for i := range b.Rows {
			h.sums[i], h.ok[i] = h.person(b, i)
		}
		return
	}
	h.memo.Begin(col.Dict)
	for i, code := range col.Codes {
		v, known := h.memo.Of(code)
		if !known {
			v.who, v.ok = h.person(b, i)
		}
		h.sums[i], h.ok[i] = v.who, v.ok
	}
}

// person is the person of a row.
func (h *hasher) person(b *table.Batch, i int) (who census.Person, ok bool) {
	if h.reader != nil {
		if who, ok = h.reader.first(&b.Columns[h.key.columns[0]], i); ok || h.key.within {
			return who, ok
		}
	}
	if !h.write(b, i) {
		return who, false
	}
	return h.hash.Person(h.text), true
}

// write writes the key of a row in its domain and in one spelling; false when
// a part of it is missing.
func (h *hasher) write(b *table.Batch, row int) bool {
	h.text = append(h.text[:0], h.key.domain...)
	if h.key.joined {
		h.parts = joined(h.parts[:0], b, h.key.columns, row)
		h.text = append(h.text, 0)
		n := len(h.text)
		var ok bool
		h.text, ok = h.speller.Spell(h.text, h.parts)
		return ok && len(h.parts) > 0 && !nobody.Placeholder(h.text[n:])
	}
	for _, i := range h.key.columns {
		col := &b.Columns[i]
		if row >= len(col.Start) || col.IsNull(row) {
			return false
		}
		cell := col.Cell(row)
		if !table.Trimmed(cell) {
			cell = bytes.TrimSpace(cell)
		}
		if nobody.Missing(cell) {
			return false
		}
		h.text = append(h.text, 0)
		n := len(h.text)
		var ok bool
		if h.text, ok = h.speller.Spell(h.text, cell); !ok || nobody.Placeholder(h.text[n:]) {
			return false
		}
	}
	return true
}

// rowKey is the key of a row without an identifier. No such row is dropped,
// and none is taken for another person. The whole content of the row is part of
// the key, so that two datasets of one name do not hide each other's rows.
func (c *collector) rowKey(b *table.Batch, row int, number int64) []byte {
	c.text = append(c.text[:0], "row\x00"...)
	c.text = append(c.text, c.source...)
	c.text = binary.BigEndian.AppendUint64(append(c.text, 0), uint64(number))
	for i := range b.Columns {
		col := &b.Columns[i]
		if row < len(col.Start) && !col.IsNull(row) {
			cell := col.Cell(row)
			c.text = binary.BigEndian.AppendUint32(c.text, uint32(len(cell)))
			c.text = append(c.text, cell...)
		} else {
			c.text = append(c.text, 0xFF)
		}
	}
	return c.text
}

// describe gives the meaning of the mask bits under the findings.
func (c *collector) describe(f *findings, list []class) (marks []census.Mark, classes []census.ClassMarks) {
	for _, cl := range list {
		classes = append(classes, census.ClassMarks{ID: cl.ID, RestOf: cl.Of.RestOf})
	}
	columns := make([]int, 0, len(c.bits))
	for i := range c.bits {
		columns = append(columns, i)
	}
	slices.Sort(columns)
	for _, i := range columns {
		at := -1
		for n, cl := range list {
			if !f.counts(i, cl) {
				continue
			}
			if at < 0 {
				at, marks = len(marks), append(marks, census.Mark{Bit: c.bits[i], Column: f.columns[i].Name})
			}
			classes[n].Marks = append(classes[n].Marks, at)
		}
	}
	for n, below := range c.ages {
		for k, cl := range list {
			if cl.Of.Below == below {
				classes[k].Marks = append(classes[k].Marks, len(marks))
			}
		}
		marks = append(marks, census.Mark{Bit: census.MaskBits - 1 - n, Below: below})
		if c.agesUnknown() { // then whoever may be below the age counts as below it
			for k, cl := range list {
				if cl.Of.Below == below {
					classes[k].Marks = append(classes[k].Marks, len(marks))
				}
			}
			marks = append(marks, census.Mark{Bit: census.MaskBits - 1 - len(c.ages), Below: below})
		}
	}
	return marks, classes
}

// agesUnknown reports whether it is not known how old some of the people are.
func (c *collector) agesUnknown() bool {
	return slices.ContainsFunc(c.aged, func(a aged) bool { return a.unknown() })
}

// unread are the columns that say how old people are, of the parties of whom
// this is not known.
func (c *collector) unread(s table.Schema) []string {
	var out []string
	for n := range c.aged {
		if !c.aged[n].unknown() {
			continue
		}
		for _, from := range c.plan.parties[n].births {
			if name := s.Fields[from.column].Name; !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// censusKeys say how the hashes of people, and of rows without an identifier,
// are made.
func (c *collector) censusKeys(s table.Schema) []census.Key {
	scope := ""
	var columns []string
	for k := range c.plan.keys {
		if c.used[k] == 0 && len(c.plan.keys) > 1 {
			continue
		}
		one := "global"
		if strings.Contains(c.plan.keys[k].domain, "\x00") {
			one = "system"
		}
		if scope != "" && scope != one {
			one = "several"
		}
		scope = one
		columns = append(columns, c.names(s, k)...)
	}
	if scope == "" {
		scope = "global"
	}
	return []census.Key{
		{Scope: scope, Algorithm: c.hash.Algorithm, Columns: columns},
		{Scope: "row", Algorithm: c.hash.Algorithm},
	}
}

// names are the columns of a key.
func (c *collector) names(s table.Schema, k int) []string {
	var out []string
	for _, i := range c.plan.keys[k].columns {
		out = append(out, s.Fields[i].Name)
	}
	return out
}

// keyNames are the columns of the key that told the most rows of the main
// person apart.
func (c *collector) keyNames(s table.Schema) []string {
	keys := c.plan.parties[0].keys
	if len(keys) == 0 {
		return nil
	}
	best := keys[0]
	for _, k := range keys {
		if c.used[k] > c.used[best] {
			best = k
		}
	}
	return c.names(s, best)
}

// roles say how the people of each role were told apart; nil for one role.
func (c *collector) roles(s table.Schema) []dataspace.RoleSubjects {
	if len(c.plan.parties) < 2 {
		return nil
	}
	var out []dataspace.RoleSubjects
	for n := range c.plan.parties {
		one := dataspace.RoleSubjects{Role: c.plan.parties[n].id(), Keys: []dataspace.RoleKey{}}
		for at, k := range c.plan.parties[n].keys {
			if at > 0 && c.used[k] == 0 {
				continue // it is not there at all if the first rows had the best key
			}
			one.Keys = append(one.Keys, dataspace.RoleKey{Columns: c.names(s, k), Rows: c.used[k]})
		}
		out = append(out, one)
	}
	return out
}

// settle decides all claims.
func (c *collector) settle() error {
	return c.people.Settle(func(who census.Person, name uint64) census.Person {
		c.text = append(c.text[:0], "shared\x00"...)
		c.text = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(c.text, who.Hi), who.Lo)
		return c.hash.Person(binary.BigEndian.AppendUint64(c.text, name))
	})
}
