package profile

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"hutong/internal/element"
	"hutong/internal/reading"
	"hutong/internal/table"
)

// The mask of a person has these bits. The first are one bit for each column
// that may put a person into a class, set if the person has a value in it, and
// one bit for each age limit. One bit says that the hash is of a row without an
// identifier. The last two are the number of rows of the person (up to 3).
const (
	maskBits   = 61
	maxAges    = 8
	rowKeyMask = 1 << maskBits
	rowsShift  = maskBits + 1
	rowsMask   = 3 << rowsShift
	oneRow     = 1 << rowsShift
)

// collector hashes the person of each row under one plan and passes the records
// to a sorter. Only one goroutine at a time uses it.
type collector struct {
	plan   *plan
	bits   map[int]int // column → bit; columns beyond the last share it
	source string
	mac    hash.Hash
	sum    [sha256.Size]byte
	sorter *sorter
	text   []byte
	fold   []byte
	masks  []uint64
	ages   []int // the age limits; the first has bit maskBits-1
	today  element.Date
	dated  bool
}

// collect opens a collector for each plan.
func (r *run) collect(plans ...*plan) error {
	for _, p := range plans {
		s, err := newSorter(r.opt.Dir, r.opt.Memory/len(plans))
		if err != nil {
			return err
		}
		c := &collector{plan: p, source: r.describe.Name, mac: hmac.New(sha256.New, r.opt.Key), sorter: s, bits: map[int]int{}}
		c.today, c.dated = r.day()
		if c.dated && p.birth >= 0 {
			c.ages = ages(r.classes)
		}
		for n, i := range p.mask {
			c.bits[i] = min(n, maskBits-1-len(c.ages))
		}
		r.collectors = append(r.collectors, c)
	}
	return nil
}

// closeCollectors removes the spill files of all collectors except one.
func (r *run) closeCollectors(keep *collector) {
	for _, c := range r.collectors {
		if c != keep {
			c.sorter.close()
		}
	}
	r.collectors = nil
}

// add records the rows of a batch; row is the number of its first.
func (c *collector) add(b *table.Batch, row int64) error {
	c.mark(b)
	for i := range b.Rows {
		key, ok := c.person(b, i)
		if !ok {
			key = c.rowKey(b, i, row+int64(i))
			c.masks[i] |= rowKeyMask
		}
		c.mac.Reset()
		c.mac.Write(key)
		sum := c.mac.Sum(c.sum[:0])
		err := c.sorter.add(record{
			hi: binary.BigEndian.Uint64(sum), lo: binary.BigEndian.Uint64(sum[8:]), mask: c.masks[i] | oneRow,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mark computes the mask of every row, column by column.
func (c *collector) mark(b *table.Batch) {
	if cap(c.masks) < b.Rows {
		c.masks = make([]uint64, b.Rows)
	}
	c.masks = c.masks[:b.Rows]
	clear(c.masks)
	for _, i := range c.plan.mask {
		col, bit := &b.Columns[i], uint64(1)<<c.bits[i]
		for row := range min(b.Rows, len(col.Start)) {
			if !col.IsNull(row) {
				if cell := bytes.TrimSpace(col.Cell(row)); len(cell) > 0 && !isMissing(cell) {
					c.masks[row] |= bit
				}
			}
		}
	}
	if len(c.ages) == 0 {
		return
	}
	col := &b.Columns[c.plan.birth]
	for row := range min(b.Rows, len(col.Start)) {
		if col.IsNull(row) {
			continue
		}
		if age, ok := c.age(bytes.TrimSpace(col.Cell(row))); ok {
			for n, below := range c.ages {
				if age < below {
					c.masks[row] |= ageBit(n)
				}
			}
		}
	}
}

// ageBit is the bit of the n-th age.
func ageBit(n int) uint64 { return 1 << (maskBits - 1 - n) }

// age is the age that the cell gives.
func (c *collector) age(cell []byte) (int, bool) {
	cell = reading.Plain(c.fold, cell)
	if c.plan.byAge {
		return leadingNumber(cell)
	}
	birth, ok := element.ParseBirth(cell)
	if c.plan.fromID {
		birth, ok = element.ResidentIDBirth(cell)
	}
	// A year of birth is read as its last day, which may be in the future; any
	// later date is an error and gives no age.
	if !ok || birth.Year > c.today.Year {
		return 0, false
	}
	return birth.AgeOn(c.today), true
}

func leadingNumber(b []byte) (n int, ok bool) {
	for i, c := range b {
		if c < '0' || c > '9' {
			return n, i > 0
		}
		if n = n*10 + int(c-'0'); n > 1000 {
			return 0, false
		}
	}
	return n, len(b) > 0
}

// person is the normalised key of a row in its domain; ok is false when a part
// of it is missing.
func (c *collector) person(b *table.Batch, row int) (key []byte, ok bool) {
	if len(c.plan.key) == 0 {
		return nil, false
	}
	c.text = append(c.text[:0], c.plan.domain...)
	for _, i := range c.plan.key {
		col := &b.Columns[i]
		if row >= len(col.Start) || col.IsNull(row) {
			return nil, false
		}
		cell := bytes.TrimSpace(col.Cell(row))
		if isMissing(cell) {
			return nil, false
		}
		c.text = append(c.text, 0)
		n := len(c.text)
		c.text = c.normalise(c.text, cell)
		if len(c.text) == n {
			return nil, false
		}
	}
	return c.text, true
}

// normalise writes a value so that different spellings of one number are equal:
// half-width, upper case, without spaces, dashes and brackets; of telephone
// numbers only digits, without the country code 86.
func (c *collector) normalise(dst, cell []byte) []byte {
	folded := reading.Plain(c.fold, cell)
	if len(folded) != len(cell) {
		c.fold = folded
	}
	from := len(dst)
	for _, ch := range folded {
		switch {
		case ch >= 'a' && ch <= 'z':
			ch -= 32
		case ch == ' ' || ch == '-' || ch == '(' || ch == ')':
			continue
		}
		if c.plan.digits && (ch < '0' || ch > '9') {
			continue
		}
		dst = append(dst, ch)
	}
	if c.plan.digits {
		if n := len(dst) - from; n >= 13 && n <= 15 && string(dst[len(dst)-13:len(dst)-11]) == "86" {
			dst = append(dst[:from], dst[len(dst)-11:]...)
		}
	}
	return dst
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

// describe gives the meaning of the mask bits under the findings, and returns
// the bits with a meaning.
func (c *collector) describe(f *findings, list []class) (marks []mark, keep uint64, classes []classMarks) {
	for _, cl := range list {
		classes = append(classes, classMarks{ID: cl.ID, RestOf: cl.Of.RestOf})
	}
	for _, i := range c.plan.mask {
		at := -1
		for n, cl := range list {
			if !f.counts(i, cl) {
				continue
			}
			if at < 0 {
				at, marks = len(marks), append(marks, mark{Bit: c.bits[i], Column: f.columns[i].Name})
				keep |= 1 << c.bits[i]
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
		marks, keep = append(marks, mark{Bit: maskBits - 1 - n, Below: below}), keep|ageBit(n)
	}
	return marks, keep, classes
}

// keys say how the hashes of people, and of rows without an identifier, are
// made.
func (c *collector) keys(columns []string) []censusKey {
	scope := "system"
	if !strings.Contains(c.plan.domain, "\x00") {
		scope = "global"
	}
	return []censusKey{
		{Scope: scope, Algorithm: algorithm, Columns: columns},
		{Scope: "row", Algorithm: algorithm},
	}
}

func (c *collector) keyNames(s table.Schema) []string {
	var out []string
	for _, i := range c.plan.key {
		out = append(out, s.Fields[i].Name)
	}
	return out
}
