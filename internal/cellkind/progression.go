package cellkind

// Progression finds out whether the values of a column are the whole numbers
// from one to another, each once, in any order. Their number, their sum and the
// sums of their squares and cubes show it, modulo 2^64.
type Progression struct {
	other    bool // some value is no such number
	n        uint64
	min, max int64
	sums     [3]uint64
}

// longestNumber is the number of digits that fit an int64.
const longestNumber = 18

// Add counts a cell of a kind that comes a number of times.
func (p *Progression) Add(cell []byte, kind Kind, times int64) {
	if !p.other {
		p.add(cell, kind, times)
	}
}

func (p *Progression) add(cell []byte, kind Kind, times int64) {
	if kind != Integer || len(cell) > longestNumber || cell[0] < '0' {
		p.other = true
		return
	}
	v := int64(0)
	for _, d := range cell {
		v = v*10 + int64(d-'0')
	}
	if p.n == 0 {
		p.min, p.max = v, v
	}
	n, u := uint64(times), uint64(v)
	p.n += n
	p.min, p.max = min(p.min, v), max(p.max, v)
	p.sums[0] += n * u
	p.sums[1] += n * u * u
	p.sums[2] += n * u * u * u
}

// Sequential reports whether the numbers count up by one, in some order.
func (p *Progression) Sequential() bool {
	if p.other || p.n == 0 || uint64(p.max-p.min) != p.n-1 {
		return false
	}
	var want [3]uint64
	for u := uint64(p.min); u <= uint64(p.max); u++ {
		want[0] += u
		want[1] += u * u
		want[2] += u * u * u
	}
	return want == p.sums
}
