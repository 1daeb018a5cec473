package position

import (
	"bytes"
	"cmp"
	"math"
	"slices"
)

// Track says whether points with times are the way of somebody or something: each
// near the one before, and most at another place. The order in which the points
// come does not matter. It keeps the earliest of them.
type Track struct {
	points []moment
	full   bool // the first mostPoints are sorted, and none that is later counts
}

// moment is a point and its time, as written.
type moment struct {
	when []byte
	at   [2]float64
}

const (
	mostPoints  = 4096
	fewestSteps = 20
	stride      = .02 // degrees, some two kilometres
)

// Add adds a point. Times of one table are written alike: of two the longer one,
// or that of the later digits, is later.
func (t *Track) Add(when []byte, at [2]float64) {
	one := moment{when, at}
	if t.full && one.compare(t.points[mostPoints-1]) > 0 {
		return
	}
	one.when = bytes.Clone(when)
	if t.points = append(t.points, one); len(t.points) == 2*mostPoints {
		t.sort()
		t.points, t.full = t.points[:mostPoints], true
	}
}

func (m moment) compare(o moment) int {
	return cmp.Or(cmp.Compare(len(m.when), len(o.when)), bytes.Compare(m.when, o.when), slices.Compare(m.at[:], o.at[:]))
}

func (t *Track) sort() { slices.SortFunc(t.points, moment.compare) }

// Is reports whether the points are a way.
func (t *Track) Is() bool {
	t.sort()
	steps, near, moved := 0, 0, 0
	for i := 1; i < min(len(t.points), mostPoints); i++ {
		a, b := &t.points[i-1], &t.points[i]
		x, y := math.Abs(a.at[0]-b.at[0]), math.Abs(a.at[1]-b.at[1])
		steps++
		if x <= stride && y <= stride {
			near++
		}
		if x+y > 0 {
			moved++
		}
	}
	return steps >= fewestSteps && near*5 >= steps*4 && moved*2 >= steps
}
