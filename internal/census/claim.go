package census

import (
	"cmp"
	"encoding/binary"

	"hutong/internal/spill"
)

// Claim is what one row says of the person who has a key. Whether the key
// tells people apart is known only when all that is said of it is together:
//
//	link   the row shows the key beside a better one of the same person
//	proof  the row shows an identity number beside the key
//	name   the row shows a name beside the key
//	row    the row shows nothing beside it
//
// A key with two identity numbers, with two better keys or with two names is
// shared: each of them is a person then, and a row that shows nothing is one
// for itself.
type Claim struct {
	Who   Person
	Kind  ClaimKind
	Other Person // the better key, the identity number, the name, the row
	Mask  uint64 // without rows: the claim adds nobody
}

// ClaimKind is what a claim says.
type ClaimKind uint8

// The kinds, in the order in which they are decided.
const (
	Link ClaimKind = iota
	Proof
	Name
	Row
)

const claimSize = 41

// Size serves the sorter; so do Put, Get, Compare and Merge. The key is the first
// half of Who, which is in the claim too.
func (*Claim) Size() int { return claimSize }

func (c *Claim) Put(b []byte) {
	for i, v := range [5]uint64{c.Who.Hi, c.Who.Lo, c.Other.Hi, c.Other.Lo, c.Mask} {
		binary.BigEndian.PutUint64(b[8*i:], v)
	}
	b[40] = byte(c.Kind)
}

func (c *Claim) Get(b []byte) {
	v := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	*c = Claim{Person{v(0), v(1)}, ClaimKind(b[40]), Person{v(2), v(3)}, v(4)}
}

// Compare brings all claims on a key together, in the order in which they are
// decided.
func (c *Claim) Compare(o *Claim) int {
	if n := c.Who.compare(o.Who); n != 0 {
		return n
	}
	if n := cmp.Compare(c.Kind, o.Kind); n != 0 {
		return n
	}
	return c.Other.compare(o.Other)
}

func (c *Claim) Merge(o *Claim) {
	c.Mask = merged(c.Mask, o.Mask)
}

// claims sorts what rows say of keys, and decides.
type claims struct {
	*spill.Sorter[Claim, *Claim]
}

func newClaims(dir string, memory int) *claims {
	return &claims{spill.New[Claim](dir, memory)}
}

// settle yields the people. named is the person with a shared key and a name,
// or a shared key in one row.
func (c *claims) settle(named func(who Person, name uint64) Person, yield func(record) error) error {
	g := group{named: named, yield: yield}
	err := c.Each(func(_ uint64, one *Claim) error {
		if one.Who != g.who || !g.open {
			if err := g.end(); err != nil {
				return err
			}
			g = group{named: named, yield: yield, who: one.Who, open: true, waiting: g.waiting[:0]}
		}
		return g.add(one)
	})
	if err != nil {
		return err
	}
	return g.end()
}

// group is the claims on one key. It holds back at most one of each kind, so a
// key with a million names takes no more memory than another.
type group struct {
	named   func(Person, uint64) Person
	yield   func(record) error
	who     Person
	open    bool
	counts  [Row]int // different better keys, identity numbers, names
	owner   Person   // the better key
	waiting []Claim  // until it is known whether the key is shared
}

func (g *group) shared() bool {
	return g.counts[Link] > 1 || g.counts[Proof] > 1 || g.counts[Name] > 1
}

func (g *group) add(c *Claim) error {
	if c.Kind < Row {
		g.counts[c.Kind]++
	}
	if c.Kind == Link {
		g.owner = c.Other
		return nil
	}
	if g.shared() {
		if err := g.flush(); err != nil {
			return err
		}
		return g.apart(c)
	}
	if c.Kind == Row {
		return g.yield(g.together(c)) // all other claims have been seen
	}
	g.waiting = append(g.waiting, *c)
	return nil
}

// flush yields the people of a shared key who waited.
func (g *group) flush() error {
	for i := range g.waiting {
		if err := g.apart(&g.waiting[i]); err != nil {
			return err
		}
	}
	g.waiting = g.waiting[:0]
	return nil
}

// end yields the person of a key that is not shared.
func (g *group) end() error {
	for i := range g.waiting {
		if g.waiting[i].Mask&RowsMask == 0 {
			continue
		}
		if err := g.yield(g.together(&g.waiting[i])); err != nil {
			return err
		}
	}
	g.waiting = g.waiting[:0]
	return nil
}

// together is the one person who has the key.
func (g *group) together(c *Claim) record {
	who := g.who
	if g.counts[Link] == 1 {
		who = g.owner
	}
	return record{who, c.Mask}
}

// apart yields the person of a claim on a shared key.
func (g *group) apart(c *Claim) error {
	if c.Mask&RowsMask == 0 {
		return nil
	}
	who := c.Other
	switch c.Kind {
	case Name:
		who = g.named(g.who, c.Other.Lo)
	case Row:
		who = g.named(g.who, c.Other.Lo)
		c.Mask |= RowKeyMask
	}
	return g.yield(record{who, c.Mask})
}
