package census

import (
	"context"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/spill"
)

// Meaning says what the hashes and masks of a census mean.
type Meaning struct {
	Keys    []Key        `json:"keys,omitempty"`
	Marks   []Mark       `json:"marks,omitempty"`
	Classes []ClassMarks `json:"classes,omitempty"`
}

// Key is one way to make hashes. The first of a census is of people, the second
// of rows without an identifier.
type Key struct {
	// Scope is where the identifier is unique: global, system (the name of its
	// column is part of the hash), several (both), row (there is no identifier).
	Scope     string   `json:"scope"`
	Algorithm string   `json:"algorithm"`
	Columns   []string `json:"columns,omitempty"`
}

// Mark is the meaning of a bit of a mask: a value in a column, or an age.
type Mark struct {
	Bit    int    `json:"bit"`
	Column string `json:"column,omitempty"`
	Below  int    `json:"below,omitempty"`
}

// ClassMarks is which marks put a person into a class.
type ClassMarks struct {
	ID     string   `json:"id"`
	Marks  []int    `json:"marks,omitempty"`
	RestOf []string `json:"rest_of,omitempty"`
}

// Builder collects people in any order, in memory and then in files that Close
// removes. Only one goroutine at a time uses it.
type Builder struct {
	people *spill.Sorter[marked, *marked]
	claims *claims // nil: everybody is known at once
}

// NewBuilder holds up to memory bytes of people before it writes to dir.
// claimed says that Claim will be called.
func NewBuilder(dir string, memory int, claimed bool) *Builder {
	b := &Builder{}
	if claimed {
		memory /= 2
		b.claims = newClaims(dir, memory)
	}
	b.people = spill.New[marked](dir, memory)
	return b
}

// Close removes the files of people who were not written.
func (b *Builder) Close() {
	b.people.Close()
	if b.claims != nil {
		b.claims.Close()
	}
}

// Add adds a row of a person who is known at once.
func (b *Builder) Add(who Person, mask uint64) error {
	return b.people.Add(who.Hi, marked{who.Lo, mask})
}

// Claim adds what a row says of a person who is not.
func (b *Builder) Claim(c Claim) error { return b.claims.Add(c.Who.Hi, c) }

// Settle decides all claims. named is the person with a shared key and a name,
// or a shared key in one row.
func (b *Builder) Settle(named func(who Person, name uint64) Person) error {
	if b.claims == nil {
		return nil
	}
	if err := b.claims.settle(named, func(r record) error { return b.Add(r.who, r.mask) }); err != nil {
		return fmt.Errorf("tell people apart: %w", err)
	}
	return nil
}

// Contents is what a census says beside its people.
type Contents struct {
	Columns []string // of the dataset
	Meaning
}

// Sum is how many people there are.
type Sum struct {
	People int64
	Often  int64         // those with three rows or more
	Totals people.Totals // by class, if every column leaves
}

// Count counts the people of b by classes, and writes no census; nobody if b is
// nil. ErrNotFound if the contents do not have one of the classes.
func Count(ctx context.Context, b *Builder, of Contents, list []dataspace.CountClass) (Sum, error) {
	return count(ctx, b, of, list, func(record) error { return nil })
}

// Write is Count that makes the census too, in a file of dir.
func Write(ctx context.Context, dir string, b *Builder, of Contents, list []dataspace.CountClass) (_ *Census, sum Sum, err error) {
	w, err := newWriter(dir)
	if err != nil {
		return nil, Sum{}, err
	}
	defer func() {
		if err != nil {
			w.abort()
		}
	}()
	keep := of.bits() | RowKeyMask
	sum, err = count(ctx, b, of, list, func(r record) error { return w.add(record{r.who, r.mask & keep}) })
	if err != nil {
		return nil, Sum{}, fmt.Errorf("write census: %w", err)
	}
	c, err := w.finish(of.trailer())
	return c, sum, err
}

// count yields each person of b.
func count(ctx context.Context, b *Builder, of Contents, list []dataspace.CountClass, yield func(record) error) (sum Sum, err error) {
	in, err := (&Census{trailer: of.trailer()}).membership(func(string) bool { return true }, list)
	if err != nil {
		return Sum{}, err
	}
	counts := make([]int64, len(list))
	if b != nil {
		err = b.people.Each(func(hi uint64, r *marked) error {
			if sum.People%65536 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			sum.People++
			if r.mask>>RowsShift&3 >= 3 {
				sum.Often++
			}
			countIn(in.of(r.mask), counts)
			return yield(record{Person{hi, r.lo}, r.mask})
		})
	}
	if err != nil {
		return Sum{}, err
	}
	sum.Totals = totals(list, counts)
	return sum, nil
}

func (c *Contents) trailer() trailer { return trailer{All: c.Columns, Slots: 1, Meaning: c.Meaning} }

// bits are the bits of a mask that have a meaning.
func (m *Meaning) bits() (keep uint64) {
	for _, k := range m.Marks {
		keep |= 1 << k.Bit
	}
	return keep
}
