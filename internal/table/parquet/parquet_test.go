package parquet_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/parquet"
)

const null = "<null>"

// read returns the schema and the rows of a file.
func read(data []byte) (table.Schema, [][]string, error) {
	r, err := parquet.NewReader(bytes.NewReader(data), int64(len(data)), parquet.Options{Name: "t.parquet"})
	if err != nil {
		return table.Schema{}, nil, err
	}
	var rows [][]string
	var b table.Batch
	for {
		if err := r.Next(&b); err != nil {
			if !errors.Is(err, io.EOF) {
				return r.Schema(), nil, err
			}
			if int64(len(rows)) != r.Rows() {
				return r.Schema(), nil, fmt.Errorf("%d rows of %d", len(rows), r.Rows())
			}
			return r.Schema(), rows, nil
		}
		if b.Rows == 0 || int(b.First) != len(rows) || len(b.Columns) != len(r.Schema().Fields) {
			return r.Schema(), nil, errors.New("batch does not fit")
		}
		for i := range b.Rows {
			row := make([]string, len(b.Columns))
			for c := range b.Columns {
				if len(b.Columns[c].Start) != b.Rows || len(b.Columns[c].End) != b.Rows {
					return r.Schema(), nil, errors.New("column has another number of cells than the batch has rows")
				}
				if row[c] = string(b.Columns[c].Cell(i)); b.Columns[c].IsNull(i) {
					row[c] = null
				}
			}
			rows = append(rows, row)
		}
	}
}

// batch makes a batch of rows.
func batch(rows [][]string) *table.Batch {
	b := &table.Batch{}
	b.Reset(len(rows[0]))
	b.Rows = len(rows)
	for r, row := range rows {
		for i, text := range row {
			c := &b.Columns[i]
			c.Start = append(c.Start, uint32(len(c.Data)))
			if text == null {
				c.Null = table.SetBit(c.Null, r)
			} else {
				c.Data = append(c.Data, text...)
			}
			c.End = append(c.End, uint32(len(c.Data)))
		}
	}
	return b
}

func write(t testing.TB, s table.Schema, batches ...*table.Batch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := parquet.NewWriter(&out, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var allKinds = table.Schema{Fields: []table.Field{
	{Name: "string", Kind: table.String}, {Name: "integer", Kind: table.Integer}, {Name: "number", Kind: table.Number},
	{Name: "boolean", Kind: table.Boolean}, {Name: "date", Kind: table.Date}, {Name: "time.stamp", Kind: table.Timestamp},
	{Name: "binary", Kind: table.Binary}, {Name: "json", Kind: table.JSON},
}}

func TestKinds(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"中文", "-9223372036854775808", "0.1", "true", "1969-12-31", "2026-02-03T04:05:06.000007Z", "/wD+", `{"a":1}`},
		{"", "9223372036854775807", "-1e+300", "false", "0001-01-01", "1900-01-01T00:00:00Z", "AAE=", "[]"},
		{null, null, null, null, null, null, null, null},
		{"x", "0", "10.357019999999999", "true", "9999-12-31", "9999-12-31T23:59:59Z", "", "{}"},
		{"x", "0", "NaN", "true", "2000-02-29", "1969-12-31T23:59:59.999999Z", "gA==", "{}"},
		{"x", "0", "-Infinity", "true", "2000-02-29", "2000-01-01T00:00:00Z", "gA==", "{}"},
		{"x", "0", "123456789012345680000", "true", "2000-02-29", "2000-01-01T00:00:00.5Z", "gA==", "{}"},
	}
	s, got, err := read(write(t, allKinds, batch(rows)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(allKinds, s); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(rows, got); d != "" {
		t.Error(d)
	}
}

func TestCellDoesNotFit(t *testing.T) {
	t.Parallel()
	for column, bad := range map[int]string{
		1: "12secret", 2: "secret", 3: "secret", 4: "2026-13-01", 5: "2026-01-01T00:00:00.0000001Z", 6: "sec!ret",
	} {
		good := []string{"", "1", "1", "true", "2026-01-01", "2026-01-01T00:00:00Z", "", "{}"}
		rows := [][]string{good, append([]string{}, good...)}
		rows[1][column] = bad
		w, err := parquet.NewWriter(io.Discard, allKinds)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(w.Write(batch(rows[:1])), w.Write(batch(rows[1:])))
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Code != "parquet.cell.kind" || p.Place != fmt.Sprintf("row 2, column %q", allKinds.Fields[column].Name) {
			t.Errorf("column %d: error %v", column, err)
		} else if strings.Contains(err.Error(), bad) {
			t.Errorf("the error shows the value: %v", err)
		}
	}
}

// TestGroups writes several row groups, divided in two ways, and reads them
// back.
func TestGroups(t *testing.T) {
	t.Parallel()
	s := table.Schema{Fields: []table.Field{{Name: "n", Kind: table.Integer}, {Name: "text"}}}
	rows := make([][]string, 300000)
	for i := range rows {
		rows[i] = []string{fmt.Sprint(i), strings.Repeat("x", i%5)}
		if i%7 == 0 {
			rows[i][1] = null
		}
	}
	rows[5][1] = strings.Repeat("long", 4<<20) // ends the first group at once
	whole := write(t, s, batch(rows))
	parts := write(t, s, batch(rows[:5]), batch(rows[5:65536]), batch(rows[65536:65537]), batch(rows[65537:]))
	if !bytes.Equal(whole, parts) {
		t.Error("bytes depend on batches")
	}
	f, err := file.NewParquetReader(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if n := f.RowGroup(0).NumRows(); f.NumRowGroups() != 6 || n != 6 {
		t.Errorf("%d row groups, %d rows in the first", f.NumRowGroups(), n)
	}
	_, got, err := read(whole)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(rows, got, slices.Equal) {
		t.Error("rows differ")
	}
}

func TestNoRows(t *testing.T) {
	t.Parallel()
	s, rows, err := read(write(t, allKinds))
	if err != nil || len(rows) != 0 || !cmp.Equal(s.Fields[1], allKinds.Fields[1]) {
		t.Errorf("schema %v, rows %v, error %v", s, rows, err)
	}
}

// TestRoundTrip writes and reads tables of any kinds.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	gen := map[table.Kind]*rapid.Generator[string]{
		table.String:  rapid.String(),
		table.Integer: rapid.Map(rapid.Int64(), func(v int64) string { return fmt.Sprint(v) }),
		table.Boolean: rapid.SampledFrom([]string{"true", "false"}),
		table.Date: rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%04d-%02d-%02d", rapid.IntRange(0, 9999).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"), rapid.IntRange(1, 28).Draw(t, "d"))
		}),
		table.Timestamp: rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%04d-12-31T23:59:%02dZ", rapid.IntRange(0, 9999).Draw(t, "y"), rapid.IntRange(0, 59).Draw(t, "s"))
		}),
	}
	rapid.Check(t, func(rt *rapid.T) {
		var s table.Schema
		for i := range rapid.IntRange(1, 4).Draw(rt, "columns") {
			kind := rapid.SampledFrom([]table.Kind{table.String, table.Integer, table.Boolean, table.Date, table.Timestamp}).Draw(rt, "kind")
			s.Fields = append(s.Fields, table.Field{Name: fmt.Sprintf("c%d", i), Kind: kind})
		}
		rows := make([][]string, rapid.IntRange(1, 300).Draw(rt, "rows"))
		for i := range rows {
			for _, f := range s.Fields {
				cell := null
				if rapid.IntRange(0, 3).Draw(rt, "null") > 0 {
					cell = gen[f.Kind].Draw(rt, "cell")
				}
				rows[i] = append(rows[i], cell)
			}
		}
		gotSchema, got, err := read(write(t, s, batch(rows)))
		if err != nil || !cmp.Equal(s, gotSchema) || !cmp.Equal(rows, got) {
			rt.Fatalf("error %v\n%s%s", err, cmp.Diff(s, gotSchema), cmp.Diff(rows, got))
		}
	})
}

// Comments of other writers come with the columns; what cannot be read is left
// out.
func TestComments(t *testing.T) {
	said := func(pairs map[string]string) string {
		node := schema.NewByteArrayNode("xm", pq.Repetitions.Required, -1)
		root, err := schema.NewGroupNode("schema", pq.Repetitions.Required, schema.FieldList{node}, -1)
		if err != nil {
			t.Fatal(err)
		}
		kv := metadata.NewKeyValueMetadata()
		for k, v := range pairs {
			if err := kv.Append(k, v); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		w := file.NewParquetWriter(&out, root, file.WithWriteMetadata(kv))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := parquet.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()), parquet.Options{Name: "t.parquet"})
		if err != nil {
			t.Fatal(err)
		}
		return r.Schema().Fields[0].Comment
	}
	described := arrow.NewSchema([]arrow.Field{{Name: "xm", Type: arrow.BinaryTypes.String, Metadata: arrow.NewMetadata([]string{"comment"}, []string{"姓名"})}}, nil)
	var message bytes.Buffer
	w := ipc.NewWriter(&message, ipc.WithSchema(described))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	arrowSchema := base64.StdEncoding.EncodeToString(message.Bytes())
	const spark, avro = "org.apache.spark.sql.parquet.row.metadata", "parquet.avro.schema"
	for name, tc := range map[string]struct {
		metadata map[string]string
		want     string
	}{
		"none":         {nil, ""},
		"Spark":        {map[string]string{spark: `{"type":"struct","fields":[{"name":"xm","type":"string","nullable":true,"metadata":{"comment":"姓名"}}]}`}, "姓名"},
		"Avro":         {map[string]string{avro: `{"type":"record","fields":[{"name":"xm","type":["null","string"],"doc":"姓名"}]}`}, "姓名"},
		"Arrow":        {map[string]string{"ARROW:schema": arrowSchema}, "姓名"},
		"another name": {map[string]string{spark: `{"fields":[{"name":"dz","metadata":{"comment":"地址"}}]}`}, ""},
		"broken":       {map[string]string{spark: `{"fields":[`, avro: "null", "ARROW:schema": "/////"}, ""},
		"cut":          {map[string]string{"ARROW:schema": arrowSchema[:40]}, ""},
	} {
		if got := said(tc.metadata); got != tc.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// foreign writes a file with one column of a type that Writer does not use.
func foreign[T any](t testing.TB, node schema.Node, vals []T) []byte {
	t.Helper()
	root, err := schema.NewGroupNode("schema", pq.Repetitions.Required, schema.FieldList{node}, -1)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root)
	group, err := w.AppendRowGroupChecked()
	if err != nil {
		t.Fatal(err)
	}
	col, err := group.NextColumn()
	if err != nil {
		t.Fatal(err)
	}
	var defs, reps []int16
	if d := col.Descr(); d.MaxDefinitionLevel() > 0 {
		defs = make([]int16, len(vals))
		for i := range defs {
			defs[i] = d.MaxDefinitionLevel()
		}
		if d.MaxRepetitionLevel() > 0 {
			reps = make([]int16, len(vals))
		}
	}
	if _, err := col.(interface {
		WriteBatch([]T, []int16, []int16) (int64, error)
	}).WriteBatch(vals, defs, reps); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(col.Close(), group.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func node(t testing.TB, logical schema.LogicalType, typ pq.Type, length int) schema.Node {
	t.Helper()
	n, err := schema.NewPrimitiveNodeLogical("c", pq.Repetitions.Required, logical, typ, length, -1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// becomes are the types that do not survive: the kind is all that stays.
var becomes = map[string]bool{
	"float16": true, "interval": true, "enum": true, "undeclared text": true,
	"int32": true, // gets the logical type of 32 bits
}

// logical is the logical type of the only column.
func logical(t *testing.T, data []byte) schema.LogicalType {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return f.MetaData().Schema.Root().Field(0).LogicalType()
}

// TestForms: values of any form are what they were after writing and reading.
func TestForms(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	instant := func(t *rapid.T, digits int) time.Time {
		at := time.Unix(0, rapid.Int64Range(int64(-250*year), int64(250*year)).Draw(t, "at")).UTC()
		return at.Truncate(time.Duration(math.Pow10(9 - digits)))
	}
	units := rapid.SampledFrom([]uint8{3, 6, 9})
	number := func(t *rapid.T, digits int) string {
		s := strings.TrimLeft(rapid.StringMatching(fmt.Sprintf("[0-9]{1,%d}", digits)).Draw(t, "digits"), "0")
		if s == "" {
			return "0"
		}
		return rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + s
	}
	forms := map[string]func(t *rapid.T) (table.Kind, string){
		"decimal": func(t *rapid.T) (table.Kind, string) {
			p := rapid.IntRange(1, 76).Draw(t, "precision")
			s := rapid.IntRange(0, p).Draw(t, "scale")
			kind := table.Number
			if p > 15 {
				kind = table.String
			}
			v := number(t, max(1, p-s))
			if s == p {
				v = "0"
			}
			if s > 0 {
				v += "." + rapid.StringMatching(fmt.Sprintf("[0-9]{%d}", s)).Draw(t, "fraction")
			}
			if strings.Trim(v, "-0.") == "" {
				v = strings.TrimPrefix(v, "-")
			}
			return kind.In(table.Decimal, uint8(p), uint8(s)), v
		},
		"signed": func(t *rapid.T) (table.Kind, string) {
			bits := rapid.SampledFrom([]uint8{8, 16, 32}).Draw(t, "bits")
			return table.Integer.In(table.Signed, bits), fmt.Sprint(rapid.Int64().Draw(t, "value") >> (64 - bits))
		},
		"unsigned": func(t *rapid.T) (table.Kind, string) {
			bits := rapid.SampledFrom([]uint8{8, 16, 32, 64}).Draw(t, "bits")
			return table.Integer.In(table.Unsigned, bits), fmt.Sprint(rapid.Uint64().Draw(t, "value") >> (64 - bits))
		},
		"instant": func(t *rapid.T) (table.Kind, string) {
			d := rapid.SampledFrom([]uint8{3, 9}).Draw(t, "unit")
			return table.Timestamp.In(table.Instant, d), instant(t, int(d)).Format(time.RFC3339Nano)
		},
		"local": func(t *rapid.T) (table.Kind, string) {
			d := units.Draw(t, "unit")
			return table.String.In(table.Local, d), instant(t, int(d)).Format("2006-01-02T15:04:05.999999999")
		},
		"clock": func(t *rapid.T) (table.Kind, string) {
			d := units.Draw(t, "unit")
			return table.String.In(table.Clock, d, uint8(rapid.IntRange(0, 1).Draw(t, "utc"))), instant(t, int(d)).Format("15:04:05.999999999")
		},
		"julian": func(t *rapid.T) (table.Kind, string) {
			return table.Timestamp.In(table.Julian), instant(t, 9).Format(time.RFC3339Nano)
		},
		"fixed": func(t *rapid.T) (table.Kind, string) {
			b := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "bytes")
			return table.Binary.In(table.Fixed, uint8(len(b))), base64.StdEncoding.EncodeToString(b)
		},
	}
	for name, draw := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				kind, cell := draw(t)
				s := table.Schema{Fields: []table.Field{{Name: "c", Kind: kind}}}
				rows := [][]string{{cell}, {null}, {cell}}
				w, err := parquet.NewWriter(io.Discard, s)
				if err == nil {
					err = w.Write(batch(rows))
				}
				if err != nil {
					t.Fatalf("%v %q: %v", kind, cell, err)
				}
				var out bytes.Buffer
				w, _ = parquet.NewWriter(&out, s)
				if err := errors.Join(w.Write(batch(rows)), w.Close()); err != nil {
					t.Fatal(err)
				}
				s2, got, err := read(out.Bytes())
				if err != nil || !cmp.Equal(s, s2) || !cmp.Equal(rows, got) {
					t.Fatalf("%v %q: error %v, %v, %q", kind, cell, err, s2, got)
				}
			})
		})
	}
}

// TestFormDoesNotFit: what a form cannot hold is an error, never another value.
func TestFormDoesNotFit(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		kind table.Kind
		cell string
	}{
		"decimal digits":   {table.Number.In(table.Decimal, 4, 2), "123.45"},
		"decimal fraction": {table.Number.In(table.Decimal, 9, 2), "1.234"},
		"decimal text":     {table.Number.In(table.Decimal, 9, 2), "1e5"},
		"decimal sign":     {table.Number.In(table.Decimal, 9, 2), "-.5"},
		"decimal point":    {table.Number.In(table.Decimal, 9, 2), "5."},
		"decimal empty":    {table.String.In(table.Decimal, 38, 2), ""},
		"byte":             {table.Integer.In(table.Signed, 8), "128"},
		"unsigned":         {table.Integer.In(table.Unsigned, 32), "-1"},
		"long":             {table.Integer.In(table.Unsigned, 64), "18446744073709551616"},
		"instant":          {table.Timestamp.In(table.Instant, 3), "2026-01-01T00:00:00.0001Z"},
		"instant far":      {table.Timestamp.In(table.Instant, 9), "2600-01-01T00:00:00Z"},
		"local zone":       {table.String.In(table.Local, 3), "2026-01-01T00:00:00Z"},
		"clock":            {table.String.In(table.Clock, 6), "25:00:00"},
		"uuid":             {table.String.In(table.UUID), "00010203-0405-0607-0809-0a0b0c0d0e"},
		"uuid dashes":      {table.String.In(table.UUID), "0001020-30405-0607-0809-0a0b0c0d0e0f"},
		"fixed":            {table.Binary.In(table.Fixed, 3), "AQI="},
	} {
		w, err := parquet.NewWriter(io.Discard, table.Schema{Fields: []table.Field{{Name: "c", Kind: tc.kind}}})
		if err != nil {
			t.Fatal(err)
		}
		var p *dataspace.Problem
		if err := w.Write(batch([][]string{{tc.cell}})); !errors.As(err, &p) || p.Code != "parquet.cell.kind" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForeignTypes(t *testing.T) {
	t.Parallel()
	none := schema.NoLogicalType{}
	fixed := func(b ...byte) []pq.FixedLenByteArray { return []pq.FixedLenByteArray{b} }
	interval := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, 1), 2), 3004)
	wide := bytes.Repeat([]byte{0xFF}, 16) // -1
	for name, tc := range map[string]struct {
		data []byte
		kind table.Kind
		want []string
	}{
		"int32":           {foreign(t, node(t, none, pq.Types.Int32, -1), []int32{-1, math.MaxInt32}), table.Integer, []string{"-1", "2147483647"}},
		"uint32":          {foreign(t, node(t, schema.NewIntLogicalType(32, false), pq.Types.Int32, -1), []int32{-1}), table.Integer, []string{"4294967295"}},
		"uint64":          {foreign(t, node(t, schema.NewIntLogicalType(64, false), pq.Types.Int64, -1), []int64{-1}), table.Integer, []string{"18446744073709551615"}},
		"float":           {foreign(t, node(t, none, pq.Types.Float, -1), []float32{0.1, 1e-9}), table.Number, []string{"0.1", "1e-09"}},
		"float16":         {foreign(t, node(t, schema.Float16LogicalType{}, pq.Types.FixedLenByteArray, 2), fixed(0x00, 0x3c)), table.Number, []string{"1"}},
		"int96":           {foreign(t, node(t, none, pq.Types.Int96, -1), []pq.Int96{pq.NewInt96([3]uint32{0, 0, 2440589})}), table.Timestamp, []string{"1970-01-02T00:00:00Z"}},
		"timestamp local": {foreign(t, node(t, schema.NewTimestampLogicalType(false, schema.TimeUnitMillis), pq.Types.Int64, -1), []int64{1500}), table.String, []string{"1970-01-01T00:00:01.5"}},
		"timestamp ns":    {foreign(t, node(t, schema.NewTimestampLogicalType(true, schema.TimeUnitNanos), pq.Types.Int64, -1), []int64{-1}), table.Timestamp, []string{"1969-12-31T23:59:59.999999999Z"}},
		"time":            {foreign(t, node(t, schema.NewTimeLogicalType(true, schema.TimeUnitMillis), pq.Types.Int32, -1), []int32{3723004}), table.String, []string{"01:02:03.004"}},
		"time us":         {foreign(t, node(t, schema.NewTimeLogicalType(true, schema.TimeUnitMicros), pq.Types.Int64, -1), []int64{1}), table.String, []string{"00:00:00.000001"}},
		"decimal int":     {foreign(t, node(t, schema.NewDecimalLogicalType(9, 2), pq.Types.Int32, -1), []int32{-5, 12345, 0}), table.Number, []string{"-0.05", "123.45", "0.00"}},
		"decimal wide":    {foreign(t, node(t, schema.NewDecimalLogicalType(38, 3), pq.Types.FixedLenByteArray, 16), fixed(wide...)), table.String, []string{"-0.001"}},
		"decimal bytes":   {foreign(t, node(t, schema.NewDecimalLogicalType(18, 0), pq.Types.ByteArray, -1), []pq.ByteArray{{0xFF, 0x00}}), table.String, []string{"-256"}},
		"uuid":            {foreign(t, node(t, schema.UUIDLogicalType{}, pq.Types.FixedLenByteArray, 16), fixed(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)), table.String, []string{"00010203-0405-0607-0809-0a0b0c0d0e0f"}},
		"interval":        {foreign(t, node(t, schema.IntervalLogicalType{}, pq.Types.FixedLenByteArray, 12), fixed(interval...)), table.String, []string{"P1M2DT3.004S"}},
		"enum":            {foreign(t, node(t, schema.EnumLogicalType{}, pq.Types.ByteArray, -1), []pq.ByteArray{[]byte("RED")}), table.String, []string{"RED"}},
		"undeclared text": {foreign(t, node(t, none, pq.Types.ByteArray, -1), []pq.ByteArray{{}, []byte("王小明")}), table.String, []string{"", "王小明"}},
		"undeclared":      {foreign(t, node(t, none, pq.Types.ByteArray, -1), []pq.ByteArray{{}, {0xFF}}), table.Binary, []string{"", "/w=="}},
		"fixed":           {foreign(t, node(t, none, pq.Types.FixedLenByteArray, 3), fixed(1, 2, 3)), table.Binary, []string{"AQID"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, rows, err := read(tc.data)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows {
				got = append(got, row[0])
			}
			if s.Fields[0].Kind.Base() != tc.kind || !cmp.Equal(tc.want, got) {
				t.Errorf("kind %v, cells %q; want %v, %q", s.Fields[0].Kind, got, tc.kind, tc.want)
			}
			again := write(t, s, batch(rows))
			if s2, rows2, err := read(again); err != nil || !cmp.Equal(s, s2) || !cmp.Equal(rows, rows2) {
				t.Errorf("written again: %v, %v, %q", err, s2, rows2)
			}
			if before, after := logical(t, tc.data), logical(t, again); !before.Equals(after) != becomes[name] {
				t.Errorf("%v became %v", before, after)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	repeated, err := schema.NewPrimitiveNodeLogical("c", pq.Repetitions.Repeated, nil, pq.Types.Int32, -1, -1)
	if err != nil {
		t.Fatal(err)
	}
	group, err := schema.NewGroupNode("c", pq.Repetitions.Required, schema.FieldList{node(t, nil, pq.Types.Int32, -1)}, -1)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		data []byte
		code string
	}{
		"empty":     {nil, "parquet.damaged"},
		"not one":   {[]byte("a,b\n1,2\n3,4\n5,6\n"), "parquet.damaged"},
		"repeated":  {foreign(t, repeated, []int32{1}), "parquet.column.nested"},
		"group":     {foreign(t, group, []int32{1}), "parquet.column.nested"},
		"not utf-8": {foreign(t, node(t, schema.StringLogicalType{}, pq.Types.ByteArray, -1), []pq.ByteArray{[]byte("secret\xff")}), "parquet.charset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(tc.data)
			var p *dataspace.Problem
			if !errors.As(err, &p) || p.Code != tc.code || !strings.HasPrefix(p.Place, "t.parquet") || p.Hint == "" {
				t.Errorf("error %v (%+v)", err, p)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}

func small(t testing.TB) []byte {
	rows := make([][]string, 50)
	for i := range rows {
		rows[i] = []string{"text", fmt.Sprint(i), "0.5", "true", "2026-01-01", "2026-01-01T00:00:00Z", "AAE=", "{}"}
	}
	rows[3] = []string{null, null, null, null, null, null, null, null}
	return write(t, allKinds, batch(rows))
}

// TestDamage cuts a file at many lengths and changes many bytes: each time the
// reader fails with a Problem or gives the declared number of rows.
func TestDamage(t *testing.T) {
	t.Parallel()
	whole := small(t)
	check := func(what string, data []byte, mustFail bool) {
		_, rows, err := read(data)
		var p *dataspace.Problem
		if err != nil && !errors.As(err, &p) || err == nil && (mustFail || rows == nil) {
			t.Errorf("%s: %d rows, error %v", what, len(rows), err)
		}
	}
	for n := 0; n < len(whole); n += 2 {
		check(fmt.Sprintf("cut at %d", n), whole[:n], true)
	}
	for i := 0; i < len(whole); i += 2 {
		data := bytes.Clone(whole)
		data[i] ^= 0xFF
		check(fmt.Sprintf("flipped %d", i), data, false)
	}
}

// failing fails after n bytes.
type failing struct{ n int }

var errFull = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteError(t *testing.T) {
	t.Parallel()
	size := len(small(t))
	for n := 0; n < size; n += 9 {
		err := func() error {
			w, err := parquet.NewWriter(&failing{n}, allKinds)
			if err != nil {
				return err
			}
			good := []string{"text", "1", "0.5", "true", "2026-01-01", "2026-01-01T00:00:00Z", "AAE=", "{}"}
			return errors.Join(w.Write(batch([][]string{good})), w.Close())
		}()
		if n < 200 && !errors.Is(err, errFull) {
			t.Fatalf("room for %d bytes: error %v", n, err)
		}
	}
}

// FuzzReader checks that no input panics, and that batches are consistent.
func FuzzReader(f *testing.F) {
	f.Add(small(f))
	f.Add(foreign(f, node(f, nil, pq.Types.ByteArray, -1), []pq.ByteArray{{}, {0xFF}}))
	f.Add(foreign(f, node(f, schema.NewDecimalLogicalType(38, 3), pq.Types.FixedLenByteArray, 16), []pq.FixedLenByteArray{make([]byte, 16)}))
	for _, data := range divided(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, err := read(data)
		var p *dataspace.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatalf("error is not a problem: %v", err)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	rows := make([][]string, 100000)
	for i := range rows {
		rows[i] = []string{"some text", fmt.Sprint(i), "0.5", "true", "2026-01-01", "2026-01-01T00:00:00Z", "AAE=", "{}"}
	}
	data := write(b, allKinds, batch(rows))
	b.SetBytes(int64(len(rows)) * 58) // of text
	b.ReportAllocs()
	for b.Loop() {
		r, err := parquet.NewReader(bytes.NewReader(data), int64(len(data)), parquet.Options{})
		var batch table.Batch
		for err == nil {
			err = r.Next(&batch)
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}

// TestInflated: a small file cannot have rows without end. The file has 539
// bytes; pyarrow wrote it, 131,072 times one text of 800,000 letters.
func TestInflated(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/inflated.parquet")
	if err != nil {
		t.Fatal(err)
	}
	r, err := parquet.NewReader(bytes.NewReader(data), int64(len(data)), parquet.Options{Name: "inflated.parquet"})
	if err != nil {
		t.Fatal(err)
	}
	var b table.Batch
	var rows int
	for err == nil {
		if err = r.Next(&b); err == nil {
			rows += b.Rows
		}
	}
	p, ok := errors.AsType[*dataspace.Problem](err)
	if !ok || p.Code != "parquet.inflated" || p.Place != "inflated.parquet" || rows == 0 || rows > 22_000 {
		t.Fatalf("after %d rows: %v", rows, err)
	}
}
