package census

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/spill"
)

// fuzzed are the classes of the census that the fuzzer begins with.
var fuzzed = []dataspace.CountClass{
	{ID: "rest", Of: dataspace.CountOf{RestOf: []string{"some"}}},
	{ID: "some", Of: dataspace.CountOf{Sensitive: dataspace.Configured, Below: 14}},
	{ID: "young", Of: dataspace.CountOf{Below: 14}},
}

// A census of version 1 gives the same counts as before.
func TestCensusVersion1(t *testing.T) {
	c, err := Open("testdata/version1.census")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for leaving, want := range map[string]people.Totals{"email": {"rest": 2, "some": 1, "young": 1}, "diagnosis": {"rest": 1, "some": 2, "young": 1}, "": {"rest": 0, "some": 0, "young": 0}} {
		got, err := c.Count(func(name string) bool { return name == leaving }, fuzzed)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", leaving, err, diff)
		}
	}
	other := []dataspace.CountClass{{ID: "x", Of: dataspace.CountOf{Below: 16}}}
	if _, err := c.Count(func(string) bool { return true }, other); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("another age: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	w, err := newWriter(dir)
	if err != nil {
		f.Fatal(err)
	}
	for i := range uint64(3) {
		if err := w.add(record{Person{i, i}, i}); err != nil {
			f.Fatal(err)
		}
	}
	c, err := w.finish(trailer{All: []string{"a", "b"}, Slots: 1, Meaning: Meaning{Keys: []Key{{Scope: "global", Algorithm: Algorithm}},
		Marks:   []Mark{{Bit: 0, Column: "a"}, {Bit: 1, Column: "b"}, {Bit: MaskBits - 1, Below: 14}},
		Classes: []ClassMarks{{ID: "rest", RestOf: []string{"some"}}, {ID: "some", Marks: []int{0, 1, 2}}, {ID: "young", Marks: []int{2}}}}})
	if err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(c.Path())
	if err != nil {
		f.Fatal(err)
	}
	_ = c.Close()
	f.Add(raw)
	f.Add(raw[:len(raw)-1])
	f.Add([]byte(censusMagic))
	old, err := os.ReadFile("testdata/version1.census")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(old)
	path := filepath.Join(dir, "fuzzed")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Open(path)
		if err != nil {
			return
		}
		defer c.Close()
		got, err := c.Count(func(string) bool { return true }, fuzzed)
		if n := got["rest"] + got["some"]; err == nil && n != c.People() && n != 0 {
			t.Fatalf("%v of %d people", got, c.People())
		}
	})
}

// TestManyRuns merges more runs than one and keeps order and masks.
func TestManyRuns(t *testing.T) {
	s := spill.New[marked](t.TempDir(), 16*recordSize)
	defer s.Close()
	for i := range uint64(5000) {
		if err := s.Add(i*2654435761%1000, marked{1, 1<<(i%3) | OneRow}); err != nil {
			t.Fatal(err)
		}
	}
	if s.Runs() < 10 {
		t.Fatalf("%d runs", s.Runs())
	}
	n, last := 0, int64(-1)
	err := s.Each(func(hi uint64, r *marked) error {
		if int64(hi) <= last {
			t.Fatalf("%d after %d", hi, last)
		}
		last = int64(hi)
		if r.mask>>RowsShift&3 != 3 {
			t.Fatalf("mask %x", r.mask)
		}
		n++
		return nil
	})
	if err != nil || n != 1000 {
		t.Fatalf("%d people, %v", n, err)
	}
}
