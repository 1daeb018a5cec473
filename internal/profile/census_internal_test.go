package profile

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// TestMain draws fewer cases than rapid would: each of them syncs a file.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		_ = flag.Set("rapid.checks", "40")
	}
	os.Exit(m.Run())
}

func FuzzOpenCensus(f *testing.F) {
	dir := f.TempDir()
	w, err := newCensusWriter(dir)
	if err != nil {
		f.Fatal(err)
	}
	for i := range uint64(3) {
		if err := w.add(&record{hi: i, lo: i, mask: i}); err != nil {
			f.Fatal(err)
		}
	}
	c, err := w.finish([]string{"a", "b"}, [][]string{{"a"}, {"b"}})
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
	path := filepath.Join(dir, "fuzzed")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := OpenCensus(path)
		if err != nil {
			return
		}
		defer c.Close()
		a, b, u, err := c.Count(func(string) bool { return true })
		if err == nil && (a+b != c.People() && a+b != 0 || u > b) {
			t.Fatalf("%d+%d people of %d, %d under 14", a, b, c.People(), u)
		}
	})
}

// TestManyRuns merges more runs than one and keeps order and masks.
func TestManyRuns(t *testing.T) {
	s, err := newSorter(t.TempDir(), 16*recordSize)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for i := range uint64(5000) {
		if err := s.add(record{hi: i * 2654435761 % 1000, lo: 1, mask: 1<<(i%3) | oneRow}); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.runs) < 10 {
		t.Fatalf("%d runs", len(s.runs))
	}
	n, last := 0, int64(-1)
	err = s.each(func(r *record) error {
		if int64(r.hi) <= last {
			t.Fatalf("%d after %d", r.hi, last)
		}
		last = int64(r.hi)
		if r.mask>>rowsShift&3 != 3 {
			t.Fatalf("mask %x", r.mask)
		}
		n++
		return nil
	})
	if err != nil || n != 1000 {
		t.Fatalf("%d people, %v", n, err)
	}
}
