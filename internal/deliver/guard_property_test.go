package deliver_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/element"
	"hutong/internal/profile"
	"hutong/internal/table"
)

// memorySource is a dataset of one column in memory.
type memorySource struct{ cells []string }

func (s memorySource) Read(context.Context) (table.Reader, error) {
	return &memoryReader{cells: s.cells}, nil
}
func (s memorySource) Describe() dataspace.ProfileSource { return dataspace.ProfileSource{Name: "t"} }
func (s memorySource) Size() int64                       { return int64(len(s.cells)) }

type memoryReader struct {
	cells []string
	at    int
}

func (r *memoryReader) Schema() table.Schema {
	return table.Schema{Fields: []table.Field{{Name: "c"}}}
}
func (r *memoryReader) Offset() int64 { return int64(r.at) }
func (r *memoryReader) Close() error  { return nil }

func (r *memoryReader) Next(b *table.Batch) error {
	if r.at == len(r.cells) {
		return io.EOF
	}
	next := r.cells[r.at:min(r.at+100, len(r.cells))]
	*b = *batchOf(single(next))
	b.First = int64(r.at)
	r.at += len(next)
	return nil
}

func single(cells []string) [][]*string {
	var rows [][]*string
	for i := range cells {
		rows = append(rows, []*string{&cells[i]})
	}
	return rows
}

// The guard lets out what the profile has seen, in any order and in batches of
// any size, and nothing else that proves itself.
func TestGuardAgreesWithProfile(t *testing.T) {
	known := element.Builtin()
	stopped := 0
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		kinds := []func() string{
			func() string { return fmt.Sprintf("%016d", r.Int64N(1e16)) },
			func() string { return fmt.Sprintf("%015d", r.Int64N(1e15)) },
			func() string { return fmt.Sprintf("1%010d", r.Int64N(1e10)) },
			func() string { return fmt.Sprintf("1%010d.0", r.Int64N(1e10)) },
			func() string { return fmt.Sprintf("A%07d", r.IntN(1e7)) },
			func() string {
				return fmt.Sprintf("%c%c%09d%c%c", 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(1e9), 'A'+r.IntN(26), 'A'+r.IntN(26))
			},
			func() string {
				return fmt.Sprintf("%04d-%04d-%04d-%04d", r.IntN(1e4), r.IntN(1e4), r.IntN(1e4), r.IntN(1e4))
			},
			func() string { return fmt.Sprintf("call %d of user%d@example.com", r.IntN(100), r.IntN(100)) },
			func() string { return "plain text, nothing else" },
		}
		var cells []string
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			for range rapid.SampledFrom([]int{1, 30, 2000}).Draw(t, "rows") {
				cells = append(cells, kind())
			}
		}
		dir, err := os.MkdirTemp("", "guard")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }() // only the test's own files
		res, err := profile.Run(context.Background(), memorySource{cells}, profile.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Census.Remove(); err != nil {
			t.Fatal(err)
		}
		plan := dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "c", Element: res.Profile.Columns[0].Element, Action: dataspace.Keep}}}
		r.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
		guard := deliver.NewGuard(known, plan, res.Profile)
		for rest := cells; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(1, 5000).Draw(t, "batch"))
			if err := guard.Check(batchOf(single(rest[:n]))); err != nil {
				t.Fatalf("%v; the profile says %+v", err, res.Profile.Columns[0])
			}
			rest = rest[n:]
		}
		new := "号11010519491231002X"
		err = guard.Check(batchOf([][]*string{{&new}}))
		if err == nil || strings.Contains(err.Error(), "1949") {
			t.Fatalf("a value that the profile did not see: %v", err)
		}
		stopped++
	})
	if stopped == 0 {
		t.Error("no new value was tried")
	}
}
