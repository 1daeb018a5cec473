package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// semantic is a type of the labelled columns that is an element of ours.
type semantic struct {
	ids []dataspace.ElementID
	// form says that the values have a form or a list of their own, so that they
	// are known without a header.
	form bool
}

// semantics are the types that the taxonomy has, decided by its descriptions.
// The other types are titles, sports, codes and measures. No element describes
// them, or one that only a header can tell, such as an amount or a category.
var semantics = map[string]semantic{
	"address":      {is("postal_address_latin", "postal_address_zh").ids, true},
	"age":          {is("age").ids, false},
	"artist":       {is("person_name_latin").ids, false}, // persons and bands
	"birth Date":   {is("date_of_birth", "timestamp").ids, true},
	"birth Place":  {is("native_place", "coarse_region").ids, true},
	"city":         {is("coarse_region").ids, true},
	"company":      {is("org_name").ids, false},
	"continent":    {is("coarse_region").ids, true},
	"country":      {is("coarse_region", "nationality").ids, true},
	"county":       {is("coarse_region").ids, true},
	"creator":      {is("person_name_latin", "username_account").ids, false},
	"description":  {is("review_text").ids, false},
	"director":     {is("person_name_latin").ids, true},
	"education":    {is("education_employment").ids, false},
	"gender":       {is("sex_gender").ids, true},
	"jockey":       {is("person_name_latin").ids, true},
	"location":     {is("coarse_region", "postal_address_latin").ids, false},
	"manufacturer": {is("org_name").ids, false},
	"name":         {is("person_name_latin").ids, false}, // of persons and things
	"nationality":  {is("nationality", "coarse_region").ids, true},
	"notes":        {is("review_text").ids, false},
	"organisation": {is("org_name").ids, false},
	"owner":        {is("person_name_latin", "org_name").ids, false},
	"person":       {is("person_name_latin").ids, true},
	"publisher":    {is("org_name").ids, false},
	"region":       {is("coarse_region").ids, true},
	"religion":     {is("religion").ids, true},
	"sex":          {is("sex_gender").ids, true},
	"state":        {is("coarse_region").ids, true},
}

// either are elements that are neither right nor wrong for other types: an
// affiliation is often an organisation, an origin a country.
var either = map[string][]dataspace.ElementID{
	"affiliate":   is("person_name_latin", "org_name").ids,
	"affiliation": is("org_name", "education_employment", "coarse_region").ids,
	"area":        is("coarse_region").ids,
	"brand":       is("org_name").ids,
	"club":        is("org_name").ids,
	"industry":    is("education_employment").ids,
	"operator":    is("org_name", "person_name_latin").ids,
	"origin":      is("coarse_region", "nationality").ids,
	"team":        is("org_name", "coarse_region").ids,
	"team Name":   is("org_name", "coarse_region").ids,
}

// tally counts for one type.
type tally struct{ columns, right int }

// sherlock measures columns without headers, by the type that others have given
// them.
func sherlock(ctx context.Context, b *bench, r *report) error {
	types, values, there, err := sherlockColumns(b, r)
	if err != nil || !there {
		return err
	}
	of, claimed, claimedRight := map[string]*tally{}, map[dataspace.ElementID]int{}, map[dataspace.ElementID]int{}
	for i, kind := range types {
		s, ours := semantics[kind]
		t := truth{known: ours, ids: s.ids}
		cs, err := b.columns(ctx, []column{{name: fmt.Sprint("column_", i+1), values: values[i], truth: t}})
		if err != nil {
			return err
		}
		right := ours && t.right(cs[0])
		if ours {
			if of[kind] == nil {
				of[kind] = &tally{}
			}
			of[kind].columns++
			if right {
				of[kind].right++
			}
		}
		if e := cs[0].Element; e != nil && (right || !slices.Contains(either[kind], *e)) {
			claimed[*e]++
			if right {
				claimedRight[*e]++
			}
		}
		if e := cs[0].Element; ours && !right || e != nil && !ours && !slices.Contains(either[kind], *e) {
			r.wrong("%s: %s: %.100q", kind, named(cs[0]), strings.Join(values[i], "|"))
		}
	}
	r.Head = []string{"type", "columns", "precision", "recall", "F1", "form of its own"}
	var all, formed [2]float64
	for _, kind := range sorted(of) {
		t, s := of[kind], semantics[kind]
		n, right := 0, 0
		for _, id := range s.ids {
			n, right = n+claimed[id], right+claimedRight[id]
		}
		precision, recall := share(right, n), share(t.right, t.columns)
		f1 := 0.0
		if precision+recall > 0 {
			f1 = 2 * precision * recall / (precision + recall)
		}
		all[0], all[1] = all[0]+f1*float64(t.columns), all[1]+float64(t.columns)
		form := ""
		if s.form {
			formed[0], formed[1] = formed[0]+f1*float64(t.columns), formed[1]+float64(t.columns)
			form = "yes"
		}
		r.Rows = append(r.Rows, []string{kind, fmt.Sprint(t.columns), fmt.Sprintf("%.2f", precision), fmt.Sprintf("%.2f", recall), fmt.Sprintf("%.2f", f1), form})
	}
	r.atLeast(.65, "weighted F1 of the types that are elements", all[0]/all[1], fmt.Sprintf("%.0f columns", all[1]))
	r.atLeast(.75, "of those with a form of their own", formed[0]/formed[1], fmt.Sprintf("%.0f columns", formed[1]))
	return nil
}

// sherlockColumns reads the labelled columns.
func sherlockColumns(b *bench, r *report) (types []string, values [][]string, there bool, err error) {
	dir := filepath.Join(b.options.shared, "data", "labelled")
	raw, there, err := r.file(filepath.Join(dir, "sherlock_values.csv"))
	if err != nil || !there {
		return nil, nil, false, err
	}
	labels, there, err := r.file(filepath.Join(dir, "sherlock_labels.csv"))
	if err != nil || !there {
		return nil, nil, false, err
	}
	label := map[string]string{}
	list, err := csv.NewReader(bytes.NewReader(labels)).ReadAll()
	if err != nil {
		return nil, nil, false, err
	}
	for _, row := range list {
		label[row[0]] = row[1]
	}
	list, err = csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return nil, nil, false, err
	}
	for _, row := range list {
		cells, err := pythonList(row[1])
		if err != nil {
			return nil, nil, false, fmt.Errorf("column %s: %w", row[0], err)
		}
		types, values = append(types, label[row[0]]), append(values, cells)
	}
	return types, values, true, nil
}
