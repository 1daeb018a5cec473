package profile

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/odds"
	"hutong/internal/table"
)

// Source is a dataset that can be read from the start more than once. It gives
// the same rows each time, or fails with dataspace.ErrConflict.
type Source interface {
	Read(ctx context.Context) (table.Reader, error)
	Describe() dataspace.ProfileSource
	Size() int64
}

// Options of a run. The zero value works.
type Options struct {
	// Key is the key for the hashes of people, 32 bytes. Runs with the same key
	// count the same person once over all datasets. Nil means a random key: the
	// census then cannot be compared with another.
	Key []byte
	// Dir is where spilled records and the census are written; empty is the
	// system's folder for temporary files.
	Dir string
	// On is the day for which ages are computed. Zero: no age is computed, and
	// the classes of ages are not known.
	On time.Time
	// Taxonomy holds the elements that a column can be; nil is those that come
	// with the program.
	Taxonomy *element.Taxonomy
	// Sensitive selects the classification by which columns are sensitive. The
	// zero value is by any of them.
	Sensitive element.View
	// Classes are the classes of people that are counted.
	Classes []dataspace.CountClass
	// System is the exporter's system in which a number of its own, such as a
	// membership number, is of one person. Empty: any system.
	System string
	// Say adds to columns what people say of them, and returns the columns as
	// decisions take them; nil if nobody says anything.
	Say func([]dataspace.ColumnProfile) []dataspace.ColumnProfile
	// Keys are people's choices of how the people of roles are told apart.
	Keys []dataspace.KeyChoice
	// Progress is called from Run's goroutine after every few megabytes and
	// at the end. total is Source.Size.
	Progress func(rows, bytes, total int64)
	// Memory limits the people held in memory before they are written to disk,
	// in bytes; 0 is 48 MiB.
	Memory int
}

// Result of a run. The caller closes or removes the census.
type Result struct {
	Profile dataspace.Profile
	Census  *Census
}

const defaultMemory = 48 << 20

// progressEvery is some 100 ms of work.
const progressEvery = 8 << 20

// Run profiles src. It fails with the error of the reader, of ctx, or of the
// disk, and then leaves no file behind.
func Run(ctx context.Context, src Source, opt Options) (*Result, error) {
	r, err := newRun(src, opt)
	if err != nil {
		return nil, err
	}
	defer r.closeCollector()
	if err := r.pass(ctx, r.first); err != nil {
		return nil, err
	}
	found, used := r.judged()
	plan := r.plan(used)
	if plan == nil {
		r.closeCollector()
	} else if !r.collected(plan) {
		if err := r.again(ctx, plan); err != nil {
			return nil, err
		}
	}
	return r.finish(ctx, found, used)
}

// newRun checks the options.
func newRun(src Source, opt Options) (_ *run, err error) {
	seed := seedOf(opt.Key)
	if opt.Key == nil {
		opt.Key = make([]byte, 32)
		_, _ = rand.Read(opt.Key) // never fails
	}
	if len(opt.Key) != 32 {
		return nil, fmt.Errorf("profile with a key of %d bytes instead of 32: %w", len(opt.Key), dataspace.ErrInvalid)
	}
	if opt.Memory == 0 {
		opt.Memory = defaultMemory
	}
	if opt.Taxonomy == nil {
		opt.Taxonomy = element.Builtin()
	}
	r := &run{src: src, opt: opt, seed: seed, known: know(opt.Taxonomy), describe: src.Describe()}
	if r.classes, err = resolve(opt.Classes, opt.Taxonomy, opt.Sensitive); err != nil {
		return nil, err
	}
	return r, nil
}

// judged is what the first pass found, and the same as decisions take it.
func (r *run) judged() (found, used *findings) {
	found = judge(r.known, r.columns, r.scores(), r.opt.Sensitive)
	return found, found.under(r.opt.Say)
}

// again reads the source once more, for a plan.
func (r *run) again(ctx context.Context, p *plan) error {
	r.closeCollector()
	r.collect(p)
	return r.pass(ctx, func(b *table.Batch, row int64) error { return r.collector.add(b, row) })
}

// run is the state of one Run.
type run struct {
	src       Source
	seed      uint64 // of hashes of values
	opt       Options
	classes   []class
	known     *knowledge
	describe  dataspace.ProfileSource
	schema    table.Schema
	columns   []*column
	collector *collector // nil: nobody is counted
	rows      int64
	bytes     int64
	reported  int64
}

// digester is a reader that knows the digest of what it has read.
type digester interface {
	Digest() (dataspace.Digest, bool)
}

// pass reads the whole source.
func (r *run) pass(ctx context.Context, use func(b *table.Batch, row int64) error) (err error) {
	in, err := r.src.Read(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", r.describe.Name, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	first := r.columns == nil
	if first {
		r.begin(in.Schema())
	}
	var batch table.Batch
	rows := int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("profile %s: %w", r.describe.Name, err)
		}
		err := in.Next(&batch)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(batch.Columns) != len(r.columns) {
			return fmt.Errorf("profile %s: batch of %d columns instead of %d: %w", r.describe.Name, len(batch.Columns), len(r.columns), dataspace.ErrConflict)
		}
		if err := use(&batch, rows); err != nil {
			return err
		}
		rows += int64(batch.Rows)
		r.progress(rows, in.Offset(), false)
	}
	if !first && rows != r.rows {
		return fmt.Errorf("profile %s: source changed while it was read: %w", r.describe.Name, dataspace.ErrConflict)
	}
	r.rows, r.bytes = rows, in.Offset()
	if d, ok := in.(digester); ok && first {
		if digest, ok := d.Digest(); ok {
			r.describe.SHA256 = digest
		}
	}
	r.progress(rows, r.bytes, true)
	return nil
}

func (r *run) begin(s table.Schema) {
	r.schema = s
	r.columns = make([]*column, len(s.Fields))
	for i, f := range s.Fields {
		r.columns[i] = newColumn(r.known, f, r.seed)
	}
}

// seedOf makes the seed for hashes of values. It is the same in each run with a
// key, so that the report is too, and nobody who does not know the key can
// choose values for their hashes.
func seedOf(key []byte) uint64 {
	sum := sha256.Sum256(append([]byte("profile values\x00"), key...))
	return binary.BigEndian.Uint64(sum[:])
}

func (r *run) progress(rows, bytes int64, last bool) {
	if r.opt.Progress == nil || !last && bytes-r.reported < progressEvery {
		return
	}
	r.reported = bytes
	r.opt.Progress(rows, bytes, r.src.Size())
}

// first counts over columns, and chooses what to collect after the first batch.
func (r *run) first(b *table.Batch, row int64) error {
	parallel(len(r.columns), func(i int) { r.columns[i].add(&b.Columns[i], b.Rows) })
	if row == 0 {
		r.guess(int64(b.Rows))
	}
	if r.collector == nil {
		return nil
	}
	return r.collector.add(b, row)
}

// parallel runs task(0) to task(n-1) on all processors.
func parallel(n int, task func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n, 8)
	if workers < 2 {
		for i := range n {
			task(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				task(i)
			}
		})
	}
	wg.Wait()
}

// knowledge is what a run knows of elements.
type knowledge struct {
	*odds.Model
	provable []dataspace.ElementID
}

func know(t *element.Taxonomy) *knowledge {
	return &knowledge{Model: odds.New(t, odds.Builtin()), provable: t.Provable()}
}

func (r *run) scores() []odds.Score {
	counted := make([]*odds.Column, len(r.columns))
	parallel(len(r.columns), func(i int) { counted[i] = r.columns[i].count() })
	return r.known.Table(counted)
}

// day is Options.On as a date; ok is false when it is not given.
func (r *run) day() (element.Date, bool) {
	if r.opt.On.IsZero() {
		return element.Date{}, false
	}
	y, m, d := r.opt.On.Date()
	return element.Date{Year: y, Month: int(m), Day: d}, true
}
