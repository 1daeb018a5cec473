package profile_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/profile"
)

// zembla is the taxonomy with the four elements of a country that does not
// exist, and with some unrelated ones.
func zembla(t *testing.T, more int) *element.Taxonomy {
	t.Helper()
	data, err := os.ReadFile("../element/testdata/zembla.yaml")
	if err != nil {
		t.Fatal(err)
	}
	x := element.Extension{Pack: "zb/registers"}
	if err := yaml.UnmarshalWithOptions(data, &x.File, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	for i := range more {
		x.File.Elements = append(x.File.Elements, element.Element{
			ID: dataspace.ElementID(fmt.Sprintf("zb_more_%d", i)), Name: dataspace.Text{EN: "more", ZH: "更多"}, Group: "gov_id",
			Personal: element.PersonalYes, IDClass: element.Direct,
			Detector: element.Detector{Pattern: fmt.Sprintf(`Q%02d-\d{6}`, i), Validator: "luhn", Proves: element.Inside},
			Headers:  element.Headers{EN: []string{fmt.Sprintf("zb more %d", i)}},
		})
	}
	known, err := element.Builtin().With(x)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// islanders is a table of that country: two identifiers with check digits, one
// that only its header shows, one that only its form shows, and a note.
func islanders(t *testing.T, known *element.Taxonomy, n int) *rows {
	t.Helper()
	citizen, _ := known.CheckOf("zb_citizen_no")
	src := &rows{name: "islanders.csv", cells: [][]string{{"a", "b", "clan", "d", "note"}}}
	for i := range n {
		row := make([]string, 5)
		for c := range 10 {
			if row[0] = fmt.Sprintf("%04d-%04d-%02d%d", i%9000, 7*i%10000, i%100, c); citizen.Valid([]byte(row[0])) {
				break
			}
		}
		body := fmt.Sprintf("QX%07d", 1000+13*i)
		sum := 0
		for k, w := range []int{9, 7, 1, 3, 5, 7, 9, 1, 3} {
			v := int(body[k] - '0')
			if body[k] >= 'A' {
				v = int(body[k]-'A') + 10
			}
			sum += v * w
		}
		row[1] = body + string("ABCDEFGHIJK"[sum%11])
		row[2] = []string{"Arnor", "Bera", "Kinbote"}[i%3]
		row[3] = fmt.Sprintf("ZB/%c%cA/%02d", 'A'+i%26, 'A'+i/26%26, i%90)
		row[4] = "nothing to say"
		if i%10 == 0 {
			row[4] = "came with " + row[0] + " in hand"
		}
		src.cells = append(src.cells, row)
	}
	return src
}

func TestElementsOfPacks(t *testing.T) {
	for _, more := range []int{0, 100} {
		known := zembla(t, more)
		src := islanders(t, known, 400)
		p := profileSource(t, src, profile.Options{Taxonomy: known}).Profile
		want := []string{"a=zb_citizen_no", "b=zb_tax_no!", "clan=zb_clan!", "d=zb_boat_plate", "note=review_text"}
		if diff := cmp.Diff(want, brief(p)); diff != "" {
			t.Errorf("%d more: %s", more, diff)
		}
		if note, _ := p.Column("note"); len(note.Contains) != 1 || note.Contains[0].Element != "zb_citizen_no" || note.Contains[0].Rows != 40 {
			t.Errorf("%d more: the note holds %+v", more, note.Contains)
		}
		if p.Subjects.Distinct == nil || *p.Subjects.Distinct != 400 {
			t.Errorf("%d more: people %v", more, p.Subjects)
		}
		if e := strings.Join(p.Columns[0].Evidence, " "); !strings.Contains(e, "400 of 400 pass (Verhoeff)") {
			t.Errorf("evidence: %s", e)
		}
		for _, c := range profileSource(t, src, profile.Options{}).Profile.Columns {
			if c.Element != nil && strings.HasPrefix(string(*c.Element), "zb_") {
				t.Errorf("column %s is %s without the pack", c.Name, *c.Element)
			}
		}
	}
}
