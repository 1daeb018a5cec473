package profile

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/element"
	"hutong/internal/table"
)

// cells are columns of the customers of a shop, by kind.
var cells = []struct {
	name string
	make func(r *rand.Rand, i int) string
}{
	{"code", func(_ *rand.Rand, i int) string { return fmt.Sprintf("C%07d", 100000+i) }},
	{"name", func(r *rand.Rand, _ int) string {
		return []string{"James", "Mary", "Robert", "Linda", "Wei", "Hui"}[r.IntN(6)]
	}},
	{"street", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%d W Superior St", r.IntN(9999)) }},
	{"postal", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%05d", r.IntN(99999)) }},
	{"phone", func(r *rand.Rand, _ int) string { return fmt.Sprintf("+1 317 %03d %04d", r.IntN(1000), r.IntN(10000)) }},
	{"email", func(_ *rand.Rand, i int) string { return fmt.Sprintf("James.Smith%d@example.com", i) }},
	{"latitude", func(r *rand.Rand, _ int) string { return fmt.Sprintf("%.6f", 25+20*r.Float64()) }},
	{"number", func(r *rand.Rand, _ int) string { return fmt.Sprint(r.IntN(1 << 30)) }},
	{"date", func(r *rand.Rand, _ int) string {
		return fmt.Sprintf("20%02d-%02d-%02d", r.IntN(26), 1+r.IntN(12), 1+r.IntN(28))
	}},
	{"text", func(r *rand.Rand, i int) string {
		return fmt.Sprintf("part %c%d of a list that was sent to them", 'A'+r.IntN(26), i)
	}},
	{"chinese", func(r *rand.Rand, i int) string { return fmt.Sprintf("人民路%d弄%d号", r.IntN(900), i) }},
}

// columnOf is a column of a batch.
func columnOf(list []string) *table.Column {
	c := &table.Column{}
	for _, cell := range list {
		c.Start = append(c.Start, uint32(len(c.Data)))
		c.Data = append(c.Data, cell...)
		c.End = append(c.End, uint32(len(c.Data)))
	}
	return c
}

// state is what is known of a column.
func (c *column) state() string {
	c.count()
	hits := ""
	for _, i := range c.ordered() {
		h := c.hits[i]
		hits += fmt.Sprintln(h.Hit, c.outcomes.RowsWith([]int32{int32(i)})+h.extra, h.values.Distinct())
	}
	sum := c.sum
	return fmt.Sprintln(c.nulls, c.values, c.kinds, c.lengths, c.forms(), c.run.Sequential(), hits, sum.Values, sum.Distinct, sum.Many, sum.Passes, sum.Looked)
}

// TestRepeatsProperty compares a column whose repeated cells are counted together
// with one that takes each cell alone, and in another order.
func TestRepeatsProperty(t *testing.T) {
	k := know(element.Builtin())
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		different := rapid.IntRange(1, 900).Draw(t, "different")
		var pool []string
		for i := range different {
			pool = append(pool, cells[r.IntN(len(cells))].make(r, i), rapid.SampledFrom([]string{"", " ", "N/A", "-", " 13800138000 ", "11010519491231002X"}).Draw(t, "cell"))
		}
		together, alone := newColumn(k, table.Field{Name: "field"}, 1), newColumn(k, table.Field{Name: "field"}, 1)
		alone.varied = true
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			var list []string
			for range rapid.IntRange(1, 2000).Draw(t, "rows") {
				list = append(list, pool[r.IntN(len(pool))])
			}
			together.varied = false
			together.add(columnOf(list), len(list))
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			alone.add(columnOf(list), len(list))
		}
		if got, want := together.state(), alone.state(); got != want {
			t.Fatalf("together:\n%s\nalone:\n%s", got, want)
		}
	})
}

// TestCellsAllocateNothing: after the many first cells of a column, no other one
// costs memory.
func TestCellsAllocateNothing(t *testing.T) {
	k := know(element.Builtin())
	for _, kind := range cells {
		r := rand.New(rand.NewPCG(1, 1))
		c := newColumn(k, table.Field{Name: "field"}, 1)
		var last *table.Column
		for n := range 40 {
			var list []string
			for i := range 1024 {
				list = append(list, kind.make(r, n*1024+i))
			}
			last = columnOf(list)
			c.add(last, 1024)
		}
		if n := testing.AllocsPerRun(10, func() { c.add(last, 1024) }); n > 1 { // the function that is called for each cell
			t.Errorf("%s: %v allocations for 1024 cells", kind.name, n)
		}
	}
}

// processor is the processor time of this process.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkColumn is what it costs to look at a cell, after the many first ones of
// its column.
func BenchmarkColumn(b *testing.B) {
	for _, kind := range cells {
		b.Run(kind.name, func(b *testing.B) {
			const rows, batches = 4096, 32
			r := rand.New(rand.NewPCG(1, 1))
			var list [batches]*table.Column
			for n := range list {
				var texts []string
				for i := range rows {
					texts = append(texts, kind.make(r, n*rows+i))
				}
				list[n] = columnOf(texts)
			}
			c := newColumn(know(element.Builtin()), table.Field{Name: "field"}, 1)
			for _, col := range list {
				c.add(col, rows)
			}
			b.ResetTimer()
			start := processor(b)
			for i := range b.N {
				c.add(list[i%batches], rows)
			}
			b.ReportMetric(float64((processor(b)-start).Nanoseconds())/float64(b.N)/rows, "cpu-ns/cell")
		})
	}
}
