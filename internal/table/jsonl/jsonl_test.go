package jsonl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/jsonl"
)

// read returns keys and rows; a null is <null>, a literal has a # before it.
func read(in io.Reader, opt jsonl.Options) (all [][]string, err error) {
	r, err := jsonl.NewReader(in, opt)
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
				col := &b.Columns[c]
				if len(col.Start) != b.Rows || len(col.End) != b.Rows {
					return all, errors.New("column has another number of cells than the batch has rows")
				}
				row[c] = string(col.Cell(i))
				if col.IsNull(i) {
					row[c] = "<null>"
				} else if col.IsLiteral(i) {
					row[c] = "#" + row[c]
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
		want [][]string
	}{
		"plain":       {`{"a":"x","b":1}` + "\n" + `{"a":"y","b":-2.5e3}` + "\n", [][]string{{"a", "b"}, {"x", "#1"}, {"y", "#-2.5e3"}}},
		"no newline":  {`{"a":true}`, [][]string{{"a"}, {"#true"}}},
		"crlf, space": {" { \"a\" : \"x\" , \"b\":null } \r\n\r\n\t{\"b\":false,\"a\":\"\"}\r\n", [][]string{{"a", "b"}, {"x", "<null>"}, {"", "#false"}}},
		"union":       {`{"a":"1"}` + "\n" + `{"b":"2"}` + "\n{}\n", [][]string{{"a", "b"}, {"1", "<null>"}, {"<null>", "2"}, {"<null>", "<null>"}}},
		"nested":      {`{"a":{"x":[1,{"y":"}\""}]},"b":[]}`, [][]string{{"a", "b"}, {`#{"x":[1,{"y":"}\""}]}`, "#[]"}}},
		"escapes":     {`{"a":"\"\\\/\b\f\n\r\t\u00e9\u4e2d\ud83d\ude00 tail","\u0062":"x\ny"}`, [][]string{{"a", "b"}, {"\"\\/\b\f\n\r\té中😀 tail", "x\ny"}}},
		"mark":        {"\uFEFF{\"a\":\"中文\"}\n", [][]string{{"a"}, {"中文"}}},
		"zero":        {`{"a":0,"b":-0,"c":0.0}`, [][]string{{"a", "b", "c"}, {"#0", "#-0", "#0.0"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(strings.NewReader(tc.in), jsonl.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
			slow, err := read(iotest.OneByteReader(strings.NewReader(tc.in)), jsonl.Options{})
			if err != nil || !cmp.Equal(slow, got) {
				t.Errorf("byte by byte: %v, error %v", slow, err)
			}
		})
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	ok := `{"a":"x"}` + "\n"
	late := strings.Repeat(ok, 1000) + `{"a":"secret","other":"secret"}` + "\n"
	for name, tc := range map[string]struct{ in, code, place string }{
		"empty":          {"", "jsonl.empty", "t"},
		"blank":          {"\n\n", "jsonl.empty", "t"},
		"no keys":        {"{}\n{}\n", "jsonl.empty", "t"},
		"array":          {ok + `["secret"]`, "jsonl.row.object", "t:row 2, byte 1"},
		"cut":            {ok + `{"a":"secr`, "jsonl.row.syntax", "t:row 2, byte 6"},
		"trailing":       {ok + `{"a":"x"} secret`, "jsonl.row.syntax", "t:row 2, byte 11"},
		"trailing comma": {ok + `{"a":"x",}`, "jsonl.row.syntax", "t:row 2, byte 10"},
		"leading zero":   {ok + `{"a":01}`, "jsonl.row.syntax", "t:row 2, byte 7"},
		"bad word":       {ok + `{"a":trueish}`, "jsonl.row.syntax", "t:row 2, byte 10"},
		"bad nested":     {ok + `{"a":[1,]}`, "jsonl.row.syntax", "t:row 2, byte 6"},
		"control":        {ok + "{\"a\":\"sec\tret\"}", "jsonl.row.syntax", "t:row 2, byte 6"},
		"half pair":      {ok + `{"a":"\ud83dsecret"}`, "jsonl.row.escape", "t:row 2, byte 2"},
		"bad escape":     {ok + `{"a":"\x"}`, "jsonl.row.escape", "t:row 2, byte 2"},
		"twice":          {ok + `{"a":"secret","a":"y"}`, "jsonl.key.duplicate", "t:row 2, byte 15"},
		"late key":       {late, "jsonl.key.unknown", "t:row 1001, byte 15"},
		"not utf-8":      {ok + "{\"a\":\"\xff secret\"}", "jsonl.charset", "t:row 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(strings.NewReader(tc.in), jsonl.Options{Name: "t"})
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

func TestLateKeyIsNamed(t *testing.T) {
	t.Parallel()
	_, err := read(strings.NewReader(strings.Repeat("{\"a\":1}\n", 1000)+`{"b":1}`), jsonl.Options{})
	if err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("error %v does not name the key", err)
	}
}

// TestBlocks reads more than a block, with a row that is longer than one.
func TestBlocks(t *testing.T) {
	t.Parallel()
	var in bytes.Buffer
	var want [][]string
	for i := range 30000 {
		text := strings.Repeat("é\n", i%9)
		if i == 1234 {
			text = strings.Repeat("long\t", 100000)
		}
		line, err := json.Marshal(map[string]any{"a": text, "n": i})
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
		want = append(want, []string{text, fmt.Sprintf("#%d", i)})
	}
	got, err := read(iotest.HalfReader(&in), jsonl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(want, got[1:]) {
		t.Error("rows differ")
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	kinds := []table.Kind{table.Unknown, table.Integer, table.Number, table.Boolean, table.JSON, table.String}
	for cell, want := range map[string][]string{
		"12":             {`"12"`, `12`, `12`, `12`, `12`, `"12"`},
		"NaN":            {`"NaN"`, `"NaN"`, `"NaN"`, `"NaN"`, `"NaN"`, `"NaN"`},
		"1**":            {`"1**"`, `"1**"`, `"1**"`, `"1**"`, `"1**"`, `"1**"`},
		"":               {`""`, `""`, `""`, `""`, `""`, `""`},
		"true":           {`"true"`, `true`, `true`, `true`, `true`, `"true"`},
		"{\n \"a\": 1 }": {`"{\n \"a\": 1 }"`, `{"a":1}`, `{"a":1}`, `{"a":1}`, `{"a":1}`, `"{\n \"a\": 1 }"`},
		"[1":             {`"[1"`, `"[1"`, `"[1"`, `"[1"`, `"[1"`, `"[1"`},
		"<a\x01\x1f\"\\": {`"<a\u0001\u001f\"\\"`, `"<a\u0001\u001f\"\\"`, `"<a\u0001\u001f\"\\"`, `"<a\u0001\u001f\"\\"`, `"<a\u0001\u001f\"\\"`, `"<a\u0001\u001f\"\\"`},
	} {
		for i, kind := range kinds {
			var out bytes.Buffer
			w, err := jsonl.NewWriter(&out, table.Schema{Fields: []table.Field{{Name: "k", Kind: kind}}})
			if err != nil {
				t.Fatal(err)
			}
			b := table.Batch{Rows: 1, Columns: []table.Column{{Data: []byte(cell), Start: []uint32{0}, End: []uint32{uint32(len(cell))}}}}
			if err := errors.Join(w.Write(&b), w.Close()); err != nil {
				t.Fatal(err)
			}
			if line := `{"k":` + want[i] + "}\n"; out.String() != line {
				t.Errorf("kind %d: got %s, want %s", kind, out.String(), line)
			}
		}
	}
}

func TestNoAllocations(t *testing.T) {
	data := strings.Repeat(`{"a":"x","b":12,"c":"y\nz"}`+"\n", 100000)
	r, err := jsonl.NewReader(strings.NewReader(data), jsonl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b table.Batch
	for range 3 {
		if err := r.Next(&b); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(10, func() {
		if err := r.Next(&b); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("%v allocations a batch of %d rows", n, b.Rows)
	}
}

// FuzzReader checks that no input panics, that accepted input is JSON to
// encoding/json too, and that the rows are the same after writing and reading
// again, but for line ends between the tokens of a value.
func FuzzReader(f *testing.F) {
	for _, s := range []string{`{"a":"x","b":1}`, "{\"a\":null}\r\n{}", `{"a":"\ud83d\ude00\n"}`, `{"a":[1,{"b":"]"}],"":true}`, "\uFEFF{\"a\":-0.1e+5}\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := read(bytes.NewReader(data), jsonl.Options{})
		if err != nil {
			var p *dataspace.Problem
			if !errors.As(err, &p) {
				t.Fatalf("error is not a problem: %v", err)
			}
			return
		}
		for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\uFEFF"))) {
			if line = bytes.TrimSpace(line); len(line) > 0 && !json.Valid(line) {
				t.Fatalf("accepted %q", line)
			}
		}
		r, _ := jsonl.NewReader(bytes.NewReader(data), jsonl.Options{})
		var out bytes.Buffer
		w, err := jsonl.NewWriter(&out, r.Schema())
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
		again, err := read(&out, jsonl.Options{})
		withoutLineEnds(got)
		withoutLineEnds(again) // a text may look like a value
		if err != nil || !cmp.Equal(got, again) {
			t.Fatalf("after writing: error %v, %s", err, cmp.Diff(got, again))
		}
	})
}

// withoutLineEnds removes the white space of arrays and objects that have line
// ends between their tokens, as the writer does.
func withoutLineEnds(rows [][]string) {
	for _, row := range rows {
		for i, cell := range row {
			var tidy bytes.Buffer
			if literal, ok := strings.CutPrefix(cell, "#"); ok && strings.Contains(literal, "\r") && json.Compact(&tidy, []byte(literal)) == nil {
				row[i] = "#" + tidy.String()
			}
		}
	}
}

func BenchmarkReader(b *testing.B) {
	data := []byte(strings.Repeat(`{"id":123456,"name":"王小明","mail":"someone@example.com","note":"a \"quoted\" word","ok":true}`+"\n", 100000))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var batch table.Batch
	for b.Loop() {
		r, err := jsonl.NewReader(bytes.NewReader(data), jsonl.Options{})
		for err == nil {
			err = r.Next(&batch)
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}
