package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"fmt"
	"io"
	"testing"

	"hutong/internal/table"
	"hutong/internal/table/csv"
)

// tables are what the benchmarks read: 32 MB of short cells, of long ones, and
// of quoted ones.
func tables() map[string][]byte {
	row := map[string]string{
		"Short":   "%d,EWR,2013,1,1,7,39.02,26.06,59.37,270,10.357,,0,1012,10,2013-01-01T06:00:00Z\n",
		"Long":    "%d,a sentence of some length about nothing in particular,another one that is longer still than the first\n",
		"Chinese": "%d,王小明,上海市浦东新区世纪大道一百号,数字内容,13800138000\n",
		"Quoted":  "%d,\"Smith, John\",\"said \"\"hello\"\" twice\",\"1 Main Street\nFloor 2\"\n",
	}
	out := map[string][]byte{}
	for name, r := range row {
		var b bytes.Buffer
		fmt.Fprintf(&b, "id%s\n", bytes.Repeat([]byte(",c"), bytes.Count([]byte(r), []byte(","))-map[string]int{"Quoted": 1}[name]))
		for i := 0; b.Len() < 32<<20; i++ {
			fmt.Fprintf(&b, r, i)
		}
		out[name] = b.Bytes()
	}
	return out
}

func BenchmarkReader(b *testing.B) {
	for name, data := range tables() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			var batch table.Batch
			for b.Loop() {
				r, err := csv.NewReader(bytes.NewReader(data), csv.Options{Delimiter: ','})
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					err = r.Next(&batch)
				}
				if !errors.Is(err, io.EOF) {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStdReader is encoding/csv on the same tables.
func BenchmarkStdReader(b *testing.B) {
	for name, data := range tables() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				r := stdcsv.NewReader(bytes.NewReader(data))
				r.ReuseRecord = true
				var err error
				for err == nil {
					_, err = r.Read()
				}
				if !errors.Is(err, io.EOF) {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWriter(b *testing.B) {
	for name, data := range tables() {
		b.Run(name, func(b *testing.B) {
			r, err := csv.NewReader(bytes.NewReader(data), csv.Options{Delimiter: ','})
			if err != nil {
				b.Fatal(err)
			}
			var batch table.Batch
			if err := r.Next(&batch); err != nil {
				b.Fatal(err)
			}
			w, err := csv.NewWriter(io.Discard, r.Schema())
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(r.Offset())
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(&batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
