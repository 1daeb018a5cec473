package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

const people = "编号,姓名,地址\n1,王小明,上海市浦东新区世纪大道一百号\n2,李雷,\"北京市,海淀区\"\n"

var peopleRows = [][]string{{"1", "王小明", "上海市浦东新区世纪大道一百号"}, {"2", "李雷", "北京市,海淀区"}}

func encode(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dirWith makes a directory with files; a name that ends in / is a directory.
func dirWith(t testing.TB, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range content {
		path := filepath.Join(dir, name)
		if strings.HasSuffix(name, "/") {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func parquetFile(t testing.TB, kind table.Kind, cell string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := format.NewWriter(format.Parquet, &out, table.Schema{Fields: []table.Field{{Name: "a", Kind: kind}}})
	if err != nil {
		t.Fatal(err)
	}
	b := table.Batch{Rows: 1, Columns: []table.Column{{Data: []byte(cell), Start: []uint32{0}, End: []uint32{uint32(len(cell))}}}}
	if err := errors.Join(w.Write(&b), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSniff(t *testing.T) {
	t.Parallel()
	utf16 := func(o unicode.Endianness, m unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(o, m) }
	late := "a,b\n" + strings.Repeat("x,y\n", 50000)
	for name, tc := range map[string]struct {
		file, data string
		opt        files.Options
		format, cs string
		rows       [][]string
	}{
		"utf-8":       {"p.csv", people, files.Options{}, "csv", "utf-8", peopleRows},
		"bom":         {"p.csv", "\uFEFF" + people, files.Options{}, "csv", "utf-8", peopleRows},
		"gb18030":     {"p.csv", encode(t, simplifiedchinese.GB18030, people), files.Options{}, "csv", "gb18030", peopleRows},
		"gbk named":   {"p.csv", encode(t, simplifiedchinese.GBK, people), files.Options{Charset: "GBK"}, "csv", "gb18030", peopleRows},
		"utf-16le":    {"p.txt", encode(t, utf16(unicode.LittleEndian, unicode.IgnoreBOM), people), files.Options{}, "csv", "utf-16le", peopleRows},
		"utf-16be":    {"p.txt", encode(t, utf16(unicode.BigEndian, unicode.IgnoreBOM), people), files.Options{}, "csv", "utf-16be", peopleRows},
		"utf-16 bom":  {"p", encode(t, utf16(unicode.LittleEndian, unicode.UseBOM), people), files.Options{}, "csv", "utf-16le", peopleRows},
		"big5 named":  {"p.csv", encode(t, traditionalchinese.Big5, "a,b\n臺北,香港\n"), files.Options{Charset: "big5"}, "csv", "big5", [][]string{{"臺北", "香港"}}},
		"big5":        {"p.csv", encode(t, traditionalchinese.Big5, "姓名,地址\n陳大文,香港九龍旺角彌敦道七百號\n"), files.Options{}, "csv", "big5", [][]string{{"陳大文", "香港九龍旺角彌敦道七百號"}}},
		"euc-kr":      {"p.csv", encode(t, korean.EUCKR, "이름,주소\n김민수,서울특별시 강남구 테헤란로\n"), files.Options{}, "csv", "euc-kr", [][]string{{"김민수", "서울특별시 강남구 테헤란로"}}},
		"shift_jis":   {"p.csv", encode(t, japanese.ShiftJIS, "氏名,住所\n田中,東京都新宿区ソの表示\n"), files.Options{}, "csv", "shift_jis", [][]string{{"田中", "東京都新宿区ソの表示"}}},
		"euc-jp":      {"p.csv", encode(t, japanese.EUCJP, "氏名,住所\n田中,東京都新宿区さくらマンション\n"), files.Options{}, "csv", "euc-jp", [][]string{{"田中", "東京都新宿区さくらマンション"}}},
		"latin named": {"p.csv", encode(t, charmap.Windows1252, "a,b\nRené,x\n"), files.Options{Charset: "cp1252"}, "csv", "windows-1252", [][]string{{"René", "x"}}},
		"tags":        {"p.csv", "<TICKER>,<PER>\nx,1\n", files.Options{}, "csv", "utf-8", [][]string{{"x", "1"}}},
		"short names": {"p.csv", "No., Name of customer, Ref.\n1,x,y\n", files.Options{}, "csv", "utf-8", [][]string{{"1", "x", "y"}}},
		"a dash":      {"p.csv", "--,create\ntable,1\n", files.Options{}, "csv", "utf-8", [][]string{{"table", "1"}}},
		"xml named":   {"p.csv", "<a>x</a>\n<a>y</a>\n", files.Options{Format: "csv"}, "csv", "utf-8", [][]string{{"<a>y</a>"}}},
		"late gb":     {"p.csv", late + encode(t, simplifiedchinese.GB18030, "王小明,上海\n"), files.Options{}, "csv", "gb18030", nil},
		"tsv":         {"p.tsv", "a\tb\n1,2\t3\n", files.Options{}, "csv", "utf-8", [][]string{{"1,2", "3"}}},
		"dialect":     {"p.csv", "a;'b;c'\n'it\\'s \"1\"';\\N\n'';x\\;y\n", files.Options{Dialect: "delimiter=;,quote=',escape=backslash", Header: "yes"}, "csv", "utf-8", [][]string{{`it's "1"`, "\x00"}, {"", "x;y"}}},
		"quotes":      {"p.csv", "a,b\n'x','y'\n'z','1'\n", files.Options{Dialect: "quote=double"}, "csv", "utf-8", [][]string{{"'x'", "'y'"}, {"'z'", "'1'"}}},
		"mysql":       {"p.txt", "编号\t姓名\n1\t王\\t小明\n", files.Options{Format: "csv", Dialect: "mysql"}, "csv", "utf-8", [][]string{{"1", "王\t小明"}}},
		"delimiter":   {"p.csv", "a,b;c\n1,2;3\n", files.Options{Delimiter: ";"}, "csv", "utf-8", [][]string{{"1,2", "3"}}},
		"jsonl":       {"p.jsonl", `{"a":"王"}`, files.Options{}, "jsonl", "utf-8", [][]string{{"王"}}},
		"jsonl bare":  {"p", "\uFEFF \n{\"a\":1}\n", files.Options{}, "jsonl", "utf-8", [][]string{{"1"}}},
		"jsonl utf16": {"p", encode(t, utf16(unicode.LittleEndian, unicode.UseBOM), `{"a":"王"}`+"\n"), files.Options{}, "jsonl", "utf-16le", [][]string{{"王"}}},
		"parquet":     {"p.csv", parquetFile(t, table.String, "x"), files.Options{}, "parquet", "", [][]string{{"x"}}},
		"as named":    {"p.json", "a\n1\n", files.Options{Format: "csv"}, "csv", "utf-8", [][]string{{"1"}}},
		"orchard":     {"p.txt", "ORCHARD,b\n1,2\n", files.Options{}, "csv", "utf-8", [][]string{{"1", "2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := files.Open(filepath.Join(dirWith(t, map[string]string{tc.file: tc.data}), tc.file), tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			want := dataspace.ProfileSource{Name: tc.file, Format: tc.format, Charset: tc.cs, Files: 1}
			if d := cmp.Diff(want, s.Describe()); d != "" {
				t.Error(d)
			}
			rows, digest := readAll(t, s)
			if tc.rows != nil && !cmp.Equal(tc.rows, rows) {
				t.Error(cmp.Diff(tc.rows, rows))
			}
			if again, _ := readAll(t, s); !cmp.Equal(rows, again) || digest != dataspace.DigestOf([]byte(tc.data)) || s.Size() != int64(len(tc.data)) {
				t.Error("second pass, digest or size differs")
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files map[string]string
		open  string
		opt   files.Options
		code  string
		kind  error
		says  string
	}{
		"missing":        {nil, "none.csv", files.Options{}, "files.missing", dataspace.ErrNotFound, "no such"},
		"empty dir":      {map[string]string{".hidden": "x", "_SUCCESS": ""}, "", files.Options{}, "files.dir.empty", dataspace.ErrInvalid, "no files"},
		"inner dir":      {map[string]string{"a.csv": "a\n", "inner/": ""}, "", files.Options{}, "files.dir.nested", dataspace.ErrInvalid, "inner"},
		"gzip":           {map[string]string{"a.csv.gz": "\x1f\x8b\x08\x00"}, "a.csv.gz", files.Options{}, "files.format.packed", dataspace.ErrInvalid, "gzip"},
		"excel":          {map[string]string{"a.xlsx": "PK\x03\x04\x00\x00"}, "a.xlsx", files.Options{}, "files.format.packed", dataspace.ErrInvalid, "Excel"},
		"binary":         {map[string]string{"a.bin": "\x01\x00\x00\x02\xff\x00\x00\x00\x07"}, "a.bin", files.Options{}, "files.format.binary", dataspace.ErrInvalid, "not text"},
		"format":         {map[string]string{"a.csv": "a\n"}, "a.csv", files.Options{Format: "xml"}, "format.unknown", dataspace.ErrInvalid, "xml"},
		"charset":        {map[string]string{"a.csv": "a\n"}, "a.csv", files.Options{Charset: "klingon"}, "files.charset.unknown", dataspace.ErrInvalid, "klingon"},
		"dialect":        {map[string]string{"a.csv": "a\n"}, "a.csv", files.Options{Dialect: "lotus"}, "files.dialect", dataspace.ErrInvalid, "lotus"},
		"two delimiters": {map[string]string{"a.csv": "a\n"}, "a.csv", files.Options{Dialect: "mysql", Delimiter: ";"}, "files.dialect", dataspace.ErrInvalid, "different"},
		"apostrophes":    {map[string]string{"a.csv": "a,b\n'x','y'\n'z','1'\n"}, "a.csv", files.Options{}, "csv.quote.unsure", dataspace.ErrInvalid, "apostrophes"},
		"delimiter":      {map[string]string{"a.csv": "a\n"}, "a.csv", files.Options{Delimiter: "::"}, "files.delimiter", dataspace.ErrInvalid, "::"},
		"latin":          {map[string]string{"a.csv": encode(t, charmap.Windows1252, "a,b\nRené,x\n")}, "a.csv", files.Options{}, "files.charset.sniff", dataspace.ErrInvalid, "windows-1252"},
		"letter":         {map[string]string{"a.csv": "Dear secret customer, thank you for your order.\nIt was shipped today, and will arrive soon.\n"}, "a.csv", files.Options{}, "csv.prose", dataspace.ErrInvalid, "plain text"},
		"web page":       {map[string]string{"a.csv": "\n<!DOCTYPE html>\n<html><body>secret</body></html>"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "HTML"},
		"web table":      {map[string]string{"a.csv": "<table border=1><tr><td>secret"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "HTML"},
		"xml":            {map[string]string{"a.csv": "<?xml version=\"1.0\"?><rows><r a=\"secret\"/></rows>"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "is XML"},
		"xml bare":       {map[string]string{"a.csv": "<rows><name>secret</name></rows>"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "is XML"},
		"xml utf-16":     {map[string]string{"a.csv": encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "<rows><name>secret</name></rows>")}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "is XML"},
		"xml sheet":      {map[string]string{"a.csv": "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "Excel sheet in XML"},
		"sql dump":       {map[string]string{"a.csv": "-- MySQL dump 10.13\n--\n/*!40101 SET NAMES utf8 */;\nSET x = 1;\nDROP TABLE IF EXISTS `secret`;\n"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "SQL"},
		"sql":            {map[string]string{"a.sql": "insert into people values (1,'secret');\n"}, "a.sql", files.Options{}, "files.format.other", dataspace.ErrInvalid, "SQL"},
		"pdf":            {map[string]string{"a.csv": "%PDF-1.7\n"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "PDF"},
		"e-mail":         {map[string]string{"a.txt": "Received: from secret\nSubject: x\n"}, "a.txt", files.Options{}, "files.format.other", dataspace.ErrInvalid, "e-mail"},
		"json in csv":    {map[string]string{"a.csv": `[{"name":"secret"},{"name":"b"}]`}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "JSON"},
		"jsonl in csv":   {map[string]string{"a.csv": "{\"name\":\"secret\"}\n"}, "a.csv", files.Options{}, "files.format.other", dataspace.ErrInvalid, "JSON"},
		"gzip in csv":    {map[string]string{"a.csv": "\x1f\x8b\x08\x00secret"}, "a.csv", files.Options{}, "files.format.packed", dataspace.ErrInvalid, "gzip"},
		"zip in csv":     {map[string]string{"a.csv": "PK\x03\x04\x00secret"}, "a.csv", files.Options{}, "files.format.packed", dataspace.ErrInvalid, "ZIP"},
		"prose":          {map[string]string{"a.csv": "This is the secret that nobody in this house should ever read\nand more\n"}, "a.csv", files.Options{}, "csv.prose", dataspace.ErrInvalid, "plain text"},
		"prose zh":       {map[string]string{"a.txt": "这是谁都不该知道的事情。\n还有\n"}, "a.txt", files.Options{}, "csv.prose", dataspace.ErrInvalid, "plain text"},
		"person":         {map[string]string{"a.jsonl": `{"13924784691":"secret"}`}, "a.jsonl", files.Options{}, "files.column.person", dataspace.ErrInvalid, "column 1"},
		"stray first":    {map[string]string{"a.csv": "secret\n1\n", "b.csv": "x,y\na,1\n", "c.csv": "x,y\nb,2\n"}, "", files.Options{}, "files.schema", dataspace.ErrInvalid, "a.csv: the file has 1 columns, b.csv has 2"},
		"stray format":   {map[string]string{"a.csv": "secret\n1\n", "b.jsonl": `{"a":1}`, "c.jsonl": `{"a":1}`}, "", files.Options{}, "files.schema", dataspace.ErrInvalid, "a.csv: the file is csv"},
		"mixed formats":  {map[string]string{"a.csv": "a\n1\n", "b.jsonl": `{"a":1}`}, "", files.Options{}, "files.schema", dataspace.ErrInvalid, "b.jsonl"},
		"more columns":   {map[string]string{"a.csv": "a,b\n", "b.csv": "a,b,c\n"}, "", files.Options{}, "files.schema", dataspace.ErrInvalid, "none like column 3"},
		"less columns":   {map[string]string{"a.csv": "a,b\n", "b.csv": "a\n"}, "", files.Options{}, "files.schema", dataspace.ErrInvalid, `"b"`},
		"other order":    {map[string]string{"a.csv": "a,b\n", "b.csv": "b,a\n"}, "", files.Options{}, "files.schema", dataspace.ErrInvalid, "number 1"},
		"other type":     {map[string]string{"a.pq": parquetFile(t, table.String, "x"), "b.pq": parquetFile(t, table.Integer, "1")}, "", files.Options{}, "files.schema", dataspace.ErrInvalid, "another type"},
		"empty file":     {map[string]string{"a.csv": ""}, "a.csv", files.Options{}, "csv.empty", dataspace.ErrInvalid, "empty"},
		"not parquet":    {map[string]string{"a.parquet": "a,b\n"}, "a.parquet", files.Options{}, "parquet.damaged", dataspace.ErrInvalid, "damaged"},
		"wrong charset":  {map[string]string{"a.csv": people}, "a.csv", files.Options{Charset: "big5"}, "csv.charset", dataspace.ErrInvalid, "big5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := files.Open(filepath.Join(dirWith(t, tc.files), tc.open), tc.opt)
			var p *dataspace.Problem
			if !errors.As(err, &p) {
				t.Fatalf("error %v is not a problem", err)
			}
			if p.Code != tc.code || !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), tc.says) || p.Hint == "" || strings.Contains(err.Error(), "secret") {
				t.Errorf("code %q, hint %q, error %v", p.Code, p.Hint, err)
			}
		})
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	dir := dirWith(t, map[string]string{"b.csv": "a,b\n3,4\n5,6", "a.csv": "a,b\n1,2\n", ".c.csv": "x", "_SUCCESS": "", "z.csv": "a,b\n"})
	if err := os.Rename(filepath.Join(dir, "z.csv"), filepath.Join(t.TempDir(), "z")); err != nil {
		t.Fatal(err)
	}
	s, err := files.Open(dir+"/", files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, digest := readAll(t, s)
	if d := cmp.Diff([][]string{{"1", "2"}, {"3", "4"}, {"5", "6"}}, rows); d != "" {
		t.Error(d)
	}
	if digest != dataspace.DigestOf([]byte("a,b\n1,2\na,b\n3,4\n5,6")) {
		t.Error("digest is not that of all bytes in order")
	}
	if d := s.Describe(); d.Files != 2 || d.Name != filepath.Base(dir) {
		t.Errorf("described as %+v", d)
	}
}

func TestDirectoryOfJSON(t *testing.T) {
	t.Parallel()
	dir := dirWith(t, map[string]string{"1.jsonl": `{"a":1}`, "2.jsonl": `{"b":"x","a":2}`})
	s, err := files.Open(dir, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := readAll(t, s)
	if d := cmp.Diff([][]string{{"1", "\x00"}, {"2", "x"}}, rows); d != "" {
		t.Error(d)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	dir := dirWith(t, map[string]string{"data": "a\n1\n"})
	link := filepath.Join(dir, "link.csv")
	if err := os.Symlink("data", link); err != nil {
		t.Skip("no links here")
	}
	s, err := files.Open(link, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := readAll(t, s); len(rows) != 1 || s.Describe().Name != "link.csv" {
		t.Errorf("rows %v, name %q", rows, s.Describe().Name)
	}
}

// TestChanged changes a source in every way between two batches, before the
// pass, and after Open of a directory.
func TestChanged(t *testing.T) {
	t.Parallel()
	big := "a,b\n" + strings.Repeat("1,2\n", 200000)
	for name, change := range map[string]func(dir string) error{
		"appended":  func(dir string) error { return appendTo(filepath.Join(dir, "a.csv"), "1,2\n") },
		"cut off":   func(dir string) error { return os.Truncate(filepath.Join(dir, "a.csv"), 300005) },
		"replaced":  func(dir string) error { return files.WriteFile(filepath.Join(dir, "a.csv"), []byte(big), 0o600) },
		"removed":   func(dir string) error { return os.Remove(filepath.Join(dir, "a.csv")) },
		"one added": func(dir string) error { return os.WriteFile(filepath.Join(dir, "b.csv"), []byte("a,b\n"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dirWith(t, map[string]string{"a.csv": big})
			s, err := files.Open(dir, files.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Read(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var b table.Batch
			if err := r.Next(&b); err != nil {
				t.Fatal(err)
			}
			if err := change(dir); err != nil {
				t.Fatal(err)
			}
			for err == nil {
				err = r.Next(&b)
			}
			if !errors.Is(err, dataspace.ErrConflict) {
				t.Errorf("error %v", err)
			}
			if _, ok := r.(files.Digester).Digest(); ok {
				t.Error("there is a digest")
			}
			if _, err := s.Read(context.Background()); !errors.Is(err, dataspace.ErrConflict) {
				t.Errorf("second pass: error %v", err)
			}
			if again, err := files.Open(dir, files.Options{}); err == nil && again.Stamp() == s.Stamp() {
				t.Error("the stamp is the same")
			}
		})
	}
}

func appendTo(path, data string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(data)
	return errors.Join(err, f.Close())
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	dir := dirWith(t, map[string]string{"a.csv": "a,b\n" + strings.Repeat("1,2\n", 200000)})
	s, err := files.Open(dir, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r, err := s.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b table.Batch
	if err := r.Next(&b); err != nil {
		t.Fatal(err)
	}
	cancel()
	err = r.Next(&b)
	var p *dataspace.Problem
	if !errors.Is(err, context.Canceled) || !errors.As(err, &p) {
		t.Errorf("error %v", err)
	}
}

// TestProblemPlace checks that the error of an invalid row names its own file.
func TestProblemPlace(t *testing.T) {
	t.Parallel()
	dir := dirWith(t, map[string]string{"a.csv": "a,b\n1,2\n3,4\n", "b.csv": "a,b\n5,6\n7\n"})
	s, err := files.Open(dir, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b table.Batch
	for err == nil {
		err = r.Next(&b)
	}
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Place != "b.csv:row 2, column 1" {
		t.Errorf("error %v", err)
	}
}

// FuzzOpen checks that no file makes Open or a pass panic or fail with
// anything but a Problem.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(people), "p.csv")
	f.Add([]byte(encode(f, simplifiedchinese.GB18030, people)), "p.txt")
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"), "p")
	f.Add([]byte(`{"a":1}`), "p.json")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		if strings.ContainsAny(name, "/\x00") || len(name) > 100 || name == "" || name == "." || name == ".." {
			name = "p"
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Skip(err)
		}
		err := func() error {
			s, err := files.Open(path, files.Options{})
			if err != nil {
				return err
			}
			r, err := s.Read(context.Background())
			if err != nil {
				return err
			}
			defer r.Close()
			var b table.Batch
			for err == nil {
				err = r.Next(&b)
			}
			if errors.Is(err, io.EOF) {
				if d, ok := r.(files.Digester).Digest(); !ok || d != dataspace.DigestOf(data) {
					return fmt.Errorf("digest %q, %v", d, ok)
				}
				return nil
			}
			return err
		}()
		var p *dataspace.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatalf("error is not a problem: %v", err)
		}
	})
}
