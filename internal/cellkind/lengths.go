package cellkind

// longestPart is how many digits a part of a number has at most that stands in
// several columns.
const longestPart = 14

// Lengths counts values of digits, perhaps with an X at their end, by length.
type Lengths [longestPart + 1]int64

// Add counts a cell of a kind that comes a number of times.
func (l *Lengths) Add(cell []byte, kind Kind, times int64) {
	if len(cell) <= longestPart && kind <= Integer {
		l.add(cell, kind, times)
	}
}

func (l *Lengths) add(cell []byte, kind Kind, times int64) {
	n := len(cell)
	if kind == Text && n > 1 && cell[n-1]|0x20 == 'x' {
		for _, c := range cell[:n-1] {
			if c < '0' || c > '9' {
				return
			}
		}
		l[n] += times
	} else if kind == Integer && cell[0] >= '0' {
		l[n] += times
	}
}

// Usual is the length that at least half of the values have, 0 if none does.
func (l *Lengths) Usual(values int64) int {
	for n := 1; n <= longestPart; n++ {
		if l[n] > 0 && l[n]*2 >= values {
			return n
		}
	}
	return 0
}
