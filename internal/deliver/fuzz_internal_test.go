package deliver

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
)

func FuzzFrames(f *testing.F) {
	trailer := []byte(`{"root":"` + string(dataspace.DigestOf(nil)) + `","size":3,"rows":1,"leaves":1}`)
	f.Add(append([]byte{0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 0}, trailer...))
	f.Add(append([]byte{255, 255, 255, 255, 0, 0, 0, 0}, trailer...))
	f.Add([]byte{0, 16, 0, 1})
	f.Add([]byte{0, 0, 0, 1, 'a', 0, 0, 0, 1, 'b'})
	f.Add([]byte{0, 0, 0, 0, '{', '}'})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := frames{r: bytes.NewReader(data), waits: 1}
		taken, short := 0, false
		for {
			leaf, trailer, err := r.next()
			switch {
			case err != nil:
				if !errors.Is(err, dataspace.ErrInvalid) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatalf("error %v", err)
				}
				return
			case trailer != nil:
				if !isDigest(trailer.Root) || trailer.Size < 0 || trailer.Leaves < 0 {
					t.Fatalf("trailer %+v", trailer)
				}
				return
			case len(leaf) == 0 || len(leaf) > LeafSize || short:
				t.Fatalf("leaf of %d bytes, after a short one: %v", len(leaf), short)
			}
			short = len(leaf) < LeafSize
			if taken += len(leaf) + 4; taken > len(data) {
				t.Fatal("more came out than went in")
			}
		}
	})
}

func FuzzJournal(f *testing.F) {
	binding := bindingOf("t", HutongLeaves)
	good := appendRecord(newJournal(binding), recordTag, []byte(`"tag"`))
	good = appendRecord(good, recordLeaf, make([]byte, 32))
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Add(appendRecord(good, recordDone, []byte(`{"root":"`+string(dataspace.DigestOf(nil))+`"}`)))
	f.Add([]byte(journalMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		j, ok := parseJournal(data, binding)
		if !ok {
			return
		}
		// The valid part of a journal is itself a journal with the same
		// content.
		again, ok := parseJournal(data[:j.good], binding)
		if diff := cmp.Diff(j, again, cmp.AllowUnexported(journal{})); !ok || diff != "" {
			t.Fatal(diff)
		}
		if j.done == nil {
			more, _ := parseJournal(appendRecord(data[:j.good:j.good], recordLeaf, binding[:]), binding)
			if len(more.leaves) != len(j.leaves)+1 || more.leaves[len(j.leaves)] != binding {
				t.Fatal("a record after a sound prefix was not read")
			}
		}
		if _, ok := parseJournal(data, bindingOf("other", HutongLeaves)); ok {
			t.Fatal("taken for the journal of another transfer")
		}
	})
}

func FuzzRange(f *testing.F) {
	for _, s := range []string{"bytes=0-", "bytes=5-9", "bytes=-1", "bytes=9223372036854775807-", "bytes=1-2,3-4", "bytes=--1", "x"} {
		f.Add(s, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		asked, ok := parseRange(header)
		if !ok || size < 0 {
			return
		}
		if part, ok := asked.within(size); ok && (part.from < 0 || part.from >= part.to || part.to > size) {
			t.Fatalf("%q of %d: %+v", header, size, part)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"1990-05-17", "17 May 1990", "May 17, 1990", "1700000000", "20240229T101112", "1990年5月7日", "t9", "Mar"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, cell []byte) {
		year, month := parseDate(cell)
		if year != 0 && (year < 1000 || year > 2999) || month < 0 || month > 12 || year == 0 && month != 0 {
			t.Fatalf("%q: %d-%d", cell, year, month)
		}
	})
}
