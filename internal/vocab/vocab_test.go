package vocab_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/vocab"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		list          vocab.Name
		written, want string // "?" and what the refusal says
	}{
		{vocab.Sectors, "accommodation", "accommodation"},
		{vocab.Sectors, "hotel", "accommodation"},
		{vocab.Sectors, " Hotel  Group ", "accommodation"},
		{vocab.Sectors, "HOTEL_GROUP", "accommodation"},
		{vocab.Sectors, "酒店", "accommodation"},
		{vocab.Sectors, "住宿业", "accommodation"},
		{vocab.Sectors, "ｈｏｔｅｌ", "accommodation"},
		{vocab.Sectors, "none of these", "none"},
		{vocab.Sectors, "none", "none"},
		{vocab.Sectors, "", ""},
		{vocab.Sectors, "banking", "banking"},
		{vocab.Sectors, "finance", "finance"},
		{vocab.Sectors, "securities", "?finance (finance, 金融类)"},
		{vocab.Sectors, "hotle", "?accommodation (accommodation, 住宿业)"},
		{vocab.Sectors, "饭店", "?catering (catering, 餐饮业), accommodation"},
		{vocab.Sectors, "astrology", "?none (none of these, 以上均不属于)"},
		{vocab.Purposes, "HR", "hr_employees"},
		{vocab.Purposes, "processing for foreign client", "processing_for_foreign_client"},
		{vocab.Acts, "Remote Access", "remote_access"},
		{vocab.Formats, "NDJSON", "jsonl"},
		{vocab.Formats, "xlsx", "?csv"},

		{vocab.Regions, "CN-SH", "CN-SH"},
		{vocab.Regions, "cn-sh", "CN-SH"},
		{vocab.Regions, "CN", "CN"},
		{vocab.Regions, "CN-310000", "CN-SH"},
		{vocab.Regions, "310115", "CN-SH"},
		{vocab.Regions, "CN-310115", "CN-SH"},
		{vocab.Regions, "CN-SH-310115", "CN-SH"},
		{vocab.Regions, "CN-31", "CN-SH"},
		{vocab.Regions, "上海", "CN-SH"},
		{vocab.Regions, "上海市", "CN-SH"},
		{vocab.Regions, "Shanghai", "CN-SH"},
		{vocab.Regions, "浦东新区", "CN-SH"},
		{vocab.Regions, "Pudong", "CN-SH"},
		{vocab.Regions, "广西", "CN-GX"},
		{vocab.Regions, "CN-GD-440300", "CN-GD-440300"},
		{vocab.Regions, "440305", "CN-GD-440300"},
		{vocab.Regions, "深圳", "CN-GD-440300"},
		{vocab.Regions, "Shenzhen City", "CN-GD-440300"},
		{vocab.Regions, "460200", "CN-HI"},
		{vocab.Regions, "CN-HI-460200", "CN-HI"},
		{vocab.Regions, "469021", "CN-HI"},
		{vocab.Regions, "510100", "CN-SC-510100"},
		{vocab.Regions, "CN-SC-510104", "CN-SC-510100"},
		{vocab.Regions, "CN-SH-LINGANG", "CN-SH-LINGANG"},
		{vocab.Regions, "CN-HK", "HK"},
		{vocab.Regions, "HK", "HK"},
		{vocab.Regions, "香港", "HK"},
		{vocab.Regions, "810000", "HK"},
		{vocab.Regions, "SG", "SG"},
		{vocab.Regions, "SG-01", "SG-01"},
		{vocab.Regions, "US-CA", "US-CA"},

		{vocab.Regions, "CN-SH-440300", "?none of the regions"},
		{vocab.Regions, "CN-GD-449900", "?none of the regions"},
		{vocab.Regions, "990000", "?none of the regions"},
		{vocab.Regions, "CN-XX", "?none of the regions"},
		{vocab.Regions, "CN-SH-X1", "?CN-SH"},
		{vocab.Regions, "Shangai", "?CN-SH (Shanghai, 上海市)"},
		{vocab.Regions, "Taizhou", "?CN-ZJ-331000 (Taizhou, 台州市)"},
		{vocab.Regions, "Suzhou", "?CN-AH-341300"},
		{vocab.Regions, "普陀", "?CN-ZJ-330900"},
		{vocab.Regions, "苏州", "CN-JS-320500"},
		{vocab.Regions, "Atlantis", "?none of the regions"},
		{vocab.Regions, "Singapore", "SG"},
		{vocab.Regions, "XQ-01", "?none of the regions"},
		{vocab.Regions, "none of these", "XZ"},
		{vocab.Regions, "sh", "?CN-SH (Shanghai, 上海市), SH ("},
		{vocab.Regions, "SH", "SH"},

		{vocab.Jurisdictions, "sg", "SG"},
		{vocab.Jurisdictions, "新加坡", "SG"},
		{vocab.Jurisdictions, "UK", "GB"},
		{vocab.Jurisdictions, "国际组织", "XZ"},
		{vocab.Jurisdictions, "XQ", "?XZ (none of these"},
		{vocab.Jurisdictions, "Singapor", "?SG (Singapore, 新加坡)"},

		{vocab.Scenarios, " any thing ", "any thing"},
		{vocab.Scenarios, "None of these", "none"},
	} {
		got, err := vocab.Standard().Read(c.list, "there", c.written)
		if says, refused := strings.CutPrefix(c.want, "?"); refused {
			var p *dataspace.Problem
			if !errors.As(err, &p) || !errors.Is(err, dataspace.ErrInvalid) || p.Place != "there" || p.Hint == "" ||
				!strings.Contains(p.Message+p.Hint, says) {
				t.Errorf("%s: %q is read as %q, %v", c.list, c.written, got, p)
			}
			continue
		}
		if got != c.want || err != nil {
			t.Errorf("%s: %q is read as %q, %v; want %q", c.list, c.written, got, err, c.want)
		}
	}
}

// What Read gives is a key, and is read as itself.
func TestReadTwiceProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		closed := slices.DeleteFunc(vocab.Names(), vocab.Standard().Open)
		list := rapid.SampledFrom(closed).Draw(t, "list")
		w := rapid.SampledFrom(vocab.Standard().Entries(list)).Draw(t, "word")
		written := rapid.SampledFrom(append([]string{w.Key, w.EN, w.ZH}, w.Synonyms...)).Draw(t, "written")
		if rapid.Bool().Draw(t, "digits") && list == vocab.Regions {
			written = rapid.StringMatching(`(CN-)?[1-8][0-9]{5}`).Draw(t, "code")
		}
		key, err := vocab.Standard().Read(list, "", written)
		if err != nil {
			return
		}
		if again, err := vocab.Standard().Read(list, "", key); again != key || err != nil || !vocab.Standard().Has(list, key) {
			t.Fatalf("%s: %q is %q, which is read as %q (%v)", list, written, key, again, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"hotel", "CN-310000", "上海", "\xff", "CN-SH-3101", "-", "HK ", strings.Repeat("界", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, n := range vocab.Names() {
			key, err := vocab.Standard().Read(n, "", s)
			if err == nil && key != "" && !vocab.Standard().Has(n, key) {
				t.Fatalf("%s: %q is read as %q, which is no key", n, s, key)
			}
		}
	})
}

// What a pack adds is read with the rest, and closes an open list.
func TestWith(t *testing.T) {
	more, err := vocab.Standard().With(
		vocab.Addition{To: vocab.Scenarios, From: "xx/list", Words: []vocab.Word{{Key: "船员管理"}, {Key: "CREW", EN: "crews", Synonyms: []string{"sailors"}}}},
		vocab.Addition{To: vocab.Sectors, From: "xx/list", Words: []vocab.Word{{Key: "accommodation"}, {Key: "violins"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		list          vocab.Name
		written, want string
	}{
		{vocab.Scenarios, "crew", "CREW"}, {vocab.Scenarios, "Sailors", "CREW"}, {vocab.Scenarios, "船员管理", "船员管理"}, {vocab.Scenarios, "crow", ""},
		{vocab.Sectors, "violins", "violins"}, {vocab.Sectors, "hotel", "accommodation"},
	} {
		if got, err := more.Read(c.list, "there", c.written); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q is read as %q, %v", c.list, c.written, got, err)
		}
	}
	if vocab.Standard().Has(vocab.Sectors, "violins") || !vocab.Standard().Open(vocab.Scenarios) {
		t.Error("the vocabularies of the program have changed")
	}
	for name, a := range map[string]vocab.Addition{
		"taken":     {To: vocab.Sectors, From: "xx/list", Words: []vocab.Word{{Key: "hotel"}}},
		"no-key":    {To: vocab.Sectors, From: "xx/list", Words: []vocab.Word{{Key: " "}}},
		"no-list":   {To: "colours", From: "xx/list"},
		"regions":   {To: vocab.Regions, From: "xx/list"},
		"name-case": {To: vocab.Sectors, From: "xx/list", Words: []vocab.Word{{Key: "HOTEL GROUP"}}},
	} {
		var p *dataspace.Problem
		if _, err := vocab.Standard().With(a); !errors.As(err, &p) || p.Place != "xx/list" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
