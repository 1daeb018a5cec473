package dialect_test

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/table/dialect"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]dialect.Dialect{
		"":                                     {Quote: '"'},
		"excel":                                {Quote: '"'},
		"MySQL":                                {Delimiter: '\t', Escape: dialect.Backslash},
		"delimiter=;,quote=',escape=backslash": {Delimiter: ';', Quote: '\'', Escape: dialect.Backslash},
		"delimiter=,,quote=none":               {Delimiter: ','},
		"quote=single":                         {Quote: '\''},
		`escape=\`:                             {Quote: '"', Escape: dialect.Backslash},
		"delimiter=tab,escape=none":            {Delimiter: '\t', Quote: '"', Escape: dialect.Unescaped},
		"delimiter=pipe":                       {Delimiter: '|', Quote: '"'},
	} {
		got, err := dialect.Parse(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"lotus", "quote", "quote=''", "quote=a", "delimiter=none", "delimiter=double", "escape=perhaps", "colour=red", "delimiter=;,quote=;", "=", ",", `quote=\`} {
		var p *dataspace.Problem
		if _, err := dialect.Parse(text); !errors.As(err, &p) || p.Code != "files.dialect" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func translated(t *testing.T, text, source string) string {
	t.Helper()
	d, err := dialect.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(dialect.NewReader(strings.NewReader(source), d))
	if err != nil {
		t.Fatal(err)
	}
	single, err := io.ReadAll(dialect.NewReader(iotest.OneByteReader(strings.NewReader(source)), d))
	if err != nil || string(single) != string(whole) && !strings.HasPrefix(source, "\xEF") {
		t.Errorf("byte by byte: %q, %v, together %q", single, err, whole)
	}
	return string(whole)
}

func TestReader(t *testing.T) {
	const my = "delimiter=;,quote=',escape=backslash"
	for _, tc := range []struct{ dialect, source, want string }{
		{my, "a;b\n'x;y';z\n", "a;b\n\"x;y\";z\n"},
		{my, `'it\'s';'a "b"'` + "\r\n", `"it's";"a ""b"""` + "\r\n"},
		{my, `'it''s';2`, `"it's";2`},
		{my, `a\;b;c`, `"a;b";c`},
		{my, `\N;'';;N`, `;"";;N`},
		{my, `\Nx;'\N';a\N`, `"Nx";"N";"aN"`},
		{my, `'two\nlines';\t`, "\"two\nlines\";\"\t\""},
		{my, `"a;b"`, `"""a";"b"""`},
		{my, "'open", `"open`},
		{my, "'a'b;c", `"a"b;c`},
		{my, `a\`, `a\`},
		{my, "\xEF\xBB\xBF'a';b", "\xEF\xBB\xBF\"a\";b"},
		{"quote=none", `"a,b"`, `"""a","b"""`},
		{"quote=none", `5" pipe,x`, `"5"" pipe",x`},
		{"quote=single,escape=none", "'a''b',c", `"a"'b',c`},
		{"unix", `"a\"b",c`, `"a""b",c`},
		{"mysql", "1\tAnn\\\tLee\t\\N\n", "1\t\"Ann\tLee\"\t\n"},
		{my, "", ""},
	} {
		if got := translated(t, tc.dialect, tc.source); got != tc.want {
			t.Errorf("%s %q: %q, want %q", tc.dialect, tc.source, got, tc.want)
		}
	}
}

// Rows that are written in a dialect are read back as they were.
func TestReaderProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const signs = "ab';\"\\,\n字"
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.StringOf(rapid.RuneFrom([]rune(signs))), 2, 2), 1, 8).Draw(t, "rows")
		quote := rapid.Bool().Draw(t, "quote")
		var b strings.Builder
		for _, row := range rows {
			for i, cell := range row {
				if i > 0 {
					b.WriteByte(';')
				}
				cell = strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, ";", `\;`).Replace(cell)
				if quote || cell == "" {
					cell = "'" + cell + "'"
				}
				b.WriteString(cell)
			}
			b.WriteByte('\n')
		}
		d, err := dialect.Parse("delimiter=;,quote=',escape=backslash")
		if err != nil {
			t.Fatal(err)
		}
		in := csv.NewReader(dialect.NewReader(strings.NewReader(b.String()), d))
		in.Comma = ';'
		got, err := in.ReadAll()
		if err != nil || len(got) != len(rows) {
			t.Fatalf("%q: %q, %v", b.String(), got, err)
		}
		for i := range rows {
			if got[i][0] != rows[i][0] || got[i][1] != rows[i][1] {
				t.Fatalf("%q: %q, want %q", b.String(), got[i], rows[i])
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add("delimiter=;,quote=',escape=backslash", []byte("'a';b\\N\r\n\"x"))
	f.Add("mysql", []byte("\\N\ta\\\t\n"))
	f.Fuzz(func(t *testing.T, text string, source []byte) {
		d, err := dialect.Parse(text)
		if err != nil {
			return
		}
		out, err := io.ReadAll(dialect.NewReader(strings.NewReader(string(source)), d))
		if err != nil || len(out) > 2*len(source)+2*(len(source)+1) {
			t.Fatalf("%d bytes from %d, %v", len(out), len(source), err)
		}
	})
}
