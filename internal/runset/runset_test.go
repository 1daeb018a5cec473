package runset_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// key draws from few beginnings, so that neighbours share theirs and runs
// share people.
var key = rapid.Custom(func(t *rapid.T) [16]byte {
	n := rapid.Uint16Range(0, 3000).Draw(t, "n")
	return [16]byte{0: byte(n >> 9), 7: byte(n >> 8), 8: byte(n), 15: byte(n >> 3)}
})

var people = rapid.MapOfN(key, rapid.SampledFrom([]uint8{1, 2, 3, 4, 5, 6, 7}), 0, 1500)

func listOf(set map[[16]byte]uint8) []runset.Person {
	var out []runset.Person
	for h, m := range set {
		out = append(out, runset.FromHash(h, m))
	}
	return out
}

func sorted(set map[[16]byte]uint8) []runset.Person { return runset.Sort(listOf(set)) }

func read(t *rapid.T, src runset.Source) map[[16]byte]uint8 {
	got := map[[16]byte]uint8{}
	var last *runset.Person
	for {
		p, ok, err := src.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return got
		}
		if last != nil && last.Compare(p) >= 0 {
			t.Fatalf("%v comes after %v", p, *last)
		}
		last = &p
		got[p.Hash()] = p.Mask
	}
}

// Runs must hold what a map holds, whatever order people come in, and answer
// as maps do when several are asked, merged or compared.
func TestRunsAreSets(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "runset")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		var sets []map[[16]byte]uint8
		var runs []*runset.Run
		var sources []runset.Source
		for i := range rapid.IntRange(1, 4).Draw(t, "runs") {
			set := people.Draw(t, "people")
			path := filepath.Join(dir, string(rune('a'+i)))
			s := runset.NewSorter(path)
			runset.SetLimit(s, rapid.IntRange(1, 700).Draw(t, "limit"))
			list := rapid.Permutation(sorted(set)).Draw(t, "order")
			if rapid.Bool().Draw(t, "ascending") {
				list = sorted(set)
			} else if len(list) > 0 {
				list = append(list, list[0]) // comes again
			}
			if err := s.Add(list...); err != nil {
				t.Fatal(err)
			}
			info, err := s.Commit(ctx)
			if err != nil {
				t.Fatal(err)
			}
			run, err := runset.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer run.Close()
			if want := (runset.Info{People: int64(len(set)), Totals: runset.Sum(sorted(set))}); info != want || run.Info() != want {
				t.Fatalf("info is %v, opened %v, want %v", info, run.Info(), want)
			}
			if diff := cmp.Diff(set, read(t, run.Cursor())); diff != "" {
				t.Fatal(diff)
			}
			sets, runs, sources = append(sets, set), append(runs, run), append(sources, run.Cursor())
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != len(runs) {
			t.Fatalf("%v is left beside the runs (%v)", left, err)
		}
		checkMerge(t, filepath.Join(dir, "merged"), sources, sets)
		checkFind(t, runs, sets, people.Draw(t, "asked"))
	})
}

func union(sets ...map[[16]byte]uint8) map[[16]byte]uint8 {
	all := map[[16]byte]uint8{}
	for _, set := range sets {
		for h, m := range set {
			all[h] |= m
		}
	}
	return all
}

func checkMerge(t *rapid.T, path string, sources []runset.Source, sets []map[[16]byte]uint8) {
	if _, err := runset.Write(context.Background(), path, sources...); err != nil {
		t.Fatal(err)
	}
	run, err := runset.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if diff := cmp.Diff(union(sets...), read(t, run.Cursor())); diff != "" {
		t.Fatal(diff)
	}
}

func checkFind(t *rapid.T, runs []*runset.Run, sets []map[[16]byte]uint8, asked map[[16]byte]uint8) {
	others := union(sets[1:]...)
	if got, err := runset.Only(context.Background(), runs[0], runs[1:]); err != nil || got != runset.Sum(listOf(subtract(sets[0], others))) {
		t.Fatalf("only in the first: %v %v", got, err)
	}
	list := sorted(asked)
	half := rapid.IntRange(0, len(list)).Draw(t, "half")
	f := runset.NewFinder(runs...)
	for _, part := range [][]runset.Person{list[:half], list[half:]} {
		if err := f.Subtract(part); err != nil {
			t.Fatal(err)
		}
	}
	want := subtract(asked, union(sets...))
	for _, p := range list {
		if p.Mask != want[p.Hash()] {
			t.Fatalf("%v is left of %v", p, asked[p.Hash()])
		}
	}
	list = sorted(asked)
	if err := runset.NewFinder(runs[0]).Intersect(list); err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if p.Mask != asked[p.Hash()]&sets[0][p.Hash()] {
			t.Fatalf("%v is in both", p)
		}
	}
}

func subtract(a, b map[[16]byte]uint8) map[[16]byte]uint8 {
	out := maps.Clone(a)
	for h := range out {
		out[h] &^= b[h]
	}
	return out
}

// sample is a run of some blocks.
func sample(t testing.TB, path string) []runset.Person {
	t.Helper()
	var list []runset.Person
	for i := range uint64(700) {
		list = append(list, runset.Person{Hi: i * 0x0123456789abcd, Lo: i, Mask: uint8(i%7) + 1})
	}
	if _, err := runset.Write(context.Background(), path, runset.Slice(list)); err != nil {
		t.Fatal(err)
	}
	return list
}

// readAll is everything that can be read of a file.
func readAll(path string) (list []runset.Person, err error) {
	r, err := runset.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = runset.Merge(context.Background(), []runset.Source{r.Cursor()}, func(p runset.Person) error { list = append(list, p); return nil })
	return list, err
}

// A file that was changed in any one byte, or cut at any place, is refused or
// reads as before: never anything else.
func TestDamageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	want := sample(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(path); err == nil {
			t.Fatalf("%s: read %d people of %d", what, len(got), len(want))
		} else if !errors.Is(err, dataspace.ErrInvalid) {
			t.Fatalf("%s: %v", what, err)
		}
	}
	for at := 0; at < len(whole); at += 7 {
		bad := slices.Clone(whole)
		bad[at] ^= 0x10
		check("changed", bad)
		if at%97 == 0 {
			check("cut", whole[:at])
		}
	}
	swapped := slices.Concat(whole[4096:8192], whole[:4096], whole[8192:])
	check("two blocks in each other's place", swapped)
	check("longer", append(slices.Clone(whole), 0))
}

func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "run")
	want := sample(f, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[8192:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var list []runset.Person
		r, err := runset.OpenBytes(data)
		if err == nil {
			err = runset.Merge(context.Background(), []runset.Source{r.Cursor()}, func(p runset.Person) error { list = append(list, p); return nil })
		}
		if err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if int64(len(list))*16 > int64(len(data)) || slices.Equal(data, whole) && !slices.Equal(list, want) {
			t.Fatalf("%d people in %d bytes", len(list), len(data))
		}
	})
}

func TestWriterRefuses(t *testing.T) {
	for name, list := range map[string][]runset.Person{
		"twice":     {{Hi: 1, Mask: 1}, {Hi: 1, Mask: 1}},
		"backwards": {{Hi: 1, Mask: 1}, {Lo: 9, Mask: 1}},
		"unmarked":  {{Hi: 1}},
		"fourth":    {{Hi: 1, Mask: 8}},
	} {
		dir := t.TempDir()
		w, err := runset.Create(filepath.Join(dir, "run"))
		if err != nil {
			t.Fatal(err)
		}
		err = nil
		for _, p := range list {
			err = errors.Join(err, w.Add(p))
		}
		if !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}
