package vocab

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// fold makes words comparable: small letters, half width, and single spaces
// for whatever stands between words.
func fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFF01 - '!'
		}
		if r == 0x3000 || r == '-' || r == '_' || unicode.IsSpace(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// howMany words are named where a word is refused, out of at most maxNear that
// are compared.
const (
	howMany = 3
	maxNear = 4096
)

// candidates are words with how far each is from what was written.
type candidates struct {
	list []candidate
	at   map[string]int
}

func newCandidates() candidates { return candidates{at: map[string]int{}} }

type candidate struct {
	key, text string
	away      int
}

func (c *candidates) add(key, text string, away int) {
	if i, ok := c.at[key]; ok {
		c.list[i].away = min(c.list[i].away, away)
		return
	}
	c.at[key] = len(c.list)
	c.list = append(c.list, candidate{key, text, away})
}

// nearest lists the words that are nearest, each once.
func (c *candidates) nearest() []string {
	slices.SortStableFunc(c.list, func(a, b candidate) int { return cmp.Compare(a.away, b.away) })
	var out []string
	for _, x := range c.list[:min(howMany, len(c.list))] {
		out = append(out, x.text)
	}
	return out
}

// maxCompared bounds the work for one word that somebody sent.
const maxCompared = 64

// distance is how many characters must be changed, added or left out. A word that
// holds the other is near, and a name that is not there is far.
func distance(a, b string) int {
	if b == "" {
		return maxCompared
	}
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), maxCompared)], y[:min(len(y), maxCompared)]
	if len(x) >= 3 && len(y) >= 3 && (strings.Contains(a, b) || strings.Contains(b, a)) {
		return 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		corner := row[0]
		row[0] = i + 1
		for j := range y {
			change := corner
			if x[i] != y[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
