package contradict

import (
	"fmt"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/words"
)

// pair is two statements of facts that exclude each other.
type pair struct {
	ID    string         `yaml:"id"`
	Sides [2]side        `yaml:"sides"`
	Why   dataspace.Text `yaml:"why"`
	Do    dataspace.Text `yaml:"do"`
}

// side is a fact, and the values of it that a pair is about.
type side struct {
	Fact   string   `yaml:"fact"`
	Is     []string `yaml:"is"`
	Known  bool     `yaml:"known"`
	Before bool     `yaml:"before"`
	After  bool     `yaml:"after"`
	// Outside names the fact with a jurisdiction outside of which a place lies.
	Outside string `yaml:"outside"`
}

// dayLeft is the name of the day on which data left, or is decided to leave.
const dayLeft = "on"

// exclusive are the pairs that come with the program.
var exclusive = sync.OnceValue(func() []pair {
	list, err := readPairs(words.Contradictions)
	if err != nil {
		panic(err) // it is a part of the program, and a test reads it
	}
	return list
})

// readPairs reads a list, and refuses a pair that could never be found.
func readPairs(data []byte) ([]pair, error) {
	var file struct {
		Pairs []pair `yaml:"pairs"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read contradictions: %w", err)
	}
	ids := map[string]bool{}
	for i := range file.Pairs {
		p := &file.Pairs[i]
		if p.ID == "" || ids[p.ID] || p.Why.EN == "" || p.Why.ZH == "" || p.Do.EN == "" || p.Do.ZH == "" {
			return nil, fmt.Errorf("contradiction %q: an id of its own, why and do in both languages are needed: %w", p.ID, dataspace.ErrInvalid)
		}
		ids[p.ID] = true
		for at := range p.Sides {
			if wrong := p.Sides[at].wrong(&p.Sides[1-at]); wrong != "" {
				return nil, fmt.Errorf("contradiction %q, side %d: %s: %w", p.ID, at+1, wrong, dataspace.ErrInvalid)
			}
		}
	}
	return file.Pairs, nil
}

// wrong says what is wrong with a side.
func (s *side) wrong(other *side) string {
	d, ok := fact.Standard().Lookup(s.Fact)
	if !ok {
		return fmt.Sprintf("%q is no fact", s.Fact)
	}
	conditions := 0
	for _, has := range []bool{len(s.Is) > 0, s.Known, s.Before, s.After, s.Outside != ""} {
		if has {
			conditions++
		}
	}
	compared := other.Before || other.After
	switch {
	case conditions > 1, conditions == 0 && !compared:
		return "it needs one of is, known, before, after and outside"
	case (s.Before || s.After || compared) && d.Type != fact.Day:
		return "only days are before and after each other"
	case s.Outside != "":
		if in, ok := fact.Standard().Lookup(s.Outside); !ok || in.Type != fact.Jurisdiction || d.Type != fact.Region {
			return "only a region is outside of a jurisdiction"
		}
	}
	for _, w := range s.Is {
		v, err := d.Parse(w)
		if err != nil || d.Check(v) != nil {
			return fmt.Sprintf("%s is never %q", s.Fact, w)
		}
	}
	return ""
}

// among finds facts that exclude each other.
func among(list []pair, c *Case) (out dataspace.Contradictions) {
	for i := range list {
		p := &list[i]
		a, b := &p.Sides[0], &p.Sides[1]
		if a.holds(c, b) && b.holds(c, a) {
			out = append(out, dataspace.Contradiction{Code: "contradiction.facts", A: a.place(&c.Facts), B: b.place(&c.Facts), Is: p.Why, Do: p.Do})
		}
	}
	return out
}

// holds reports whether the fact has a value of the side.
func (s *side) holds(c *Case, other *side) bool {
	f := &c.Facts
	v := f.Known.Of(s.Fact)
	switch {
	case s.Before:
		return s.day(f) != "" && s.day(f) < other.day(f)
	case s.After && other.Fact == dayLeft:
		return c.ahead(s.day(f))
	case s.After:
		return other.day(f) != "" && s.day(f) > other.day(f)
	case s.Outside != "":
		in := f.Known.Text(s.Outside)
		return in != "" && v.Known() && string(dataspace.Region(v.String()).Jurisdiction()) != in
	case len(s.Is) == 0:
		return s.day(f) != "" || v.Known()
	}
	for _, w := range s.Is {
		if v.Known() && v.String() == w || slices.Contains(v.List(), w) {
			return true
		}
	}
	return false
}

// day is the day that the fact names.
func (s *side) day(f *dataspace.Facts) string {
	switch {
	case s.Fact != dayLeft:
		return f.Known.Text(s.Fact)
	case f.DeliveredOn != "":
		return f.DeliveredOn
	}
	return f.On
}

func (s *side) place(f *dataspace.Facts) dataspace.Text {
	if s.Fact != dayLeft {
		return stated(f, s.Fact)
	}
	name := dayLeft
	if f.DeliveredOn != "" {
		name = "delivered_on"
	}
	return said("facts."+name, s.day(f))
}
