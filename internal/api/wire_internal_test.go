package api

import (
	"encoding/json"
	"errors"
	"reflect"
	"sort"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/examine"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/meter"
	"hutong/internal/officer"
	"hutong/internal/packtools"
	"hutong/internal/papers"
	"hutong/internal/people"
	"hutong/internal/reliance"
	"hutong/internal/rules"
	"hutong/internal/screen"
)

// names are the JSON names of a type, with those of what is in it, such as
// "policy.allow". Types that make their own JSON count as one name.
func names(t reflect.Type, prefix string, out map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.Implements(reflect.TypeFor[json.Marshaler]()) && !factsBeside(t) {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			names(f.Type, prefix, out)
		case f.IsExported():
			out[prefix+name] = true
			names(f.Type, prefix+name+".", out)
		}
	}
}

// factsBeside reports whether a type makes its own JSON only to put facts beside
// its fields.
func factsBeside(t reflect.Type) bool {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("json") == "-" && (f.Name == "Known" || f.Name == "Facts") {
			return true
		}
	}
	return false
}

// The wire has every name of the rows from which it is made, and no other. The
// names that must stay internal are listed here.
func TestWireNames(t *testing.T) {
	open := []string{"facts.", "totals.", "change."} // maps on the wire
	cases := []struct {
		row, wire any
		wireOnly  []string
	}{
		{gateway.Participant{}, client.Participant{}, nil},
		{gateway.Dataset{}, client.Dataset{}, nil},
		{papers.Paper{}, client.Instrument{}, []string{"uses", "uses."}},
		{reliance.Uses{}, client.InstrumentUses{}, nil},
		{papers.Act{}, client.InstrumentAct{}, nil},
		{screen.List{}, client.ScreenList{}, nil},
		{screen.Result{}, client.Screening{}, nil},
		{gateway.APIKey{}, client.APIKey{}, nil},
		{gateway.Peer{}, client.Peer{}, nil},
		{gateway.Card{}, client.Card{}, nil},
		{flow.Flow{}, client.Flow{}, []string{"progress", "progress.", "sending"}},
		{meter.Reading{}, client.Progress{}, nil},
		{flow.Agenda{}, client.Agenda{}, nil},
		{flow.Filing{}, client.Filing{}, nil},
		{officer.Kept{}, client.Statements{}, nil},
		{declare.Kept{}, client.Declaration{}, []string{"state"}},
		{dataspace.ColumnPlan{}, client.ColumnPlan{}, nil},
		{dataspace.KeyCandidate{}, client.KeyCandidate{}, nil},
		{clear.Outlook{}, client.Outlook{}, nil},
		{people.Correction{}, client.Correction{}, nil},
		{year{}, client.YearCounts{}, nil},
		{dataspace.PackRef{}, client.PackRef{}, nil},
		{packtools.Info{}, client.PackInfo{}, nil},
		{packtools.Rules{}, client.PackRules{}, nil},
		{packtools.Findings{}, client.PackFindings{}, nil},
		{packtools.Imported{}, client.AnnexImported{}, nil},
		{examine.TestReport{}, client.PackTest{}, nil},
		{examine.MutationReport{}, client.PackMutants{}, nil},
	}
	list := func(v any, without []string) []string {
		all := map[string]bool{}
		names(reflect.TypeOf(v), "", all)
		out := []string{}
	next:
		for n := range all {
			for _, w := range without {
				if n == w || strings.HasSuffix(w, ".") && strings.Contains("."+n, "."+w) {
					continue next
				}
			}
			out = append(out, n)
		}
		sort.Strings(out)
		return out
	}
	for _, c := range cases {
		row, wire := list(c.row, open), list(c.wire, append(c.wireOnly, open...))
		if len(row) == 0 || !reflect.DeepEqual(row, wire) {
			t.Errorf("%T has\n%v\n%T has\n%v\nadd the field to the wire type, or to what stays inside", c.row, row, c.wire, wire)
		}
	}
}

// A value comes back from the wire unchanged.
func TestWireRoundTrip(t *testing.T) {
	p := gateway.Participant{ID: "acme", LegalName: dataspace.Text{ZH: "甲"}, Jurisdiction: "CN",
		Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "far", Purposes: []string{"business"}}}},
		Known:  dataspace.ValuesOf(map[string]dataspace.Value{"ciio": dataspace.BoolOf(true), "subjects_processed": dataspace.IntOf(7), "pack.zz_atlantis.guild": dataspace.TextOf("x")})}
	wire, err := wired[client.Participant](p)
	if err != nil {
		t.Fatal(err)
	}
	back, err := unwired[gateway.Participant](wire)
	if err != nil || !reflect.DeepEqual(back, p) {
		t.Errorf("%+v came back as %+v: %v", p, back, err)
	}
	d := gateway.Dataset{ID: "set", Owner: "acme", Facts: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{"act": dataspace.TextOf("transfer")})}}
	set, err := wired[client.Dataset](d)
	if err != nil || set.Facts["act"] != "transfer" {
		t.Errorf("%+v: %v", set, err)
	}
}

// An unknown fact is refused, not dropped.
func TestUnknownFacts(t *testing.T) {
	set, err := rules.NewSet()
	if err != nil {
		t.Fatal(err)
	}
	begin := beginHandlers{rules: func() *rules.Set { return set }}
	_, err = begin.said(dataspace.DatasetFacts{}, client.Facts{"harmless": true}, "key-1")
	if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), "harmless") {
		t.Errorf("an unknown fact: %v", err)
	}
}
