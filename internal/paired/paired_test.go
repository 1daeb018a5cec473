package paired_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/paired"
)

// spread makes hashes of small numbers.
func spread(n int) uint64 { return uint64(n+1) * 0x9E3779B97F4A7C15 }

func TestSingle(t *testing.T) {
	for name, tc := range map[string]struct {
		rows int
		row  func(i int) (a, b int)
		a, b [2]float64 // least and most
		ok   bool
	}{
		"no rows":               {0, nil, [2]float64{}, [2]float64{}, false},
		"too few":               {8, func(i int) (int, int) { return i, 50 + i }, [2]float64{1, 1}, [2]float64{1, 1}, false},
		"enough":                {9, func(i int) (int, int) { return i, 50 + i }, [2]float64{1, 1}, [2]float64{1, 1}, true},
		"each twice":            {40, func(i int) (int, int) { return i % 20, 50 + i%20 }, [2]float64{1, 1}, [2]float64{1, 1}, true},
		"one of many":           {1000, func(i int) (int, int) { return i, i % 10 }, [2]float64{1, 1}, [2]float64{0, 0}, true},
		"many rows":             {50000, func(i int) (int, int) { return i, -i }, [2]float64{1, 1}, [2]float64{1, 1}, true},
		"one in ten has two":    {20000, func(i int) (int, int) { return i, i - i%10/9 }, [2]float64{1, 1}, [2]float64{.85, .92}, true},
		"as many as rows, free": {2000, func(i int) (int, int) { return i, int(rand.New(rand.NewPCG(1, uint64(i))).Uint64() % 2000) }, [2]float64{1, 1}, [2]float64{.5, .65}, true},
	} {
		p := paired.New()
		for i := range tc.rows {
			a, b := tc.row(i)
			p.Add(spread(a), spread(b))
		}
		a, b, ok := p.Single()
		if ok != tc.ok || a < tc.a[0] || a > tc.a[1] || b < tc.b[0] || b > tc.b[1] {
			t.Errorf("%s: %.3f %.3f %v, want %v %v %v", name, a, b, ok, tc.a, tc.b, tc.ok)
		}
	}
}

// The order of rows does not matter.
func TestOrderProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		rows := make([][2]uint64, rapid.IntRange(1, 20000).Draw(t, "rows"))
		of := rapid.IntRange(1, 20000).Draw(t, "values")
		for i := range rows {
			rows[i] = [2]uint64{spread(r.IntN(of)), spread(r.IntN(of))}
		}
		single := func() [2]float64 {
			p := paired.New()
			for _, row := range rows {
				p.Add(row[0], row[1])
			}
			a, b, _ := p.Single()
			return [2]float64{a, b}
		}
		want := single()
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if got := single(); got != want {
			t.Fatalf("%v, in another order %v", want, got)
		}
	})
}
