package packs_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"golang.org/x/mod/semver"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// version is a line of versions.yaml: what a version of a pack consists of, and
// what it changed.
type version struct {
	ID      dataspace.PackID `yaml:"id"`
	Version string           `yaml:"version"`
	SHA256  dataspace.Digest `yaml:"sha256"`
	Note    string           `yaml:"note"`
}

const versionsFile = "versions.yaml"

const versionsHead = `# What each version of a pack consists of. Decisions and evidence name a pack by
# its version and its digest, so bytes never change under a version: raise the
# version in pack.yaml, run 'go test ./packs -run Versions -update', and say in note
# what changed. Lines are added and never changed or taken out.
`

// minVersions keeps the test from passing over nothing.
const minVersions = 40

func readVersions(t *testing.T) []version {
	t.Helper()
	data, err := os.ReadFile(versionsFile)
	if err != nil {
		t.Fatal(err)
	}
	var out []version
	if err := yaml.UnmarshalWithOptions(data, &out, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return out
}

// versionProblems says which packs have other bytes than the table gives for their
// version, and what is wrong with the table.
func versionProblems(table []version, refs []dataspace.PackRef) (out []string) {
	bad := func(id dataspace.PackID, v, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s %s %s", id, v, fmt.Sprintf(format, args...)))
	}
	for i, row := range table {
		if !semver.IsValid("v" + row.Version) {
			bad(row.ID, row.Version, "is no version")
		}
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(string(row.SHA256)) {
			bad(row.ID, row.Version, "has no digest")
		}
		if strings.TrimSpace(row.Note) == "" {
			bad(row.ID, row.Version, "has no note that says what changed")
		}
		if slices.IndexFunc(table, func(o version) bool { return o.ID == row.ID && o.Version == row.Version }) != i {
			bad(row.ID, row.Version, "stands twice")
		}
	}
	for _, ref := range refs {
		at := slices.IndexFunc(table, func(o version) bool { return o.ID == ref.ID && o.Version == ref.Version })
		switch {
		case at < 0:
			bad(ref.ID, ref.Version, "is not in the table: run 'go test ./packs -run Versions -update' and write its note")
		case table[at].SHA256 != ref.SHA256:
			bad(ref.ID, ref.Version, "has other bytes than the table says: raise its version")
		}
		for _, o := range table {
			if o.ID == ref.ID && semver.Compare("v"+o.Version, "v"+ref.Version) > 0 {
				bad(ref.ID, ref.Version, "is older than %s, which is in the table", o.Version)
			}
		}
	}
	return out
}

func writeVersions(t *testing.T, table []version) {
	t.Helper()
	slices.SortStableFunc(table, func(a, b version) int {
		if c := strings.Compare(string(a.ID), string(b.ID)); c != 0 {
			return c
		}
		return semver.Compare("v"+a.Version, "v"+b.Version)
	})
	var b bytes.Buffer
	b.WriteString(versionsHead)
	for _, v := range table {
		fmt.Fprintf(&b, "- {id: %s, version: %s, sha256: %s, note: %q}\n", v.ID, v.Version, v.SHA256, v.Note)
	}
	if err := os.WriteFile(versionsFile, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// builtin are the packs as they are in the folder: -update of another test may have
// written a file of them since this one was built.
func builtin(t *testing.T) (refs []dataspace.PackRef) {
	t.Helper()
	list, err := pack.LoadAll(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		refs = append(refs, p.Ref())
	}
	return refs
}

// TestVersions: the bytes of a pack never change under a version.
func TestVersions(t *testing.T) {
	table, refs := readVersions(t), builtin(t)
	if *update {
		for _, ref := range refs {
			if !slices.ContainsFunc(table, func(o version) bool { return o.ID == ref.ID && o.Version == ref.Version }) {
				table = append(table, version{ID: ref.ID, Version: ref.Version, SHA256: ref.SHA256})
			}
		}
		writeVersions(t, table)
	}
	if len(table) < minVersions {
		t.Errorf("the table has %d versions, at least %d are expected", len(table), minVersions)
	}
	for _, p := range versionProblems(table, refs) {
		t.Error(p)
	}
}

// TestVersionsFinds: each of the mistakes is found.
func TestVersionsFinds(t *testing.T) {
	digest := func(c string) dataspace.Digest { return dataspace.Digest(strings.Repeat(c, 64)) }
	good := []version{{"xx/a", "1.0.0", digest("a"), "first"}, {"xx/a", "1.0.1", digest("b"), "second"}}
	ref := dataspace.PackRef{ID: "xx/a", Version: "1.0.1", SHA256: digest("b")}
	if got := versionProblems(good, []dataspace.PackRef{ref}); len(got) > 0 {
		t.Fatalf("nothing is wrong, and it finds %v", got)
	}
	for want, c := range map[string]struct {
		table []version
		ref   dataspace.PackRef
	}{
		"other bytes":      {good, dataspace.PackRef{ID: "xx/a", Version: "1.0.1", SHA256: digest("c")}},
		"not in the table": {good, dataspace.PackRef{ID: "xx/a", Version: "1.0.2", SHA256: digest("c")}},
		"is older than":    {good, dataspace.PackRef{ID: "xx/a", Version: "1.0.0", SHA256: digest("a")}},
		"stands twice":     {append(slices.Clone(good), good[1]), ref},
		"no note":          {append(slices.Clone(good), version{"xx/b", "1.0.0", digest("d"), " "}), ref},
		"no digest":        {append(slices.Clone(good), version{"xx/b", "1.0.0", "d", "n"}), ref},
		"is no version":    {append(slices.Clone(good), version{"xx/b", "one", digest("d"), "n"}), ref},
	} {
		if got := versionProblems(c.table, []dataspace.PackRef{c.ref}); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: it finds %v", want, got)
		}
	}
}
