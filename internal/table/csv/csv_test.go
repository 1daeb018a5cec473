package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/block"
	"hutong/internal/table/csv"
)

// null stands for a null cell in the tests.
const null = "<null>"

// read returns header and rows of a table.
func read(in io.Reader, opt csv.Options) (all [][]string, err error) {
	r, err := csv.NewReader(in, opt)
	if err != nil {
		return nil, err
	}
	var head []string
	for _, f := range r.Schema().Fields {
		head = append(head, f.Name)
	}
	all = append(all, head)
	var b table.Batch
	for {
		if err := r.Next(&b); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return all, err
		}
		if b.Rows == 0 || int(b.First) != len(all)-1 {
			return all, errors.New("batch is empty or begins at the wrong row")
		}
		for i := range b.Rows {
			row := make([]string, len(b.Columns))
			for c := range b.Columns {
				if len(b.Columns[c].Start) != b.Rows || len(b.Columns[c].End) != b.Rows {
					return all, errors.New("column has another number of cells than the batch has rows")
				}
				if row[c] = string(b.Columns[c].Cell(i)); b.Columns[c].IsNull(i) {
					row[c] = null
				}
			}
			all = append(all, row)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		opt  csv.Options
		want [][]string
	}{
		"plain":            {in: "a,b\n1,2\n", want: [][]string{{"a", "b"}, {"1", "2"}}},
		"crlf":             {in: "a,b\r\n1,2\r\n", want: [][]string{{"a", "b"}, {"1", "2"}}},
		"no newline":       {in: "a,b\n1,2", want: [][]string{{"a", "b"}, {"1", "2"}}},
		"cr at end":        {in: "a,b\r\n1,2\r", want: [][]string{{"a", "b"}, {"1", "2"}}},
		"header only":      {in: "a,b\n", want: [][]string{{"a", "b"}}},
		"header bare":      {in: "a,b", want: [][]string{{"a", "b"}}},
		"mark":             {in: "\uFEFFa,b\n1,2\n", want: [][]string{{"a", "b"}, {"1", "2"}}},
		"mark and quote":   {in: "\uFEFF\"a\",b\n1,2\n", want: [][]string{{"a", "b"}, {"1", "2"}}},
		"null and empty":   {in: "a,b,c\n,\"\",\n", want: [][]string{{"a", "b", "c"}, {null, "", null}}},
		"quoted":           {in: "a,b\n\"x,y\",\"p\nq\"\n", want: [][]string{{"a", "b"}, {"x,y", "p\nq"}}},
		"quoted crlf":      {in: "a,b\r\n\"x\",\"p\r\nq\"\r\n", want: [][]string{{"a", "b"}, {"x", "p\r\nq"}}},
		"doubled quotes":   {in: "a,b\n\"\"\"x\"\"\",\"p\"\"q\"\n", want: [][]string{{"a", "b"}, {`"x"`, `p"q`}}},
		"quote inside":     {in: "a,b\n5\" pipe,x\"\n", want: [][]string{{"a", "b"}, {`5" pipe`, `x"`}}},
		"quoted last bare": {in: "a,b\n1,\"x\"", want: [][]string{{"a", "b"}, {"1", "x"}}},
		"blank lines":      {in: "\n\na,b\n\n1,2\n\r\n3,4\n\n", want: [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}},
		"one column":       {in: "a\nx\n\ny\n", want: [][]string{{"a"}, {"x"}, {null}, {"y"}}},
		"semicolon":        {in: "a;b\n1,5;2\n3;4\n", want: [][]string{{"a", "b"}, {"1,5", "2"}, {"3", "4"}}},
		"tab":              {in: "a\tb\n1,2,3\t2\n", want: [][]string{{"a", "b"}, {"1,2,3", "2"}}},
		"pipe":             {in: "a|b|c\n1|2|3\n", want: [][]string{{"a", "b", "c"}, {"1", "2", "3"}}},
		"named delimiter":  {in: "a,b;c\n1,2;3\n", opt: csv.Options{Delimiter: ';'}, want: [][]string{{"a,b", "c"}, {"1,2", "3"}}},
		"quoted sniff":     {in: "a,b\n\"x;y;z\",2\n", want: [][]string{{"a", "b"}, {"x;y;z", "2"}}},
		"unnamed columns":  {in: ",b,\n1,2,3\n", want: [][]string{{"column_1", "b", "column_3"}, {"1", "2", "3"}}},
		"same names":       {in: "a,a,a_2,a\n1,2,3,4\n", want: [][]string{{"a", "a_3", "a_2", "a_4"}, {"1", "2", "3", "4"}}},
		"unnamed taken":    {in: "column_2,\n1,2\n", want: [][]string{{"column_2", "column_2_2"}, {"1", "2"}}},
		"quoted newline":   {in: "\"a\nb\",c\n1,2\n", want: [][]string{{"a\nb", "c"}, {"1", "2"}}},
		"bare cr in cell":  {in: "a,b\nx\ry,2\n", want: [][]string{{"a", "b"}, {"x\ry", "2"}}},
		"chinese":          {in: "姓名,地址\n王小明,上海\n", want: [][]string{{"姓名", "地址"}, {"王小明", "上海"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(strings.NewReader(tc.in), tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
			slow, err := read(iotest.OneByteReader(strings.NewReader(tc.in)), tc.opt)
			if err != nil || !cmp.Equal(slow, got) {
				t.Errorf("byte by byte: %v, error %v", slow, err)
			}
		})
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, code, place string
		opt             csv.Options
	}{
		"empty":            {in: "", code: "csv.empty", place: "t.csv"},
		"only blank lines": {in: "\n\r\n\n", code: "csv.empty", place: "t.csv"},
		"too few":          {in: "a,b,c\n1,2,3\nsecret,5\n", code: "csv.row.fields", place: "t.csv:row 2, column 2"},
		"too many":         {in: "a,b\n1,2\n3,4,secret\n", code: "csv.row.fields", place: "t.csv:row 2, column 3"},
		"too many quoted":  {in: "a,b\n3,\"4\",\"secret\"\n", code: "csv.row.fields", place: "t.csv:row 1, column 3"},
		"few quoted":       {in: "a,b\n\"secret\"\n", code: "csv.row.fields", place: "t.csv:row 1, column 1"},
		"open quote":       {in: "a,b\n1,2\n3,\"secret\n5,6\n", code: "csv.quote.open", place: "t.csv:row 2"},
		"stray":            {in: "a,b\n\"sec\"ret,2\n", code: "csv.quote.stray", place: "t.csv:row 1, column 1"},
		"header open":      {in: "a,\"secret\n", code: "csv.quote.open", place: "t.csv:header"},
		"header stray":     {in: "a,\"sec\"ret\n", code: "csv.quote.stray", place: "t.csv:header, column 2"},
		"old mac":          {in: "a,b\r1,2\r3,4\r", code: "csv.lines", place: "t.csv:header"},
		"not utf-8":        {in: "a,b\n1,2\nx,\xd6\xd0secret\n", code: "csv.charset", place: "t.csv:row 2, column 2"},
		"header not utf-8": {in: "a,\xd6\xd0\n1,2\n", code: "csv.charset", place: "t.csv:header"},
		"undecodable":      {in: "a,b\n1,\uFFFD\n", opt: csv.Options{Charset: "gb18030"}, code: "csv.charset", place: "t.csv:row 1, column 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.opt.Name = "t.csv"
			_, err := read(strings.NewReader(tc.in), tc.opt)
			var p *dataspace.Problem
			if !errors.As(err, &p) {
				t.Fatalf("error %v is not a problem", err)
			}
			if p.Code != tc.code || p.Place != tc.place || p.Hint == "" || !errors.Is(err, dataspace.ErrInvalid) {
				t.Errorf("code %q place %q hint %q", p.Code, p.Place, p.Hint)
			}
			if strings.Contains(err.Error()+p.Hint, "secret") {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}

// TestBlocks reads a table of several blocks, with cells that cross every
// boundary, and compares with encoding/csv.
func TestBlocks(t *testing.T) {
	t.Parallel()
	var in bytes.Buffer
	w := stdcsv.NewWriter(&in)
	long := strings.Repeat("long \"cell\"\n", 30000) // more than a block
	for i := range 40000 {
		row := []string{strings.Repeat("x", i%17+1), "a \"quoted\", one", "last"}
		if i == 777 {
			row[1] = long
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	want, err := stdcsv.NewReader(bytes.NewReader(in.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(iotest.HalfReader(bytes.NewReader(in.Bytes())), csv.Options{Delimiter: ','})
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(want[1:], got[1:]) {
		t.Error("rows differ from encoding/csv")
	}
}

func TestRowTooLong(t *testing.T) {
	t.Parallel()
	in := io.MultiReader(strings.NewReader("a,b\n1,\""), io.LimitReader(letters{}, 3*block.MaxRow))
	_, err := read(in, csv.Options{Name: "t.csv"})
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Code != "csv.row.size" || p.Place != "t.csv:row 1" {
		t.Errorf("error %v", err)
	}
}

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestInputError checks that a broken input is not taken for the end, and that
// every later call returns the error too.
func TestInputError(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{io.ErrUnexpectedEOF, errors.New("disk")} {
		in := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(cause))
		r, err := csv.NewReader(in, csv.Options{Name: "t.csv"})
		if err == nil {
			var b table.Batch
			if err = r.Next(&b); err == nil {
				err = r.Next(&b)
			}
		}
		if !errors.Is(err, cause) || !errors.Is(err, dataspace.ErrUnavailable) {
			t.Errorf("error %v, want %v", err, cause)
		}
	}
}

// TestNoAllocations checks the guarantee of the package: no allocation for a
// row or cell.
func TestNoAllocations(t *testing.T) {
	data := []byte("a,b,c\n" + strings.Repeat("1,\"x\"\"y\",\n", 200000))
	r, err := csv.NewReader(bytes.NewReader(data), csv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b table.Batch
	if err := r.Next(&b); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() {
		if err := r.Next(&b); err != nil {
			t.Fatal(err)
		}
	}); n > 1 { // the list of quoted cells may still grow
		t.Errorf("%v allocations a batch of %d rows", n, b.Rows)
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	data := "a,b\n" + strings.Repeat("1,2\n", 100000)
	r, err := csv.NewReader(strings.NewReader(data), csv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b table.Batch
	last := r.Offset()
	for {
		err := r.Next(&b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || r.Offset() <= last {
			t.Fatalf("offset %d after %d, error %v", r.Offset(), last, err)
		}
		last = r.Offset()
	}
	if int(last) != len(data) {
		t.Errorf("offset %d of %d at the end", last, len(data))
	}
}

func TestWriteMinimal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := csv.NewWriter(&out, table.Schema{Fields: []table.Field{{Name: "\uFEFFa"}, {Name: "b,"}}})
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("x;y\"")
	b := table.Batch{Rows: 2, Columns: []table.Column{
		{Data: data, Start: []uint32{0, 0}, End: []uint32{3, 0}},
		{Data: data, Start: []uint32{2, 0}, End: []uint32{4, 0}, Null: []uint64{2}},
	}}
	if err := errors.Join(w.Write(&b), w.Close()); err != nil {
		t.Fatal(err)
	}
	if want := "\"\uFEFFa\",\"b,\"\nx;y,\"y\"\"\"\n\"\",\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// FuzzReader checks that no input panics or gives inconsistent batches, and
// that the rows are the same after writing and reading again.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a\n\"x\"\"y\"\n", "a;b\r\n\"1\n2\";\r\n", "\uFEFFa\tb\nx\"y\t", "a,b\n1", ",,\n,,\n", "a\n\n\n"} {
		f.Add([]byte(s), byte(0))
	}
	f.Add([]byte("a,b;c\n1,2;3"), byte(';'))
	f.Fuzz(func(t *testing.T, data []byte, delim byte) {
		if delim >= 0x80 || delim == '"' || delim == '\n' || delim == '\r' || delim == 1 {
			delim = 0
		}
		got, err := read(bytes.NewReader(data), csv.Options{Delimiter: delim})
		if err != nil {
			var p *dataspace.Problem
			if !errors.As(err, &p) {
				t.Fatalf("error is not a problem: %v", err)
			}
			return
		}
		r, _ := csv.NewReader(bytes.NewReader(data), csv.Options{Delimiter: delim})
		var out bytes.Buffer
		w, err := csv.NewWriter(&out, r.Schema())
		if err != nil {
			t.Fatal(err)
		}
		var b table.Batch
		for r.Next(&b) == nil {
			if err := w.Write(&b); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := read(&out, csv.Options{Delimiter: ','})
		if err != nil || !cmp.Equal(got, again) {
			t.Fatalf("after writing: error %v, %s", err, cmp.Diff(got, again))
		}
	})
}
