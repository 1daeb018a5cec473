package tagger

import (
	"math"
	"math/rand/v2"
	"testing"
)

// paths lists all tags that a text of n tokens can have.
func paths(n int) [][]tag {
	out := [][]tag{{}}
	for range n {
		var next [][]tag
		for _, p := range out {
			last := outside
			if len(p) > 0 {
				last = p[len(p)-1]
			}
			for t := range tags {
				if Allowed(int(last), int(t)) {
					next = append(next, append(append([]tag{}, p...), t))
				}
			}
		}
		out = next
	}
	var whole [][]tag
	for _, p := range out {
		if n == 0 || Allowed(int(p[n-1]), int(outside)) {
			whole = append(whole, p)
		}
	}
	return whole
}

// TestChain compares what the chain says with a sum over all possible tags.
func TestChain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		n := 1 + r.IntN(6)
		var c chain
		var moves [tags][tags]float64
		for a := range moves {
			for b := range moves[a] {
				moves[a][b] = r.NormFloat64()
			}
		}
		c.set(moves)
		l := &lattice{scores: make([]scores, n)}
		for i := range l.scores {
			for k := range l.scores[i] {
				l.scores[i][k] = 3 * r.NormFloat64()
			}
		}
		total, none, top := 0.0, 0.0, math.Inf(-1)
		at := make([]scores, n)
		var best []tag
		for _, p := range paths(n) {
			s := 0.0
			empty := true
			for i, k := range p {
				s += l.scores[i][k]
				if i > 0 {
					s += moves[p[i-1]][k]
				}
				empty = empty && k == outside
			}
			if s > top {
				top, best = s, p
			}
			total += math.Exp(s)
			if empty {
				none += math.Exp(s)
			}
			for i, k := range p {
				at[i][k] += math.Exp(s)
			}
		}
		l.run(&c)
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-9 {
				t.Fatalf("%d tokens: %s is %g, want %g", n, what, got, want)
			}
		}
		near("nobody", l.nobody(&c), none/total)
		for i := range at {
			for k := range at[i] {
				near("a tag", l.probable(i, tag(k)), at[i][k]/total)
			}
		}
		for i, k := range l.decode(&c) {
			if k != best[i] {
				t.Fatalf("decoded %v, want %v", l.path, best)
			}
		}
	}
}

// TestCut: tokens do not overlap, and nothing but space is between them.
func TestCut(t *testing.T) {
	l := NewLexicon(nil, nil)
	got := l.cut(nil, []byte("O'Neil, 王小明: 42\n"))
	var out []string
	for _, k := range got {
		out = append(out, "O'Neil, 王小明: 42\n"[k.from:k.to])
	}
	want := []string{"O", "'", "Neil", ",", "王", "小", "明", ":", "42", "\n"}
	if len(out) != len(want) {
		t.Fatalf("%q", out)
	}
	for i := range want {
		if out[i] != want[i] {
			t.Errorf("token %d is %q, want %q", i, out[i], want[i])
		}
	}
	for text, form := range map[string]uint8{"smith": lower, "Smith": title, "S": capital, "SMITH": upper, "McKay": mixed, "ひろ": other} {
		if got := l.cut(nil, []byte(text)); len(got) != 1 || got[0].form != form {
			t.Errorf("%s: %+v", text, got)
		}
	}
}
