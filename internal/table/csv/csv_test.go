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
		"quoted cr":        {in: "a,b\r\n\"x\ry\",2\r\n", want: [][]string{{"a", "b"}, {"x\ry", "2"}}},
		"cr alone":         {in: "a,b\rx,1\r3,4\r", want: [][]string{{"a", "b"}, {"x", "1"}, {"3", "4"}}},
		"cr, no end":       {in: "a,b\rx,1\r3,4", want: [][]string{{"a", "b"}, {"x", "1"}, {"3", "4"}}},
		"cr, quoted":       {in: "a,b\r\"x\",1\r\"p\nq\",4\r", want: [][]string{{"a", "b"}, {"x", "1"}, {"p\nq", "4"}}},
		"lf and crlf":      {in: "a,b\nx,1\r\n3,4\n\"5\",\"6\"\r\n", want: [][]string{{"a", "b"}, {"x", "1"}, {"3", "4"}, {"5", "6"}}},
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

// TestLayout: what stands in the first lines, and how many rows follow.
func TestLayout(t *testing.T) {
	t.Parallel()
	const people = "王伟,330106199708155202,13924784691\n李洋,330106200103044572,15819031420\n"
	for name, tc := range map[string]struct {
		in   string
		opt  csv.Options
		want csv.Layout
		head string
		rows int
	}{
		"header":           {in: "id,n\na,1\nb,2\n", want: csv.Layout{',', csv.WithHeader, 0, true}, head: "id,n", rows: 2},
		"people":           {in: people, want: csv.Layout{',', csv.NoHeader, 0, true}, head: "column_1,column_2,column_3", rows: 2},
		"people, title":    {in: "客户名单（2025年）,,\n姓名,身份证号,手机号\n" + people, want: csv.Layout{',', csv.WithHeader, 1, true}, head: "姓名,身份证号,手机号", rows: 2},
		"titles":           {in: "Customers\n\"of 2025,\nall\"\n\nname,age,city\nA,1,x\nB,2,y\n", want: csv.Layout{',', csv.WithHeader, 3, true}, head: "name,age,city", rows: 2},
		"titles given":     {in: "Customers, of\nall\nname,age,city\nA,1,x\nB,2,y\n", opt: csv.Options{Skip: 2}, want: csv.Layout{',', csv.WithHeader, 2, true}, head: "name,age,city", rows: 2},
		"titles, rows":     {in: "Customers, of\nall\nA,1,x\nB,2,y\n", opt: csv.Options{Skip: 2, Header: csv.NoHeader}, want: csv.Layout{',', csv.NoHeader, 2, true}, head: "column_1,column_2,column_3", rows: 2},
		"sep":              {in: "sep=;\r\nid;n,m\r\na;1\r\n", want: csv.Layout{';', csv.WithHeader, 1, true}, head: "id,n,m", rows: 1},
		"sep quoted":       {in: "\"SEP=|\"\nid|n\na|1\n", want: csv.Layout{'|', csv.WithHeader, 1, true}, head: "id,n", rows: 1},
		"sep and title":    {in: "sep=;\nAll;\nid;age\na;1\n", want: csv.Layout{';', csv.WithHeader, 2, true}, head: "id,age", rows: 1},
		"numbers":          {in: "5,8,1.5\n3,1,2.5\n", want: csv.Layout{',', csv.NoHeader, 0, true}, head: "column_1,column_2,column_3", rows: 2},
		"numbers named":    {in: "5,8,1.5\n3,1,2.5\n", opt: csv.Options{Header: csv.WithHeader}, want: csv.Layout{',', csv.WithHeader, 0, true}, head: "5,8,1.5", rows: 1},
		"header, no rows":  {in: "id,n\na,1\n", opt: csv.Options{Header: csv.NoHeader}, want: csv.Layout{',', csv.NoHeader, 0, true}, head: "column_1,column_2", rows: 2},
		"texts":            {in: "x,y\na,b\n", want: csv.Layout{',', csv.WithHeader, 0, false}, head: "x,y", rows: 1},
		"years":            {in: "country,2019,2020\nA,5,7\nB,6,4\n", want: csv.Layout{',', csv.WithHeader, 0, true}, head: "country,2019,2020", rows: 2},
		"cr":               {in: strings.ReplaceAll(people, "\n", "\r"), want: csv.Layout{',', csv.NoHeader, 0, true}, head: "column_1,column_2,column_3", rows: 2},
		"blank above":      {in: "\n\r\n" + people, want: csv.Layout{',', csv.NoHeader, 0, true}, head: "column_1,column_2,column_3", rows: 2},
		"skipped too much": {in: people, opt: csv.Options{Skip: 2, Header: csv.NoHeader}, head: "csv.empty"},
		"skipped beyond":   {in: people, opt: csv.Options{Skip: 3}, head: "csv.skip"},
		"pivot":            {in: "门店,13924784691,15819031420\nA,1,2\nB,5,6\n", head: "csv.header.unsure"},
		"one person":       {in: "王伟,330106199708155202,13924784691\n", want: csv.Layout{',', csv.NoHeader, 0, true}, head: "column_1,column_2,column_3", rows: 1},
		"counted rows":     {in: "0,x\n1,x\n2,y\n", want: csv.Layout{',', csv.NoHeader, 0, true}, head: "column_1,column_2", rows: 3},
		"names recur":      {in: "a,b,c\n1,b,c\n2,b,c\n", want: csv.Layout{',', csv.WithHeader, 0, true}, head: "a,b,c", rows: 2},
		"unknown number":   {in: "unknown,5,7.5\n3,6,8.5\n2,9,1.5\n", head: "csv.header.unsure"},
		"a year":           {in: "x,2019\nA,5\nB,6\n", head: "csv.header.unsure"},
		"names":            {in: "王伟,杭州市\n李洋,上海市\n张娜,北京市\n刘艳,南京市\n", head: "csv.header.unsure"},
		"title and rows":   {in: "Customers,,\nA,1,x\nB,2,y\n", head: "csv.header.unsure"},
		"more titles":      {in: "one\ntwo,,\nname,age,city\nA,1,x\n", opt: csv.Options{Skip: 1}, head: "csv.header.unsure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.opt.Name = "t.csv"
			got, err := read(iotest.OneByteReader(strings.NewReader(tc.in)), tc.opt)
			if err != nil {
				var p *dataspace.Problem
				if !errors.As(err, &p) || p.Code != tc.head {
					t.Fatal(err)
				}
				for _, secret := range []string{"王伟", "13924784691", "330106"} {
					if strings.Contains(err.Error()+p.Hint, secret) {
						t.Errorf("the error shows a cell: %v", err)
					}
				}
				return
			}
			r, err := csv.NewReader(strings.NewReader(tc.in), tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			if r.Layout() != tc.want || strings.Join(got[0], ",") != tc.head || len(got)-1 != tc.rows {
				t.Errorf("layout %+v, names %q, %d rows", r.Layout(), got[0], len(got)-1)
			}
			l := r.Layout()
			again, err := read(strings.NewReader(tc.in), csv.Options{Delimiter: l.Delimiter, Header: l.Header, Skip: l.Skip})
			if err != nil || !cmp.Equal(got, again) {
				t.Errorf("with this layout given, it reads otherwise: %v", err)
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
		"stray sniffed":    {in: "1;\"sec\"ret\" x\"\n2;\"a\"b\"\n", code: "csv.quote.stray", place: "t.csv:header, column 2"},
		"header open":      {in: "a,\"secret\n", code: "csv.quote.open", place: "t.csv:header"},
		"header stray":     {in: "a,\"sec\"ret\n", code: "csv.quote.stray", place: "t.csv:header, column 2"},
		"cr in cell":       {in: "a,b\n1,2\nx\rsecret,2\n", code: "csv.lines", place: "t.csv:row 2, column 1"},
		"cr after lf":      {in: "a,b\nx,2\ny,4\rz,6\n", code: "csv.row.fields", place: "t.csv:row 2, column 3"},
		"cr after quote":   {in: "a,b\nx,2\n\"y\",\"secret\"\r\"z\",6\n", code: "csv.lines", place: "t.csv:row 2, column 2"},
		"cr in header":     {in: "a,b\r1\n2,secret\n", code: "csv.lines", place: "t.csv:header, column 2"},
		"cr after header":  {in: "a,\"b\"\r1,2\n2,secret\n", code: "csv.lines", place: "t.csv:header, column 2"},
		"lf in cr":         {in: "a,b\r" + strings.Repeat("x,1\r", 100_000) + "y,\"\n\"\rsec\nret,2\r", code: "csv.lines", place: "t.csv:row 100002, column 1"},
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
	got, err := read(iotest.HalfReader(bytes.NewReader(in.Bytes())), csv.Options{Delimiter: ',', Header: csv.WithHeader})
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
	for _, s := range []string{"a,b\n1,2\n", "a\n\"x\"\"y\"\n", "a;b\r\n\"1\n2\";\r\n", "\uFEFFa\tb\nx\"y\t", "a,b\n1", ",,\n,,\n", "a\n\n\n", "a,b\r1,2\r\"3\n\",4", "Title\n\nid,age\na,1\nb,2\n", "sep=;\na;b\n1;2"} {
		f.Add([]byte(s), byte(0), "", 0)
	}
	f.Add([]byte("a,b;c\n1,2;3"), byte(';'), "no", 0)
	f.Add([]byte("a\nb\nc,d\n1,2;3"), byte(','), "yes", 2)
	f.Fuzz(func(t *testing.T, data []byte, delim byte, header string, skip int) {
		if header != "yes" && header != "no" {
			header = ""
		}
		skip = max(0, skip%8)
		if delim >= 0x80 || delim == '"' || delim == '\n' || delim == '\r' || delim == 1 {
			delim = 0
		}
		opt := csv.Options{Delimiter: delim, Header: csv.Header(header), Skip: skip}
		got, err := read(bytes.NewReader(data), opt)
		if err != nil {
			var p *dataspace.Problem
			if !errors.As(err, &p) {
				t.Fatalf("error is not a problem: %v", err)
			}
			return
		}
		r, _ := csv.NewReader(bytes.NewReader(data), opt)
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
		if len(r.Schema().Fields) == 1 { // an empty row is written as an empty text
			for _, row := range got[1:] {
				row[0] = strings.TrimPrefix(row[0], null)
			}
		}
		again, err := read(&out, csv.Options{Delimiter: ',', Header: csv.WithHeader})
		if err != nil || !cmp.Equal(got, again) {
			t.Fatalf("after writing: error %v, %s", err, cmp.Diff(got, again))
		}
	})
}

// A caller can tell a file that must be described from one that is damaged, and
// the error does not show the line.
func TestUnsure(t *testing.T) {
	for in, want := range map[string]bool{
		"x,2019\nA,5\nB,6\n": true,
		"a,b\n\"open,1\n":    false,
		"":                   false,
	} {
		r, err := csv.NewReader(strings.NewReader(in), csv.Options{})
		if csv.Unsure(err) != want {
			t.Errorf("%q: unsure is %v, want %v: %v", in, !want, want, err)
		}
		if err != nil && strings.Contains(err.Error(), "2019") {
			t.Errorf("the error shows the line: %v", err)
		}
		if r != nil {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
