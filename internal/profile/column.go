package profile

import (
	"bytes"
	"hash/maphash"
	"slices"
	"unicode"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/table"
)

// probeValues is how many values every check is tried on. After them only the
// checks that can still be right continue, over all rows. The number counts
// values, not batches, so that the result does not depend on how a source is
// divided.
const probeValues = 512

// scanFrom is the shortest text that is searched for elements inside it.
const scanFrom = 8

// column has the counters over the values of one column.
type column struct {
	known   *knowledge
	field   table.Field
	matches []element.HeaderMatch
	number  string // the header reads as a person's number

	nulls  int64
	values int64 // neither null nor a word for missing
	kinds  kinds
	chars  int64 // bytes of all values

	live   []int32 // checks still tried
	main   int32   // a check that nearly all values pass, -1 for none
	frozen bool
	passes []int64                    // by check
	shapes [len(element.Shapes)]int64 // on the first values only
	probed int64
	prose  int64 // how many of the probed values are sentences

	last       int64 // previous integer, for sequences
	sequential bool

	distinct distinct
	seed     maphash.Seed
	outcomes outcomes
	scanner  *element.Scanner
	holds    []int64 // rows that contain a provable element
	cell     cellScan
	fold     []byte
}

// cellScan is what the scanner finds in the current cell.
type cellScan struct {
	length int
	found  outcome
	report func(id dataspace.ElementID, start, end int)
}

func newColumn(known *knowledge, f table.Field) *column {
	c := &column{known: known, field: f, seed: maphash.MakeSeed(), sequential: true, main: -1}
	c.kinds.declared = f.Kind
	c.matches = known.taxonomy.MatchHeader(f.Name)
	c.number, _ = element.PersonNumber(f.Name)
	c.live = known.every
	c.passes = make([]int64, len(known.checks))
	c.holds = make([]int64, len(known.provable))
	c.scanner = known.taxonomy.NewScanner(known.provable)
	c.cell.report = c.found
	return c
}

// found records an element inside the current cell. A whole cell counts only
// for proofs that no code passes by chance: the checks handle whole cells.
func (c *column) found(id dataspace.ElementID, start, end int) {
	i := c.known.provableAt[id]
	if end-start == c.cell.length && !c.known.alone[i] || slices.Contains(c.cell.found.holds, i) {
		return
	}
	c.cell.found.holds = append(c.cell.found.holds, i)
}

// add counts one batch.
func (c *column) add(col *table.Column, rows int) {
	if len(col.Start) == 0 {
		c.nulls += int64(rows)
		return
	}
	for i := range rows {
		if col.IsNull(i) {
			c.nulls++
			continue
		}
		cell := bytes.TrimSpace(col.Cell(i))
		if len(cell) == 0 {
			c.nulls++
			continue
		}
		c.value(cell, col.IsLiteral(i))
	}
}

func (c *column) value(cell []byte, literal bool) {
	slot, seen := c.distinct.find(maphash.Bytes(c.seed, cell))
	if seen && slot.missing {
		return
	}
	if !seen && isMissing(cell) {
		if slot != nil {
			slot.missing = true
		}
		return
	}
	c.values++
	c.chars += int64(len(cell))
	kind := c.kinds.add(cell, literal)
	c.sequence(cell, kind)
	if seen && c.frozen && slot.outcome != 0 {
		c.tally(&c.outcomes.list[slot.outcome])
	} else {
		found := c.look(cell, kind)
		if slot != nil {
			slot.outcome = c.outcomes.number(found)
		}
		c.tally(found)
	}
	if !c.frozen && c.probed >= probeValues {
		c.freeze()
	}
}

// look tries the live checks on a value and searches longer text. The result is
// valid until the next call.
func (c *column) look(cell []byte, kind cellKind) *outcome {
	f := &c.cell.found
	f.passes, f.holds = f.passes[:0], f.holds[:0]
	folded := element.Fold(c.fold, cell)
	if len(folded) > 0 && len(cell) > 0 && &folded[0] != &cell[0] {
		c.fold = folded
	}
	for _, i := range c.live {
		if c.known.checks[i].valid(folded) {
			f.passes = append(f.passes, i)
		}
	}
	proven := c.main >= 0 && slices.Contains(f.passes, c.main)
	if kind == textCell && len(cell) >= scanFrom && !proven {
		c.cell.length = len(cell)
		c.scanner.Scan(cell, c.cell.report)
		slices.Sort(f.holds)
	}
	if !c.frozen {
		c.probed++
		if kind == textCell && isProse(cell) {
			c.prose++
		}
		for i, s := range element.Shapes {
			if s.Fits(folded) {
				c.shapes[i]++
			}
		}
	}
	return f
}

// isProse reports whether a text is a sentence rather than a name or a code:
// five words of letters, or ten Chinese characters.
func isProse(cell []byte) bool {
	words, han, inWord := 0, 0, false
	for _, r := range string(cell) {
		letter := unicode.IsLetter(r)
		if unicode.Is(unicode.Han, r) {
			han++
		} else if letter && !inWord {
			words++
		}
		inWord = letter || inWord && (r == '\'' || r == '-')
	}
	return words >= 5 || han >= 10
}

func (c *column) tally(f *outcome) {
	for _, i := range f.passes {
		c.passes[i]++
	}
	for _, i := range f.holds {
		c.holds[i]++
	}
}

// freeze keeps the checks that pass often enough to be right, and those that
// the header supports.
func (c *column) freeze() {
	c.frozen = true
	var live []int32
	for _, i := range c.live {
		if c.passes[i]*10 >= c.values*3 || c.headerNames(c.known.checks[i].id) {
			live = append(live, i)
		} else {
			c.passes[i] = 0
		}
	}
	c.live = live
	for _, i := range live {
		if c.passes[i]*5 >= c.values*4 && c.known.isProvable(c.known.checks[i].id) {
			c.main = i // the element inside such a value is the value itself
		}
	}
	c.outcomes.keep(live)
}

func (c *column) headerNames(id dataspace.ElementID) bool {
	for _, m := range c.matches {
		if m.ID == id {
			return true
		}
	}
	return false
}

// sequence records whether the column counts up by one from row to row.
func (c *column) sequence(cell []byte, kind cellKind) {
	if !c.sequential {
		return
	}
	n, ok := int64(0), kind == integerCell && len(cell) < 18 && cell[0] >= '0'
	for _, d := range cell {
		n = n*10 + int64(d-'0')
	}
	if !ok || c.values > 1 && n != c.last+1 {
		c.sequential = false
		return
	}
	c.last = n
}

// isMissing knows the words for a missing value. They are not null, but
// identify nobody and say nothing about the column.
func isMissing(b []byte) bool {
	if len(b) > 14 {
		return false
	}
	switch string(b) {
	case "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "Null", "None", "none", "NONE", "nil", "-", "--", "---",
		`\N`, "?", ".", "/", "#N/A", "not_applicable", "Not Applicable", "unknown", "Unknown", "UNKNOWN",
		"无", "未知", "不详", "空", "暂无", "未填", "未填写":
		return true
	}
	return false
}
