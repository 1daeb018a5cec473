package tagger

import "math"

// tag says where a token is in a name.
type tag = uint8

// The tags of tokens.
const (
	outside tag = iota
	begins      // the first token of a name
	within
	ends
	single // the only token of a name
	tags   // how many there are
)

// Tags is how many tags a token can have.
const Tags = int(tags)

// Allowed reports whether a tag may follow another one. Begin stands before a
// text, and behind it.
func Allowed(from, to int) bool {
	open := tag(from) == begins || tag(from) == within
	inner := tag(to) == within || tag(to) == ends
	return open == inner
}

// Tag gives the tag of a token of a name of n tokens.
func Tag(at, n int) int {
	switch {
	case n == 1:
		return int(single)
	case at == 0:
		return int(begins)
	case at == n-1:
		return int(ends)
	}
	return int(within)
}

// scores are the sums of weights of one token, by tag.
type scores [tags]float64

// lattice holds the scores of a text and what follows from them.
type lattice struct {
	scores  []scores
	odds    []scores // of each tag of a token against the best, alone
	forward []scores // probability of a tag after the text up to the token, not of the rest
	rear    []scores
	norm    []float64
	whole   float64 // what all ways through the text have together, as scaled
	best    []scores
	back    [][tags]tag
	path    []tag
}

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

// chain holds the weights of pairs of tags.
type chain struct {
	moves [tags][tags]float64
	steps [tags][tags]float64 // their exponentials, 0 where the pair is impossible
}

// set takes weights; impossible pairs have none.
func (c *chain) set(moves [tags][tags]float64) {
	c.moves = moves
	for a := range c.steps {
		for b := range c.steps[a] {
			c.steps[a][b] = 0
			if Allowed(a, b) {
				c.steps[a][b] = math.Exp(moves[a][b])
			}
		}
	}
}

// run computes how probable each tag of each token is, from the scores.
func (l *lattice) run(c *chain) {
	n := len(l.scores)
	l.odds, l.forward, l.rear, l.norm = resized(l.odds, n), resized(l.forward, n), resized(l.rear, n), resized(l.norm, n)
	for i, s := range l.scores {
		top := s[0]
		for _, x := range s[1:] {
			top = max(top, x)
		}
		for t := range s {
			l.odds[i][t] = math.Exp(s[t] - top)
		}
	}
	for i := range n {
		var to scores
		sum := 0.0
		for t := range to {
			in := 0.0
			if i > 0 {
				for s := range to {
					in += l.forward[i-1][s] * c.steps[s][t]
				}
			} else if Allowed(int(outside), t) {
				in = 1
			}
			to[t] = in * l.odds[i][t]
			sum += to[t]
		}
		sum = max(sum, math.SmallestNonzeroFloat64)
		for t := range to {
			to[t] /= sum
		}
		l.forward[i], l.norm[i] = to, sum
	}
	l.whole = 0
	for i := n - 1; i >= 0; i-- {
		var to scores
		for t := range to {
			if i < n-1 {
				for s := range to {
					to[t] += c.steps[t][s] * l.odds[i+1][s] * l.rear[i+1][s]
				}
				to[t] /= l.norm[i+1]
			} else if Allowed(t, int(outside)) {
				to[t] = 1
				l.whole += l.forward[i][t]
			}
		}
		l.rear[i] = to
	}
}

// probable is the probability of a tag of a token.
func (l *lattice) probable(i int, t tag) float64 {
	return l.forward[i][t] * l.rear[i][t] / max(l.whole, math.SmallestNonzeroFloat64)
}

// nobody is the probability that no token is in a name.
func (l *lattice) nobody(c *chain) float64 {
	p := 1.0
	for i := range l.scores {
		p *= l.odds[i][outside] / l.norm[i]
		if i > 0 {
			p *= c.steps[outside][outside]
		}
	}
	return min(1, p/max(l.whole, math.SmallestNonzeroFloat64))
}

// decode finds the most probable tags of all tokens together.
func (l *lattice) decode(c *chain) []tag {
	n := len(l.scores)
	l.best, l.back, l.path = resized(l.best, n), resized(l.back, n), resized(l.path, n)
	none := math.Inf(-1)
	for i := range n {
		for t := range tags {
			l.best[i][t] = none
			if i == 0 {
				if Allowed(int(outside), int(t)) {
					l.best[i][t] = l.scores[i][t]
				}
				continue
			}
			for s := range tags {
				if !Allowed(int(s), int(t)) {
					continue
				}
				if x := l.best[i-1][s] + c.moves[s][t] + l.scores[i][t]; x > l.best[i][t] {
					l.best[i][t], l.back[i][t] = x, s
				}
			}
		}
	}
	last := outside
	for t := range tags {
		if n > 0 && Allowed(int(t), int(outside)) && l.best[n-1][t] > l.best[n-1][last] {
			last = t
		}
	}
	for i := n - 1; i >= 0; i-- {
		l.path[i] = last
		last = l.back[i][last]
	}
	return l.path
}
