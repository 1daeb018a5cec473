package profile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
	"hutong/internal/table"
	"hutong/internal/table/parquet"
)

// encoded is a Parquet file as a source.
type encoded []byte

func (e encoded) Read(context.Context) (table.Reader, error) {
	return parquet.NewReader(bytes.NewReader(e), int64(len(e)), parquet.Options{Name: "t"})
}
func (e encoded) Describe() dataspace.ProfileSource {
	return dataspace.ProfileSource{Name: "t", Format: "csv"}
}
func (e encoded) Size() int64 { return int64(len(e)) }

// encode writes rows with a header; columns of numbers are INT64. An empty cell
// is null.
func encode(cells [][]string, numbers map[string]bool, group int, props ...pq.WriterProperty) (encoded, error) {
	var fields schema.FieldList
	for _, name := range cells[0] {
		typ, logical := pq.Types.ByteArray, schema.LogicalType(schema.StringLogicalType{})
		if numbers[name] {
			typ, logical = pq.Types.Int64, schema.NewIntLogicalType(64, true)
		}
		n, err := schema.NewPrimitiveNodeLogical(name, pq.Repetitions.Optional, logical, typ, -1, -1)
		if err != nil {
			return nil, err
		}
		fields = append(fields, n)
	}
	root, err := schema.NewGroupNode("schema", pq.Repetitions.Required, fields, -1)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root, file.WithWriterProps(pq.NewWriterProperties(props...)))
	for rows := cells[1:]; len(rows) > 0; rows = rows[min(group, len(rows)):] {
		g, err := w.AppendRowGroupChecked()
		if err != nil {
			return nil, err
		}
		for i := range fields {
			c, err := g.NextColumn()
			if err == nil {
				err = errors.Join(encodeColumn(c, rows[:min(group, len(rows))], i), c.Close())
			}
			if err != nil {
				return nil, err
			}
		}
		if err := g.Close(); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return out.Bytes(), err
}

func encodeColumn(c file.ColumnChunkWriter, rows [][]string, i int) error {
	var texts []pq.ByteArray
	var numbers []int64
	var defs []int16
	for _, row := range rows {
		if row[i] == "" {
			defs = append(defs, 0)
			continue
		}
		defs = append(defs, 1)
		n, _ := strconv.ParseInt(row[i], 10, 64) // only columns of numbers are written as such
		texts, numbers = append(texts, pq.ByteArray(row[i])), append(numbers, n)
	}
	var err error
	switch c := c.(type) {
	case *file.ByteArrayColumnChunkWriter:
		_, err = c.WriteBatch(texts, defs, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = c.WriteBatch(numbers, defs, nil)
	default:
		err = fmt.Errorf("a %T", c)
	}
	return err
}

// told is a profile without what it says of the file and its types.
func told(t testing.TB, src profile.Source, types bool) string {
	t.Helper()
	p := profileSource(t, src, profile.Options{Key: bytes.Repeat([]byte{7}, 32), On: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)}).Profile
	p.Bytes = 0
	for i := range p.Columns {
		if !types {
			p.Columns[i].Type = ""
		}
	}
	out, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestDictionaries: a table has the same profile with and without dictionaries,
// however its pages and row groups are divided, and as a text.
func TestDictionaries(t *testing.T) {
	t.Parallel()
	seeds := 24
	if testing.Short() {
		seeds = 6
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		n := numbers{r}
		few := func(one func() string) func() string {
			list := draw(one, 1+r.IntN(12))
			return func() string { return list[r.IntN(len(list))] }
		}
		kinds := map[string]func() string{
			"city": few(func() string { return []string{"上海", "北京", " Kokomo ", "NA", "-", "无"}[r.IntN(6)] }),
			"id":   n.resident, "id_again": few(n.resident), "tel": few(n.mobile), "note": few(n.note),
			"mixed": func() string {
				return []func() string{n.note, n.resident, n.order, func() string { return "customer " + n.resident() }}[r.IntN(4)]()
			},
			"amount": few(n.order), "phone_no": n.mobile, "serial": few(func() string { return strconv.Itoa(r.IntN(50)) }),
			"born": func() string { return fmt.Sprintf("%d-%02d-%02d", 1950+r.IntN(70), 1+r.IntN(12), 1+r.IntN(28)) },
			"e":    few(func() string { return fmt.Sprintf("p%d@example.com", r.IntN(40)) }),
		}
		whole := map[string]bool{"amount": true, "phone_no": true, "serial": true}
		names := []string{"city", "id", "id_again", "tel", "note", "mixed", "amount", "phone_no", "serial", "born", "e"}
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		cells := [][]string{names[:1+r.IntN(5)]}
		gaps := pick(r, 1000, 10, 2)
		for range pick(r, 1, 30, 400, 5000) {
			var row []string
			for _, name := range cells[0] {
				cell := kinds[name]()
				if r.IntN(gaps) == 0 {
					cell = ""
				}
				row = append(row, cell)
			}
			cells = append(cells, row)
		}
		file := func(dictionary bool) encoded {
			data, err := encode(cells, whole, pick(r, 7, 100, 3000, 10000),
				pq.WithDictionaryDefault(dictionary), pq.WithDictionaryPageSizeLimit(pick[int64](r, 20, 300, 1<<20)),
				pq.WithDataPageSize(pick[int64](r, 50, 1000, 1<<20)), pq.WithBatchSize(pick[int64](r, 3, 100, 1024)),
				pq.WithDataPageVersion(pick(r, pq.DataPageV1, pq.DataPageV2)),
				pq.WithCompression(pick(r, compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Zstd)))
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
		plain, coded := file(false), file(true)
		if d := cmp.Diff(told(t, plain, true), told(t, coded, true)); d != "" {
			t.Fatalf("seed %d: with and without a dictionary:\n%s", seed, d)
		}
		text := &rows{cells: cells, name: "t", batch: 1 + r.IntN(2000)}
		if d := cmp.Diff(told(t, text, false), told(t, coded, false)); d != "" {
			t.Fatalf("seed %d: as text and with a dictionary:\n%s", seed, d)
		}
	}
}

func draw(one func() string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = one()
	}
	return out
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// A number in several columns is found in Parquet as in a text, where the pass
// that looks for it reads only these columns.
func TestPartsInParquet(t *testing.T) {
	t.Parallel()
	n := numbers{rand.New(rand.NewPCG(7, 8))}
	cells := [][]string{{"name", "a", "b", "c", "amount"}}
	for range 3000 {
		id := n.resident()
		cells = append(cells, []string{n.note(), id[:6], id[6:14], id[14:], strconv.Itoa(n.IntN(50))})
	}
	data, err := encode(cells, map[string]bool{"a": true, "amount": true}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	text, coded := told(t, &rows{cells: cells, name: "t"}, false), told(t, data, false)
	if d := cmp.Diff(text, coded); d != "" || !strings.Contains(coded, "cn_resident_id") {
		t.Errorf("as text and as Parquet:\n%s\n%s", d, coded)
	}
}
