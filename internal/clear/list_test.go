package clear_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
)

// A person's match with a list is reused while columns and list are the same;
// when either has changed, nobody has looked.
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
	yes := true
	known := dataspace.DataFacts{ListItems: []string{"A1"}, ListConfirmed: &yes, ListOf: "xx/list"}

	more := looked
	more.Rows = 7 // what stands in the columns may change
	newer := list
	newer.SHA256 = "cc"
	for name, c := range map[string]struct {
		profile dataspace.Profile
		packs   []dataspace.PackRef
		facts   dataspace.DatasetFacts
		want    dataspace.DataFacts
	}{
		"same":            {looked, []dataspace.PackRef{other, list}, dataspace.DatasetFacts{ListMatch: match}, known},
		"other_rows":      {more, []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, known},
		"another_column":  {profile(append(looked.Columns[:2:2], dataspace.ColumnProfile{Name: "x"})...), []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, dataspace.DataFacts{}},
		"renamed":         {profile(dataspace.ColumnProfile{Name: "m", Element: &email}, looked.Columns[1]), []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, dataspace.DataFacts{}},
		"found_otherwise": {profile(looked.Columns[0], dataspace.ColumnProfile{Name: "n", Element: &name}), []dataspace.PackRef{list}, dataspace.DatasetFacts{ListMatch: match}, dataspace.DataFacts{}},
		"newer_list":      {looked, []dataspace.PackRef{newer}, dataspace.DatasetFacts{ListMatch: match}, dataspace.DataFacts{}},
		"list_gone":       {looked, nil, dataspace.DatasetFacts{ListMatch: match}, dataspace.DataFacts{}},
		// What the owner says does not stand in for what a person confirmed.
		"stated_too": {looked, nil, dataspace.DatasetFacts{ListMatch: match, ListConfirmed: &yes}, dataspace.DataFacts{}},
		"stated":     {looked, nil, dataspace.DatasetFacts{ListItems: []string{"B"}, ListConfirmed: &yes}, dataspace.DataFacts{ListItems: []string{"B"}, ListConfirmed: &yes}},
		"nothing":    {looked, []dataspace.PackRef{list}, dataspace.DatasetFacts{}, dataspace.DataFacts{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := clear.BuildFacts(clear.Input{Profile: c.profile, Packs: c.packs, Dataset: c.facts}).Data
			if diff := cmp.Diff(c.want, dataspace.DataFacts{ListItems: got.ListItems, ListConfirmed: got.ListConfirmed, ListOf: got.ListOf}); diff != "" {
				t.Error(diff)
			}
		})
	}
}
