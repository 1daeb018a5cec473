package systest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dossier"
)

// TestOldFiling writes a filing that an older version approved, whose sector and
// country are in no list today. It stays approved with the same bytes. A new edit
// is asked for words of the lists; with them it is drafted, answered and approved.
func TestOldFiling(t *testing.T) {
	o := openOld(t, "v0.1-filing")
	o.here.start()
	name := o.secret("flow")
	answers, err := os.ReadFile(filepath.Join(o.root, "answers.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(o.root, "answers.yaml")
	write := func(replacements ...string) {
		t.Helper()
		text := strings.NewReplacer(replacements...).Replace(string(answers))
		if text == string(answers) {
			t.Fatal("nothing was replaced")
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(o.root, "again")
	run := func(more ...string) (string, string, int) {
		t.Helper()
		return o.here.command(append([]string{"--json", "file", name, "--kind", "negative-list-report", "--answers", file, "--out", dir, "--on", "2026-06-20", "--force"}, more...)...)
	}
	made := func(more ...string) (d dossier.Dossier) {
		t.Helper()
		stdout, stderr, code := run(more...)
		if code != 0 {
			t.Fatalf("file ended with %d\n%s\n%s", code, stdout, stderr)
		}
		if err := json.Unmarshal([]byte(stdout), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	read := func(path string) []byte {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}

	d := made()
	if d.Draft || !strings.HasPrefix(d.Approval.By, "officer") {
		t.Errorf("what was approved is a draft again: %+v", d.Approval)
	}
	if !slices.Equal(d.Unread, []string{"export.scenarios[0].recipients[0].country", "list.sector"}) {
		t.Errorf("unread are %v", d.Unread)
	}
	if len(d.Files) < 6 {
		t.Errorf("there are %d files", len(d.Files))
	}
	for _, f := range d.Files {
		if !bytes.Equal(read(filepath.Join(dir, f.Name)), read(filepath.Join(o.root, "filing", f.Name))) {
			t.Errorf("%s has other bytes than the approved one", f.Name)
		}
	}

	// A new edit, and a new approval, are asked for the words of today.
	key := filepath.Join(o.root, "officer.key")
	refused := func(want string, more ...string) {
		t.Helper()
		if _, stderr, code := run(more...); code == 0 || !strings.Contains(stderr, want) || strings.Contains(stderr, "hotell") || strings.Contains(stderr, "Somewhere") {
			t.Errorf("want %q; it ended with %d: %s", want, code, stderr)
		}
	}
	const sector, country = "list.sector: the answer is none of the sectors", "recipients[0].country: the answer is none of the"
	refused(country, "--approve", "--reason", "again", "--key-file", key)
	write("第一版", "第二版", "Somewhere, main", "新加坡, main")
	refused(sector)
	refused("accommodation (accommodation, 住宿业)")
	write("第一版", "第二版", "Somewhere, main", "新加坡, main", "hotell", "以上均不属于")
	refused("does not say why and who says so")
	words := []string{"第一版", "第二版", "Somewhere, main", "新加坡, main", "hotell"}
	write(append(words, "酒店")...)
	if d := made(); !d.Draft || len(d.Unread) > 0 || len(d.Missing) > 0 {
		t.Errorf("an edit: draft %v, unread %v, missing %v", d.Draft, d.Unread, d.Missing)
	}
	if d := made("--approve", "--reason", "with words", "--key-file", key); d.Draft {
		t.Error("it is approved and a draft")
	}
	var kept struct {
		List struct {
			Sector string `json:"sector"`
		} `json:"list"`
	}
	if err := json.Unmarshal(read(filepath.Join(dir, "cn-negative-list-report.data.json")), &kept); err != nil || kept.List.Sector != "accommodation" {
		t.Errorf("the data say the sector %q: %v", kept.List.Sector, err)
	}
	// The same word, said otherwise, is the same answer.
	write(append(words, "Hotel")...)
	if d := made(); d.Draft {
		t.Error("a synonym makes it a draft again")
	}
	write(append(words, "{word: none, note: we build violins, by: Li Wei}")...)
	if d := made(); !d.Draft || len(d.Missing) > 0 {
		t.Errorf("none of these: draft %v, missing %v", d.Draft, d.Missing)
	}
	// The old answers stand no more: another approval came after theirs.
	if err := os.WriteFile(file, answers, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(country)
}
