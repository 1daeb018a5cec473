package parquet

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// A row group ends after a number of rows or of bytes of cells, counted row by
// row: the same rows give the same file, however they came in batches. Change
// the numbers only if necessary: files written before and after differ.
const (
	groupRows  = 1 << 16
	groupBytes = 16 << 20
)

// Writer writes a table as one file, a row group at a time. Columns are
// optional. A kind that says how its values were stored is stored so; the others
// become INT64, DOUBLE, BOOLEAN, DATE, TIMESTAMP (micros, UTC), bytes, JSON or,
// for text and unknown kinds, STRING.
type Writer struct {
	out    *sink
	file   *file.Writer
	fields []table.Field
	cols   []cells
	views  []pq.ByteArray // room for the values of one column
	rows   int            // in the row group
	bytes  int            // in the row group
	done   int64          // rows before the row group
}

var _ table.Writer = (*Writer)(nil)

// cells collects one column of a row group.
type cells interface {
	// add appends a cell; not ok when it does not fit the type.
	add(cell []byte) bool
	addNull()
	// flush writes the cells and empties the column; views is memory it may
	// use.
	flush(w file.ColumnChunkWriter, views *[]pq.ByteArray) error
}

// sink hides Close of the underlying writer and keeps its error, which the
// library does not always return.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil && s.err == nil {
		s.err = err
	}
	return n, err
}

// NewWriter makes a writer; the first bytes go out at once.
func NewWriter(w io.Writer, s table.Schema) (*Writer, error) {
	if len(s.Fields) == 0 {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "parquet.columns", Message: "a table needs at least one column"}
	}
	p := &Writer{out: &sink{w: w}, fields: s.Fields}
	var nodes schema.FieldList
	for _, f := range s.Fields {
		node, col, err := newCells(f)
		if err != nil {
			return nil, fmt.Errorf("write parquet: column %q: %w", f.Name, err)
		}
		nodes, p.cols = append(nodes, node), append(p.cols, col)
	}
	root, err := schema.NewGroupNode("schema", pq.Repetitions.Required, nodes, -1)
	if err != nil {
		return nil, fmt.Errorf("write parquet: schema: %w", err)
	}
	props := pq.NewWriterProperties(pq.WithCompression(compress.Codecs.Zstd))
	if p.file, err = file.NewParquetWriterWithError(p.out, root, file.WithWriterProps(props)); err != nil {
		return nil, p.wrap(err)
	}
	return p, nil
}

// Write appends the rows of b. A cell that does not fit the kind of its
// column is a Problem that names row and column.
func (w *Writer) Write(b *table.Batch) error {
	if len(b.Columns) != len(w.cols) {
		return fmt.Errorf("write parquet: batch has %d columns, schema %d: %w", len(b.Columns), len(w.cols), dataspace.ErrInvalid)
	}
	for from := 0; from < b.Rows; {
		to := w.cut(b, from)
		for i, col := range w.cols {
			if err := w.addRange(i, col, &b.Columns[i], from, to); err != nil {
				return err
			}
		}
		w.rows += to - from
		if w.rows >= groupRows || w.bytes >= groupBytes {
			if err := w.flush(); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

// cut finds the row of b before which the row group ends.
func (w *Writer) cut(b *table.Batch, from int) int {
	end := min(b.Rows, from+groupRows-w.rows)
	for row := from; row < end; row++ {
		for i := range b.Columns {
			c := &b.Columns[i]
			w.bytes += int(c.End[row] - c.Start[row])
		}
		if w.bytes >= groupBytes {
			return row + 1
		}
	}
	return end
}

func (w *Writer) addRange(i int, col cells, c *table.Column, from, to int) error {
	for row := from; row < to; row++ {
		if c.IsNull(row) {
			col.addNull()
		} else if !col.add(c.Cell(row)) {
			return &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "parquet.cell.kind",
				Place:   fmt.Sprintf("row %d, column %q", w.done+int64(w.rows+row-from)+1, w.fields[i].Name),
				Message: "the cell does not fit the type of its column",
				Hint:    "choose csv or jsonl as the format, or declare the column as text",
			}
		}
	}
	return nil
}

// flush writes the row group.
func (w *Writer) flush() error {
	err := guard(func() error {
		group, err := w.file.AppendRowGroupChecked()
		if err != nil {
			return err
		}
		for _, col := range w.cols {
			cw, err := group.NextColumn()
			if err != nil {
				return err
			}
			if err := errors.Join(col.flush(cw, &w.views), cw.Close()); err != nil {
				return err
			}
		}
		return group.Close()
	})
	w.done += int64(w.rows)
	w.rows, w.bytes = 0, 0
	return w.wrap(err)
}

// Close writes the last row group and the footer.
func (w *Writer) Close() error {
	if w.rows > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	return w.wrap(guard(w.file.Close))
}

func (w *Writer) wrap(err error) error {
	if w.out.err != nil {
		err = w.out.err
	}
	if err != nil {
		return fmt.Errorf("write parquet: %w", err)
	}
	return nil
}

// newCells picks type and buffer for a field.
func newCells(f table.Field) (schema.Node, cells, error) {
	if s, ok := ofForm(f.Kind); ok {
		node, err := schema.NewPrimitiveNodeLogical(f.Name, pq.Repetitions.Optional, s.logical, s.typ, s.length, -1)
		return node, s.cells, err
	}
	typ, logical := pq.Types.ByteArray, schema.LogicalType(schema.StringLogicalType{})
	var col cells
	switch f.Kind {
	case table.Integer:
		typ, logical, col = pq.Types.Int64, schema.NewIntLogicalType(64, true), &values[int64]{parse: parseInt}
	case table.Number:
		typ, logical, col = pq.Types.Double, schema.NoLogicalType{}, &values[float64]{parse: parseNumber}
	case table.Boolean:
		typ, logical, col = pq.Types.Boolean, schema.NoLogicalType{}, &values[bool]{parse: parseBool}
	case table.Date:
		typ, logical, col = pq.Types.Int32, schema.DateLogicalType{}, &values[int32]{parse: parseDate}
	case table.Timestamp:
		typ, logical, col = pq.Types.Int64, schema.NewTimestampLogicalType(true, schema.TimeUnitMicros), &values[int64]{parse: parseTimestamp}
	case table.Binary:
		logical, col = schema.NoLogicalType{}, &texts{base64: true}
	case table.JSON:
		logical, col = schema.JSONLogicalType{}, &texts{}
	default:
		col = &texts{}
	}
	node, err := schema.NewPrimitiveNodeLogical(f.Name, pq.Repetitions.Optional, logical, typ, -1, -1)
	return node, col, err
}

// values collects cells of a type of fixed size.
type values[T any] struct {
	parse func(cell []byte) (T, bool)
	vals  []T
	defs  []int16
}

func (c *values[T]) add(cell []byte) bool {
	v, ok := c.parse(cell)
	c.vals, c.defs = append(c.vals, v), append(c.defs, 1)
	return ok
}

func (c *values[T]) addNull() { c.defs = append(c.defs, 0) }

func (c *values[T]) flush(w file.ColumnChunkWriter, _ *[]pq.ByteArray) error {
	cw, ok := w.(interface {
		WriteBatch([]T, []int16, []int16) (int64, error)
	})
	if !ok {
		return fmt.Errorf("column writer is a %T", w)
	}
	_, err := cw.WriteBatch(c.vals, c.defs, nil)
	c.vals, c.defs = c.vals[:0], c.defs[:0]
	return err
}

// texts collects cells of bytes, one after the other in data.
type texts struct {
	base64 bool // cells are base64, and values are their decoded bytes
	data   []byte
	ends   []uint32
	defs   []int16
}

func (c *texts) add(cell []byte) bool {
	var err error
	if c.base64 {
		c.data, err = base64.StdEncoding.Strict().AppendDecode(c.data, cell)
	} else {
		c.data = append(c.data, cell...)
	}
	c.ends, c.defs = append(c.ends, uint32(len(c.data))), append(c.defs, 1)
	return err == nil
}

func (c *texts) addNull() { c.defs = append(c.defs, 0) }

func (c *texts) flush(w file.ColumnChunkWriter, views *[]pq.ByteArray) error {
	cw, ok := w.(*file.ByteArrayColumnChunkWriter)
	if !ok {
		return fmt.Errorf("column writer is a %T", w)
	}
	vals, start := (*views)[:0], uint32(0)
	for _, end := range c.ends {
		vals = append(vals, c.data[start:end:end])
		start = end
	}
	_, err := cw.WriteBatch(vals, c.defs, nil)
	clear(vals)
	*views = vals
	c.data, c.ends, c.defs = c.data[:0], c.ends[:0], c.defs[:0]
	return err
}

func parseInt(cell []byte) (int64, bool) {
	v, err := strconv.ParseInt(string(cell), 10, 64)
	return v, err == nil
}

func parseNumber(cell []byte) (float64, bool) {
	v, err := strconv.ParseFloat(string(cell), 64)
	return v, err == nil
}

func parseBool(cell []byte) (bool, bool) {
	return string(cell) == "true", string(cell) == "true" || string(cell) == "false"
}

func parseDate(cell []byte) (int32, bool) {
	t, err := time.Parse(layoutDate, string(cell))
	return int32(t.Unix() / 86400), err == nil
}

// parseTimestamp does not round: a timestamp finer than a microsecond is an
// error.
func parseTimestamp(cell []byte) (int64, bool) {
	t, err := time.Parse(time.RFC3339Nano, string(cell))
	if err != nil || t.Nanosecond()%1000 != 0 {
		return math.MinInt64, false
	}
	return t.UnixMicro(), true
}
