package runset

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"time"
)

// MaxClasses is the largest number of classes in one file.
const MaxClasses = 32

// Mask is the classes that a person is in, as bits in the order of Head.Classes.
type Mask uint32

// Day is a day as the number of days since 1 January 1970; 0: not kept.
type Day uint16

// day is how long one lasts.
const day = 24 * time.Hour

// ParseDay reads a day, 2006-01-02. It returns false if the text is not a day
// that can be stored.
func ParseDay(s string) (Day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	n := t.Unix() / int64(day/time.Second)
	if err != nil || n < 1 || n > 1<<16-1 {
		return 0, false
	}
	return Day(n), true
}

// String is the inverse of ParseDay.
func (d Day) String() string {
	return time.Unix(0, 0).UTC().Add(time.Duration(d) * day).Format(time.DateOnly)
}

// KeyIndex says which of Head.Keys a hash was made by.
type KeyIndex uint8

// Alias marks a hash that finds a person who is counted by another hash of the
// same file.
const Alias KeyIndex = 0x80

// Person is a keyed hash, as two big-endian halves, with its data.
type Person struct {
	Hi, Lo uint64
	Kept
}

// Kept is the data of a person besides the hash. It is a type of its own
// because the compiler holds no struct of more than four fields in registers,
// and people are looked up by the million.
type Kept struct {
	Mask Mask
	Day  Day
	Key  KeyIndex
}

// FromHash is the person of a hash.
func FromHash(hash [16]byte, mask Mask) Person {
	return Person{Hi: binary.BigEndian.Uint64(hash[:8]), Lo: binary.BigEndian.Uint64(hash[8:]), Kept: Kept{Mask: mask}}
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

// Join adds the data of the same person in another list: all marks and the
// later day. A hash that counts in one of the two lists counts in the result.
func (p *Person) Join(q Person) {
	p.Mask |= q.Mask
	p.Day = max(p.Day, q.Day)
	p.Key &= q.Key | ^Alias
}

// Sort puts people in order and joins those that stand there more than once.
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
			out[n-1].Join(people[i])
			continue
		}
		out = append(out, people[i])
	}
	return out
}

// Tally is how many people are in each class.
type Tally [MaxClasses]int64

// Add counts the classes of a mask.
func (t *Tally) Add(mask Mask) { t.add(mask, 1) }

func (t *Tally) add(mask Mask, n int64) {
	for ; mask != 0; mask &= mask - 1 {
		t[bits.TrailingZeros32(uint32(mask))] += n
	}
}

// Sum counts people. Aliases are left out.
func Sum(people []Person) (t Tally) {
	for i := range people {
		if people[i].Key&Alias == 0 {
			t.Add(people[i].Mask)
		}
	}
	return t
}

// Change is the change of a count by a list of people: people by class, and by
// the last day on which they were exported.
type Change struct {
	Tally
	Days map[Day]int64
}

// Add counts the change by a person of a list, when the other lists hold held
// of the person. A person who is in no other list has a held without marks.
func (c *Change) Add(own, held *Person) { c.count(own, held, 1) }

// Undo is the inverse of Add.
func (c *Change) Undo(own, held *Person) { c.count(own, held, -1) }

func (c *Change) count(own, held *Person, n int64) {
	if own.Key&Alias != 0 {
		return
	}
	c.add(own.Mask&^held.Mask, n)
	if own.Day <= held.Day {
		return
	}
	if c.Days == nil {
		c.Days = map[Day]int64{}
	}
	c.Days[own.Day] += n
	if held.Day != 0 {
		c.Days[held.Day] -= n
	}
}

// Plus returns the sum of both changes.
func (c Change) Plus(d Change) Change { return c.with(d, 1) }

// Minus returns the difference of both changes.
func (c Change) Minus(d Change) Change { return c.with(d, -1) }

func (c Change) with(d Change, n int64) Change {
	out := Change{Tally: c.Tally}
	for i := range d.Tally {
		out.Tally[i] += n * d.Tally[i]
	}
	if len(c.Days)+len(d.Days) > 0 {
		out.Days = map[Day]int64{}
	}
	for day, x := range c.Days {
		out.Days[day] += x
	}
	for day, x := range d.Days {
		out.Days[day] += n * x
	}
	return out
}
