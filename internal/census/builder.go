package census

import (
	"context"
	"fmt"

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
	people *spill.Sorter[record, *record]
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
	b.people = spill.New[record](dir, memory, compareRecords)
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
func (b *Builder) Add(who Person, mask uint64) error { return b.people.Add(record{who, mask}) }

// Claim adds what a row says of a person who is not.
func (b *Builder) Claim(c Claim) error { return b.claims.Add(c) }

// Settle decides all claims. named is the person with a shared key and a name,
// or a shared key in one row.
func (b *Builder) Settle(named func(who Person, name uint64) Person) error {
	if b.claims == nil {
		return nil
	}
	if err := b.claims.settle(named, b.people.Add); err != nil {
		return fmt.Errorf("tell people apart: %w", err)
	}
	return nil
}

// Contents is what a census says beside its people.
type Contents struct {
	Columns []string // of the dataset
	Meaning
}

// Written is a census and how many of its people have three rows or more.
type Written struct {
	*Census
	Often int64
}

// Write makes the census of the people of b in a file of dir; of nobody if b is
// nil.
func Write(ctx context.Context, dir string, b *Builder, of Contents) (_ Written, err error) {
	w, err := newWriter(dir)
	if err != nil {
		return Written{}, err
	}
	defer func() {
		if err != nil {
			w.abort()
		}
	}()
	out := Written{}
	if b != nil {
		if out.Often, err = w.all(ctx, b, of.bits()); err != nil {
			return Written{}, fmt.Errorf("write census: %w", err)
		}
	}
	out.Census, err = w.finish(trailer{All: of.Columns, Slots: 1, Meaning: of.Meaning})
	return out, err
}

// bits are the bits of a mask that have a meaning.
func (m *Meaning) bits() (keep uint64) {
	for _, k := range m.Marks {
		keep |= 1 << k.Bit
	}
	return keep
}
