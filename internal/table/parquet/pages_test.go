package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/parquet"
)

// stored are values of a type of Parquet with their text.
type stored struct {
	typ    pq.Type
	length int
	text   func(v int) string
	write  func(w file.ColumnChunkWriter, list []int, defs []int16) error
	other  []pq.Encoding // besides plain and a dictionary
}

func storedAs[T any](typ pq.Type, text func(int) string, value func(int) T, other ...pq.Encoding) stored {
	return stored{typ, -1, text, func(w file.ColumnChunkWriter, list []int, defs []int16) error {
		var vals []T
		for _, v := range list {
			vals = append(vals, value(v))
		}
		_, err := w.(interface {
			WriteBatch([]T, []int16, []int16) (int64, error)
		}).WriteBatch(vals, defs, nil)
		return err
	}, other}
}

var storedKinds = map[string]stored{
	"text": storedAs(pq.Types.ByteArray, func(v int) string { return fmt.Sprintf("%d 王小明", v*v) },
		func(v int) pq.ByteArray { return pq.ByteArray(fmt.Sprintf("%d 王小明", v*v)) }, pq.Encodings.DeltaByteArray, pq.Encodings.DeltaLengthByteArray),
	"int64":  storedAs(pq.Types.Int64, strconv.Itoa, func(v int) int64 { return int64(v) }, pq.Encodings.DeltaBinaryPacked),
	"int32":  storedAs(pq.Types.Int32, strconv.Itoa, func(v int) int32 { return int32(v) }, pq.Encodings.DeltaBinaryPacked),
	"double": storedAs(pq.Types.Double, func(v int) string { return fmt.Sprint(float64(v) / 8) }, func(v int) float64 { return float64(v) / 8 }, pq.Encodings.ByteStreamSplit),
	"bool":   storedAs(pq.Types.Boolean, func(v int) string { return strconv.FormatBool(v%3 == 0) }, func(v int) bool { return v%3 == 0 }, pq.Encodings.RLE),
}

// TestPages: however a column is stored, its cells are the values, and a cell
// that refers to a dictionary is the value there.
func TestPages(t *testing.T) {
	t.Parallel()
	coded, mixed, reused := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"text", "int64", "int32", "double", "bool"}).Draw(t, "type")
		kind := storedKinds[name]
		props := []pq.WriterProperty{
			pq.WithDictionaryDefault(rapid.Bool().Draw(t, "dictionary")), pq.WithDictionaryPageSizeLimit(rapid.SampledFrom([]int64{20, 300, 1 << 20}).Draw(t, "limit")),
			pq.WithDataPageSize(rapid.SampledFrom([]int64{30, 1000, 1 << 20}).Draw(t, "page")), pq.WithBatchSize(rapid.SampledFrom([]int64{1, 50, 1024}).Draw(t, "batch")),
			pq.WithDataPageVersion(rapid.SampledFrom([]pq.DataPageVersion{pq.DataPageV1, pq.DataPageV2}).Draw(t, "version")),
			pq.WithCompression(rapid.SampledFrom([]compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy}).Draw(t, "compression")),
		}
		if rapid.Bool().Draw(t, "other") {
			props = append(props, pq.WithDictionaryDefault(false), pq.WithEncoding(rapid.SampledFrom(kind.other).Draw(t, "encoding")))
			// The library's writer loses booleans between small pages, and it writes
			// pages that have no values so that nobody reads them.
			props = append(props, pq.WithDataPageSize(1<<20), pq.WithBatchSize(1024))
		}
		repetition := rapid.SampledFrom([]pq.Repetition{pq.Repetitions.Required, pq.Repetitions.Optional}).Draw(t, "repetition")
		nulls := rapid.SampledFrom([]int{2, 10, 1000}).Draw(t, "nulls") // each so many
		most := rapid.SampledFrom([]int{1, 5, 2000}).Draw(t, "different")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var want []string
		data, err := storeColumn(kind, repetition, rapid.IntRange(1, 5).Draw(t, "groups"), props, func() (list []int, defs []int16) {
			for range rapid.SampledFrom([]int{1, 100, 700}).Draw(t, "rows") {
				if repetition == pq.Repetitions.Optional && r.IntN(nulls) == 0 {
					want, defs = append(want, null), append(defs, 0)
					continue
				}
				v := r.IntN(most + 1)
				list, defs, want = append(list, v), append(defs, 1), append(want, kind.text(v))
			}
			return list, defs
		})
		if err != nil {
			t.Fatal(err)
		}
		_, rows, err := read(data)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range rows {
			got = append(got, row[0])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		c, m, u := codes(t, data)
		coded, mixed, reused = coded+c, mixed+m, reused+u
	})
	if coded == 0 || mixed == 0 || reused == 0 {
		t.Errorf("%d batches with cells of a dictionary, %d with others too, %d dictionaries in memory of others: too few to show anything", coded, mixed, reused)
	}
}

func storeColumn(kind stored, repetition pq.Repetition, groups int, props []pq.WriterProperty, rows func() ([]int, []int16)) ([]byte, error) {
	var logical schema.LogicalType = schema.NoLogicalType{}
	if kind.typ == pq.Types.ByteArray {
		logical = schema.StringLogicalType{}
	}
	n, err := schema.NewPrimitiveNodeLogical("c", repetition, logical, kind.typ, kind.length, -1)
	if err != nil {
		return nil, err
	}
	root, err := schema.NewGroupNode("schema", pq.Repetitions.Required, schema.FieldList{n}, -1)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root, file.WithWriterProps(pq.NewWriterProperties(props...)))
	for range groups {
		g, err := w.AppendRowGroupChecked()
		if err != nil {
			return nil, err
		}
		c, err := g.NextColumn()
		if err != nil {
			return nil, err
		}
		list, defs := rows()
		if err := errors.Join(kind.write(c, list, defs), c.Close(), g.Close()); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return out.Bytes(), err
}

// codes compares the cells of a file with the values of its dictionaries. It
// returns in how many batches cells refer to one, in how many only some do, and
// how many dictionaries are where another was. A dictionary must not change before
// a batch has another one, or none.
func codes(t *rapid.T, data []byte) (coded, mixed, reused int) {
	r, err := parquet.NewReader(bytes.NewReader(data), int64(len(data)), parquet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b table.Batch
	var last *table.Dictionary
	var was table.Dictionary // as it was
	places := map[*byte]bool{}
	for r.Next(&b) == nil {
		c := &b.Columns[0]
		if last != nil && (!bytes.Equal(was.Data, last.Data) || !slices.Equal(was.Spans, last.Spans)) {
			t.Fatal("a dictionary changed before its readers could know")
		}
		if c.Dict != last && c.Dict != nil && len(c.Dict.Data) > 0 {
			if at := &c.Dict.Data[0]; places[at] {
				reused++
			} else {
				places[at] = true
			}
		}
		if last = c.Dict; last != nil {
			was = table.Dictionary{Data: slices.Clone(last.Data), Spans: slices.Clone(last.Spans)}
		}
		if c.Dict == nil {
			if len(c.Codes) > 0 {
				t.Fatal("places in no dictionary")
			}
			continue
		}
		if len(c.Codes) != b.Rows {
			t.Fatalf("%d places for %d rows", len(c.Codes), b.Rows)
		}
		for i, code := range c.Codes {
			if code >= 0 && (c.IsNull(i) || !bytes.Equal(c.Cell(i), c.Dict.Value(int(code)))) {
				t.Fatalf("row %d: cell %q, value %q", i, c.Cell(i), c.Dict.Value(int(code)))
			}
		}
		coded++
		if slices.ContainsFunc(c.Codes, func(code int32) bool { return code < 0 }) {
			mixed++
		}
	}
	return coded, mixed, reused
}

// TestOnly: columns that are not wanted have no cells, and the others are whole.
func TestOnly(t *testing.T) {
	t.Parallel()
	data := small(t)
	_, rows, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := parquet.NewReader(bytes.NewReader(data), int64(len(data)), parquet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Only([]int{1, 4})
	var b table.Batch
	if err := r.Next(&b); err != nil || b.Rows != len(rows) {
		t.Fatalf("%d rows, %v", b.Rows, err)
	}
	for i := range b.Columns {
		c := &b.Columns[i]
		if i != 1 && i != 4 {
			if len(c.Start) > 0 {
				t.Errorf("column %d has cells", i)
			}
			continue
		}
		for row := range b.Rows {
			if want := rows[row][i]; string(c.Cell(row)) != want && !(want == null && c.IsNull(row)) {
				t.Errorf("row %d: %q, want %q", row, c.Cell(row), want)
			}
		}
	}
}

// divided are files with many small pages: of a dictionary, of what follows when
// it is full, with nulls, of both versions.
func divided(t testing.TB) (out [][]byte) {
	t.Helper()
	for _, kind := range []string{"text", "int64", "double", "bool"} {
		for _, version := range []pq.DataPageVersion{pq.DataPageV1, pq.DataPageV2} {
			props := []pq.WriterProperty{pq.WithDictionaryPageSizeLimit(60), pq.WithDataPageSize(30), pq.WithBatchSize(3), pq.WithDataPageVersion(version)}
			data, err := storeColumn(storedKinds[kind], pq.Repetitions.Optional, 2, props, func() (list []int, defs []int16) {
				for i := range 40 {
					if i%7 == 0 {
						defs = append(defs, 0)
						continue
					}
					list, defs = append(list, i%11), append(defs, 1)
				}
				return list, defs
			})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, data)
		}
	}
	return out
}

// TestDamagedPages: a page with any byte changed is a problem, or gives as many
// rows as the file declares.
func TestDamagedPages(t *testing.T) {
	t.Parallel()
	for n, whole := range divided(t) {
		for i := n % 5; i < len(whole); i += 5 {
			data := bytes.Clone(whole)
			data[i] ^= []byte{0xFF, 1, 0x80}[i%3]
			_, rows, err := read(data)
			var p *dataspace.Problem
			if err != nil && !errors.As(err, &p) || err == nil && rows == nil {
				t.Errorf("file %d, byte %d: %d rows, %v", n, i, len(rows), err)
			}
		}
	}
}
