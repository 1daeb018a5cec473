package deliver_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/table"
	"hutong/internal/table/csv"
	"hutong/internal/table/format"
)

type keys map[string][]byte

func (k keys) PseudonymKey(recipient string) ([]byte, error) {
	if key, ok := k[recipient]; ok {
		return key, nil
	}
	return nil, dataspace.ErrNotFound
}

var testKeys = keys{"acme": bytes.Repeat([]byte{1}, 32), "other": bytes.Repeat([]byte{2}, 32)}

// source is a CSV text as a deliver.Source.
type source struct {
	text  string
	stamp string
}

func (s *source) Stamp() string { return s.stamp }

func (s *source) Read(context.Context) (table.Reader, error) {
	h := &hashing{hash: sha256.New(), r: strings.NewReader(s.text)}
	r, err := csv.NewReader(h, csv.Options{Name: "test.csv", Delimiter: ','})
	if err != nil {
		return nil, err
	}
	return &hashed{Reader: r, h: h}, nil
}

type hashing struct {
	r    io.Reader
	hash interface {
		io.Writer
		Sum([]byte) []byte
	}
	end bool
}

func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.hash.Write(p[:n])
	h.end = err == io.EOF
	return n, err
}

type hashed struct {
	table.Reader
	h *hashing
}

func (h *hashed) Digest() (dataspace.Digest, bool) {
	return dataspace.Digest(hex.EncodeToString(h.h.hash.Sum(nil))), h.h.end
}

// columns makes a batch of one text column per cell list; nil is null.
func batchOf(rows [][]*string) *table.Batch {
	var b table.Batch
	if len(rows) == 0 {
		return &b
	}
	b.Reset(len(rows[0]))
	b.Rows = len(rows)
	for i := range rows[0] {
		c := &b.Columns[i]
		for r, row := range rows {
			c.Start = append(c.Start, uint32(len(c.Data)))
			if row[i] == nil {
				c.Null = table.SetBit(c.Null, r)
			} else {
				c.Data = append(c.Data, *row[i]...)
			}
			c.End = append(c.End, uint32(len(c.Data)))
		}
	}
	return &b
}

func compile(t interface{ Fatal(...any) }, columns ...dataspace.ColumnPlan) *deliver.Pipeline {
	var schema table.Schema
	for _, c := range columns {
		schema.Fields = append(schema.Fields, table.Field{Name: c.Name})
	}
	p, err := deliver.Compile(dataspace.Plan{Format: "csv", Columns: columns}, schema, "acme", testKeys)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestActions(t *testing.T) {
	const null = "<null>"
	mask := func(first, last int) dataspace.ColumnPlan {
		return dataspace.ColumnPlan{Action: dataspace.Mask, First: first, Last: last}
	}
	truncate := func(n int) dataspace.ColumnPlan {
		return dataspace.ColumnPlan{Action: dataspace.Truncate, Length: n}
	}
	year := dataspace.ColumnPlan{Action: dataspace.Generalise, To: "year"}
	month := dataspace.ColumnPlan{Action: dataspace.Generalise, To: "month"}
	grid := func(g float64) dataspace.ColumnPlan {
		return dataspace.ColumnPlan{Action: dataspace.Generalise, To: "grid", Grid: g}
	}
	cases := []struct {
		plan     dataspace.ColumnPlan
		in, want string
	}{
		{dataspace.ColumnPlan{Action: dataspace.Keep}, "上海", "上海"},
		{dataspace.ColumnPlan{Action: dataspace.Keep}, null, null},
		{truncate(3), "上海市浦东新区", "上海市"}, {truncate(3), "上", "上"}, {truncate(3), "", ""}, {truncate(3), null, null},
		{truncate(2), "a\xff\xfeb", "a\xff"},
		{mask(3, 4), "13800138000", "138****8000"}, {mask(1, 0), "张三丰", "张**"}, {mask(1, 1), "张三", "**"},
		{mask(0, 4), "欧阳小红明", "*****"}, {mask(6, 4), "310101199001011234", "310101********1234"},
		{mask(3, 4), "1234567", "*******"}, {mask(0, 0), "秘密", "**"}, {mask(1, 0), "", ""}, {mask(1, 0), null, null},
		{mask(1<<62, 1<<62), "abc", "***"},
		{year, "1990-05-17", "1990"}, {year, "1990/5/7 10:11:12", "1990"}, {year, "1990年5月7日", "1990"}, {year, "19900507", "1990"},
		{year, "199005", "1990"}, {year, "1990", "1990"}, {year, "07/05/1990", "1990"}, {year, "1700000000", "2023"},
		{year, "1700000000000", "2023"}, {year, "17-May-1990", "1990"}, {year, "May 17, 1990", "1990"}, {year, "", ""}, {year, null, null},
		{year, "unknown", null}, {year, "12:30", null}, {year, "-5", null}, {year, "42", null}, {year, "1990-13-01", null},
		{year, "19901301", null}, {year, "1990-01-45", null}, {year, "12345678901234567890", null}, {year, "3.14", null},
		{month, "1990-05-17T10:00:00Z", "1990-05"}, {month, "17/05/1990", "1990-05"}, {month, "05/17/1990", "1990-05"},
		{month, "04/05/1990", null}, {month, "05/05/1990", "1990-05"}, {month, "1990", null}, {month, "20240229T101112", "2024-02"},
		{month, "1709164800", "2024-02"}, {month, "2 Dec 2024", "2024-12"}, {month, "2024 5 Zz 3", null},
		{grid(0.1), "31.2304", "31.2"}, {grid(0.1), "31.2", "31.2"}, {grid(0.1), "-0.05", "-0.1"}, {grid(0.1), "0.05", "0.0"},
		{grid(1), "-33.9", "-34"}, {grid(0.25), "121.4737", "121.25"}, {grid(0.1), "31.2304, 121.4737", "31.2,121.4"},
		{grid(0.1), "north", null}, {grid(0.1), "NaN", null}, {grid(0.1), "31.2,x", null}, {grid(0.1), "1e300", null},
		{grid(0.1), "", ""}, {grid(0.1), null, null},
	}
	for _, c := range cases {
		c.plan.Name = "x"
		p := compile(t, c.plan)
		cell := &c.in
		if c.in == null {
			cell = nil
		}
		out, err := p.Apply(batchOf([][]*string{{cell}}))
		if err != nil {
			t.Fatal(err)
		}
		got := string(out.Columns[0].Cell(0))
		if out.Columns[0].IsNull(0) {
			got = null
		}
		if got != c.want {
			t.Errorf("%s %+v of %q: %q, want %q", c.plan.Action, c.plan, c.in, got, c.want)
		}
		lost := int64(0)
		if c.want == null && c.in != null {
			lost = 1
		}
		if p.Lost() != lost {
			t.Errorf("%s of %q: %d lost, want %d", c.plan.Action, c.in, p.Lost(), lost)
		}
	}
}

func TestPseudonym(t *testing.T) {
	make := func(recipient string, c dataspace.ColumnPlan, value string) string {
		c.Action = dataspace.Pseudonymise
		p, err := deliver.Compile(dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{c}},
			table.Schema{Fields: []table.Field{{Name: c.Name}}}, recipient, testKeys)
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Apply(batchOf([][]*string{{&value}}))
		if err != nil {
			t.Fatal(err)
		}
		return string(out.Columns[0].Cell(0))
	}
	phone := dataspace.ColumnPlan{Name: "phone", Element: id("mobile_cn")}
	mobile := dataspace.ColumnPlan{Name: "mobile", Element: id("mobile_cn")}
	one := make("acme", phone, "13800138000")
	if got := make("acme", mobile, "13800138000"); got != one {
		t.Errorf("same value and element, other column: %s, want %s", got, one)
	}
	for what, got := range map[string]string{
		"recipient": make("other", phone, "13800138000"),
		"element":   make("acme", dataspace.ColumnPlan{Name: "phone", Element: id("email")}, "13800138000"),
		"value":     make("acme", phone, "13800138001"),
		"column":    make("acme", dataspace.ColumnPlan{Name: "phone"}, "13800138000"),
	} {
		if got == one {
			t.Errorf("another %s gives the same pseudonym", what)
		}
	}
	// This is a second implementation of the definition.
	derive := hmac.New(sha256.New, testKeys["acme"])
	derive.Write([]byte("hutong pseudonym 1 element mobile_cn"))
	mac := hmac.New(sha256.New, derive.Sum(nil))
	mac.Write([]byte("13800138000"))
	want := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:16]))
	if one != want || len(one) != 26 {
		t.Errorf("pseudonym %s, want %s", one, want)
	}
	if got := make("acme", phone, ""); got != "" {
		t.Errorf("empty text became %q", got)
	}
}

func TestCompileRefuses(t *testing.T) {
	schema := table.Schema{Fields: []table.Field{{Name: "a"}}}
	plan := func(c dataspace.ColumnPlan) dataspace.Plan {
		return dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{c}}
	}
	hash := plan(dataspace.ColumnPlan{Name: "a", Action: dataspace.Pseudonymise})
	if _, err := deliver.Compile(hash, schema, "nobody", testKeys); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("unknown recipient: %v", err)
	}
	if _, err := deliver.Compile(hash, schema, "acme", nil); !errors.Is(err, dataspace.ErrUnavailable) {
		t.Errorf("no keys: %v", err)
	}
	if _, err := deliver.Compile(hash, schema, "short", keys{"short": {1}}); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("short key: %v", err)
	}
	p := compile(t, dataspace.ColumnPlan{Name: "a", Action: dataspace.Keep})
	if _, err := p.Apply(batchOf([][]*string{{nil, nil}})); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("batch of another table: %v", err)
	}
	empty := table.Batch{Rows: 1, Columns: make([]table.Column, 1)}
	if _, err := p.Apply(&empty); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("column without cells: %v", err)
	}
}

// The output does not depend on how the rows are divided into batches, in any
// format.
func TestCutting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.StringN(0, 8, -1), rapid.SampledFrom([]string{"1990-05-17", "31.23", "张三丰", "13800138000"}))
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []*string {
			row := make([]*string, len(everyAction))
			for i := range row {
				if rapid.IntRange(0, 9).Draw(t, "null") > 0 {
					v := cell.Draw(t, "cell")
					row[i] = &v
				}
			}
			return row
		}), 0, 40).Draw(t, "rows")
		name := rapid.SampledFrom(format.Names()).Draw(t, "format")
		write := func(cut func(left int) int) []byte {
			p := compile(t, everyAction...)
			var out bytes.Buffer
			w, err := format.NewWriter(name, &out, p.Schema())
			if err != nil {
				t.Fatal(err)
			}
			for left := rows; len(left) > 0; {
				n := cut(len(left))
				b, err := p.Apply(batchOf(left[:n]))
				if err == nil {
					err = w.Write(b)
				}
				if err != nil {
					t.Fatal(err)
				}
				left = left[n:]
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}
		whole := write(func(left int) int { return left })
		parts := write(func(left int) int { return rapid.IntRange(1, left).Draw(t, "cut") })
		if !bytes.Equal(whole, parts) {
			t.Fatal(cmp.Diff(string(whole), string(parts)))
		}
	})
}

var everyAction = []dataspace.ColumnPlan{
	{Name: "keep", Action: dataspace.Keep}, {Name: "drop", Action: dataspace.Drop},
	{Name: "mask", Action: dataspace.Mask, First: 1, Last: 1}, {Name: "hash", Action: dataspace.Pseudonymise},
	{Name: "date", Action: dataspace.Generalise, To: "month"}, {Name: "grid", Action: dataspace.Generalise, To: "grid", Grid: 0.5},
	{Name: "cut", Action: dataspace.Truncate, Length: 2},
}

func TestNoAllocations(t *testing.T) {
	p := compile(t, everyAction...)
	var rows [][]*string
	for i := range 1000 {
		values := []string{"x", "y", "张三丰", fmt.Sprint("user", i), "1990-05-17", "31.2304", "上海市"}
		row := make([]*string, len(values))
		for j := range values {
			row[j] = &values[j]
		}
		rows = append(rows, row)
	}
	b := batchOf(rows)
	if n := testing.AllocsPerRun(20, func() {
		if _, err := p.Apply(b); err != nil {
			t.Fatal(err)
		}
	}); n > 10 {
		t.Errorf("%v allocations for a batch of 1000 rows", n)
	}
}
