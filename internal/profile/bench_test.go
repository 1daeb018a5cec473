package profile_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/files"
	"hutong/internal/profile"
)

// customersCSV writes a table like a retailer's customers, some 130 bytes a
// row.
func customersCSV(tb testing.TB, rows int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "customers.csv")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(1, 1))
	first, last := []string{"James", "Mary", "Robert", "Linda", "Wei", "Hui"}, []string{"Smith", "Jones", "Tan", "Chen", "Garcia"}
	fmt.Fprintln(w, "customer_id,first_name,last_name,street_address,postal_code,city,state,country,phone_number,email,credit_limit,latitude,longitude")
	for i := range rows {
		a, b := first[r.IntN(len(first))], last[r.IntN(len(last))]
		fmt.Fprintf(w, "%d,%s,%s,%d W Superior St,%05d,Kokomo,IN,US,+1 317 %03d %04d,%s.%s%d@example.com,%d,%.6f,%.6f\n",
			100000+i, a, b, r.IntN(9999), r.IntN(99999), r.IntN(1000), r.IntN(10000), a, b, i, 100*r.IntN(50), 25+20*r.Float64(), -120+40*r.Float64())
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

// BenchmarkRun is a whole run: read, count, hash, sort, write the census.
func BenchmarkRun(b *testing.B) {
	src, err := files.Open(customersCSV(b, 300_000), files.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(src.Size())
	b.ReportAllocs()
	for b.Loop() {
		res, err := profile.Run(b.Context(), src, profile.Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		_ = res.Census.Remove()
	}
}

// BenchmarkScanText is the scanner over a column of free text.
func BenchmarkScanText(b *testing.B) {
	s := element.Builtin().NewScanner(element.Builtin().Provable())
	text := []byte("Please call the customer back about order 2023-0042 before noon, thank you; the parcel was left at the door.")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Scan(text, func(dataspace.ElementID, int, int) {})
	}
}
