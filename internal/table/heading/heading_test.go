package heading_test

import (
	"strings"
	"testing"

	"hutong/internal/table/heading"
)

func records(text string) (out [][]string) {
	for line := range strings.Lines(text) {
		out = append(out, strings.Split(strings.TrimSuffix(line, "\n"), ","))
	}
	return out
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		want heading.Verdict
	}{
		"nothing":              {"", heading.Verdict{Sure: true}},
		"names of texts":       {"x,y\na,b\nc,d", heading.Verdict{}},
		"names of numbers":     {"x,y\na,1\nc,2.5", heading.Verdict{Sure: true}},
		"names of dates":       {"x,y\na,2024-01-02\nc,2025-01-02", heading.Verdict{Sure: true}},
		"names known":          {"email,y\na,b\nc,d", heading.Verdict{Sure: true}},
		"names with missing":   {"x,y\na,N/A\nc,2", heading.Verdict{Sure: true}},
		"names, short rows":    {"x,y\na\nc,2", heading.Verdict{Sure: true}},
		"names again":          {"x,y\na,1\nx,y\nb,2", heading.Verdict{Sure: true}},
		"names without rows":   {"x,y", heading.Verdict{}},
		"years":                {"x,2019,2020,2021\nA,5.5,6.5,2\nB,7,1,3", heading.Verdict{Kind: heading.Unsure}},
		"years, known":         {"city,2019,2020,2021\nA,5.5,6.5,2\nB,7,1,3", heading.Verdict{Sure: true}},
		"numbers":              {"1,2.5\n4,7.5", heading.Verdict{Kind: heading.Row, Sure: true}},
		"number without rows":  {"A,17", heading.Verdict{Kind: heading.Row, Sure: true}},
		"percent":              {"A,5%\nB,7 %", heading.Verdict{Kind: heading.Row, Sure: true}},
		"dates":                {"A,2024-01-02\nB,2024-01-03", heading.Verdict{Kind: heading.Row, Sure: true}},
		"addresses":            {"https://a.example,x\nhttps://b.example,y", heading.Verdict{Kind: heading.Row, Sure: true}},
		"codes":                {"AB-1234,x\nCD-5678,y\nEF-9012,z", heading.Verdict{Kind: heading.Row, Sure: true}},
		"again":                {"open,x\nopen,y\nshut,z\nopen,v", heading.Verdict{Kind: heading.Row, Sure: true}},
		"once again":           {"open,x\nopen,y\nshut,z", heading.Verdict{Kind: heading.Unsure}},
		"both":                 {"unknown,5,7\n3,9,4\n2,8,1", heading.Verdict{Kind: heading.Unsure}},
		"person":               {"a@example.com,x\nb@example.com,y", heading.Verdict{Kind: heading.Row, Sure: true}},
		"person, no rows":      {"a@example.com,x", heading.Verdict{Kind: heading.Row, Sure: true}},
		"person above others":  {"x,a@example.com\ny,1", heading.Verdict{Kind: heading.Persons, Column: 1}},
		"person above missing": {"x,a@example.com\ny,", heading.Verdict{Kind: heading.Persons, Column: 1}},
		"title":                {"All,\nid,n\na,1", heading.Verdict{Sure: true, Titles: 1}},
		"titles":               {"All\n,\nof 2025\nid,n\na,1", heading.Verdict{Sure: true, Titles: 3}},
		"title, no names":      {"All,\na,1\nb,2", heading.Verdict{Kind: heading.Unsure}},
		"index without name":   {",n\na,1\nb,2", heading.Verdict{Sure: true}},
		"index numbered":       {",0\n0,5\n1,6", heading.Verdict{Kind: heading.Unsure}},
		"one column of texts":  {"x\na\nb", heading.Verdict{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := heading.Judge(records(tc.in)); got != tc.want {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]bool{
		"": {}, "phone": {}, "column_12345678": {}, "2019": {}, "20190101": {}, "手机号": {}, "IMO 9074729": {},
		"13924784691": {true, true}, "王 330106199708155202": {true, true}, "a@example.com": {true, true},
		"３３０１０６１９９７０８１５５２０２": {true, true}, "S1234567D": {true, false},
		"13924784691.0": {true, true}, "a%40example.com": {true, true}, `\u0031\u0033924784691`: {true, true}, "1\u200b3924784691": {true, true}, "50% off": {},
		`\u53f7330106199708155202`: {true, true}, "tel_13924784691": {true, true}, "A1234563": {true, false},
	} {
		if found, certain := heading.Person(name); found != want[0] || certain != want[1] {
			t.Errorf("%q: found %v, certain %v", name, found, certain)
		}
	}
}

// FuzzJudge: no records panic, and no verdict but a person's column points
// beyond them.
func FuzzJudge(f *testing.F) {
	for _, s := range []string{"x,y\na,1", "All\n,\nid,n\na,1", "13924784691,1\n15819031420,2", "0\n1\n2", "5%,2024-01-02\n,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in := records(text)
		v := heading.Judge(in)
		if v.Titles > 0 && v.Titles >= len(in) || v.Kind != heading.Names && v.Titles > 0 {
			t.Errorf("%+v of %d records", v, len(in))
		}
		if v.Kind == heading.Persons && v.Column >= len(in[v.Titles]) {
			t.Errorf("column %d of %d", v.Column, len(in[v.Titles]))
		}
	})
}
