package profile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"

	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/look"
	"hutong/internal/role"
	"hutong/internal/spelling"
	"hutong/internal/spill"
	"hutong/internal/table"
)

// Candidates says for each role of a dataset which keys could tell its people
// apart, and how many people there would be by each. It reads the source once
// for each of them, and twice more.
func Candidates(ctx context.Context, src Source, opt Options) (_ []dataspace.KeyCandidate, err error) {
	r, err := newRun(src, opt)
	if err != nil {
		return nil, err
	}
	defer r.closeCollector()
	if err := r.pass(ctx, r.first); err != nil {
		return nil, err
	}
	found, used := r.judged()
	r.opt.Keys = nil
	free := r.plan(used)
	if free == nil {
		return nil, nil
	}
	list := r.candidates(free)
	if err := r.tally(ctx, free, list); err != nil {
		return nil, err
	}
	out := make([]dataspace.KeyCandidate, len(list))
	for i := range list {
		c := &list[i]
		others := slices.DeleteFunc(slices.Clone(opt.Keys), func(k dataspace.KeyChoice) bool { return k.Role == c.Role })
		r.opt.Keys = append(others, dataspace.KeyChoice{Role: c.Role, Columns: c.Columns})
		if c.People, err = r.count(ctx, found, used); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(opt.Keys, func(k dataspace.KeyChoice) bool { return k.Role == c.Role })
		c.Chosen = at >= 0 && slices.Equal(opt.Keys[at].Columns, c.Columns)
		c.Holds = c.Chosen || at < 0 && c.first
		if c.proves >= 0 {
			if own := found.columns[c.proves].Own; own != nil {
				for _, p := range own.Contains {
					c.Proved = max(c.Proved, p.Rows)
				}
			}
		}
		out[i] = c.KeyCandidate
	}
	return out, nil
}

// candidate is a candidate while it is counted.
type candidate struct {
	dataspace.KeyCandidate
	first  bool // of its role
	key    int  // place in the free plan's keys; -1: the columns are somebody else's
	party  int
	proves int // the column whose values can prove themselves, -1 for none
}

// candidates lists the keys of all roles, best first, and for a role that may be
// somebody else's that it is.
func (r *run) candidates(free *plan) (out []candidate) {
	for n := range free.parties {
		one := &free.parties[n]
		number := false
		for at, k := range one.keys {
			key := free.keys[k]
			number = number || key.rank == rankNumber
			c := candidate{KeyCandidate: dataspace.KeyCandidate{Role: one.id(), Columns: r.namesOf(key)}, first: at == 0, key: k, party: n, proves: -1}
			if len(key.columns) == 1 {
				c.proves = key.columns[0]
			}
			out = append(out, c)
		}
		if n > 0 && !number {
			out = append(out, candidate{KeyCandidate: dataspace.KeyCandidate{Role: one.id(), Columns: []string{}}, first: len(one.keys) == 0, key: -1, party: n, proves: -1})
		}
	}
	return out
}

// count counts the people under the present choices.
func (r *run) count(ctx context.Context, found, used *findings) (int64, error) {
	if err := r.again(ctx, r.plan(used)); err != nil {
		return 0, err
	}
	result, err := r.finish(ctx, found, used)
	if err != nil {
		return 0, err
	}
	people := result.Census.People()
	return people, result.Census.Remove()
}

// tally counts the values of each key, with the names beside them.
func (r *run) tally(ctx context.Context, free *plan, list []candidate) error {
	tallies := make([]*tally, len(list))
	defer func() {
		for _, t := range tallies {
			if t != nil {
				t.pairs.Close()
			}
		}
	}()
	for i := range list {
		if list[i].key < 0 {
			continue
		}
		key := free.keys[list[i].key]
		tallies[i] = &tally{key: key, names: free.parties[list[i].party].names, seed: r.seed, to: &list[i].KeyCandidate,
			speller: spelling.Speller{Form: key.form}, pairs: spill.New[pair](r.opt.Dir, r.opt.Memory/len(list), comparePairs)}
	}
	err := r.pass(ctx, func(b *table.Batch, _ int64) error {
		for _, t := range tallies {
			if t == nil {
				continue
			}
			for row := range b.Rows {
				if err := t.row(b, row); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for _, t := range tallies {
		if t != nil && err == nil {
			err = t.sum()
		}
	}
	if err != nil {
		return fmt.Errorf("count values of keys: %w", err)
	}
	return nil
}

// tally counts the values of one key.
type tally struct {
	key     key
	names   []int
	seed    uint64
	speller spelling.Speller
	plain   spelling.Speller // of names
	text    []byte
	pairs   *spill.Sorter[pair, *pair]
	to      *dataspace.KeyCandidate
}

// row counts one row.
func (t *tally) row(b *table.Batch, row int) error {
	t.text = t.text[:0]
	for _, i := range t.key.columns {
		switch t.spell(&t.speller, b, i, row) {
		case absent:
			t.to.Empty++
			return nil
		case placeholder:
			t.to.Placeholders++
			return nil
		case unread:
			t.to.Unread++
			return nil
		}
	}
	one := pair{value: look.Hash(t.text, t.seed)}
	t.text = t.text[:0]
	named := false
	for _, i := range t.names {
		named = t.spell(&t.plain, b, i, row) == present || named
	}
	if named {
		one.name = look.Hash(t.text, t.seed) | 1
	}
	return t.pairs.Add(one)
}

type presence uint8

const (
	present presence = iota
	absent
	placeholder
	unread
)

// spell appends the one spelling of a cell.
func (t *tally) spell(by *spelling.Speller, b *table.Batch, column, row int) presence {
	t.text = append(t.text, 0)
	col := &b.Columns[column]
	if row >= len(col.Start) || col.IsNull(row) {
		return absent
	}
	cell := bytes.TrimSpace(col.Cell(row))
	if len(cell) == 0 || isMissing(cell) {
		return absent
	}
	from := len(t.text)
	var ok bool
	if t.text, ok = by.Spell(t.text, cell); !ok {
		return unread
	}
	if role.Builtin().Placeholder(t.text[from:]) {
		return placeholder
	}
	return present
}

// sum counts the different values, and those with several names.
func (t *tally) sum() error {
	last, names := pair{}, 0
	end := func() {
		if names > 1 {
			t.to.Shared++
		}
	}
	err := t.pairs.Each(func(p *pair) error {
		if t.to.Values == 0 || p.value != last.value {
			end()
			t.to.Values++
			names = 0
		}
		if p.name != 0 {
			names++
		}
		last = *p
		return nil
	})
	end()
	return err
}

// pair is a value of a key, and a name beside it; 0 without.
type pair struct{ value, name uint64 }

func (*pair) Size() int     { return 16 }
func (p *pair) Key() uint64 { return p.value }
func (p *pair) Put(b []byte) {
	binary.BigEndian.PutUint64(b, p.value)
	binary.BigEndian.PutUint64(b[8:], p.name)
}
func (p *pair) Get(b []byte) {
	p.value, p.name = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
}
func (*pair) Merge(*pair) {}

func comparePairs(a, b pair) int {
	return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.name, b.name))
}
