package homezone_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/homezone"
	"hutong/internal/zone"
)

func zones(t *testing.T, names ...string) zone.List {
	t.Helper()
	l, err := zone.Read("zones", names)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The question is that of the table of facts, and it is asked only where the answer
// matters.
func TestQuestions(t *testing.T) {
	d, ok := fact.Standard().Lookup(homezone.Fact)
	if !ok {
		t.Fatalf("%s is no fact", homezone.Fact)
	}
	several := zones(t, "America/New_York", "Pacific/Honolulu")
	want := []homezone.Question{{Fact: d.FieldName(), Ask: d.Ask, Values: []string{"America/New_York", "Pacific/Honolulu"}}}
	if diff := cmp.Diff(want, homezone.Questions(several, dataspace.Values{})); diff != "" {
		t.Error(diff)
	}
	stated := dataspace.ValuesOf(map[string]dataspace.Value{d.FieldName(): dataspace.TextOf("America/Chicago")})
	for name, got := range map[string][]homezone.Question{
		"stated": homezone.Questions(several, stated), "one zone": homezone.Questions(zones(t, "Asia/Shanghai"), dataspace.Values{}), "no zone": homezone.Questions(nil, dataspace.Values{}),
	} {
		if len(got) > 0 {
			t.Errorf("%s: it asks %v", name, got)
		}
	}
}

func TestNarrower(t *testing.T) {
	several := zones(t, "America/New_York", "Pacific/Honolulu")
	of := func(j dataspace.Jurisdiction) zone.List {
		if j == "YY" {
			return several
		}
		return zones(t, "Asia/Shanghai")
	}
	facts := func(on, at string, more ...string) *dataspace.Facts {
		f := &dataspace.Facts{On: on, At: at, Known: dataspace.ValuesOf(map[string]dataspace.Value{"exporter.jurisdiction": dataspace.TextOf("YY")})}
		for i := 0; i < len(more); i += 2 {
			f.Known.Set(more[i], dataspace.TextOf(more[i+1]))
		}
		return f
	}
	const between = "2027-01-01T06:00:00Z" // 1 January in New York, 31 December in Honolulu
	got := homezone.Narrower(of, facts("2026-12-31", between))
	if len(got) != 1 || got[0].Fact != homezone.Fact || got[0].Ask == nil {
		t.Fatalf("it asks %+v", got)
	}
	for _, want := range []string{"2026-12-31 or 2027-01-01", "the earliest counts"} {
		if !strings.Contains(got[0].Why.EN, want) {
			t.Errorf("%q is not in %q", want, got[0].Why.EN)
		}
	}
	d, _ := fact.Standard().Lookup(homezone.Fact)
	if !strings.HasPrefix(got[0].Ask.EN, d.Ask.EN) || !strings.Contains(got[0].Ask.EN, "Pacific/Honolulu") || !strings.HasPrefix(got[0].Ask.ZH, d.Ask.ZH) || !strings.Contains(got[0].Why.ZH, "2026-12-31或2027-01-01") {
		t.Errorf("it asks %+v %+v", got[0].Why, got[0].Ask)
	}
	for name, f := range map[string]*dataspace.Facts{
		"one day":       facts("2027-01-01", "2027-01-01T18:00:00Z"),
		"no instant":    facts("2026-12-31", ""),
		"stated zone":   facts("2026-12-31", between, homezone.Fact, "Pacific/Honolulu"),
		"stated day":    facts("2027-01-01", between),
		"one zone":      facts("2027-01-01", between, "exporter.jurisdiction", "XX"),
		"broken moment": facts("2026-12-31", "soon"),
	} {
		if got := homezone.Narrower(of, f); len(got) > 0 {
			t.Errorf("%s: it asks %+v", name, got)
		}
	}
}
