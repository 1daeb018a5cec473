package profile

import (
	"cmp"
	"encoding/binary"

	"hutong/internal/spill"
)

// claim is what one row says of the person who has a key. Whether the key
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
type claim struct {
	who   person
	kind  claimKind
	other person // the better key, the identity number, the name, the row
	mask  uint64 // without rows: the claim adds nobody
}

type claimKind uint8

// The kinds, in the order in which they are decided.
const (
	linkClaim claimKind = iota
	proofClaim
	nameClaim
	rowClaim
)

const claimSize = 41

func (*claim) Size() int { return claimSize }

// Key serves the sorter.
func (c *claim) Key() uint64 { return c.who.hi }

func (c *claim) Put(b []byte) {
	for i, v := range [5]uint64{c.who.hi, c.who.lo, c.other.hi, c.other.lo, c.mask} {
		binary.BigEndian.PutUint64(b[8*i:], v)
	}
	b[40] = byte(c.kind)
}

func (c *claim) Get(b []byte) {
	v := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	*c = claim{person{v(0), v(1)}, claimKind(b[40]), person{v(2), v(3)}, v(4)}
}

func (p person) compare(o person) int {
	if c := cmp.Compare(p.hi, o.hi); c != 0 {
		return c
	}
	return cmp.Compare(p.lo, o.lo)
}

// compareClaims brings all claims on a key together, in the order in which
// they are decided.
func compareClaims(a, b claim) int {
	if n := a.who.compare(b.who); n != 0 {
		return n
	}
	if n := cmp.Compare(a.kind, b.kind); n != 0 {
		return n
	}
	return a.other.compare(b.other)
}

func (c *claim) Merge(o *claim) {
	a, b := record{mask: c.mask}, record{mask: o.mask}
	a.Merge(&b)
	c.mask = a.mask
}

// claimed says of which keys the people are settled at the end: keys that
// stand in for a better one somewhere, and keys that a name or an identity
// number can show to be shared.
func (p *plan) claimed() []bool {
	domains := map[string]bool{}
	for n := range p.parties {
		one := &p.parties[n]
		for at, k := range one.keys {
			key := &p.keys[k]
			byName := key.byName() && len(one.names) > 0
			byProof := one.proof >= 0 && one.proof != k
			if at > 0 || byName || byProof {
				domains[key.domain] = true
			}
		}
	}
	out := make([]bool, len(p.keys))
	for k := range p.keys {
		out[k] = domains[p.keys[k].domain]
	}
	return out
}

// byName reports whether two names with one key are two people.
func (k *key) byName() bool { return k.rank >= rankContact && k.rank != rankNames && !k.chosen }

// claims sorts what rows say of keys, and decides.
type claims struct {
	*spill.Sorter[claim, *claim]
}

func newClaims(dir string, memory int) *claims {
	return &claims{spill.New[claim](dir, memory, compareClaims)}
}

// settle yields the people. named is the person with a shared key and a name,
// or a shared key in one row.
func (c *claims) settle(named func(who person, name uint64) person, yield func(record) error) error {
	g := group{named: named, yield: yield}
	err := c.Each(func(one *claim) error {
		if one.who != g.who || !g.open {
			if err := g.end(); err != nil {
				return err
			}
			g = group{named: named, yield: yield, who: one.who, open: true, waiting: g.waiting[:0]}
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
	named   func(person, uint64) person
	yield   func(record) error
	who     person
	open    bool
	counts  [rowClaim]int // different better keys, identity numbers, names
	owner   person        // the better key
	waiting []claim       // until it is known whether the key is shared
}

func (g *group) shared() bool {
	return g.counts[linkClaim] > 1 || g.counts[proofClaim] > 1 || g.counts[nameClaim] > 1
}

func (g *group) add(c *claim) error {
	if c.kind < rowClaim {
		g.counts[c.kind]++
	}
	if c.kind == linkClaim {
		g.owner = c.other
		return nil
	}
	if g.shared() {
		if err := g.flush(); err != nil {
			return err
		}
		return g.apart(c)
	}
	if c.kind == rowClaim {
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
		if g.waiting[i].mask&rowsMask == 0 {
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
func (g *group) together(c *claim) record {
	who := g.who
	if g.counts[linkClaim] == 1 {
		who = g.owner
	}
	return record{who.hi, who.lo, c.mask}
}

// apart yields the person of a claim on a shared key.
func (g *group) apart(c *claim) error {
	if c.mask&rowsMask == 0 {
		return nil
	}
	who := c.other
	switch c.kind {
	case nameClaim:
		who = g.named(g.who, c.other.lo)
	case rowClaim:
		who = g.named(g.who, c.other.lo)
		c.mask |= rowKeyMask
	}
	return g.yield(record{who.hi, who.lo, c.mask})
}
