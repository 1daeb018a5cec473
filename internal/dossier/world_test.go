package dossier_test

import (
	"fmt"
	"strings"
	"testing"

	"hutong/filings"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
)

func load(t testing.TB) *dossier.Library {
	t.Helper()
	l, err := dossier.Load(filings.FS)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func ptr[T any](v T) *T { return &v }

// flowOf is what a gateway knows of a flow of four columns, of which three
// leave.
func flowOf() dossier.Flow {
	id := func(s string) *dataspace.ElementID { return ptr(dataspace.ElementID(s)) }
	return dossier.Flow{
		Facts: &dataspace.Facts{On: "2026-06-15", Instruments: []dataspace.Instrument{{Kind: "cn.pipia", CompletedOn: "2026-06-01"},
			{Kind: "cn.security_assessment", ID: "sa-1", EffectiveOn: "2024-01-05", ExpiresOn: "2027-01-04"}}, DeliveredOn: "2026-06-20", Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.jurisdiction":       dataspace.TextOf("CN"),
			"exporter.registered_in":      dataspace.TextOf("CN-SH"),
			"exporter.ciio":               dataspace.BoolOf(false),
			"exporter.subjects_processed": dataspace.IntOf(1234567),
			"recipient.jurisdiction":      dataspace.TextOf("SG"),
			"recipient.onward_to":         dataspace.ListOf("HK", "JP"),
			"data.personal":               dataspace.BoolOf(true),
			"data.important":              dataspace.TextOf("no"),
			"data.list_items":             dataspace.ListOf("item-7"),
			"counts.non_sensitive":        dataspace.IntOf(150000),
			"counts.sensitive":            dataspace.IntOf(9876),
			"consent.basis":               dataspace.TextOf("consent"),
			"storage.place":               dataspace.TextOf("SG"),
			"storage.until":               dataspace.TextOf("2028-06-30"),
		})},
		Profile: &dataspace.Profile{Columns: []dataspace.ColumnProfile{
			{Name: "full_name", Type: "string", Element: id("person_name_zh"), Personal: true},
			{Name: "id_card", Type: "string", Element: id("cn_resident_id"), Personal: true, Sensitive: true},
			{Name: "secret_note", Type: "string", Personal: true},
			{Name: "odd<&column", Type: "number"},
		}},
		Plan: &dataspace.Plan{Purpose: "business", Format: "csv", Columns: []dataspace.ColumnPlan{
			{Name: "full_name", Action: dataspace.Keep}, {Name: "id_card", Action: dataspace.Mask, Rule: "some-rule"},
			{Name: "secret_note", Action: dataspace.Drop}, {Name: "odd<&column", Action: dataspace.Keep},
		}},
	}
}

// flowFor is a flow that the kind fits.
func flowFor(kind dossier.Kind) dossier.Flow {
	f := flowOf()
	switch {
	case kind == undertakingKind:
		f.Facts.Known.Set("recipient.jurisdiction", dataspace.TextOf("HK"))
	case strings.HasPrefix(string(kind), "cn/small-"):
		f.Facts.Known.Set("exporter.subjects_processed", dataspace.IntOf(99_999))
	}
	return f
}

const undertakingKind = "gba/undertaking"

// say is the answer of a test to a question: each text is different.
func say(q dossier.Asked, path string) any {
	switch q.Type {
	case "number":
		return len(path) + 70000
	case "date":
		return "2026-05-04"
	case "yesno":
		return !strings.HasSuffix(path, ".none")
	case "word":
		return wordsSaid[string(q.Words)].said
	case "choice":
		return q.Options[len(q.Options)-1]
	}
	return "答:" + path
}

// wordsSaid are answers by their vocabulary, and how a document shows them.
var wordsSaid = map[string]struct{ said, shown string }{
	"jurisdictions": {"New Zealand", "新西兰"}, "sectors": {"酒店", "住宿业"}, "scenarios": {"some scenario", "some scenario"},
}

// answerAll answers every question of a kind, with n entries in each list that
// has no key.
func answerAll(t testing.TB, l *dossier.Library, kind dossier.Kind, n int) dossier.Answers {
	t.Helper()
	asked, err := l.Questions(kind)
	if err != nil {
		t.Fatal(err)
	}
	out := dossier.Answers{}
	lists := map[string]bool{}
	for _, q := range asked {
		lists[q.Path] = q.Type == "list"
	}
	var put func(tree map[string]any, parts []string, prefix string, q dossier.Asked)
	put = func(tree map[string]any, parts []string, prefix string, q dossier.Asked) {
		name, isList := strings.CutSuffix(parts[0], "[]")
		path := prefix + name
		if len(parts) == 1 && !isList {
			if q.Type == "list" {
				return // its content makes it
			}
			tree[name] = say(q, path)
			if kind == undertakingKind && name == "country" {
				tree[name] = "HK"
			}
			return
		}
		if !isList {
			below, ok := tree[name].(map[string]any)
			if !ok {
				below = map[string]any{}
				tree[name] = below
			}
			put(below, parts[1:], path+".", q)
			return
		}
		entries, _ := tree[name].([]any)
		keys := []string{"full_name", "id_card", "odd<&column"}
		keyed := strings.HasSuffix(path, ".items")
		want := n
		if keyed {
			want = len(keys)
		}
		for len(entries) < want {
			entry := map[string]any{}
			if keyed {
				entry["name"] = keys[len(entries)]
			}
			entries = append(entries, entry)
		}
		tree[name] = entries
		for i, e := range entries {
			if keyed && parts[1] == "name" {
				continue
			}
			put(e.(map[string]any), parts[1:], fmt.Sprintf("%s[%d].", path, i), q)
		}
	}
	for _, q := range asked {
		put(out, strings.Split(q.Path, "."), "", q)
	}
	return reparse(t, l, out)
}

func write(t testing.TB, l *dossier.Library, in dossier.Input) *dossier.Dossier {
	t.Helper()
	d, err := l.Write(in)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func file(t testing.TB, d *dossier.Dossier, suffix string) []byte {
	t.Helper()
	for _, f := range d.Files {
		if strings.HasSuffix(f.Name, suffix) {
			return f.Data
		}
	}
	t.Fatalf("%s: no file %s", d.Kind, suffix)
	return nil
}
