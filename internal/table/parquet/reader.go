// Package parquet reads and writes Parquet files as batches. Every value
// becomes its text (see table.Kind for the form of each), so that profile and
// plan treat Parquet like any other format.
//
// It refuses columns that are groups or repeated (structs, lists, maps), and
// encrypted files, because it could not profile them. Damage anywhere in a file
// is an error, never a panic and never fewer rows. It uses the column readers
// of arrow-go directly: its Arrow layer starts goroutines, in which a panic on
// a damaged file could not be caught.
package parquet

import (
	"errors"
	"fmt"
	"io"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"hutong/internal/dataspace"
	"hutong/internal/parallel"
	"hutong/internal/table"
	"hutong/internal/table/block"
)

const (
	maxBatchRows  = 4096
	maxBatchCells = 1 << 16
	// A batch is read in steps of some rows of each column, and ends early
	// after a step that made it large.
	stepRows      = 128
	maxBatchBytes = 8 << 20
	// maxStepBytes limits the bytes of stepRows cells of one column: a small
	// file can repeat a large dictionary value any number of times.
	maxStepBytes = 256 << 20
	// A file that is smaller than its values by more than maxInflation, and has
	// more of them than maxPlain, is no table: nobody could deliver it.
	maxPlain     = 16 << 30
	maxInflation = 10_000
	// sampleRows is how many values decide whether bytes without a declared
	// type are text.
	sampleRows = 1000
)

// Options says how to read.
type Options struct {
	Name string // the name of the input in errors: last part of its path
}

// Reader reads a table. It is not safe for concurrent use.
type Reader struct {
	src    block.Source
	file   *file.Reader
	size   int64
	schema table.Schema
	cols   []*column
	max    int
	only   []int // the columns to read

	group int   // row group being read
	left  int64 // rows left in it
	row   int64 // rows given so far
	plain int64 // bytes of the cells given so far, and one for each cell
	err   error
}

var (
	_ table.Reader  = (*Reader)(nil)
	_ table.Chooser = (*Reader)(nil)
)

// NewReader reads the footer of the file in r, of size bytes. It does not
// close r.
func NewReader(r io.ReaderAt, size int64, opt Options) (*Reader, error) {
	p := &Reader{src: block.Source{Name: opt.Name}, size: size}
	err := guard(func() error {
		props := pq.NewReaderProperties(&recycler{})
		props.BufferedStreamEnabled = true // otherwise a whole column chunk is kept in memory
		f, err := file.NewParquetReader(io.NewSectionReader(r, 0, size), file.WithReadProps(props))
		if err != nil {
			return err
		}
		p.file = f
		return p.describe()
	})
	if err != nil {
		return nil, p.problem(err, p.src.Name)
	}
	for i := range p.cols {
		p.only = append(p.only, i)
	}
	p.max = min(maxBatchRows, max(64, maxBatchCells/len(p.cols)))
	return p, nil
}

// describe makes the schema and a column reader for each field.
func (r *Reader) describe() error {
	root := r.file.MetaData().Schema.Root()
	if root.NumFields() == 0 {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "parquet.columns", Message: "the file has no columns"}
	}
	for i := range root.NumFields() {
		if err := nested(root.Field(i)); err != nil {
			return r.columnProblem(err, root.Field(i).Name())
		}
	}
	if err := r.storage(); err != nil {
		return err
	}
	seen, said := map[string]bool{}, comments(r.file)
	for i := range root.NumFields() {
		node := root.Field(i)
		kind, col, err := newColumn(node)
		if err != nil {
			return r.columnProblem(err, node.Name())
		}
		if seen[node.Name()] {
			return &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "parquet.columns", Place: r.src.Name,
				Message: fmt.Sprintf("two columns are called %q", node.Name()), Hint: "rename one of them",
			}
		}
		seen[node.Name()] = true
		if raw, ok := col.library.(*rawBytes); ok {
			if kind, err = r.judge(i, raw); err != nil {
				return r.columnProblem(err, node.Name())
			}
			if !raw.binary {
				col.plain = words{}
			}
		}
		r.schema.Fields = append(r.schema.Fields, table.Field{Name: node.Name(), Kind: kind, Comment: said[node.Name()]})
		r.cols = append(r.cols, col)
	}
	return nil
}

// judge checks the first values of a column of bytes without a declared type:
// many writers store text in this way, and nobody would recognise it as base64.
func (r *Reader) judge(i int, raw *rawBytes) (table.Kind, error) {
	for g := range r.file.NumRowGroups() {
		n := min(r.file.RowGroup(g).NumRows(), sampleRows)
		if n == 0 {
			continue
		}
		chunk, err := r.file.RowGroup(g).Column(i)
		if err != nil {
			return 0, err
		}
		if err := raw.open(chunk); err != nil {
			return 0, err
		}
		if text, empty, err := raw.isText(int(n)); err != nil || !empty {
			raw.binary = !text
			break
		}
	}
	if raw.binary {
		return table.Binary, nil
	}
	return table.String, nil
}

// Schema is the columns of the file, with the kinds it declares.
func (r *Reader) Schema() table.Schema { return r.schema }

// Rows is the number of rows that the file declares.
func (r *Reader) Rows() int64 { return r.file.NumRows() }

// Only has the other columns left out: their pages are not even read.
func (r *Reader) Only(columns []int) { r.only = columns }

// Offset is the share of the file's bytes for the rows given so far, on
// average.
func (r *Reader) Offset() int64 {
	if rows := r.file.NumRows(); rows > 0 {
		return int64(float64(r.size) * min(1, float64(r.row)/float64(rows)))
	}
	return r.size
}

// Close does nothing: the caller owns the input.
func (r *Reader) Close() error { return nil }

// Next fills b with up to some thousand rows.
func (r *Reader) Next(b *table.Batch) error {
	b.Reset(len(r.schema.Fields))
	if r.err != nil {
		return r.err
	}
	err := guard(func() error { return r.fill(b) })
	if err != nil {
		if !errors.Is(err, io.EOF) || errors.Is(err, dataspace.ErrInvalid) {
			err = r.problem(err, r.src.Row(r.row+1, ""))
		}
		r.err = err
		b.Reset(len(r.schema.Fields))
		return err
	}
	b.First = r.row
	r.row += int64(b.Rows)
	return nil
}

// fill reads rows of one row group.
func (r *Reader) fill(b *table.Batch) error {
	for r.left == 0 {
		if r.group == r.file.NumRowGroups() {
			if r.row != r.file.NumRows() { // rows would be lost without a word
				return fmt.Errorf("its row groups have %d rows, and the file declares %d", r.row, r.file.NumRows())
			}
			return io.EOF
		}
		if err := r.openGroup(); err != nil {
			return err
		}
	}
	for _, i := range r.only {
		r.cols[i].reset()
	}
	if err := r.beginPages(); err != nil {
		return err
	}
	for bytes := 0; b.Rows < r.max && r.left > 0 && bytes < maxBatchBytes; {
		n := int(min(stepRows, r.left, int64(r.max-b.Rows)))
		bytes = 0
		for _, i := range r.only {
			c := r.cols[i]
			if err := c.read(&b.Columns[i], n); err != nil {
				return r.columnProblem(noEOF(err), r.schema.Fields[i].Name)
			}
			bytes += c.text.size
		}
		b.Rows += n
		r.left -= int64(n)
	}
	for _, i := range r.only {
		b.Columns[i].Data = r.cols[i].bytes()
		r.plain += written(&b.Columns[i])
	}
	if r.plain > maxPlain && r.plain/maxInflation > r.size {
		return inflated(r.src.Name, r.plain/r.size)
	}
	return nil
}

// MostCells is the most bytes that the cells of some files take, which have the
// size together: of more, the reader says that they are inflated.
func MostCells(files, size float64) float64 {
	return files*maxPlain + maxInflation*(size+files)
}

// written is the bytes that the cells of c take as CSV. Cells that repeat share
// their bytes here, and do not there.
func written(c *table.Column) int64 {
	n := int64(len(c.Start))
	for i, start := range c.Start {
		n += int64(c.End[i] - start)
	}
	return n
}

// beginPages begins the next pages of the columns that are at the end of one, on
// all processors: to decompress them is most of the work.
func (r *Reader) beginPages() error {
	var at []int
	for _, i := range r.only {
		if c := r.cols[i]; c.pages != nil && c.page.rows == 0 {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return nil // read does it
	}
	errs := make([]error, len(at))
	parallel.Run(len(at), func(k int) { errs[k] = guard(r.cols[at[k]].next) })
	for k, err := range errs {
		if err != nil {
			return r.columnProblem(noEOF(err), r.schema.Fields[at[k]].Name)
		}
	}
	return nil
}

func (r *Reader) openGroup() error {
	g := r.file.RowGroup(r.group)
	r.group++
	r.left = g.NumRows()
	if r.left == 0 {
		return nil
	}
	for _, i := range r.only {
		if err := r.cols[i].open(g, i); err != nil {
			return r.columnProblem(noEOF(err), r.schema.Fields[i].Name)
		}
	}
	return nil
}

// noEOF distinguishes an io.EOF from inside the file from its end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return errCut
	}
	return err
}

var errCut = errors.New("the column ends before its rows do")

// guard turns a panic of the library, which means a damaged file, into an
// error.
func guard(fn func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("decode: %w", noEOF(p))
		default:
			err = fmt.Errorf("decode: %v", p)
		}
	}()
	return fn()
}

// columnProblem names the column that err is about.
func (r *Reader) columnProblem(err error, name string) error {
	return r.problem(err, r.src.Row(r.row+1, fmt.Sprintf("column %q", name)))
}

// problem says that the file is damaged, unless err says something more exact.
func (r *Reader) problem(err error, place string) error {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		if p.Place == "" {
			p.Place = place
		}
		return p
	}
	if p := named(err); p != nil {
		p.Place = place
		return p
	}
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "parquet.damaged", Place: place,
		Message: "the file is cut off or damaged", Err: err,
		Hint: "fetch or write the file again and compare its size",
	}
}
