package clear_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// A person's match with a list is reused while columns and list are the same.
// If either has changed, the match does not count.
func TestListMatchIsForWhatWasLookedAt(t *testing.T) {
	email, name := dataspace.ElementID("email"), dataspace.ElementID("person_name_zh")
	profile := func(columns ...dataspace.ColumnProfile) dataspace.Profile {
		return dataspace.Profile{Columns: columns}
	}
	looked := profile(dataspace.ColumnProfile{Name: "mail", Element: &email}, dataspace.ColumnProfile{Name: "n"})
	digest, err := looked.ColumnsDigest()
	if err != nil {
		t.Fatal(err)
	}
	list := dataspace.PackRef{ID: "xx/list", Version: "1.0.0", SHA256: "aa"}
	other := dataspace.PackRef{ID: "xx/national", Version: "1.0.0", SHA256: "bb"}
	match := &dataspace.ListMatch{Pack: list, Items: []string{"A1"}, Columns: digest}
	known := dataspace.ValuesOf(map[string]dataspace.Value{
		"data.list_items":     dataspace.ListOf("A1"),
		"data.list_confirmed": dataspace.BoolOf(true),
		"data.list_of":        dataspace.TextOf("xx/list"),
	})

	more := looked
	more.Rows = 7 // the values of the columns may change
	newer := list
	newer.SHA256 = "cc"
	for name, c := range map[string]struct {
		profile dataspace.Profile
		packs   []dataspace.PackRef
		facts   dataspace.DatasetFacts
		want    dataspace.Values
	}{
		"same":            {looked, []dataspace.PackRef{other, list}, dataspace.DatasetFacts{ListMatch: match}, known},
		"other_rows":      {more, []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, known},
		"another_column":  {profile(append(looked.Columns[:2:2], dataspace.ColumnProfile{Name: "x"})...), []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, dataspace.Values{}},
		"renamed":         {profile(dataspace.ColumnProfile{Name: "m", Element: &email}, looked.Columns[1]), []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, dataspace.Values{}},
		"found_otherwise": {profile(looked.Columns[0], dataspace.ColumnProfile{Name: "n", Element: &name}), []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, dataspace.Values{}},
		"newer_list":      {looked, []dataspace.PackRef{newer}, dataspace.DatasetFacts{ListMatch: match}, dataspace.Values{}},
		"list_gone":       {looked, nil, dataspace.DatasetFacts{ListMatch: match}, dataspace.Values{}},
		// A statement of the owner does not replace the confirmation of a
		// person.
		"stated_too": {looked, nil, dataspace.DatasetFacts{ListMatch: match, Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"list_confirmed": dataspace.BoolOf(true),
		})}, dataspace.Values{}},
		"stated": {looked, nil, dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"list_items":     dataspace.ListOf("B"),
			"list_confirmed": dataspace.BoolOf(true),
		})}, dataspace.ValuesOf(map[string]dataspace.Value{
			"data.list_items":     dataspace.ListOf("B"),
			"data.list_confirmed": dataspace.BoolOf(true),
		})},
		"nothing": {looked, []dataspace.PackRef{list}, dataspace.DatasetFacts{}, dataspace.Values{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := clear.BuildFacts(clear.Input{Facts: fact.Standard(), Profile: c.profile, Packs: c.packs, Dataset: c.facts}).Known.Under("data.list_")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
