package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"hutong/internal/files"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

// formats are those in which the rows are written; the first is that of the
// others' source.
var formats = []string{format.CSV, format.JSONL, format.Parquet}

// write writes rows like those of a retailer's customers in each format. It
// returns the files by format.
func write(ctx context.Context, dir string, size int) (map[string]string, error) {
	out := map[string]string{}
	for _, f := range formats {
		out[f] = filepath.Join(dir, "customers."+f)
	}
	if err := customers(out[format.CSV], size); err != nil {
		return nil, err
	}
	for _, f := range formats[1:] {
		if err := convert(ctx, out[format.CSV], f, out[f]); err != nil {
			return nil, fmt.Errorf("write %s: %w", f, err)
		}
	}
	return out, nil
}

// customers writes 13 columns, some 130 bytes a row, each of another person.
func customers(path string, size int) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(1, 1))
	first, last := []string{"James", "Mary", "Robert", "Linda", "Wei", "Hui"}, []string{"Smith", "Jones", "Tan", "Chen", "Garcia"}
	n, _ := fmt.Fprintln(w, "customer_id,first_name,last_name,street_address,postal_code,city,state,country,phone_number,email,credit_limit,latitude,longitude")
	for i := 0; n < size; i++ {
		a, b := first[r.IntN(len(first))], last[r.IntN(len(last))]
		k, _ := fmt.Fprintf(w, "C%07d,%s,%s,%d W Superior St,%05d,Kokomo,IN,US,+1 317 %03d %04d,%s.%s%d@example.com,%d,%.6f,%.6f\n",
			100000+i, a, b, r.IntN(9999), r.IntN(99999), r.IntN(1000), r.IntN(10000), a, b, i, 100*r.IntN(50), 25+20*r.Float64(), -120+40*r.Float64())
		n += k
	}
	return w.Flush() // it keeps the first error
}

// The size of a small table.
const (
	narrowRows    = 2000
	narrowColumns = 50
)

// narrow writes a small table of many columns.
func narrow(dir string) (path string, err error) {
	path = filepath.Join(dir, "small.csv")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	r := rand.New(rand.NewPCG(2, 2))
	for row := range narrowRows + 1 {
		for c := range narrowColumns {
			if c > 0 {
				_ = w.WriteByte(',') // Flush returns the first error
			}
			switch {
			case row == 0:
				fmt.Fprintf(w, "field_%d", c)
			case c%5 == 0:
				fmt.Fprintf(w, "%d", r.IntN(1_000_000))
			case c%5 == 1:
				fmt.Fprintf(w, "%.3f", r.Float64()*100)
			case c%5 == 2:
				fmt.Fprintf(w, "2026-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28))
			case c%5 == 3:
				_, _ = w.WriteString([]string{"open", "closed", "waiting", "done"}[r.IntN(4)])
			default:
				fmt.Fprintf(w, "part %c%d of a list", 'A'+r.IntN(26), r.IntN(100))
			}
		}
		_ = w.WriteByte('\n')
	}
	return path, w.Flush()
}

// convert writes the rows of a file in another format.
func convert(ctx context.Context, from, to, path string) (err error) {
	src, err := files.Open(from, files.Options{})
	if err != nil {
		return err
	}
	in, err := src.Read(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := format.NewWriter(to, f, in.Schema())
	if err != nil {
		return err
	}
	var b table.Batch
	for {
		if err := in.Next(&b); errors.Is(err, io.EOF) {
			return w.Close()
		} else if err != nil {
			return err
		}
		if err := w.Write(&b); err != nil {
			return err
		}
	}
}
