package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
)

// rootOf computes the root with another implementation.
func rootOf(data []byte) dataspace.Digest {
	f := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	r := f.NewEmptyRange(0)
	for len(data) > 0 {
		n := min(len(data), deliver.LeafSize)
		if err := r.Append(rfc6962.DefaultHasher.HashLeaf(data[:n]), nil); err != nil {
			panic(err)
		}
		data = data[n:]
	}
	root, err := r.GetRootHash(nil)
	if err != nil {
		panic(err)
	}
	if root == nil {
		root = rfc6962.DefaultHasher.EmptyRoot()
	}
	return dataspace.Digest(fmt.Sprintf("%x", root))
}

var formats = []string{deliver.HutongLeaves, deliver.HTTPData}

func TestPull(t *testing.T) {
	for _, name := range formats {
		for _, size := range []int{0, 1000, 5 << 20} {
			t.Run(fmt.Sprint(name, "-", size), func(t *testing.T) {
				w := newWorld(t, members(size), name)
				dir := filepath.Join(t.TempDir(), "inbox")
				r, err := deliver.Pull(context.Background(), w.request(dir))
				if err != nil {
					t.Fatal(err)
				}
				again, err := deliver.Pull(context.Background(), w.request(dir))
				if err != nil || again != r {
					t.Errorf("asked again: %+v, %v; want %+v", again, err, r)
				}
				w.arrived(dir, r)
				if rows := int64(strings.Count(w.source.text, "\n") - 1); r.Rows != rows {
					t.Errorf("%d rows, want %d", r.Rows, rows)
				}
				w.server.Close() // and wait for the handler
				if delivered, failed := w.seen.saw(); len(delivered) != 1 || delivered[0] != r || len(failed) != 0 {
					t.Errorf("observer saw %+v, failures %v", delivered, failed)
				}
				if stored, ok, err := w.server.Result(context.Background(), w.grant.ID); err != nil || !ok || stored != r {
					t.Errorf("stored %+v %v %v", stored, ok, err)
				}
			})
		}
	}
}

// If a connection breaks at a leaf boundary, near one or anywhere else, the
// same Pull continues.
func TestPullCut(t *testing.T) {
	for _, name := range formats {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, members(5<<19), name)
			var cuts []int64
			for frame := int64(0); frame < int64(len(w.want)); frame += deliver.LeafSize + 4 {
				cuts = append(cuts, frame, frame+5+deliver.LeafSize/2)
			}
			cuts = append(cuts, int64(len(w.want))-1, int64(len(w.want)), int64(len(w.want))+20)
			for _, at := range cuts {
				req := w.request(t.TempDir())
				tries := 0
				began := w.began()
				req.Client = &http.Client{Transport: &cutter{w.web.Client().Transport, func() int64 {
					if tries++; tries == 1 {
						return at
					}
					return -1
				}}}
				r, err := deliver.Pull(context.Background(), req)
				if err != nil {
					t.Fatalf("cut at %d: %v", at, err)
				}
				w.arrived(req.Dir, r)
				if n := w.began() - began; at > deliver.LeafSize+4 && n > 1 {
					t.Errorf("cut at %d: began %d times from nothing", at, n)
				}
			}
		})
	}
}

// The recipient is killed at random points and starts a new Pull on the same
// directory each time, while every connection breaks somewhere.
func TestPullKilled(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range formats {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, members(7<<19), name)
			for round := range 4 {
				dir := t.TempDir()
				for life := 0; ; life++ {
					req := w.request(dir)
					ctx, cancel := context.WithCancel(context.Background())
					until := random.Int64N(int64(len(w.want)))
					if life < 5 {
						req.Progress = func(bytes int64) {
							if bytes >= until {
								cancel()
							}
						}
						req.Client = &http.Client{Transport: &cutter{w.web.Client().Transport, func() int64 { return 1<<19 + random.Int64N(3<<20) }}}
					}
					r, err := deliver.Pull(ctx, req)
					cancel()
					if err == nil {
						w.arrived(dir, r)
						break
					}
					w.nothing(dir)
					if !errors.Is(err, context.Canceled) || life > 9 {
						t.Fatalf("round %d, life %d: %v", round, life, err)
					}
					vandalise(t, dir, random)
				}
			}
		})
	}
}

// vandalise damages the files as a power failure may.
func vandalise(t *testing.T, dir string, random *rand.Rand) {
	t.Helper()
	path := filepath.Join(dir, ".members.csv."+[]string{"part", "journal"}[random.IntN(2)])
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	if err := os.Truncate(path, max(0, info.Size()-random.Int64N(1<<10))); err != nil {
		t.Fatal(err)
	}
}

// A leaf that differs from its record is fetched again, whichever it is: the
// receipt must not be signed over bytes that are not on the disk.
func TestPartDamaged(t *testing.T) {
	for name, place := range map[string]func(leaves int64) int64{
		"first":  func(int64) int64 { return 100 },
		"middle": func(int64) int64 { return 1<<20 + 100 },
		"newest": func(leaves int64) int64 { return leaves<<20 - 100 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, members(12<<20), deliver.HutongLeaves)
			dir := t.TempDir()
			req := w.request(dir)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			req.Progress = func(bytes int64) {
				if bytes >= 3<<20 {
					cancel()
				}
			}
			if _, err := deliver.Pull(ctx, req); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			f, err := os.OpenFile(filepath.Join(dir, ".members.csv.part"), os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			// More may have arrived than was waited for.
			if _, err := f.WriteAt([]byte{0, 0, 0}, place(info.Size()>>20)); err != nil {
				t.Fatal(err)
			}
			f.Close()
			r, err := deliver.Pull(context.Background(), w.request(dir))
			if err != nil {
				t.Fatal(err)
			}
			w.arrived(dir, r)
		})
	}
}

func TestSourceChanged(t *testing.T) {
	for _, name := range formats {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, members(3<<20), name)
			dir := t.TempDir()
			w.source.text = strings.Replace(w.source.text, "u0000042", "u9999999", 1) // same size, same stamp
			_, err := deliver.Pull(context.Background(), w.request(dir))
			if !errors.Is(err, dataspace.ErrDenied) {
				t.Errorf("error %v", err)
			}
			w.nothing(dir)
			if g := w.stored(); g.State != deliver.GrantDead || g.Reason != "deliver.source.changed" || g.Result != nil {
				t.Errorf("grant is %s (%s), result %v", g.State, g.Reason, g.Result)
			}
			if delivered, failed := w.seen.saw(); len(failed) == 0 || !errors.Is(failed[0], dataspace.ErrConflict) || len(delivered) != 0 {
				t.Errorf("observer saw failures %v, deliveries %v", failed, delivered)
			}
		})
	}
}

func TestStampChanged(t *testing.T) {
	w := newWorld(t, members(1000), deliver.HutongLeaves)
	w.source.stamp = "2"
	if status, body := w.get(nil); status != http.StatusGone || strings.Contains(body, "张") {
		t.Errorf("status %d, body %s", status, body)
	}
}

// A forbidden value is deep in the table, in a column where the profile found
// none.
func TestGuardStops(t *testing.T) {
	for _, name := range formats {
		t.Run(name, func(t *testing.T) {
			const row = 40000
			text := members(3 << 20)
			lines := strings.SplitAfter(text, "\n")
			secret := "11010519491231002X"
			lines[row] = strings.Replace(lines[row], "note, ", "call "+secret+" ", 1)
			w := newWorld(t, strings.Join(lines, ""), name)
			var wire strings.Builder
			resp := w.do(nil)
			_, err := io.Copy(&wire, resp.Body)
			resp.Body.Close()
			if err == nil {
				t.Error("the stream looks whole")
			}
			if wire.Len() == 0 || strings.Contains(wire.String(), secret) {
				t.Errorf("%d bytes on the wire, the value among them: %v", wire.Len(), strings.Contains(wire.String(), secret))
			}
			// The row before it is in the same batch and must not leave either.
			if number := strings.Split(lines[row-1], `"`)[1]; strings.Contains(wire.String(), `"`+number+`"`) {
				t.Error("a part of the batch left")
			}
			var problem *dataspace.Problem
			if _, failed := w.seen.saw(); len(failed) != 1 || !errors.As(failed[0], &problem) || !errors.Is(problem, dataspace.ErrDenied) {
				t.Fatalf("failures %v", failed)
			}
			if problem.Place != fmt.Sprintf("row %d, column note", row) || strings.Contains(problem.Error(), secret) {
				t.Errorf("problem %v", problem)
			}
			dir := t.TempDir()
			if _, err := deliver.Pull(context.Background(), w.request(dir)); !errors.Is(err, dataspace.ErrDenied) {
				t.Errorf("asked again: %v", err)
			}
			w.nothing(dir)
			if _, err := w.server.Issue(context.Background(), w.grant); !errors.Is(err, dataspace.ErrConflict) {
				t.Errorf("issued again: %v", err)
			}
		})
	}
}

func TestEvidenceCannotBeKept(t *testing.T) {
	w := newWorld(t, members(1000), deliver.HutongLeaves)
	w.store.fail(dataspace.ErrUnavailable)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	req := w.request(dir)
	req.Backoff = func(n int) time.Duration {
		if n > 2 {
			cancel()
		}
		return 0
	}
	if _, err := deliver.Pull(ctx, req); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	w.nothing(dir)
	w.store.fail(nil)
	r, err := deliver.Pull(context.Background(), w.request(dir))
	if err != nil {
		t.Fatal(err)
	}
	w.arrived(dir, r)
}

func TestResultMustStay(t *testing.T) {
	w := newWorld(t, members(1000), deliver.HutongLeaves)
	other := deliver.Result{Root: dataspace.DigestOf(nil), Size: 1, Leaves: 1}
	if err := w.store.SetGrantResult(context.Background(), w.grant.ID, other); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := deliver.Pull(context.Background(), w.request(dir)); !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("error %v", err)
	}
	w.nothing(dir)
}

// The sender announces a wrong root. The first time the cause may be the disk;
// the second time nothing is published.
func TestLyingSender(t *testing.T) {
	for _, name := range formats {
		for _, lies := range []int{1, 2} {
			t.Run(fmt.Sprint(name, "-", lies), func(t *testing.T) {
				left := lies
				web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					root := rootOf([]byte("a\n1"))
					if left > 0 {
						left--
						root = rootOf([]byte("a\n2"))
					}
					if name == deliver.HTTPData {
						w.Header().Set("Trailer", "Hutong-Root")
						io.WriteString(w, "a\n1")
						w.Header().Set("Hutong-Root", string(root))
						return
					}
					io.WriteString(w, "\x00\x00\x00\x03a\n1\x00\x00\x00\x00")
					fmt.Fprintf(w, `{"root":%q,"size":3,"rows":1,"leaves":1}`, root)
				}))
				defer web.Close()
				dir := t.TempDir()
				_, err := deliver.Pull(context.Background(), deliver.Request{
					Endpoint: web.URL, Transfer: "t", Dir: dir, Name: "x.csv", Format: name,
					Plan:    dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "a", Action: dataspace.Keep}}},
					Backoff: func(int) time.Duration { return 0 },
				})
				_, stat := os.Stat(filepath.Join(dir, "x.csv"))
				if lies == 1 && (err != nil || stat != nil) {
					t.Errorf("once: %v, %v", err, stat)
				}
				if lies == 2 && (!errors.Is(err, dataspace.ErrEvidence) || stat == nil) {
					t.Errorf("twice: %v, %v", err, stat)
				}
			})
		}
	}
}
