package profile

import (
	"bytes"
	"context"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/look"
	"hutong/internal/nobody"
	"hutong/internal/paired"
	"hutong/internal/parallel"
	"hutong/internal/role"
	"hutong/internal/spelling"
	"hutong/internal/table"
)

// Two words for the person whom a table is about may be one person: the employee
// 1001 who is the user 77. They are one where their numbers stand one to one; an
// order's customer and its seller do not, for a seller has many customers.

// couple is two columns of which it must be known whether they stand one to one.
type couple struct{ a, b int }

// maxCouples limits the couples that a run follows. The others count as two
// people.
const maxCouples = 16

// The shares of values that must stand beside one other value only. A few have
// two: somebody registered again. Namesakes have one name; but even where there
// are as many sellers as customers, only six in ten sellers have one customer.
const (
	oneNumber = .98
	oneName   = .75
)

// other is a role whose person is the same as that of the role which it joined.
type other struct {
	role string
	keys []key
}

// uniter finds the drafts that are about one person, and the numbers that two of
// them share.
type uniter struct {
	words    *role.Words
	drafts   []*draft
	columns  []*column
	choices  []dataspace.KeyChoice
	followed *followers
	conflict func(a, b *draft) bool
}

// unite makes one draft of those that are about one person.
func (u *uniter) unite() {
	for i, a := range u.drafts {
		for _, b := range u.drafts[i+1:] {
			to, from := a, b
			if len(a.roles) == 1 && u.words.Lookup(a.roles[0]).Anybody {
				to, from = b, a
			}
			if !u.mayUnite(to, from) || !u.oneToOne(to, from) {
				continue
			}
			to.others = append(append(to.others, other{from.id(), slices.Clone(from.keys)}), from.others...)
			to.kind = role.Subject
			to.take(from)
		}
	}
}

// mayUnite reports whether two drafts can be one person by their words. They
// cannot if both have an identifier or a name of one kind, or if somebody chose
// how the people of the second are told apart.
func (u *uniter) mayUnite(to, from *draft) bool {
	if len(to.roles) != 1 || len(from.roles) != 1 || to.number != 0 || from.number != 0 || !to.known() || !from.known() {
		return false
	}
	if !u.words.Lookup(to.roles[0]).MayBe(u.words.Lookup(from.roles[0])) {
		return false
	}
	c := choiceOf(u.choices, from.id())
	return (c == nil || len(c.Columns) == 0) && !u.conflict(to, from)
}

// oneToOne reports whether a number of the one stands one to one with a number
// of the other, or with a name where there is no number.
func (u *uniter) oneToOne(to, from *draft) bool {
	one := func(a, b []int, least, most float64) bool {
		return slices.ContainsFunc(a, func(i int) bool {
			return slices.ContainsFunc(b, func(j int) bool {
				x, y, ok := u.followed.single(couple{i, j})
				return ok && x >= least && y >= most
			})
		})
	}
	a, b := to.single(), from.single()
	switch {
	case len(a) == 0:
		return one(to.names, b, oneName, oneNumber)
	case len(b) == 0:
		return one(a, from.names, oneNumber, oneName)
	}
	return one(a, b, oneNumber, oneNumber)
}

// among gives the numbers of managers the domain of the employees' numbers, where
// nearly all of them are such numbers.
func (u *uniter) among() {
	for _, d := range u.drafts {
		if len(d.roles) != 1 || d.number != 0 {
			continue
		}
		i := slices.IndexFunc(u.drafts, func(o *draft) bool {
			return len(o.roles) == 1 && o.number == 0 && o.roles[0] == u.words.Lookup(d.roles[0]).Among
		})
		if i < 0 {
			continue
		}
		for k := range d.keys {
			for _, own := range u.drafts[i].keys {
				if d.keys[k].rank == rankOwn && own.rank == rankOwn && u.columns[d.keys[k].columns[0]].among(u.columns[own.columns[0]]) {
					d.keys[k].domain = own.domain
				}
			}
		}
	}
}

// among reports whether nearly all values of the column are values of another.
func (c *column) among(o *column) bool {
	all, have := c.tried.Among(o.tried)
	return have > 0 && have*20 >= all*19
}

// single are the columns that are a key each.
func (d *draft) single() (out []int) {
	for _, k := range d.keys {
		if len(k.columns) == 1 && !k.texts && !k.joined {
			out = append(out, k.columns[0])
		}
	}
	return out
}

// followers look at couples.
type followers struct {
	seed   uint64
	list   []*follower
	wanted []couple // at which nobody has looked yet
}

// single are the shares of values that stand beside one other value. If nobody
// has looked yet, the couple is wanted.
func (f *followers) single(c couple) (a, b float64, ok bool) {
	if i := slices.IndexFunc(f.list, func(o *follower) bool { return o.couple == c }); i >= 0 {
		return f.list[i].pair.Single()
	}
	if len(f.list)+len(f.wanted) < maxCouples && !slices.Contains(f.wanted, c) {
		f.wanted = append(f.wanted, c)
	}
	return 0, 0, false
}

// begin makes followers of the couples that are wanted, and returns these.
func (f *followers) begin() []*follower {
	from := len(f.list)
	for _, c := range f.wanted {
		f.list = append(f.list, &follower{couple: c, seed: f.seed, pair: paired.New()})
	}
	f.wanted = nil
	return f.list[from:]
}

// united is the plan, after a look at the couples that it depends on. look feeds
// the rows to the followers of those.
func united(r *run, f *findings, look func([]*follower) error) (*plan, error) {
	p := r.plan(f)
	for len(r.followed.wanted) > 0 {
		if err := look(r.followed.begin()); err != nil {
			return nil, err
		}
		p = r.plan(f)
	}
	return p, nil
}

// again looks at couples in a pass of their own.
func again(ctx context.Context, r *run) func([]*follower) error {
	return func(list []*follower) error {
		for _, f := range list {
			r.only = append(r.only, f.a, f.b)
		}
		r.tally = func(b *table.Batch) error {
			follow(list, b)
			return nil
		}
		defer func() { r.tally = nil }()
		return r.pass(ctx, false)
	}
}

// follower looks at the values of a couple.
type follower struct {
	couple
	seed    uint64
	pair    *paired.Pair
	speller spelling.Speller
	text    []byte
}

func follow(list []*follower, b *table.Batch) {
	parallel.Run(len(list), func(i int) { list[i].add(b) })
}

func (f *follower) add(b *table.Batch) {
	for row := range b.Rows {
		x, ok := f.value(&b.Columns[f.a], row)
		if !ok {
			continue
		}
		if y, ok := f.value(&b.Columns[f.b], row); ok {
			f.pair.Add(x, y)
		}
	}
}

// value is the hash of a value that may be of a person.
func (f *follower) value(col *table.Column, row int) (hash uint64, ok bool) {
	if row >= len(col.Start) || col.IsNull(row) {
		return 0, false
	}
	cell := bytes.TrimSpace(col.Cell(row))
	if len(cell) == 0 || nobody.Missing(cell) {
		return 0, false
	}
	if f.text, ok = f.speller.Spell(f.text[:0], cell); !ok || nobody.Placeholder(f.text) {
		return 0, false
	}
	return look.Hash(f.text, f.seed), true
}

// joinedRole is a role that joined a party, and the place of one of its keys in
// the plan. A person can say that it is somebody else after all.
type joinedRole struct {
	role string
	key  int
}

func (p *plan) joined(one *party) (out []joinedRole) {
	for _, o := range one.others {
		for _, k := range one.keys {
			if slices.ContainsFunc(o.keys, func(own key) bool { return slices.Equal(own.columns, p.keys[k].columns) }) {
				out = append(out, joinedRole{o.role, k})
			}
		}
	}
	return out
}
