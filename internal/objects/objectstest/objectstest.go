// Package objectstest is what every driver of objects must pass.
package objectstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/objects"
)

// Run tries a driver. open returns a store that is empty.
func Run(t *testing.T, open func(t *testing.T) objects.Store) {
	for name, fn := range map[string]func(t *testing.T, s objects.Store){
		"contents": contents, "ranges": ranges, "wanted": wanted, "half": half, "lists": lists, "names": names, "side-by-side": sideBySide,
		"any-order": anyOrder, "moved": moved, "at-any-place": atAnyPlace,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, open(t))
		})
	}
}

func put(t *testing.T, s objects.Store, name, data string) objects.Info {
	t.Helper()
	info, err := s.Put(t.Context(), name, strings.NewReader(data), objects.Want{})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func get(ctx context.Context, s objects.Store, name string, from, length int64) (string, error) {
	r, err := s.Get(ctx, name, from, length)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(r)
	return string(data), errors.Join(err, r.Close())
}

func holds(t *testing.T, s objects.Store, name, want string) {
	t.Helper()
	if got, err := get(t.Context(), s, name, 0, -1); err != nil || got != want {
		t.Fatalf("%s holds %q (%v), want %q", name, got, err, want)
	}
}

func wants(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
}

// nothing checks that there is no object of any name.
func nothing(t *testing.T, s objects.Store) {
	t.Helper()
	list, err := s.List(t.Context(), "", "", 10)
	if err != nil || len(list) != 0 {
		t.Fatalf("there is %+v (%v), want nothing", list, err)
	}
}

func contents(t *testing.T, s objects.Store) {
	ctx := t.Context()
	nothing(t, s)
	info := put(t, s, "a/b.csv", "hello")
	if info.Name != "a/b.csv" || info.Size != 5 || info.SHA256 != dataspace.DigestOf([]byte("hello")) || info.Modified.IsZero() {
		t.Fatalf("%+v", info)
	}
	holds(t, s, "a/b.csv", "hello")
	put(t, s, "a/b.csv", "another")
	holds(t, s, "a/b.csv", "another")
	put(t, s, "empty", "")
	holds(t, s, "empty", "")
	got, err := s.Stat(ctx, "a/b.csv")
	if err != nil || got.Size != 7 {
		t.Fatalf("%+v %v", got, err)
	}
	for _, name := range []string{"a/none", "none", "a"} {
		_, err := s.Stat(ctx, name)
		wants(t, err, dataspace.ErrNotFound)
		_, err = s.Get(ctx, name, 0, -1)
		wants(t, err, dataspace.ErrNotFound)
		wants(t, s.Delete(ctx, name), nil)
	}
	holds(t, s, "a/b.csv", "another")
	wants(t, s.Delete(ctx, "a/b.csv"), nil)
	_, err = s.Stat(ctx, "a/b.csv")
	wants(t, err, dataspace.ErrNotFound)
}

// moved makes files of this machine objects.
func moved(t *testing.T, s objects.Store) {
	ctx, file := t.Context(), filepath.Join(t.TempDir(), "scratch")
	write := func(data string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, data := range []string{"first", "second", ""} { // one in place of the other
		write(data)
		wants(t, objects.Move(ctx, s, "a/moved", file), nil)
		holds(t, s, "a/moved", data)
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("the file is still there: %v", err)
		}
	}
	wants(t, objects.Move(ctx, s, "a/moved", file), dataspace.ErrNotFound)
	write("lost")
	wants(t, objects.Move(ctx, s, "../out", file), dataspace.ErrInvalid)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	wants(t, objects.Move(gone, s, "a/moved", file), context.Canceled)
	holds(t, s, "a/moved", "")
	list, err := s.List(ctx, "", "", 9)
	if err != nil || len(list) != 1 {
		t.Fatalf("there is %+v (%v)", list, err)
	}
}

// atAnyPlace reads one object from many sides.
func atAnyPlace(t *testing.T, s objects.Store) {
	_, err := objects.Open(t.Context(), s, "none")
	wants(t, err, dataspace.ErrNotFound)
	_, err = objects.Open(t.Context(), s, "..")
	wants(t, err, dataspace.ErrInvalid)
	const data = "0123456789"
	put(t, s, "x", data)
	ctx, cancel := context.WithCancel(t.Context())
	o, err := objects.Open(ctx, s, "x")
	wants(t, err, nil)
	cancel() // it outlasts the call that opened it
	if o.Size() != int64(len(data)) {
		t.Fatalf("%d bytes", o.Size())
	}
	var wg sync.WaitGroup
	for from := range len(data) + 2 {
		wg.Go(func() {
			for length := range len(data) + 2 {
				buf := make([]byte, length)
				n, err := o.ReadAt(buf, int64(from))
				want := data[min(from, len(data)):min(from+length, len(data))]
				if string(buf[:n]) != want || n < length && !errors.Is(err, io.EOF) || n == length && length > 0 && err != nil {
					t.Errorf("%d bytes from %d are %q (%v), want %q", length, from, buf[:n], err, want)
				}
			}
		})
	}
	wg.Wait()
	wants(t, o.Close(), nil)
}

func ranges(t *testing.T, s objects.Store) {
	put(t, s, "x", "0123456789")
	for _, c := range []struct {
		from, length int64
		want         string
	}{{0, -1, "0123456789"}, {3, 4, "3456"}, {8, 9, "89"}, {10, -1, ""}, {10, 3, ""}, {0, 0, ""}} {
		if got, err := get(t.Context(), s, "x", c.from, c.length); err != nil || got != c.want {
			t.Errorf("%d bytes from %d are %q (%v), want %q", c.length, c.from, got, err, c.want)
		}
	}
	for _, from := range []int64{-1, 11} {
		_, err := s.Get(t.Context(), "x", from, -1)
		wants(t, err, dataspace.ErrInvalid)
	}
}

func wanted(t *testing.T, s objects.Store) {
	ctx, sum := t.Context(), dataspace.DigestOf([]byte("hello"))
	for _, w := range []objects.Want{{Size: 4}, {Size: 6}, {SHA256: dataspace.DigestOf(nil)}, {Size: 6, SHA256: sum}} {
		_, err := s.Put(ctx, "x", strings.NewReader("hello"), w)
		wants(t, err, dataspace.ErrInvalid)
	}
	nothing(t, s)
	for _, w := range []objects.Want{{Size: 5}, {SHA256: sum}, {Size: 5, SHA256: sum}} {
		_, err := s.Put(ctx, "x", strings.NewReader("hello"), w)
		wants(t, err, nil)
	}
	_, err := s.Put(ctx, "x", strings.NewReader("other"), objects.Want{SHA256: sum})
	wants(t, err, dataspace.ErrInvalid)
	holds(t, s, "x", "hello") // as it was
}

// half breaks off while an object is stored: what was there stays, and nothing
// else appears.
func half(t *testing.T, s objects.Store) {
	broken := errors.New("broken")
	cut := func() io.Reader {
		return io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), iotest.ErrReader(broken))
	}
	_, err := s.Put(t.Context(), "x", cut(), objects.Want{})
	wants(t, err, broken)
	nothing(t, s)
	gone, cancel := context.WithCancel(t.Context())
	_, err = s.Put(gone, "x", io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), cancels{cancel}, strings.NewReader("more")), objects.Want{})
	wants(t, err, context.Canceled)
	nothing(t, s)
	put(t, s, "x", "whole")
	_, err = s.Put(t.Context(), "x", cut(), objects.Want{})
	wants(t, err, broken)
	holds(t, s, "x", "whole")
}

// cancels is a reader at whose end the caller has gone.
type cancels struct{ cancel context.CancelFunc }

func (c cancels) Read([]byte) (int, error) {
	c.cancel()
	return 0, io.EOF
}

func lists(t *testing.T, s objects.Store) {
	for _, name := range []string{"b", "a/2", "a/1", "a-b/1", "a.b", "ab/c/d"} {
		put(t, s, name, name)
	}
	for _, c := range []struct {
		prefix, after string
		limit         int
		want          string
	}{
		{"", "", 10, "a-b/1 a.b a/1 a/2 ab/c/d b"}, {"a/", "", 10, "a/1 a/2"}, {"a", "a.b", 2, "a/1 a/2"}, {"ab/", "", 10, "ab/c/d"},
		{"", "a/1", 1, "a/2"}, {"", "b", 10, ""}, {"zz", "", 10, ""}, {"a/1", "", 10, "a/1"}, {"", "", 0, ""},
	} {
		list, err := s.List(t.Context(), c.prefix, c.after, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range list {
			got = append(got, i.Name)
			if i.Size != int64(len(i.Name)) {
				t.Errorf("%s has %d bytes", i.Name, i.Size)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d behind %q with %q are %v, want %s", c.limit, c.after, c.prefix, got, c.want)
		}
	}
}

// hostile are names that must never reach a file system.
var hostile = []string{
	"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".hidden", "a/.b", `a\b`, `..\a`, "c:a", "a\x00b", "a\nb", "A", "ä", "a b", "a*", "~a",
	"%2e%2e/a", strings.Repeat("a", 201),
}

func names(t *testing.T, s objects.Store) {
	ctx := t.Context()
	for _, name := range hostile {
		_, err := s.Put(ctx, name, strings.NewReader("x"), objects.Want{})
		wants(t, err, dataspace.ErrInvalid)
		_, err = s.Get(ctx, name, 0, -1)
		wants(t, err, dataspace.ErrInvalid)
		_, err = s.Stat(ctx, name)
		wants(t, err, dataspace.ErrInvalid)
		wants(t, s.Delete(ctx, name), dataspace.ErrInvalid)
	}
	nothing(t, s)
	put(t, s, strings.Repeat("a", 200), "x")
}

// sideBySide has many put, read and list one name at the same moment: whoever
// reads sees one of the objects, whole.
func sideBySide(t *testing.T, s objects.Store) {
	ctx := t.Context()
	text := func(i int) string { return strings.Repeat(fmt.Sprint(i), 50_000) }
	put(t, s, "x", text(0))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := s.Put(ctx, "x", strings.NewReader(text(i)), objects.Want{SHA256: dataspace.DigestOf([]byte(text(i)))}); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			got, err := get(ctx, s, "x", 0, -1)
			if err != nil || len(got) != 50_000 || strings.Trim(got, got[:1]) != "" {
				t.Errorf("read %d bytes: %v", len(got), err)
			}
			if list, err := s.List(ctx, "", "", 10); err != nil || len(list) != 1 {
				t.Errorf("lists %+v (%v)", list, err)
			}
		})
	}
	wg.Wait()
}

// anyOrder does anything in any order and compares with a map.
func anyOrder(t *testing.T, s objects.Store) {
	ctx := context.Background()
	model := map[string]string{}
	name := rapid.SampledFrom([]string{"a", "b/a", "b/b", "b-c"})
	rapid.Check(t, func(t *rapid.T) {
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				n, data := name.Draw(t, "name"), rapid.String().Draw(t, "data")
				if _, err := s.Put(ctx, n, strings.NewReader(data), objects.Want{}); err != nil {
					t.Fatal(err)
				}
				model[n] = data
			},
			"delete": func(t *rapid.T) {
				n := name.Draw(t, "name")
				if err := s.Delete(ctx, n); err != nil {
					t.Fatal(err)
				}
				delete(model, n)
			},
			"": func(t *rapid.T) {
				list, err := s.List(ctx, "", "", 10)
				if err != nil || len(list) != len(model) {
					t.Fatalf("lists %+v (%v), want %v", list, err, model)
				}
				for n, want := range model {
					if got, err := get(ctx, s, n, 0, -1); err != nil || got != want {
						t.Fatalf("%s holds %q (%v), want %q", n, got, err, want)
					}
				}
			},
		})
	})
}
