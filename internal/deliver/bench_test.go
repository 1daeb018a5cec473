package deliver_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	stdcsv "encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/element"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

// benchTable has ten columns of a customer table; four are treated.
var benchTable = func() string {
	var b strings.Builder
	b.WriteString("member_no,id_card,name,mobile,email,address,born,level,points,note\n")
	for i := range 40000 {
		fmt.Fprintf(&b, "M%08d,3101011990%02d%02d%04d,欧阳小明,138%08d,user%d@example.com,上海市浦东新区世纪大道%d号,1990-%02d-%02d,gold,%d,\"ordinary, words of a note\"\n",
			i, i%12+1, i%28+1, i%10000, i*7919%100000000, i, i%900, i%12+1, i%28+1, i*31%9999)
	}
	return b.String()
}()

var benchPlan = dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{
	{Name: "member_no", Action: dataspace.Pseudonymise}, {Name: "id_card", Element: id("cn_resident_id"), Action: dataspace.Drop},
	{Name: "name", Element: id("person_name_zh"), Action: dataspace.Mask, First: 1}, {Name: "mobile", Element: id("mobile_cn"), Action: dataspace.Keep},
	{Name: "email", Element: id("email"), Action: dataspace.Pseudonymise}, {Name: "address", Action: dataspace.Keep},
	{Name: "born", Action: dataspace.Keep}, {Name: "level", Action: dataspace.Keep}, {Name: "points", Action: dataspace.Keep}, {Name: "note", Action: dataspace.Keep},
}}

// BenchmarkEnforce compares the work of a delivery on a table with the same job
// done with encoding/csv and one HMAC per value: once in the simplest way, once
// with all memory reused.
func BenchmarkEnforce(b *testing.B) {
	run := func(name string, job func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(benchTable)))
			b.ReportAllocs()
			for b.Loop() {
				if err := job(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	src := &source{text: benchTable}
	enforce := func(guard *deliver.Guard) error {
		r, err := src.Read(context.Background())
		if err != nil {
			return err
		}
		p, err := deliver.Compile(benchPlan, r.Schema(), "acme", testKeys)
		if err != nil {
			return err
		}
		w, err := format.NewWriter("csv", io.Discard, p.Schema())
		if err != nil {
			return err
		}
		var in table.Batch
		for {
			if err := r.Next(&in); err == io.EOF {
				return w.Close()
			} else if err != nil {
				return err
			}
			out, err := p.Apply(&in)
			if err != nil {
				return err
			}
			if guard != nil {
				if err := guard.Check(out); err != nil {
					return err
				}
			}
			if err := w.Write(out); err != nil {
				return err
			}
		}
	}
	guard := deliver.NewGuard(element.Builtin(), benchPlan, dataspace.Profile{Columns: []dataspace.ColumnProfile{
		{Name: "mobile", Element: id("mobile_cn")}, {Name: "email", Element: id("email")},
	}})
	run("pipeline", func() error { return enforce(nil) })
	run("pipeline-and-guard", func() error { return enforce(guard) })
	run("peer-reused", func() error { return peer(true) })
	run("peer-naive", func() error { return peer(false) })
}

func peer(reuse bool) error {
	key := bytes.Repeat([]byte{1}, 32)
	mac := hmac.New(sha256.New, key)
	var sum []byte
	pseudonym := func(s string) string {
		if !reuse {
			mac = hmac.New(sha256.New, key)
		}
		mac.Reset()
		io.WriteString(mac, s)
		sum = mac.Sum(sum[:0])
		return hex.EncodeToString(sum[:16])
	}
	r := stdcsv.NewReader(strings.NewReader(benchTable))
	r.ReuseRecord = reuse
	w := stdcsv.NewWriter(io.Discard)
	out := make([]string, 9)
	for {
		row, err := r.Read()
		if err == io.EOF {
			w.Flush()
			return w.Error()
		} else if err != nil {
			return err
		}
		if !reuse {
			out = make([]string, 9)
		}
		out[0] = pseudonym(row[0])
		name := []rune(row[2])
		out[1] = string(name[0]) + strings.Repeat("*", len(name)-1)
		out[2], out[3] = row[3], pseudonym(row[4])
		copy(out[4:], row[5:])
		if err := w.Write(out); err != nil {
			return err
		}
	}
}

// BenchmarkExamine measures the one more reading of a delivery before it is
// published.
func BenchmarkExamine(b *testing.B) {
	for _, name := range format.Names() {
		b.Run(name, func(b *testing.B) {
			plan := benchPlan
			plan.Format = name
			data, rows := delivered(b, plan)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := deliver.Examine(plan, data, rows); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// delivered is what a plan makes of benchTable.
func delivered(b *testing.B, plan dataspace.Plan) (data []byte, rows int64) {
	b.Helper()
	r, err := (&source{text: benchTable}).Read(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	p, err := deliver.Compile(plan, r.Schema(), "acme", testKeys)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	w, err := format.NewWriter(plan.Format, &out, p.Schema())
	if err != nil {
		b.Fatal(err)
	}
	var batch table.Batch
	for err = r.Next(&batch); err == nil; err = r.Next(&batch) {
		treated, err := p.Apply(&batch)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Write(treated); err != nil {
			b.Fatal(err)
		}
		rows += int64(treated.Rows)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes(), rows
}
