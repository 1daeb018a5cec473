package profile

import (
	"bytes"
	"slices"

	"hutong/internal/cellkind"
	"hutong/internal/chance"
	"hutong/internal/dataspace"
	"hutong/internal/dictcount"
	"hutong/internal/distinct"
	"hutong/internal/element"
	"hutong/internal/formed"
	"hutong/internal/intext"
	"hutong/internal/look"
	"hutong/internal/nobody"
	"hutong/internal/odds"
	"hutong/internal/outcome"
	"hutong/internal/outline"
	"hutong/internal/repeats"
	"hutong/internal/signs"
	"hutong/internal/table"
	"hutong/internal/youth"
)

// scanFrom is the length of the shortest value that can prove something.
const scanFrom = 7

// column has the counters over the values of one column. Every value is looked
// at; the checks that prove nothing are tried on a sample of the different
// values. No counter depends on the order of the values.
type column struct {
	known *knowledge
	field table.Field
	sum   odds.Column // what was counted, complete after count

	nulls  int64
	values int64 // neither null nor a word for missing
	kinds  cellkind.Counts
	// lengths and whole are about numbers in several columns; see split.
	lengths cellkind.Lengths
	whole   []partOf

	varied   bool              // few cells of a batch repeat
	formed   formed.Table      // forms that cells had not long ago
	coded    dictcount.Counter // cells of a dictionary that are not yet counted
	schools  youth.Schools
	distinct distinct.Values
	seed     uint64
	tried    *chance.Set[*trial] // different values and what they pass
	trials   []*trial            // those that have been tried, by the number that slots have
	run      cellkind.Progression

	looker   *look.Looker
	outcomes outcome.Table
	hits     []*hits // by the numbers of outcomes
	hitAt    map[look.Hit]int32
	lastHit  int32
	runs     map[chance.Shape]*chance.Set[string] // different values of each shape
	recent   [8]recent                            // some of them
	current  look.Hashed
	found    outcome.Set // of the current value
	record   func(h look.Hit, value []byte)
	scratch  odds.Scratch
}

// trial is a value on which the checks were tried.
type trial struct {
	rows  int64
	hash  uint64
	value []byte // until the checks are tried: most values leave the sample before
	*tested
}

// tested is what a value is found to be. Columns with the same value share it.
type tested struct {
	form   outline.Value
	names  intext.Text
	tried  odds.Tried
	school [2]bool // what it tells of a school: a class of children, a school of adults
}

// Text is the text of the value for package intext.
func (t *trial) Text() (*intext.Text, int64) { return &t.names, t.rows }

// keptValue is the length of the longest value that waits for its checks.
const keptValue = 256

// hits are the rows and the different values with one kind of finding.
type hits struct {
	look.Hit
	extra  int64 // rows whose outcome was not stored
	values *chance.Set[struct{}]
	prefix [][3]byte // the first of those that values begin with
	tested int64     // the column's values when result was found
	result chance.Result
}

// The sizes of samples, in different values.
const (
	triedValues = 512
	runValues   = 4096
	hitValues   = 1024
)

// prefixed is the length of a number without a country code.
const prefixed = 11

func newColumn(known *knowledge, f table.Field, seed uint64) *column {
	c := &column{known: known, field: f, seed: seed, tried: chance.NewSet[*trial](triedValues)}
	c.kinds.Declared = f.Kind
	known.Name(&c.sum, f.Name)
	known.Comment(&c.sum, f.Comment)
	c.hitAt = map[look.Hit]int32{}
	c.runs = map[chance.Shape]*chance.Set[string]{}
	c.looker = look.New(known.Taxonomy, known.provable, c.tries)
	c.record = c.hit
	return c
}

// tries records a run that could be an identifier.
func (c *column) tries(shape chance.Shape, run []byte) {
	c.keep(shape, run, c.current.Hash(run, c.seed))
}

func (c *column) keep(shape chance.Shape, run []byte, hash uint64) {
	r := &c.recent[len(run)%len(c.recent)]
	if shape != r.shape {
		if c.runs[shape] == nil {
			c.runs[shape] = chance.NewSet[string](runValues)
		}
		*r = recent{shape, c.runs[shape]}
	}
	if r.values.Wants(hash) {
		r.values.Put(hash, string(run))
	}
}

// recent are the values of a shape of which a run was seen not long ago.
type recent struct {
	shape  chance.Shape
	values *chance.Set[string]
}

// hit records a finding in the current value.
func (c *column) hit(h look.Hit, value []byte) {
	i := c.lastHit
	if int(i) >= len(c.hits) || c.hits[i].Hit != h {
		i = c.kind(h)
		c.lastHit = i
	}
	if len(c.found) == 0 || !slices.Contains(c.found, i) {
		c.found = append(c.found, i)
	}
	to := c.hits[i]
	hash := c.current.Hash(value, c.seed)
	if to.values.Wants(hash) {
		to.values.Put(hash, struct{}{})
	}
	if h.Shape != (chance.Shape{}) {
		c.keep(h.Shape, value, hash) // also a part of a run, which was not tried alone
	}
	if n := len(value) - prefixed; n >= 0 && h.Shape != (chance.Shape{}) && len(to.prefix) < enoughPrefixes {
		if p := [3]byte(value[n:]); !slices.Contains(to.prefix, p) {
			to.prefix = append(to.prefix, p)
		}
	}
}

// kind is the number of a kind of hits.
func (c *column) kind(h look.Hit) int32 {
	i, ok := c.hitAt[h]
	if !ok {
		i = int32(len(c.hits))
		c.hitAt[h] = i
		c.hits = append(c.hits, &hits{Hit: h, values: chance.NewSet[struct{}](hitValues)})
	}
	return i
}

// add counts one batch.
func (c *column) add(col *table.Column, rows int) {
	if len(col.Start) == 0 {
		c.nulls += int64(rows)
		return
	}
	if c.distinct.Full() {
		c.trials = nil // no slot names one any more
	}
	switch others := c.coded.Add(col, c.entry); {
	case others == 0:
		return
	case c.varied || col.Dict != nil:
		c.each(col, rows)
	default:
		c.varied = repeats.Each(col, rows, c.cell) > rows/2
	}
	c.formed.Count(c.ofForm)
}

// each counts the cells of a batch that are in no dictionary, one by one.
func (c *column) each(col *table.Column, rows int) {
	quick := c.distinct.Full() && col.Dict == nil
	for i := range rows {
		if cell := col.Cell(i); quick && !col.IsNull(i) {
			if f := c.formed.Known(cell); f != nil && !f.Dated {
				c.usual(f, cell, col.IsLiteral(i), 1)
				continue
			}
		}
		if col.Dict == nil || col.Codes[i] < 0 {
			c.cell(col, i, 1)
		}
	}
}

// usual counts a cell of a form, apart from what ofForm counts at once for all.
func (c *column) usual(f *formed.Form, cell []byte, literal bool, times int64) {
	if literal {
		f.Literals += times
	} else {
		f.Texts += times
	}
	c.run.Add(cell, f.Kind, times)
	hash := look.Hash(cell, c.seed)
	if !c.tried.Beyond(hash) {
		c.try(hash, cell, times)
	}
	if f.Quiet.Of(cell) {
		f.Silent += times
		return
	}
	c.search(cell, hash, f.Signs, true, times)
}

// ofForm counts the cells of a form.
func (c *column) ofForm(f *formed.Form) {
	c.values += f.Texts + f.Literals
	c.kinds.Add(f.Kind, false, f.Texts)
	c.kinds.Add(f.Kind, true, f.Literals)
	c.lengths.Add(f.Cell(), f.Kind, f.Texts+f.Literals)
	if f.Silent > 0 {
		c.outcomes.Add(c.outcomes.Number(nil), f.Silent)
	}
}

// fresh counts a value of a column that has so many that none is kept.
func (c *column) fresh(cell []byte, literal bool, times int64) {
	f := c.formed.Of(cell, c.looker, c.ofForm)
	if f != nil && !f.Dated {
		c.usual(f, cell, literal, times)
		return
	}
	if f == nil && nobody.Missing(cell) {
		return
	}
	n, counted := signs.Of(cell)
	kind := cellkind.Of(cell, n)
	c.counts(cell, kind, literal, times)
	hash := look.Hash(cell, c.seed)
	if !c.tried.Beyond(hash) {
		c.try(hash, cell, times)
	}
	c.search(cell, hash, n, counted, times)
}

func (c *column) counts(cell []byte, kind cellkind.Kind, literal bool, times int64) {
	c.values += times
	c.kinds.Add(kind, literal, times)
	c.run.Add(cell, kind, times)
	c.lengths.Add(cell, kind, times)
}

// cell counts a cell that comes a number of times.
func (c *column) cell(col *table.Column, row int, times int64) {
	if col.IsNull(row) {
		c.nulls += times
		return
	}
	c.text(col.Cell(row), col.IsLiteral(row), times)
}

// entry counts cells that have the same value of a dictionary.
func (c *column) entry(value []byte, times int64) { c.text(value, false, times) }

func (c *column) text(cell []byte, literal bool, times int64) {
	cell = cellkind.Trim(cell)
	if len(cell) == 0 {
		c.nulls += times
		return
	}
	c.value(cell, literal, times)
}

// value counts a trimmed cell that is not empty, and comes a number of times.
func (c *column) value(cell []byte, literal bool, times int64) {
	if c.distinct.Full() {
		c.fresh(cell, literal, times)
		return
	}
	hash := look.Hash(cell, c.seed)
	slot, seen := c.distinct.Find(hash)
	var n signs.Counts
	var counted bool
	var kind cellkind.Kind
	if seen {
		if slot.Missing {
			return
		}
		kind = slot.Kind
	} else {
		n, counted = signs.Of(cell)
		missing := nobody.Missing(cell)
		kind = cellkind.Of(cell, n)
		if slot != nil {
			slot.Missing, slot.Kind = missing, kind
		}
		if missing {
			return
		}
	}
	c.counts(cell, kind, literal, times)
	if slot != nil && slot.Trial != 0 {
		c.trials[slot.Trial-1].rows += times
	} else if !c.tried.Beyond(hash) {
		if t := c.try(hash, cell, times); t != nil && slot != nil {
			c.trials = append(c.trials, t)
			slot.Trial = uint16(len(c.trials))
		}
	}
	if seen && slot.Outcome != 0 {
		c.outcomes.Add(slot.Outcome, times)
		return
	}
	if seen {
		n, counted = signs.Of(cell)
	}
	number := c.search(cell, hash, n, counted, times)
	if slot != nil {
		slot.Outcome = number
	}
}

// search counts what proves itself in a value that comes a number of times. It
// returns the number of the outcome.
func (c *column) search(cell []byte, hash uint64, n signs.Counts, counted bool, times int64) uint16 {
	c.current = look.Hashed{Value: cell, Of: hash}
	found := c.look(cell, n, counted)
	number := c.outcomes.Number(found)
	if number != 0 {
		c.outcomes.Add(number, times)
		return number
	}
	for _, i := range found {
		c.hits[i].extra += times
	}
	return number
}

// look finds what proves itself in a value. The result is valid until the next
// call.
func (c *column) look(cell []byte, n signs.Counts, counted bool) outcome.Set {
	c.found = c.found[:0]
	if len(cell) >= scanFrom {
		c.looker.Counted(cell, n, counted, c.record)
		if len(c.found) > 1 {
			slices.Sort(c.found)
		}
	}
	return c.found
}

// try puts a value into the sample, on which all checks are tried. It returns
// the trial of the value, nil for one outside the sample.
func (c *column) try(hash uint64, cell []byte, times int64) *trial {
	t, ok := c.tried.Get(hash)
	if !ok && c.tried.Wants(hash) {
		t = &trial{hash: hash}
		if len(cell) <= keptValue {
			t.value = bytes.Clone(cell)
		} else {
			t.tested = c.examine(cell)
		}
		c.tried.Put(hash, t)
	}
	if t != nil {
		t.rows += times
	}
	return t
}

// examine tries the checks on a value.
func (c *column) examine(value []byte) *tested {
	t := &tested{form: outline.Of(value), tried: c.known.Try(&c.scratch, value)}
	t.names.Keep(value)
	if len(value) <= keptValue {
		t.school[0], t.school[1] = youth.Schooling(value)
	}
	return t
}

// count sums up the sample, in which a value that repeats counts each time. It
// is called before anybody asks for a counter.
func (c *column) count() *odds.Column {
	s := &c.sum
	s.Values, s.Distinct, s.Many = c.values, c.distinct.Count(), c.distinct.Full()
	s.Decimals, s.Texts = c.kinds.Of(cellkind.Number), c.kinds.Of(cellkind.Text)
	s.Sequential = c.run.Sequential()
	c.known.Begin(s)
	c.schools = youth.Schools{}
	c.tried.Each(func(t *trial) {
		if t.tested == nil {
			t.tested = c.known.tested.Of(t.hash, func() *tested { return c.examine(t.value) })
			t.value = nil
		}
		s.Add(t.tried, t.rows)
		c.schools.Add(t.school)
	})
	return s
}

// masked says what the values of a column with hidden parts still tell: nil for
// another column.
func (c *column) masked(e *element.Element) *dataspace.Masked {
	if e.Masks == "" {
		return nil
	}
	return &dataspace.Masked{Of: e.Masks, SinglesOut: c.distinct.Full() || int64(c.distinct.Count())*2 > c.values}
}

// forms are what the sampled values look like.
func (c *column) forms() []dataspace.Form {
	rows := map[outline.Value]int64{}
	c.tried.Each(func(t *trial) { rows[t.form] += t.rows })
	return outline.Forms(rows)
}
