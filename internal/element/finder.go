package element

import (
	"errors"
	"fmt"
	"regexp"

	"hutong/internal/bounds"
	"hutong/internal/dataspace"
)

// finder looks for the values of one element inside a text, by its pattern and
// its validator. The scanner has a kind for each element with a more complex
// form.
type finder struct {
	id     dataspace.ElementID
	bounds bounds.Bounds
	front  *regexp.Regexp // anchored at the start of a text
	valid  func([]byte) bool
}

// maxFound is the longest value that is looked for inside a text.
const maxFound = 64

func newFinder(e *Element, p *pattern, valid func([]byte) bool) (*finder, error) {
	switch {
	case p == nil || valid == nil:
		return nil, errors.New("proves: needs a pattern and a validator, because a form alone proves nothing")
	case p.bounds.Max < 0 || p.bounds.Max > maxFound || p.bounds.Min < minFound:
		return nil, fmt.Errorf("proves: the pattern must match between %d and %d bytes", minFound, maxFound)
	case !p.bounds.Digit:
		return nil, errors.New("proves: every value that the pattern matches must have a digit")
	}
	front, err := regexp.Compile(`^(?:` + p.source + `)`)
	if err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}
	front.Longest()
	return &finder{id: e.ID, bounds: p.bounds, front: front, valid: valid}, nil
}

// minFound is the shortest value that can prove itself.
const minFound = 5

// at returns the end of the value that begins at i, where end is the end of the
// run of letters and digits; 0 where there is no value.
func (f *finder) at(b []byte, i, end int) int {
	if !f.bounds.First[b[i]] {
		return 0
	}
	if f.bounds.Plain && (end-i < f.bounds.Min || end-i > f.bounds.Max || embeddedInNumber(b, i, end)) {
		return 0
	}
	place := f.front.FindIndex(b[i:min(len(b), i+f.bounds.Max)])
	if place == nil {
		return 0
	}
	to := i + place[1]
	if to < len(b) && is(b[to], alnum) || joined(b, i, to, true) || !f.valid(b[i:to]) {
		return 0
	}
	return to
}
