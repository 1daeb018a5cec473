package dossier

import (
	"testing"

	"hutong/filings"
	"hutong/internal/dataspace"
)

// TestDerived walks each combination of the facts on which answers of the
// filings depend.
func TestDerived(t *testing.T) {
	l, err := Load(filings.FS)
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	for _, tt := range []struct {
		personal         *bool
		important, basis string
		types, not       any
		consent          any
	}{
		{nil, "", "", nil, nil, nil},
		{&yes, "", "consent", nil, nil, "consent"},
		{&no, "", "other", nil, nil, nil},
		{nil, "no", "contract", nil, true, "other"},
		{&yes, "no", "hr", "personal_information", true, "other"},
		{&no, "no", "statutory", nil, true, "other"},
		{nil, "yes", "emergency", nil, nil, "other"},
		{&yes, "yes", "", "both", nil, nil},
		{&no, "yes", "", "important_data", nil, nil},
		{&yes, "notified", "", "both", false, nil},
		{&no, "notified", "", "important_data", false, nil},
		{&yes, "published", "", "both", false, nil},
		{&no, "published", "", "important_data", false, nil},
		{&yes, "unknown", "", nil, nil, nil},
		{&no, "unknown", "", nil, nil, nil},
	} {
		var f dataspace.Facts
		if tt.personal != nil {
			f.Known.Set(dataspace.FactPersonal, dataspace.BoolOf(*tt.personal))
		}
		if tt.important != "" {
			f.Known.Set("data.important", dataspace.TextOf(tt.important))
		}
		if tt.basis != "" {
			f.Known.Set("consent.basis", dataspace.TextOf(tt.basis))
		}
		out := map[string]any{}
		l.fromFacts(out, &f)
		if out["data_types"] != tt.types || out["not_important"] != tt.not || out["consent_basis"] != tt.consent {
			t.Errorf("important %q, basis %q: %v %v %v, want %v %v %v", tt.important, tt.basis,
				out["data_types"], out["not_important"], out["consent_basis"], tt.types, tt.not, tt.consent)
		}
	}
}

// TestDerivedSum: numbers are added up where all of them are known.
func TestDerivedSum(t *testing.T) {
	l, err := Load(filings.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		others, sensitive *int64
		year, with        any
	}{
		{new(int64(70)), new(int64(5)), int64(75), int64(5)},
		{new(int64(0)), new(int64(0)), int64(0), int64(0)},
		{nil, new(int64(5)), nil, int64(5)},
		{new(int64(70)), nil, nil, nil},
	} {
		var f dataspace.Facts
		f.Known.Set("counts.non_sensitive", dataspace.MaybeInt(tt.others))
		f.Known.Set("counts.sensitive", dataspace.MaybeInt(tt.sensitive))
		out := map[string]any{}
		l.fromFacts(out, &f)
		if year, with := lookup(out, "people.year"), lookup(out, "people.year_sensitive"); year != tt.year || with != tt.with {
			t.Errorf("%v and %v people: %v, %v, want %v, %v", tt.others, tt.sensitive, year, with, tt.year, tt.with)
		}
	}
}
