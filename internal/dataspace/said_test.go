package dataspace_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
)

// said is a profile of two columns, of which a person said that the second
// holds no personal data.
func said() dataspace.Profile {
	name, mobile := dataspace.ElementID("person_name_zh"), dataspace.ElementID("mobile_cn")
	return dataspace.Profile{Columns: []dataspace.ColumnProfile{
		{Name: "手机", Type: "string", Element: &mobile, Band: dataspace.BandAccept, Personal: true},
		{
			Name: "家具", Type: "string", Element: &name, Band: dataspace.BandReview, Personal: true, Sensitive: true,
			Contains:     []dataspace.Contained{{Element: "email", Rows: 3}},
			Alternatives: []dataspace.Alternative{{Element: "org_name", Confidence: .2}},
			Said:         &dataspace.Said{Statement: dataspace.Statement{Column: "家具", Says: dataspace.SaysNotPersonal, By: "bob"}, Found: &name},
			Used:         &dataspace.UsedColumn{Band: dataspace.BandNone, Contains: []dataspace.Contained{{Element: "email", Rows: 3}}},
		},
	}}
}

// Decisions take what is used; the finding of the profile itself stays.
func TestUsed(t *testing.T) {
	p := said()
	used := p.Used()
	c, ok := used.Column("家具")
	if !ok || c.Element != nil || c.Band != dataspace.BandNone || c.Personal || c.Sensitive || c.Alternatives != nil || c.Used != nil || c.Said == nil {
		t.Errorf("used is %+v", c)
	}
	if diff := cmp.Diff([]dataspace.Contained{{Element: "email", Rows: 3}}, c.Contains); diff != "" {
		t.Error("what proves itself is not used:", diff)
	}
	if first, _ := used.Column("手机"); first.Element == nil || !first.Personal {
		t.Errorf("a column of which nobody said anything changed: %+v", first)
	}
	if diff := cmp.Diff(said(), p); diff != "" {
		t.Error("the finding changed:", diff)
	}
	if _, ok := used.Column("nothing"); ok {
		t.Error("there is a column that is not there")
	}
}

func TestHolds(t *testing.T) {
	var none *dataspace.Said
	for want, list := range map[bool][]*dataspace.Said{true: {{}}, false: {none, {Changed: "forms"}}} {
		for _, s := range list {
			if s.Holds() != want {
				t.Errorf("%+v holds: %t", s, s.Holds())
			}
		}
	}
}

// The schema is of names, types and their order, and of nothing else. The digest
// of columns is of what decisions use.
func TestSchema(t *testing.T) {
	digest := func(change func(p *dataspace.Profile)) (schema, columns dataspace.Digest) {
		t.Helper()
		p := said()
		change(&p)
		schema, err := p.Schema()
		if err != nil {
			t.Fatal(err)
		}
		if columns, err = p.ColumnsDigest(); err != nil {
			t.Fatal(err)
		}
		return schema, columns
	}
	schema, columns := digest(func(*dataspace.Profile) {})
	for name, tt := range map[string]struct {
		change          func(p *dataspace.Profile)
		schema, columns bool // they are the same
	}{
		"rows":               {func(p *dataspace.Profile) { p.Rows = 9 }, true, true},
		"another type":       {func(p *dataspace.Profile) { p.Columns[1].Type = "integer" }, false, true},
		"another name":       {func(p *dataspace.Profile) { p.Columns[1].Name = "桌子" }, false, false},
		"another order":      {func(p *dataspace.Profile) { p.Columns[0], p.Columns[1] = p.Columns[1], p.Columns[0] }, false, false},
		"nobody said it":     {func(p *dataspace.Profile) { p.Columns[1].Said, p.Columns[1].Used = nil, nil }, true, false},
		"what was found now": {func(p *dataspace.Profile) { p.Columns[1].Sensitive = false }, true, true},
	} {
		s, c := digest(tt.change)
		if (s == schema) != tt.schema {
			t.Errorf("%s: the schema is the same: %t", name, s == schema)
		}
		if (c == columns) != tt.columns {
			t.Errorf("%s: the columns are the same: %t", name, c == columns)
		}
	}
}
