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
	coded    dictcount.Counter // cells of a dictionary that are not yet counted
	schools  schools
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
	current  hashed
	found    outcome.Set // of the current value
	record   func(h look.Hit, value []byte)
	scratch  odds.Scratch
}

// hashed is a value with its hash. Most of what proves itself is a whole value.
type hashed struct {
	value []byte
	of    uint64
}

// hash is the hash of a part of the value, or of another one.
func (h *hashed) hash(part []byte, seed uint64) uint64 {
	if len(part) == len(h.value) && &part[0] == &h.value[0] {
		return h.of
	}
	return look.Hash(part, seed)
}

// trial is a value on which the checks were tried.
type trial struct {
	rows   int64
	form   outline.Value // with tried
	value  []byte        // until the checks are tried: most values leave the sample before
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
	c.keep(shape, run, c.current.hash(run, c.seed))
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
	hash := c.current.hash(value, c.seed)
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
	if c.coded.Add(col, c.entry) == 0 {
		return
	}
	if c.varied || col.Dict != nil {
		for i := range rows {
			if col.Dict == nil || col.Codes[i] < 0 {
				c.cell(col, i, 1)
			}
		}
		return
	}
	c.varied = repeats.Each(col, rows, c.cell) > rows/2
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
	c.values += times
	c.kinds.Add(kind, literal, times)
	c.run.Add(cell, kind, times)
	c.lengths.Add(cell, kind, times)
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
	c.current = hashed{cell, hash}
	found := c.look(cell, n, counted)
	number := c.outcomes.Number(found)
	if slot != nil {
		slot.Outcome = number
	}
	if number != 0 {
		c.outcomes.Add(number, times)
		return
	}
	for _, i := range found {
		c.hits[i].extra += times
	}
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
		t = &trial{}
		if len(cell) <= keptValue {
			t.value = bytes.Clone(cell)
		} else {
			t.form = outline.Of(cell)
			t.tried = c.known.Try(&c.scratch, cell)
			t.names.Keep(cell)
		}
		c.tried.Put(hash, t)
	}
	if t != nil {
		t.rows += times
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
	c.schools = schools{}
	c.tried.Each(func(t *trial) {
		if t.value != nil {
			t.form = outline.Of(t.value)
			t.school[0], t.school[1] = youth.Schooling(t.value)
			t.tried = c.known.Try(&c.scratch, t.value)
			t.names.Keep(t.value)
			t.value = nil
		}
		s.Add(t.tried, t.rows)
		c.schools.add(t)
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

// schools counts the sampled values that are of a school.
type schools struct{ values, children, adults int }

func (s *schools) add(t *trial) {
	s.values++
	if t.school[0] {
		s.children++
	}
	if t.school[1] {
		s.adults++
	}
}

// classes and higher report whether most values are classes of children, or
// schools of adults.
func (s schools) classes() bool { return s.children > 0 && s.children*2 >= s.values }
func (s schools) higher() bool  { return s.adults > 0 && s.adults*2 >= s.values }

// forms are what the sampled values look like.
func (c *column) forms() []dataspace.Form {
	rows := map[outline.Value]int64{}
	c.tried.Each(func(t *trial) { rows[t.form] += t.rows })
	return outline.Forms(rows)
}
