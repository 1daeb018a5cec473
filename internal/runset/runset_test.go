package runset_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// key draws from few prefixes, so that neighbours share a prefix and runs share
// people.
var key = rapid.Custom(func(t *rapid.T) [16]byte {
	n := rapid.Uint16Range(0, 3000).Draw(t, "n")
	return [16]byte{0: byte(n >> 9), 7: byte(n >> 8), 8: byte(n), 15: byte(n >> 3)}
})

// three is the head of the files that a calendar year has today.
var three = runset.Head{Classes: []string{"a", "b", "c"}}

// headOf draws a head with masks of each width, with days and keys or without.
var headOf = rapid.Custom(func(t *rapid.T) runset.Head {
	var h runset.Head
	for i := range rapid.SampledFrom([]int{1, 3, 4, 5, 9, 17, 32}).Draw(t, "classes") {
		h.Classes = append(h.Classes, fmt.Sprint("class", i))
	}
	h.Days = rapid.Bool().Draw(t, "days")
	if rapid.Bool().Draw(t, "keys") {
		h.Keys = []runset.Key{{Scope: "global", Algorithm: "x/1"}, {Scope: "system", Algorithm: "x/2"}}
	}
	return h
})

type set map[[16]byte]runset.Person

func (s set) join(p runset.Person) {
	was, ok := s[p.Hash()]
	if ok {
		was.Join(p)
		p = was
	}
	s[p.Hash()] = p
}

func peopleOf(h runset.Head) *rapid.Generator[set] {
	return rapid.Custom(func(t *rapid.T) set {
		out := set{}
		for _, hash := range rapid.SliceOfN(key, 0, 1200).Draw(t, "people") {
			p := runset.FromHash(hash, runset.Mask(rapid.Uint32Range(1, 1<<len(h.Classes)-1).Draw(t, "mask")))
			if h.Days {
				p.Day = runset.Day(rapid.Uint16Range(20000, 20003).Draw(t, "day"))
			}
			if len(h.Keys) > 0 {
				p.Key = runset.KeyIndex(hash[8] & 1)
				if rapid.Bool().Draw(t, "alias") {
					p.Key |= runset.Alias
				}
			}
			out.join(p)
		}
		return out
	})
}

func listOf(s set) (out []runset.Person) {
	for _, p := range s {
		out = append(out, p)
	}
	return out
}

func sorted(s set) []runset.Person { return runset.Sort(listOf(s)) }

func read(t *rapid.T, src runset.Source) set {
	got := set{}
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
		got[p.Hash()] = p
	}
}

// Runs must hold the same people as a map, in whatever order people come. They
// must give the same results as maps when several are queried, merged or
// compared.
func TestRunsAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "runset")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		head := headOf.Draw(t, "head")
		var sets []set
		var runs []*runset.Run
		var sources []runset.Source
		for i := range rapid.IntRange(1, 4).Draw(t, "runs") {
			s, run := writeRun(t, filepath.Join(dir, string(rune('a'+i))), head)
			defer run.Close()
			sets, runs, sources = append(sets, s), append(runs, run), append(sources, run.Cursor())
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != len(runs) {
			t.Fatalf("%v is left beside the runs (%v)", left, err)
		}
		checkMerge(t, filepath.Join(dir, "merged"), head, sources, sets)
		checkFind(t, runs, sets, peopleOf(head).Draw(t, "asked"))
	})
}

// writeRun writes people in some order, and opens what was written.
func writeRun(t *rapid.T, path string, head runset.Head) (set, *runset.Run) {
	t.Helper()
	people := peopleOf(head).Draw(t, "people")
	s := runset.NewSorter(path, head)
	runset.SetLimit(s, rapid.IntRange(1, 700).Draw(t, "limit"))
	list := rapid.Permutation(sorted(people)).Draw(t, "order")
	if rapid.Bool().Draw(t, "ascending") {
		list = sorted(people)
	} else if len(list) > 0 {
		list = append(list, list[0]) // comes again
	}
	if err := s.Add(list...); err != nil {
		t.Fatal(err)
	}
	info, err := s.Commit(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	run, err := runset.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := (runset.Info{People: int64(len(people)), Tally: runset.Sum(sorted(people))}); info != want || run.Info() != want {
		t.Fatalf("info is %v, opened %v, want %v", info, run.Info(), want)
	}
	if diff := cmp.Diff(head, run.Head()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(people, read(t, run.Cursor())); diff != "" {
		t.Fatal(diff)
	}
	return people, run
}

func union(sets ...set) set {
	all := set{}
	for _, s := range sets {
		for _, p := range s {
			all.join(p)
		}
	}
	return all
}

func checkMerge(t *rapid.T, path string, head runset.Head, sources []runset.Source, sets []set) {
	t.Helper()
	if _, err := runset.Write(context.Background(), path, head, sources...); err != nil {
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

// counted is the naive count of a set: people by class and by last day.
func counted(s set) (c runset.Change) {
	c.Days = map[runset.Day]int64{}
	for _, p := range s {
		if p.Key&runset.Alias != 0 {
			continue
		}
		c.Tally.Add(p.Mask)
		if p.Day != 0 {
			c.Days[p.Day]++
		}
	}
	return c
}

func checkFind(t *rapid.T, runs []*runset.Run, sets []set, asked set) {
	t.Helper()
	list := sorted(asked)
	half := rapid.IntRange(0, len(list)).Draw(t, "half")
	f, held := runset.NewFinder(runs...), make([]runset.Person, len(list))
	if err := errors.Join(f.Held(list[:half], held[:half]), f.Held(list[half:], held[half:])); err != nil {
		t.Fatal(err)
	}
	all := union(sets...)
	for i, p := range list {
		if want := all[p.Hash()]; held[i].Mask != want.Mask || held[i].Day != want.Day {
			t.Fatalf("%v is held as %v, want %v", p, held[i], want)
		}
	}
	got, err := runset.Only(context.Background(), runs[0], runs[1:], nil)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(sets, hasAlias) {
		return // aliases of one list may be counted by another: nothing simple to compare with
	}
	want := counted(all).Minus(counted(union(sets[1:]...)))
	for _, c := range []*runset.Change{&got, &want} {
		maps.DeleteFunc(c.Days, func(_ runset.Day, n int64) bool { return n == 0 })
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("what the first changes: %s", diff)
	}
}

func hasAlias(s set) bool {
	for _, p := range s {
		if p.Key&runset.Alias != 0 {
			return true
		}
	}
	return false
}

// sample is a run of some blocks.
func sample(t testing.TB, path string) []runset.Person {
	t.Helper()
	var list []runset.Person
	for i := range uint64(700) {
		list = append(list, runset.Person{Hi: i * 0x0123456789abcd, Lo: i, Kept: runset.Kept{Mask: runset.Mask(i%7) + 1}})
	}
	if _, err := runset.Write(context.Background(), path, three, runset.Slice(list)); err != nil {
		t.Fatal(err)
	}
	return list
}

// readAll reads everything from a file.
func readAll(path string) (list []runset.Person, err error) {
	r, err := runset.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = runset.Merge(context.Background(), []runset.Source{r.Cursor()}, func(p runset.Person) error { list = append(list, p); return nil })
	return list, err
}

// A file with any one byte changed, or cut at any place, is refused or reads as
// before.
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
	old, err := os.ReadFile("testdata/version1.people")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(old)
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
		"twice":     {{Hi: 1, Kept: runset.Kept{Mask: 1}}, {Hi: 1, Kept: runset.Kept{Mask: 1}}},
		"backwards": {{Hi: 1, Kept: runset.Kept{Mask: 1}}, {Lo: 9, Kept: runset.Kept{Mask: 1}}},
		"unmarked":  {{Hi: 1}},
		"fourth":    {{Hi: 1, Kept: runset.Kept{Mask: 8}}},
		"day":       {{Hi: 1, Kept: runset.Kept{Mask: 1, Day: 9}}},
		"key":       {{Hi: 1, Kept: runset.Kept{Mask: 1, Key: 1}}},
	} {
		dir := t.TempDir()
		w, err := runset.Create(filepath.Join(dir, "run"), three)
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

// Files of version 1 stay readable, and are merged with others into files of
// version 2.
func TestVersion1(t *testing.T) {
	const old = "testdata/version1.people"
	want := sample(t, filepath.Join(t.TempDir(), "run"))
	got, err := readAll(old)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("read %d people of %d: %v", len(got), len(want), err)
	}
	run, err := runset.Open(old)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if info := (runset.Info{People: 700, Tally: runset.Sum(want)}); run.Info() != info || len(run.Head().Classes) != 0 {
		t.Errorf("info is %v, want %v; classes %v", run.Info(), info, run.Head().Classes)
	}
	path := filepath.Join(t.TempDir(), "merged")
	more := runset.Person{Hi: 1, Lo: 1, Kept: runset.Kept{Mask: 9}}
	if _, err := runset.Write(t.Context(), path, runset.Head{Classes: []string{"a", "b", "c", "d"}}, run.Cursor(), runset.Slice([]runset.Person{more})); err != nil {
		t.Fatal(err)
	}
	if got, err = readAll(path); err != nil || !slices.Equal(got, slices.Insert(want, 1, more)) {
		t.Errorf("read %d people of a merged list of %d: %v", len(got), len(want)+1, err)
	}
}

func TestDays(t *testing.T) {
	for day, ok := range map[string]bool{"2026-12-31": true, "1970-01-02": true, "2149-06-06": true, "1970-01-01": false, "2149-06-07": false, "2026-13-01": false, "": false} {
		if d, got := runset.ParseDay(day); got != ok || ok && d.String() != day {
			t.Errorf("%s: got %v %v", day, d, got)
		}
	}
}
