package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/contrast"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/packs"
)

// packFiles are the files of a pack that comes with the program.
func packFiles(t *testing.T, id string) client.PackFiles {
	t.Helper()
	out := client.PackFiles{}
	entries, err := fs.ReadDir(packs.FS, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := id + "/" + e.Name()
		if out[name], err = fs.ReadFile(packs.FS, name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// The tools of packs say the same of a pack in force and of one that is sent,
// and notice a mistake in the one that is sent.
func TestPackTools(t *testing.T) {
	w := newWorld(t)
	ctx, c := t.Context(), w.as(gateway.Compliance).Packs()
	const id = "sg/pdpa"
	list, err := c.List(ctx)
	if err != nil || len(list) < 20 {
		t.Fatalf("%d packs, %v", len(list), err)
	}
	rules, err := c.Rules(ctx, id)
	if err != nil || rules.Pack.ID != id || len(rules.Rules) == 0 || rules.Rules[0].Article == "" || rules.Rules[0].Text.ZH == "" {
		t.Errorf("%+v, %v", rules, err)
	}
	mine := client.PacksToExamine{Files: packFiles(t, id)}
	checked, err := c.Check(ctx, mine)
	if err != nil || len(checked) != 1 || checked[0].Pack != rules.Pack || checked[0].Rules != len(rules.Rules) || len(checked[0].Findings) != 0 {
		t.Errorf("%+v, %v", checked, err)
	}
	tested, err := c.Test(ctx, mine)
	if err != nil || len(tested) != 1 || len(tested[0].Cases) == 0 || len(tested[0].Decided) == 0 || len(tested[0].Undecided) != 0 {
		t.Errorf("%+v, %v", tested, err)
	}
	mutated, err := c.Mutate(ctx, mine)
	if err != nil || len(mutated) != 1 || mutated[0].Mutants == 0 || mutated[0].Killed != mutated[0].Mutants {
		t.Errorf("%+v, %v", mutated, err)
	}
	all, err := c.Test(ctx, client.PacksToExamine{})
	if err != nil || len(all) != len(list) {
		t.Errorf("%d packs in force are tested, %v", len(all), err)
	}

	text := string(mine.Files[id+"/pack.yaml"])
	mine.Files[id+"/pack.yaml"] = []byte(strings.Replace(text, "article: ", "article: ''#", 1))
	if checked, err = c.Check(ctx, mine); err != nil || len(checked[0].Findings) == 0 || checked[0].Findings[0].Code == "" {
		t.Errorf("a rule without an article: %+v, %v", checked, err)
	}
	var diff contrast.Diff
	facts := client.Facts{"on": "2026-03-01", "exporter": map[string]any{"jurisdiction": "SG"}, "recipient": map[string]any{"jurisdiction": "DE"}}
	doc, err := c.Diff(ctx, client.PackDiff{A: client.PackSide{Packs: []string{id}}, B: client.PackSide{Files: mine.Files}, Facts: []client.NamedFacts{{Name: "mine", Facts: facts}}})
	if err != nil || json.Unmarshal(doc, &diff) != nil || string(diff.A.ID) != id || len(diff.Given) == 0 || diff.Given[0].Name != "mine" {
		t.Errorf("%s, %v", doc, err)
	}
	var both contrast.Comparison
	doc, err = c.Compare(ctx, client.PackComparison{A: client.PackSide{Packs: []string{"cn/national"}}, B: client.PackSide{Packs: []string{id}}})
	if err != nil || json.Unmarshal(doc, &both) != nil || len(both.Rows) == 0 {
		t.Errorf("%.200s, %v", doc, err)
	}
	w.nothingLeft()
}

// An annex becomes the next version of a pack, which only the caller gets.
func TestImportAnnex(t *testing.T) {
	w := newWorld(t)
	c := w.as(gateway.Compliance).Packs()
	sample := os.DirFS("../../docs/howto/sample-annex")
	text := func(name string) []byte {
		data, err := fs.ReadFile(sample, name)
		w.must(err)
		return data
	}
	in := client.AnnexImport{Name: "annex.csv", Annex: text("annex.csv"), Mapping: string(text("mapping.yaml")), Pack: "zz/sample-list", Sample: true, Files: client.PackFiles{}}
	for _, name := range []string{"pack.yaml", "tests.yaml", "words.yaml", "SOURCES.md"} {
		in.Files["zz/sample-list/"+name] = text("packs/zz/sample-list/" + name)
	}
	open, err := c.Import(t.Context(), in)
	if err != nil || open.Pack != nil || open.Files != nil || open.Open != 1 || len(open.Unmapped) == 0 || open.Unmapped[0].Why == "" {
		t.Errorf("%+v, %v", open, err)
	}
	in.AcceptUnmapped = true
	made, err := c.Import(t.Context(), in)
	if err != nil || made.Pack == nil || made.Pack.Version != "1.1.0" || len(made.Changes) != made.Items || len(made.Files["items.csv"]) == 0 {
		t.Errorf("%+v, %v", made, err)
	}
	if _, err := c.Rules(t.Context(), "zz/sample-list"); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("what was imported is in force: %v", err)
	}
	w.nothingLeft()
}

// A request that is too large or not a pack is refused with its code and leaves
// nothing.
func TestPackToolsRefuse(t *testing.T) {
	w := newWorld(t)
	ctx, c := t.Context(), w.as(gateway.Operator).Packs()
	large := client.PackFiles{"zz/big/pack.yaml": make([]byte, 9<<20)}
	huge := client.PackFiles{"zz/big/pack.yaml": make([]byte, 20<<20)}
	side := client.PackSide{Packs: []string{"sg/pdpa"}}
	for name, x := range map[string]struct {
		err  error
		kind error
		code string
	}{
		"large":       {second(c.Check(ctx, client.PacksToExamine{Files: large})), client.ErrInvalid, "pack.size"},
		"no pack":     {second(c.Test(ctx, client.PacksToExamine{Files: client.PackFiles{"a.txt": {}}})), client.ErrNotFound, "pack.none"},
		"a way out":   {second(c.Check(ctx, client.PacksToExamine{Files: client.PackFiles{"../pack.yaml": {}}})), client.ErrInvalid, "pack.files"},
		"unknown":     {second(c.Rules(ctx, "zz/none")), client.ErrNotFound, "pack.unknown"},
		"no side":     {second(c.Diff(ctx, client.PackDiff{A: side})), client.ErrInvalid, "pack.side"},
		"two of them": {second(c.Diff(ctx, client.PackDiff{A: side, B: client.PackSide{Packs: []string{"sg/pdpa", "cn/national"}}})), client.ErrInvalid, "pack.side"},
		"a mapping":   {second(c.Import(ctx, client.AnnexImport{Name: "a.csv", Annex: []byte("a"), Mapping: "no: such", Pack: "zz/x"})), client.ErrInvalid, "annex.mapping"},
		"an annex":    {second(c.Import(ctx, client.AnnexImport{Name: "a.csv", Annex: make([]byte, 17<<20), Mapping: "{}", Pack: "zz/x"})), client.ErrInvalid, "annex.size"},
	} {
		var e *client.Error
		if !errors.Is(x.err, x.kind) || !errors.As(x.err, &e) || e.Code != x.code {
			t.Errorf("%s: %v, want %s", name, x.err, x.code)
		}
	}
	var e *client.Error
	if _, err := c.Check(ctx, client.PacksToExamine{Files: huge}); !errors.As(err, &e) || e.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is not read to its end: %v", err)
	}
	if _, err := w.as(gateway.ParticipantMember).Packs().Mutate(ctx, client.PacksToExamine{}); !errors.Is(err, client.ErrDenied) {
		t.Errorf("a participant's key has packs examined: %v", err)
	}
	w.nothingLeft()
}

// A file is profiled and removed, also if it is not a table or not the
// announced file.
func TestProfileUpload(t *testing.T) {
	w := newWorld(t)
	ctx, c := t.Context(), w.as(gateway.ParticipantMember).Uploads()
	of := func(text string) client.Upload {
		sum := sha256.Sum256([]byte(text))
		return client.Upload{Owner: string(acme), Name: "会员.csv", Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}
	}
	const table = "email;n\na@example.com;1\nb@example.com;2\n"
	doc, err := c.Profile(ctx, of(table), client.SourceForm{Delimiter: ";"}, strings.NewReader(table))
	var p dataspace.Profile
	if err != nil || json.Unmarshal(doc, &p) != nil || p.Rows != 2 || len(p.Columns) != 2 || p.Source.Name != "会员.csv" || !p.Columns[0].Personal {
		t.Errorf("%s, %v", doc, err)
	}
	if bytes.Contains(doc, []byte("example.com")) {
		t.Errorf("the profile holds a value of a cell: %s", doc)
	}
	doc, err = c.Profile(ctx, of(table), client.SourceForm{Header: "no", Skip: 1}, strings.NewReader(table))
	if p = (dataspace.Profile{}); err != nil || json.Unmarshal(doc, &p) != nil || p.Rows != 2 || p.Source.Header != dataspace.HeaderNone || p.Source.Skipped != 1 {
		t.Errorf("%s, %v", doc, err)
	}
	w.nothingLeft()
	wrong := of(table)
	wrong.SHA256 = strings.Repeat("0", 64)
	foreign := of(table)
	foreign.Owner = string(other)
	for name, x := range map[string]struct {
		err, want error
	}{
		"another digest": {second(c.Profile(ctx, wrong, client.SourceForm{}, strings.NewReader(table))), client.ErrInvalid},
		"no such form":   {second(c.Profile(ctx, of(table), client.SourceForm{Format: "tar"}, strings.NewReader(table))), client.ErrInvalid},
		"no table":       {second(c.Profile(ctx, of("\x00\x01"), client.SourceForm{Format: "parquet"}, strings.NewReader("\x00\x01"))), client.ErrInvalid},
		"no such header": {second(c.Profile(ctx, of(table), client.SourceForm{Header: "perhaps"}, strings.NewReader(table))), client.ErrInvalid},
		"of another":     {second(c.Profile(ctx, foreign, client.SourceForm{}, strings.NewReader(table))), client.ErrNotFound},
	} {
		if !errors.Is(x.err, x.want) {
			t.Errorf("%s: %v, want %v", name, x.err, x.want)
		}
	}
	w.nothingLeft()
}

// nothingLeft looks for files of requests in the data directory.
func (w *world) nothingLeft() {
	w.t.Helper()
	dir := filepath.Dir(w.node.Outbox())
	w.must(filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err == nil && (strings.HasPrefix(name, "profile-") || strings.HasPrefix(name, "uploads"+string(filepath.Separator)) && !e.IsDir()) {
			w.t.Errorf("%s is left", name)
		}
		return err
	}))
}
