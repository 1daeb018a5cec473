package chance

import (
	"math"
	"slices"
)

// The levels of a test. A hundred thousand columns with ten shapes each give one
// wrong finding in a hundred tables of that size.
const (
	level = 1e-6 // of all tests of a table together
	one   = 1e-3 // the expected hits below which one hit is enough
	doubt = 1e-3 // of one test, from which a person is asked
)

// columnTests is some number of tests of a column. Where few of its values pass,
// a person is asked once for all of them.
const columnTests = 16

// prior is how many values of digits that are all equally likely are added to a
// sample: a few values say little about which digits stand where, and the
// value itself must not count as proof that such values are common.
const prior = 20

// priorFirst is the same for the first sign of values that are compared because
// they begin alike. It becomes smaller the more values show how they begin: with
// twenty, fewer drawn values than real ones would begin as those that pass.
func priorFirst(values int) int { return min(prior, prior*prior/max(values, 1)) }

// How many values are drawn: first, and at most.
const (
	firstDraws = 2_000
	mostDraws  = 400_000
)

// Result is what a test found.
type Result struct {
	Hits     float64 // different values that pass, estimated for many
	Expected float64 // how many chance would give
	Proved   bool    // chance does not give so many
	Doubtful bool    // chance rarely gives so many
}

// Test asks whether more values of a shape pass a check than chance gives.
type Test struct {
	Shape  Shape
	Values *Set[string]   // different values of the shape in a column
	Hits   *Set[struct{}] // those of them that pass
	Passes func([]byte) bool
	Tests  int // the number of tests of the table
	// Prefix says that the check is one of a prefix only. Values drawn from the
	// column would have it too. So only values that begin like those that pass
	// are compared, their first sign is drawn from them, and the others are
	// equally likely.
	Prefix bool
}

// Run does the test.
func (t Test) Run() Result {
	d := drawer{shape: t.Shape, values: t.Values.All(), prefix: t.Prefix, rng: 1, buf: make([]byte, t.Shape.length)}
	passing := map[byte]bool{} // the first signs of values that pass
	in := 0
	for _, v := range d.values {
		if t.Passes([]byte(v)) {
			passing[v[0]] = true
			in++
		}
	}
	all := len(d.values)
	if t.Prefix {
		d.values = slices.DeleteFunc(d.values, func(v string) bool { return !passing[v[0]] })
	}
	c := counts{n: len(d.values), in: in, whole: t.Values.Whole(), hits: t.Hits.Distinct(), level: level / float64(max(t.Tests, 1))}
	c.distinct = t.Values.Distinct() * float64(c.n) / float64(max(all, 1))
	if !t.Hits.Whole() {
		c.hits *= slackHits
	}
	drawn, passed := 0, 0
	for next := firstDraws; ; next *= 2 {
		for ; drawn < next; drawn++ {
			if t.Passes(d.draw()) {
				passed++
			}
		}
		low, high := bounds(passed, drawn)
		r := Result{Hits: t.Hits.Distinct(), Expected: c.distinct * float64(passed+1) / float64(drawn)}
		enough := drawn*2 > mostDraws
		switch {
		case c.proved(high):
			r.Proved = true
			return r
		case enough || !c.proved(low):
			// The question needs as many draws as its answer.
			ask := c
			if ask.level = doubt; in*2 < all {
				ask.level /= columnTests
			}
			if enough || !ask.proved(low) || ask.proved(high) {
				r.Doubtful = ask.proved(float64(passed+1) / float64(drawn))
				return r
			}
		}
	}
}

// bounds are three standard deviations around the share of values that pass.
func bounds(passed, drawn int) (low, high float64) {
	k, n := float64(passed), float64(drawn)
	return max(0, k-3*math.Sqrt(k+1)) / n, min(1, (k+3*math.Sqrt(k+1))/n)
}

// Estimates of the number of different values are this far off at most, at
// four standard deviations.
const (
	slackValues = 1.15
	slackHits   = .85
)

// counts are the numbers of a test.
type counts struct {
	n, in          int  // values in the sample, and those of them that pass
	whole          bool // the sample has all values
	distinct, hits float64
	level          float64
}

// proved reports whether the hits would be improbable if each value passed with
// probability p.
func (c counts) proved(p float64) bool {
	if c.in > 0 && binomialTail(c.n, c.in, p) < c.level {
		return true
	}
	expected := c.distinct * p
	if c.hits >= 1 && expected < one {
		return true
	}
	return !c.whole && poissonTail(expected*slackValues, c.hits) < c.level
}

// drawer draws values of a shape.
type drawer struct {
	shape  Shape
	values []string
	prefix bool
	rng    splitMix
	buf    []byte
}

// draw makes a value whose sign at each place is that of some value of the
// sample, or any.
func (d *drawer) draw() []byte {
	for i := range d.buf {
		r := d.rng.next()
		from := len(d.values) + prior
		if d.prefix && i == 0 {
			from = len(d.values) + priorFirst(len(d.values))
		}
		at := int(uint64(uint32(r)) * uint64(from) >> 32)
		if at < len(d.values) && (i == 0 || !d.prefix) {
			d.buf[i] = d.values[at][i]
			continue
		}
		d.buf[i] = d.shape.any(i, uint32(r>>32))
	}
	return d.buf
}

// splitMix is a generator of numbers that are the same in each run: SplitMix64
// by Steele, Lea and Flood, OOPSLA 2014.
type splitMix uint64

func (s *splitMix) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// any is a sign that can stand at a place of the shape.
func (s Shape) any(i int, r uint32) byte {
	if s.dash > 0 && i == int(s.dash) {
		return '-'
	}
	letter := false
	switch last := int(s.length) - 1; s.form {
	case mixed:
		return alphabet[uint64(r)*36>>32]
	case digitsLetter:
		letter = i == last
	case letterDigits:
		letter = i == 0
	case lettersEnds:
		letter = i == 0 || i == last
	case twoLetters:
		letter = i < 2
	}
	if letter {
		return alphabet[10+uint64(r)*26>>32]
	}
	return alphabet[uint64(r)*10>>32]
}

// binomialTail is the probability of x or more passes of n.
func binomialTail(n, x int, p float64) float64 {
	switch {
	case p <= 0:
		return 0
	case p >= 1:
		return 1
	case float64(x) <= float64(n)*p:
		return 1 // it is not small, and nobody asks for more
	}
	ln, _ := math.Lgamma(float64(n + 1))
	term := func(k int) float64 {
		a, _ := math.Lgamma(float64(k + 1))
		b, _ := math.Lgamma(float64(n - k + 1))
		return math.Exp(ln - a - b + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	sum := 0.0
	for k := x; k <= n; k++ {
		t := term(k)
		sum += t
		if t < sum*1e-12 {
			break
		}
	}
	return min(sum, 1)
}

// poissonTail is the probability of x or more of what is expected.
func poissonTail(expected, x float64) float64 {
	x = math.Floor(x)
	switch {
	case x <= expected:
		return 1
	case expected <= 0:
		return 0
	}
	sum := 0.0
	for k := x; ; k++ {
		g, _ := math.Lgamma(k + 1)
		t := math.Exp(k*math.Log(expected) - expected - g)
		sum += t
		if t <= sum*1e-12 {
			return min(sum, 1)
		}
	}
}
