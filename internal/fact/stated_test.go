package fact_test

import (
	"errors"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// TestEveryFactCanBeStated: what no gateway finds by itself somebody can state,
// under a name and with a flag that no other fact has where both are given.
func TestEveryFactCanBeStated(t *testing.T) {
	for _, by := range [][]fact.Source{{fact.Exporter, fact.Recipient}, {fact.Dataset, fact.Flow}} {
		flags := map[string]string{}
		for i := range fact.Standard().All() {
			d := fact.Standard().At(i)
			if d.Any != "" || d.Member || !d.StatedBy(by[0]) && !d.StatedBy(by[1]) {
				continue
			}
			if other, taken := flags[d.FlagName()]; taken && d.FlagName() != "" && d.FieldName() != other {
				t.Errorf("--%s is %s and %s", d.FlagName(), other, d.Name)
			}
			flags[d.FlagName()] = d.FieldName()
		}
		if len(flags) < 15 {
			t.Errorf("%d flags for what %v state, want at least 15", len(flags), by)
		}
	}
}

func TestCheckDataset(t *testing.T) {
	for name, tt := range map[string]struct {
		fact string
		v    dataspace.Value
		want string // in the error; empty: it may be stated
	}{
		"short":         {"important", dataspace.TextOf("no"), ""},
		"whole":         {"data.important", dataspace.TextOf("no"), ""},
		"party":         {"recipient.commercial", dataspace.BoolOf(true), ""},
		"of-a-register": {"exporter.ciio", dataspace.BoolOf(false), "facts.exporter.ciio"},
		"found":         {"personal", dataspace.BoolOf(false), "facts.personal"},
		"counted":       {"counts.sensitive", dataspace.IntOf(0), "facts.counts.sensitive"},
		"unknown":       {"harmless", dataspace.BoolOf(true), "harmless"},
		"type":          {"core", dataspace.TextOf("no"), "facts.core"},
		"value":         {"transaction", dataspace.TextOf("gift"), "gift"},
		"day":           {"important_notified_on", dataspace.TextOf("soon"), "facts.important_notified_on"},
		"negative":      {"us_persons.personal_health", dataspace.IntOf(-1), "facts.us_persons.personal_health"},
	} {
		t.Run(name, func(t *testing.T) {
			err := fact.Standard().CheckDataset(dataspace.ValuesOf(map[string]dataspace.Value{tt.fact: tt.v}), fact.Dataset, fact.Flow)
			if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ fact, text, want string }{
		{"data.core", "yes", "true"}, {"data.core", "false", "false"}, {"data.core", "unknown", ""}, {"data.core", "perhaps", "error"},
		{"data.important", "unknown", "unknown"}, {"origin", "unknown", ""}, {"origin", "mars", "error"},
		{"exporter.subjects_processed", "12", "12"}, {"exporter.subjects_processed", "-1", "error"}, {"exporter.subjects_processed", "many", "error"},
		{"recipient.onward_to", "SG, JP", "[SG JP]"}, {"storage.until", "2026-02-30", "error"}, {"storage.place", "SG-01", "SG-01"},
	} {
		d, _ := fact.Standard().Lookup(tt.fact)
		v, err := d.Parse(tt.text)
		if (err != nil) != (tt.want == "error") || err == nil && v.String() != tt.want {
			t.Errorf("%s %q: %v, %v; want %s", tt.fact, tt.text, v, err, tt.want)
		}
	}
}

func TestContradictions(t *testing.T) {
	a := dataspace.ValuesOf(map[string]dataspace.Value{"recipient.commercial": dataspace.BoolOf(true)})
	for want, b := range map[bool]dataspace.Value{true: dataspace.BoolOf(false), false: dataspace.BoolOf(true)} {
		err := fact.Standard().Contradictions(a, dataspace.ValuesOf(map[string]dataspace.Value{"recipient.commercial": b, "recipient.role": dataspace.TextOf("processor")}))
		if (err != nil) != want {
			t.Errorf("%v over true: %v", b, err)
		}
	}
}
