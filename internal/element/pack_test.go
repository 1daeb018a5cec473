package element_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/headword"
)

// zembla is the taxonomy with the elements of a country that does not exist.
func zembla(t testing.TB) *element.Taxonomy {
	t.Helper()
	data, err := os.ReadFile("testdata/zembla.yaml")
	if err != nil {
		t.Fatal(err)
	}
	x := element.Extension{Pack: "zb/registers"}
	if err := yaml.UnmarshalWithOptions(data, &x.File, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	known, err := element.Builtin().With(x)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// The check digits follow the descriptions of the schemes; each case also has
// one wrong digit.
func TestValidators(t *testing.T) {
	for name, c := range map[string]struct{ right, wrong string }{
		"luhn":      {"79927398713", "79927398710"},
		"verhoeff":  {"2363", "2364"},
		"damm":      {"5724", "5727"},
		"mod_11_2":  {"079-X", "0798"},
		"mod_11_10": {"07945", "07946"},
		"mod_97_10": {"79444", "79445"},
	} {
		known, err := element.Builtin().With(one(element.Element{Detector: element.Detector{Validator: name}}))
		if err != nil {
			t.Fatal(err)
		}
		check, _ := known.CheckOf("zb_one")
		if !check.Valid([]byte(c.right)) || check.Valid([]byte(c.wrong)) || check.Valid(nil) || check.Valid([]byte("7")) {
			t.Errorf("%s: %s is %v, %s is %v", name, c.right, check.Valid([]byte(c.right)), c.wrong, check.Valid([]byte(c.wrong)))
		}
	}
}

// one is a pack with one element that has the given properties.
func one(e element.Element) element.Extension {
	e.ID, e.Name, e.Group = "zb_one", dataspace.Text{EN: "one", ZH: "一"}, "gov_id"
	e.Personal, e.IDClass = element.PersonalYes, element.Direct
	e.Headers.EN = append(e.Headers.EN, "zb one")
	return element.Extension{Pack: "zb/registers", File: element.File{SchemaVersion: 1, Elements: []element.Element{e}}}
}

// A number of a pack with a check digit is found inside text and in columns,
// and never if the digit is wrong or the number is a part of a longer one.
func TestScannerFindsWhatPacksBring(t *testing.T) {
	known := zembla(t)
	s := known.NewScanner(known.Provable())
	citizen, tax := citizenNo(1234567890), taxNo("QX", 1234567)
	for text, want := range map[string]string{
		"call " + citizen + " today":        "zb_citizen_no:" + citizen,
		"公民号" + citizen + "，税号" + tax + "。": "zb_citizen_no:" + citizen + " zb_tax_no:" + tax,
		tax:                               "zb_tax_no:" + tax,
		"x-" + citizen:                    "",
		citizen + "7":                     "",
		citizen + "-7":                    "",
		wrong(citizen):                    "",
		"A" + tax:                         "",
		"mail a.b@example.com, " + tax:    "email:a.b@example.com zb_tax_no:" + tax,
		"ordinary words without a number": "",
	} {
		var got []string
		s.Scan([]byte(text), func(id dataspace.ElementID, a, b int) { got = append(got, string(id)+":"+text[a:b]) })
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	none := known.NewScanner([]dataspace.ElementID{"email"})
	none.Scan([]byte(tax), func(id dataspace.ElementID, _, _ int) { t.Errorf("found %s unasked", id) })
}

func TestHeadersOfPacks(t *testing.T) {
	m := zembla(t).MatchHeader("clan")
	if len(m) != 1 || m[0].ID != "zb_clan" || m[0].Fit != headword.Whole {
		t.Errorf("%+v", m)
	}
	if m := element.Builtin().MatchHeader("clan"); len(m) != 0 {
		t.Errorf("the program knows the pack's words: %+v", m)
	}
}

func TestPacksRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*element.Extension)
		says   string
	}{
		"id":             {func(x *element.Extension) { x.File.Elements[0].ID = "ZB one" }, "is not an id"},
		"taken":          {func(x *element.Extension) { x.File.Elements[0].ID = "email" }, "has already"},
		"twice":          {func(x *element.Extension) { x.File.Elements = append(x.File.Elements, x.File.Elements[0]) }, "has already"},
		"version":        {func(x *element.Extension) { x.File.SchemaVersion = 2 }, "schema_version"},
		"classification": {func(x *element.Extension) { x.File.Elements[0].Sensitive = map[string]string{"mine": "yes"} }, "is not a classification"},
		"own-reading":    {func(x *element.Extension) { x.File.Classifications = []element.Classification{{ID: "mine"}} }, "brings no"},
		"sense":          {func(x *element.Extension) { x.File.Elements[0].Sensitive = map[string]string{element.Any: "maybe"} }, "context, yes"},
		"linkage":        {func(x *element.Extension) { x.File.Elements[0].Personal = "perhaps" }, "yes, no or context"},
		"mark":           {func(x *element.Extension) { x.File.Elements[0].Marks = []element.Mark{"shiny"} }, "is not a mark"},
		"chinese":        {func(x *element.Extension) { x.File.Elements[0].Name.ZH = "" }, "en and zh"},
		"nothing":        {func(x *element.Extension) { x.File.Elements[0].Headers = element.Headers{} }, "nothing else points"},
		"validator":      {func(x *element.Extension) { x.File.Elements[0].Detector.Validator = "magic" }, "is none of"},
		"weights":        {func(x *element.Extension) { x.File.Elements[0].Detector.Modulus = 11 }, "belong to"},
		"weighted":       {func(x *element.Extension) { x.File.Elements[0].Detector.Validator = "weighted" }, "weighted needs"},
		"pattern":        {func(x *element.Extension) { x.File.Elements[0].Detector.Pattern = "[" }, "pattern"},
		"shape":          {func(x *element.Extension) { x.File.Elements[0].Detector.Shape = "round" }, "shape"},
		"proves":         {func(x *element.Extension) { x.File.Elements[0].Detector.Proves = "all" }, "proves"},
		"masks":          {func(x *element.Extension) { x.File.Elements[0].Masks = "nothing" }, "is no element"},
		"shared": {func(x *element.Extension) {
			x.File.Elements[0].Headers.Shared = &element.Shared{Words: []string{"zb two"}, Beside: []string{"identity"}}
		}, "is none of the words"},
		"shared-alone": {func(x *element.Extension) {
			x.File.Elements[0].Headers.Shared = &element.Shared{Words: []string{"zb one"}}
		}, "headers, shared: needs words"},
		"telling": {func(x *element.Extension) {
			x.File.Elements[0].Detector.Values = []string{"a"}
			x.File.Elements[0].Detector.Telling = []string{" "}
		}, "is empty"},
		"proves-nothing": {func(x *element.Extension) { x.File.Elements[0].Detector.Proves = element.Alone }, "form alone"},
		"proves-without-digit": {func(x *element.Extension) {
			x.File.Elements[0].Detector = element.Detector{Pattern: "[A-Z0-9]{8}", Validator: "luhn", Proves: element.Inside}
		}, "must have a digit"},
		"proves-endless": {func(x *element.Extension) {
			x.File.Elements[0].Detector = element.Detector{Pattern: `\d{5,}`, Validator: "luhn", Proves: element.Inside}
		}, "between"},
	} {
		x := one(element.Element{})
		c.change(&x)
		_, err := element.Builtin().With(x)
		var p *dataspace.Problem
		if !errors.As(err, &p) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The number of elements is not limited, and each is found.
func TestManyMoreElements(t *testing.T) {
	var x element.Extension
	x.Pack, x.File.SchemaVersion = "zb/many", 1
	for i := range 300 {
		e := one(element.Element{Detector: element.Detector{Pattern: fmt.Sprintf(`Z%03d\d{8}`, i), Validator: "luhn", Proves: element.Alone}}).File.Elements[0]
		e.ID = dataspace.ElementID(fmt.Sprintf("zb_many_%d", i))
		x.File.Elements = append(x.File.Elements, e)
	}
	// Only digits are passed to Luhn, so these never pass; the pattern decides
	// which values are checked.
	if _, err := element.Builtin().With(x); err != nil {
		t.Fatal(err)
	}
	for i := range x.File.Elements {
		d := &x.File.Elements[i].Detector
		d.Validator, d.Weights, d.Modulus, d.Characters = "weighted", []int{0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}, 10, "0123456789"
	}
	known, err := element.Builtin().With(x)
	if err != nil {
		t.Fatal(err)
	}
	s := known.NewScanner(known.Provable())
	for i := range 300 {
		text := fmt.Sprintf("see Z%03d1000000%d there", i, 1)
		n := 0
		s.Scan([]byte(text), func(id dataspace.ElementID, _, _ int) {
			if n++; id != dataspace.ElementID(fmt.Sprintf("zb_many_%d", i)) {
				t.Errorf("%q holds %s", text, id)
			}
		})
		if n != 1 {
			t.Errorf("%q: found %d", text, n)
		}
	}
}

// A change of any single digit makes the check fail.
func TestWeightedProperty(t *testing.T) {
	check, _ := zembla(t).CheckOf("zb_tax_no")
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringMatching(`[A-Z]{2}`).Draw(t, "letters")
		no := taxNo(letters, rapid.IntRange(0, 9_999_999).Draw(t, "number"))
		if !check.Valid([]byte(no)) {
			t.Fatalf("%s does not pass", no)
		}
		at, digit := rapid.IntRange(2, 8).Draw(t, "at"), byte('0'+rapid.IntRange(0, 9).Draw(t, "digit"))
		if changed := no[:at] + string(digit) + no[at+1:]; changed != no && check.Valid([]byte(changed)) {
			t.Fatalf("%s passes for %s", changed, no)
		}
	})
}

// citizenNo makes a number of the invented country from ten digits.
func citizenNo(n int) string {
	s := fmt.Sprintf("%010d", n)
	for c := range 10 {
		full := fmt.Sprintf("%s-%s-%s%d", s[:4], s[4:8], s[8:], c)
		if check, _ := verhoeff.CheckOf("zb_one"); check.Valid([]byte(full)) {
			return full
		}
	}
	panic("no check digit")
}

var verhoeff = func() *element.Taxonomy {
	t, err := element.Builtin().With(one(element.Element{Detector: element.Detector{Validator: "verhoeff"}}))
	if err != nil {
		panic(err)
	}
	return t
}()

// taxNo makes one from two letters and seven digits.
func taxNo(letters string, n int) string {
	s := fmt.Sprintf("%s%07d", letters, n)
	sum := 0
	for i, w := range []int{9, 7, 1, 3, 5, 7, 9, 1, 3} {
		v := int(s[i] - '0')
		if s[i] >= 'A' {
			v = int(s[i]-'A') + 10
		}
		sum += v * w
	}
	return s + string("ABCDEFGHIJK"[sum%11])
}

// wrong changes the last digit.
func wrong(s string) string {
	last := s[len(s)-1]
	return s[:len(s)-1] + string('0'+(last-'0'+1)%10)
}
