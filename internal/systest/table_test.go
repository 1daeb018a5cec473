package systest_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/sample"
	"hutong/internal/table"
)

// cells is a table as plain strings, header first.
type cells [][]string

// sampleCells makes a sample table in memory.
func sampleCells(t *testing.T, kind sample.Kind) cells {
	t.Helper()
	spec, err := sample.Lookup(kind)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := spec.Generate(&b); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	if spec.Charset == "gb18030" {
		if data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data); err != nil {
			t.Fatal(err)
		}
	}
	return parseCSV(t, data)
}

func parseCSV(t *testing.T, data []byte) cells {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(data))
	list, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// supportPeople is how many people the support table is about.
const supportPeople = 104

// longSupport is the support table over and over, with ticket numbers that
// never repeat: some megabytes about the same few people.
func longSupport(t *testing.T, times int) cells {
	t.Helper()
	base := sampleCells(t, sample.Support)
	out := cells{base[0]}
	for n := range times {
		for _, row := range base[1:] {
			again := append([]string(nil), row...)
			again[0] = fmt.Sprintf("T%03d%s", n, row[0])
			out = append(out, again)
		}
	}
	return out
}

func (c cells) write(t *testing.T, path string) string {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readDelivered reads a delivered file by its format.
func readDelivered(t *testing.T, path string) cells {
	t.Helper()
	if filepath.Ext(path) == ".csv" {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return parseCSV(t, data)
	}
	src, err := files.Open(path, files.Options{Format: strings.TrimPrefix(filepath.Ext(path), ".")})
	if err != nil {
		t.Fatal(err)
	}
	r, err := src.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var header []string
	for _, f := range r.Schema().Fields {
		header = append(header, f.Name)
	}
	out := cells{header}
	var b table.Batch
	for {
		if err := r.Next(&b); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		for i := range b.Rows {
			row := make([]string, len(b.Columns))
			for c := range b.Columns {
				if !b.Columns[c].IsNull(i) {
					row[c] = string(b.Columns[c].Cell(i))
				}
			}
			out = append(out, row)
		}
	}
}

// pseudonyms are those that were seen, by column and value: the same value
// must have the same one for ever, and no two values share one.
type pseudonyms map[string]map[string]string

var pseudonymForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

// check holds a delivered table against the plan, cell by cell. It shares no
// code with the data plane.
func (p pseudonyms) check(t *testing.T, plan dataspace.Plan, sent, got cells) {
	t.Helper()
	var want []string
	for _, name := range sent[0] {
		c, ok := plan.Column(name)
		if !ok {
			t.Fatalf("the plan has no column %q", name)
		}
		if c.Action != dataspace.Drop {
			want = append(want, name)
		}
	}
	if strings.Join(got[0], ",") != strings.Join(want, ",") {
		t.Fatalf("delivered columns are %v, want %v", got[0], want)
	}
	if len(got) != len(sent) {
		t.Fatalf("%d rows were delivered, want %d", len(got)-1, len(sent)-1)
	}
	to := 0
	for i, name := range sent[0] {
		c, _ := plan.Column(name)
		if c.Action == dataspace.Drop {
			continue
		}
		for row := 1; row < len(sent); row++ {
			if !p.same(c, sent[row][i], got[row][to]) {
				t.Fatalf("row %d, column %d is not what %s makes of it", row, i+1, c.Action)
			}
		}
		to++
	}
}

func (p pseudonyms) same(c dataspace.ColumnPlan, sent, got string) bool {
	switch c.Action {
	case dataspace.Keep:
		return got == sent
	case dataspace.Mask:
		return got == masked(sent, c.First, c.Last)
	case dataspace.Truncate:
		r := []rune(sent)
		return got == string(r[:min(len(r), c.Length)])
	case dataspace.Generalise:
		switch c.To {
		case "year":
			return len(sent) >= 4 && got == sent[:4]
		case "month":
			return len(sent) >= 7 && got == sent[:7]
		}
		return false
	case dataspace.Pseudonymise:
		if sent == "" {
			return got == ""
		}
		if p[c.Name] == nil {
			p[c.Name] = map[string]string{}
		}
		there, back := p[c.Name], "\x00"+got
		if there[sent] == "" && there[back] == "" {
			there[sent], there[back] = got, sent
		}
		return pseudonymForm.MatchString(got) && there[sent] == got && there[back] == sent
	}
	return false
}

func masked(s string, first, last int) string {
	r := []rune(s)
	if hidden := len(r) - first - last; hidden < 0 || hidden*3 < len(r) {
		first, last = 0, 0
	}
	for i := first; i < len(r)-last; i++ {
		r[i] = '*'
	}
	return string(r)
}
