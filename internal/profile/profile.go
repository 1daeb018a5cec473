package profile

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"hutong/internal/alike"
	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/look"
	"hutong/internal/odds"
	"hutong/internal/parallel"
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
	// and Hash count the same person once over all datasets. Nil means a random
	// key: the census then cannot be compared with another.
	Key []byte
	// Hash is the algorithm of the hashes; empty is census.Algorithm. Also is that
	// of a second census; empty: none is made.
	Hash, Also string
	// CountOnly says that no census is wanted.
	CountOnly bool
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
	// at the end of each pass. bytes never falls: a second pass over the source
	// continues where the first ended, and total is then twice Source.Size.
	Progress func(rows, bytes, total int64)
	// Memory limits the people held in memory before they are written to disk,
	// in bytes; 0 is 48 MiB.
	Memory int
}

// Result of a run. The caller closes or removes each census.
type Result struct {
	Profile dataspace.Profile
	Census  *census.Census // nil: only the count was wanted
	Also    *census.Census // nil: none was wanted, or the table is not about people
}

const defaultMemory = 48 << 20

// progressEvery is some 100 ms of work.
const progressEvery = 8 << 20

// Run profiles src. It fails with the error of the reader, of ctx, or of the
// disk, and then leaves no file behind.
func Run(ctx context.Context, src Source, opt Options) (*Result, error) {
	r, err := prepare(ctx, src, opt)
	if err != nil {
		return nil, err
	}
	defer func() {
		r.closeCollector()
		r.describing.Close()
	}()
	found := judge(r.known, r.columns, r.scores(), opt.Sensitive)
	used := found.under(opt.Say)
	plan, err := united(r, used, again(ctx, r))
	if err != nil {
		return nil, err
	}
	if plan == nil {
		r.closeCollector()
	} else if !r.collected(plan) {
		r.closeCollector()
		r.collect(plan)
		if err := r.pass(ctx, false); err != nil {
			return nil, err
		}
	}
	quasi, err := described(ctx, r, used)
	if err != nil {
		return nil, err
	}
	result, err := r.finish(ctx, found, used)
	if err != nil {
		return nil, err
	}
	result.Profile.Quasi = quasi
	if r.collector != nil && r.collector.twin != nil {
		if result.Also, _, err = r.write(ctx, used, r.collector.twin); err != nil {
			return nil, errors.Join(err, result.Census.Remove())
		}
	}
	return result, nil
}

// prepare does the first pass. The caller closes the collector.
func prepare(ctx context.Context, src Source, opt Options) (_ *run, err error) {
	seed := look.Seed(opt.Key)
	if opt.Key == nil {
		opt.Key = make([]byte, 32)
		_, _ = rand.Read(opt.Key) // never fails
	}
	if len(opt.Key) != 32 {
		return nil, fmt.Errorf("profile with a key of %d bytes instead of 32: %w", len(opt.Key), dataspace.ErrInvalid)
	}
	opt.Hash = cmp.Or(opt.Hash, census.Algorithm)
	if opt.Memory == 0 {
		opt.Memory = defaultMemory
	}
	if opt.Taxonomy == nil {
		opt.Taxonomy = element.Builtin()
	}
	r := &run{src: src, opt: opt, seed: seed, known: know(opt.Taxonomy), describe: src.Describe(), followed: followers{seed: seed}}
	r.known.table = r.describe.Name
	if r.classes, err = resolve(opt.Classes, opt.Taxonomy, opt.Sensitive); err != nil {
		return nil, err
	}
	if err = r.pass(ctx, true); err == nil {
		err = r.joinParts(ctx)
	}
	if err != nil {
		r.closeCollector()
		r.describing.Close()
		return nil, err
	}
	return r, nil
}

// joinParts looks for numbers that stand in several columns.
func (r *run) joinParts(ctx context.Context) error {
	if r.splits = r.mayBeParts(); len(r.splits) == 0 {
		return nil
	}
	for _, s := range r.splits {
		r.only = append(r.only, s.parts...)
	}
	if err := r.pass(ctx, false); err != nil {
		return err
	}
	for _, s := range r.splits {
		s.found(r.columns, len(r.columns)*testsPerColumn)
	}
	r.splits = nil
	return nil
}

// run is the state of one Run.
type run struct {
	src        Source
	seed       uint64 // of hashes of values
	opt        Options
	classes    []class
	known      *knowledge
	describe   dataspace.ProfileSource
	schema     table.Schema
	columns    []*column
	collector  *collector               // nil: nobody is counted
	tally      func(*table.Batch) error // during the pass that counts values of keys
	splits     []*split                 // during the pass that looks at numbers in several columns
	describing *alike.Rows              // nil: no columns describe people
	followed   followers                // of columns that may stand one to one
	only       []int                    // columns that the next pass needs; nil: all
	rows       int64
	bytes      int64
	reported   int64
	done       int64 // bytes of the passes before the present one
}

// digester is a reader that knows the digest of what it has read.
type digester interface {
	Digest() (dataspace.Digest, bool)
}

// pass reads the whole source. The first pass counts over columns and chooses
// what to collect after the first batch; the second one only feeds the
// collector.
func (r *run) pass(ctx context.Context, first bool) (err error) {
	in, err := r.src.Read(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", r.describe.Name, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if first {
		r.begin(in.Schema())
	}
	if c, ok := in.(table.Chooser); ok && r.only != nil {
		slices.Sort(r.only)
		c.Only(slices.Compact(r.only))
	}
	r.only = nil
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
		if err := r.batch(&batch, rows, first); err != nil {
			return err
		}
		rows += int64(batch.Rows)
		r.progress(rows, in.Offset(), false)
	}
	if !first && rows != r.rows {
		return fmt.Errorf("profile %s: source changed while it was read: %w", r.describe.Name, dataspace.ErrConflict)
	}
	r.settle()
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
		c := newColumn(r.known, f, r.seed)
		c.sum.Matches = r.known.Taxonomy.InTable(r.describe.Name, c.sum.Matches)
		r.columns[i] = c
	}
}

// progress reports how far the present pass has come, after those before it.
func (r *run) progress(rows, bytes int64, last bool) {
	total := r.src.Size()
	if total > 0 { // otherwise it is not known
		total += r.done
	}
	rows, bytes = max(rows, r.rows), r.done+bytes
	if last {
		r.done = bytes
	}
	if r.opt.Progress == nil || !last && bytes-r.reported < progressEvery {
		return
	}
	r.reported = bytes
	r.opt.Progress(rows, bytes, total)
}

func (r *run) batch(b *table.Batch, row int64, first bool) error {
	if len(b.Columns) != len(r.columns) {
		return fmt.Errorf("profile %s: batch of %d columns instead of %d: %w", r.describe.Name, len(b.Columns), len(r.columns), dataspace.ErrConflict)
	}
	if first {
		parallel.Run(len(r.columns), func(i int) { r.columns[i].add(&b.Columns[i], b.Rows) })
		if row == 0 {
			r.settle()
			r.guess(b)
		} else {
			follow(r.followed.list, b)
		}
		if err := r.describing.Add(b); err != nil {
			return err
		}
	}
	if len(r.splits) > 0 {
		parallel.Run(len(r.splits), func(i int) { r.splits[i].add(b) })
		return nil
	}
	if r.tally != nil {
		return r.tally(b)
	}
	if r.collector == nil {
		return nil
	}
	return r.collector.add(b, row)
}

// settle has all cells counted that were read.
func (r *run) settle() {
	parallel.Run(len(r.columns), func(i int) { r.columns[i].coded.Flush(r.columns[i].entry) })
}

// knowledge is what a run knows of elements, and of the table.
type knowledge struct {
	*odds.Model
	provable []dataspace.ElementID
	table    string                         // its name
	tested   parallel.Memo[uint64, *tested] // by the hash of a value
}

func know(t *element.Taxonomy) *knowledge {
	return &knowledge{Model: odds.New(t, odds.Builtin()), provable: t.Provable()}
}

func (r *run) scores() []odds.Score {
	counted := make([]*odds.Column, len(r.columns))
	parallel.Run(len(r.columns), func(i int) { counted[i] = r.columns[i].count() })
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
