package runset

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// Marks of a person. The mask of one is some of them.
const (
	Other     = 1 << iota // only data that is not sensitive
	Sensitive             // sensitive data too
	Under14
	allMarks = Other | Sensitive | Under14
)

// Person is a keyed hash, as two big-endian halves, with its marks.
type Person struct {
	Hi, Lo uint64
	Mask   uint8
}

// FromHash is the person of a hash.
func FromHash(hash [16]byte, mask uint8) Person {
	return Person{Hi: binary.BigEndian.Uint64(hash[:8]), Lo: binary.BigEndian.Uint64(hash[8:]), Mask: mask}
}

// Hash is the inverse of FromHash.
func (p Person) Hash() (h [16]byte) {
	binary.BigEndian.PutUint64(h[:8], p.Hi)
	binary.BigEndian.PutUint64(h[8:], p.Lo)
	return h
}

// Compare orders people by hash.
func (p Person) Compare(q Person) int {
	if p.Hi != q.Hi {
		return cmp.Compare(p.Hi, q.Hi)
	}
	return cmp.Compare(p.Lo, q.Lo)
}

func (p *Person) less(q *Person) bool { return p.Hi < q.Hi || p.Hi == q.Hi && p.Lo < q.Lo }

func (p *Person) same(q *Person) bool { return p.Hi == q.Hi && p.Lo == q.Lo }

// Sort puts people in order and joins the marks of those that stand there more
// than once.
func Sort(people []Person) []Person {
	ordered := true
	for i := 1; i < len(people) && ordered; i++ {
		ordered = people[i-1].less(&people[i])
	}
	if ordered {
		return people
	}
	slices.SortFunc(people, Person.Compare)
	out := people[:0]
	for i := range people {
		if n := len(out); n > 0 && out[n-1].same(&people[i]) {
			out[n-1].Mask |= people[i].Mask
			continue
		}
		out = append(out, people[i])
	}
	return out
}

// Totals are how many people have each mark.
type Totals struct{ Other, Sensitive, Under14 int64 }

// Add counts a mask.
func (t *Totals) Add(mask uint8) {
	t.Other += int64(mask & 1)
	t.Sensitive += int64(mask >> 1 & 1)
	t.Under14 += int64(mask >> 2 & 1)
}

// Sum counts people.
func Sum(people []Person) (t Totals) {
	for i := range people {
		t.Add(people[i].Mask)
	}
	return t
}

// Minus is what is left of t without u.
func (t Totals) Minus(u Totals) Totals {
	return Totals{t.Other - u.Other, t.Sensitive - u.Sensitive, t.Under14 - u.Under14}
}

// validMask: everybody has a mark, and no other than the three.
func validMask(m uint8) bool { return m&^allMarks == 0 && bits.OnesCount8(m) > 0 }

// Plus is t and u together.
func (t Totals) Plus(u Totals) Totals {
	return Totals{t.Other + u.Other, t.Sensitive + u.Sensitive, t.Under14 + u.Under14}
}
