package deliver_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/table"
)

func id(e dataspace.ElementID) *dataspace.ElementID { return &e }

var (
	idColumn    = dataspace.ColumnProfile{Name: "id_card", Element: id("cn_resident_id"), Band: dataspace.BandAccept, Personal: true}
	phoneColumn = dataspace.ColumnProfile{Name: "手机", Element: id("mobile_cn"), Band: dataspace.BandAccept, Personal: true}
	birthColumn = dataspace.ColumnProfile{Name: "born", Element: id("date_of_birth"), Band: dataspace.BandAccept, Personal: true}
	placeColumn = dataspace.ColumnProfile{Name: "lat", Type: "number", Element: id("precise_location"), Band: dataspace.BandAccept}
	plainColumn = dataspace.ColumnProfile{Name: "note", Band: dataspace.BandNone}
	notesColumn = dataspace.ColumnProfile{Name: "free", Band: dataspace.BandNone, Contains: []dataspace.Contained{{Element: "cn_resident_id", Rows: 2}}}
	unsure      = dataspace.ColumnProfile{Name: "number", Element: id("order_no"), Band: dataspace.BandReview, Alternatives: []dataspace.Alternative{{Element: "cn_resident_id"}}}
)

func TestPropose(t *testing.T) {
	drop := dataspace.Handling{Element: "cn_resident_id", Action: dataspace.Drop, Rule: "r.drop"}
	mask := dataspace.Handling{Element: "mobile_cn", Action: dataspace.Mask, Rule: "r.mask"}
	hash := dataspace.Handling{Element: "mobile_cn", Action: dataspace.Pseudonymise, Rule: "r.hash"}
	year := dataspace.Handling{Element: "date_of_birth", Action: dataspace.Generalise, Rule: "r.year"}
	grid := dataspace.Handling{Element: "precise_location", Action: dataspace.Generalise, Rule: "r.grid"}
	type plan = dataspace.ColumnPlan
	cases := map[string]struct {
		column   dataspace.ColumnProfile
		handling []dataspace.Handling
		own      *plan
		want     plan
		code     string
	}{
		"keep":              {column: plainColumn, want: plan{Action: dataspace.Keep}},
		"floor-drop":        {column: idColumn, handling: []dataspace.Handling{drop}, want: plan{Action: dataspace.Drop, Rule: "r.drop"}},
		"floor-mask":        {column: phoneColumn, handling: []dataspace.Handling{mask}, want: plan{Action: dataspace.Mask, First: 3, Last: 4, Rule: "r.mask"}},
		"two-middles":       {column: phoneColumn, handling: []dataspace.Handling{mask, hash}, want: plan{Action: dataspace.Drop, Rule: "r.hash"}},
		"floor-year":        {column: birthColumn, handling: []dataspace.Handling{year}, want: plan{Action: dataspace.Generalise, To: "year", Rule: "r.year"}},
		"floor-grid":        {column: placeColumn, handling: []dataspace.Handling{grid}, want: plan{Action: dataspace.Generalise, To: "grid", Grid: 0.1, Rule: "r.grid"}},
		"contained":         {column: notesColumn, handling: []dataspace.Handling{drop}, want: plan{Action: dataspace.Drop, Rule: "r.drop"}},
		"review-strictest":  {column: unsure, handling: []dataspace.Handling{drop}, want: plan{Action: dataspace.Drop, Rule: "r.drop"}},
		"review-no-rule":    {column: unsure, want: plan{Action: dataspace.Keep}},
		"own-stricter":      {column: phoneColumn, own: &plan{Action: dataspace.Pseudonymise}, want: plan{Action: dataspace.Pseudonymise}},
		"own-drop-on-mask":  {column: phoneColumn, handling: []dataspace.Handling{mask}, own: &plan{Action: dataspace.Drop}, want: plan{Action: dataspace.Drop}},
		"own-less-shown":    {column: phoneColumn, handling: []dataspace.Handling{mask}, own: &plan{Action: dataspace.Mask, Last: 2}, want: plan{Action: dataspace.Mask, Last: 2}},
		"own-same":          {column: phoneColumn, handling: []dataspace.Handling{mask}, own: &plan{Action: dataspace.Mask}, want: plan{Action: dataspace.Mask, First: 3, Last: 4, Rule: "r.mask"}},
		"own-element":       {column: idColumn, handling: []dataspace.Handling{drop}, own: &plan{Element: id("order_no"), Action: dataspace.Keep}, code: "plan.column.looser"},
		"own-more-shown":    {column: phoneColumn, handling: []dataspace.Handling{mask}, own: &plan{Action: dataspace.Mask, First: 4, Last: 4}, code: "plan.column.looser"},
		"own-other-middle":  {column: phoneColumn, handling: []dataspace.Handling{mask}, own: &plan{Action: dataspace.Pseudonymise}, code: "plan.column.looser"},
		"own-month-on-year": {column: birthColumn, handling: []dataspace.Handling{year}, own: &plan{Action: dataspace.Generalise, To: "month"}, code: "plan.column.looser"},
		"own-finer-grid":    {column: placeColumn, handling: []dataspace.Handling{grid}, own: &plan{Action: dataspace.Generalise, To: "grid", Grid: 0.01}, code: "plan.column.looser"},
		"own-coarser-grid":  {column: placeColumn, handling: []dataspace.Handling{grid}, own: &plan{Action: dataspace.Generalise, To: "grid", Grid: 1}, want: plan{Action: dataspace.Generalise, To: "grid", Grid: 1}},
		"stray-parameter":   {column: plainColumn, own: &plan{Action: dataspace.Keep, Length: 3}, code: "plan.column.parameter"},
		"negative":          {column: plainColumn, own: &plan{Action: dataspace.Mask, First: -1}, code: "plan.column.parameter"},
		"unknown-action":    {column: plainColumn, own: &plan{Action: "scramble"}, code: "plan.action"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := dataspace.Profile{Columns: []dataspace.ColumnProfile{c.column, {Name: "other", Band: dataspace.BandNone}}}
			var own []plan
			if c.own != nil {
				c.own.Name = c.column.Name
				own = append(own, *c.own)
			}
			got, err := (deliver.Law{Handling: c.handling}).Propose(p, own, "support", "csv")
			if c.code != "" {
				var problem *dataspace.Problem
				if !errors.As(err, &problem) || problem.Code != c.code || problem.Hint == "" {
					t.Fatalf("error %v, want code %s with a hint", err, c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			c.want.Name, c.want.Element = c.column.Name, c.column.Element
			if diff := cmp.Diff(c.want, got.Columns[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProposeWrongNames(t *testing.T) {
	p := dataspace.Profile{Columns: []dataspace.ColumnProfile{idColumn, plainColumn}}
	_, err := (deliver.Law{}).Propose(p, []dataspace.ColumnPlan{
		{Name: "idcard", Action: dataspace.Drop},
		{Name: "note", Action: dataspace.Drop}, {Name: "note", Action: dataspace.Keep},
		{Name: "id_card", Action: "hide"},
	}, "support", "csv")
	if got := dataspace.Hint(err); got != `did you mean "id_card"?` {
		t.Errorf("hint %q", got)
	}
	for _, want := range []string{"no such column", "names it twice", "unknown action"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if _, err := (deliver.Law{}).Propose(p, nil, "support", "xlsx"); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("unknown format: %v", err)
	}
	none := dataspace.Profile{Columns: []dataspace.ColumnProfile{idColumn}}
	_, err = (deliver.Law{Handling: []dataspace.Handling{{Element: "cn_resident_id", Action: dataspace.Drop}}}).Propose(none, nil, "support", "csv")
	if !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("nothing left: %v", err)
	}
}

func TestCheck(t *testing.T) {
	schema := table.Schema{Fields: []table.Field{{Name: "a"}, {Name: "b"}}}
	keep := func(name string) dataspace.ColumnPlan {
		return dataspace.ColumnPlan{Name: name, Element: id("email"), Action: dataspace.Keep}
	}
	law := []dataspace.Handling{{Element: "email", Action: dataspace.Mask, Rule: "r"}}
	cases := map[string]struct {
		columns  []dataspace.ColumnPlan
		handling []dataspace.Handling
		want     error
	}{
		"good":    {columns: []dataspace.ColumnPlan{keep("a"), keep("b")}},
		"missing": {columns: []dataspace.ColumnPlan{keep("a")}, want: dataspace.ErrInvalid},
		"unknown": {columns: []dataspace.ColumnPlan{keep("a"), keep("b"), keep("c")}, want: dataspace.ErrInvalid},
		"twice":   {columns: []dataspace.ColumnPlan{keep("a"), keep("b"), keep("a")}, want: dataspace.ErrInvalid},
		"looser":  {columns: []dataspace.ColumnPlan{keep("a"), keep("b")}, handling: law, want: dataspace.ErrDenied},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := (deliver.Law{Handling: c.handling}).Check(dataspace.Plan{Format: "csv", Columns: c.columns}, schema)
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

// A plan is never looser than the law, for any choice of the sender, and it
// passes Check and CheckProfile.
func TestNeverLooser(t *testing.T) {
	actions := []dataspace.Action{dataspace.Keep, dataspace.Truncate, dataspace.Generalise, dataspace.Mask, dataspace.Pseudonymise, dataspace.Drop}
	elements := []dataspace.ElementID{"cn_resident_id", "mobile_cn", "date_of_birth", "precise_location", "order_no"}
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		var p dataspace.Profile
		var own []dataspace.ColumnPlan
		for i := range rapid.IntRange(1, 5).Draw(t, "columns") {
			c := dataspace.ColumnProfile{Name: string(rune('a' + i)), Band: dataspace.BandAccept}
			c.Element = id(rapid.SampledFrom(elements).Draw(t, "element"))
			if rapid.Bool().Draw(t, "review") {
				c.Band = dataspace.BandReview
				c.Alternatives = []dataspace.Alternative{{Element: rapid.SampledFrom(elements).Draw(t, "alternative")}}
			}
			if rapid.Bool().Draw(t, "contains") {
				c.Contains = []dataspace.Contained{{Element: rapid.SampledFrom(elements).Draw(t, "contained"), Rows: 1}}
			}
			p.Columns = append(p.Columns, c)
			if rapid.Bool().Draw(t, "chosen") {
				own = append(own, dataspace.ColumnPlan{
					Name: c.Name, Action: rapid.SampledFrom(actions).Draw(t, "own"),
					First: rapid.IntRange(0, 1).Draw(t, "first") * 2,
				})
			}
		}
		var law []dataspace.Handling
		for range rapid.IntRange(0, 4).Draw(t, "rules") {
			law = append(law, dataspace.Handling{
				Element: rapid.SampledFrom(elements).Draw(t, "of"), Action: rapid.SampledFrom(actions).Draw(t, "law"), Rule: "r",
			})
		}
		plan, err := (deliver.Law{Handling: law}).Propose(p, own, "x", "csv")
		if err != nil {
			return
		}
		accepted++
		if err := (deliver.Law{Handling: law}).CheckProfile(plan, p); err != nil {
			t.Fatal(err)
		}
		var schema table.Schema
		for i, c := range plan.Columns {
			schema.Fields = append(schema.Fields, table.Field{Name: c.Name})
			for _, h := range law {
				of := p.Columns[i]
				could := *of.Element == h.Element ||
					slices.ContainsFunc(of.Contains, func(in dataspace.Contained) bool { return in.Element == h.Element }) ||
					slices.ContainsFunc(of.Alternatives, func(a dataspace.Alternative) bool { return a.Element == h.Element })
				if could && h.Action != dataspace.Keep && c.Action != h.Action && c.Action != dataspace.Drop {
					t.Fatalf("column %s: %s where %s is asked for", c.Name, c.Action, h.Action)
				}
			}
		}
		if err := (deliver.Law{Handling: law}).Check(plan, schema); err != nil {
			t.Fatal(err)
		}
	})
	if accepted == 0 {
		t.Error("no plan came out of any draw")
	}
}
