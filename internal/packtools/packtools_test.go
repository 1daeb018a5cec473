package packtools_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/annex"
	"hutong/internal/dataspace"
	"hutong/internal/packtools"
	"hutong/packs"
)

const sampleDir = "../../docs/howto/sample-annex"

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(path.Join(sampleDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// filesOf are the files below a folder of packs.
func filesOf(t *testing.T, folder fs.FS, dir string) packtools.Files {
	t.Helper()
	out := packtools.Files{}
	err := fs.WalkDir(folder, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		out[name], err = fs.ReadFile(folder, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func codeOf(err error) string {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// A pack that is sent stays the same pack: the packs that it needs come from
// the packs of the program.
func TestSentPackIsTheSame(t *testing.T) {
	built, err := packtools.Built()
	if err != nil || len(built) < 20 {
		t.Fatalf("%d packs, %v", len(built), err)
	}
	overlays := 0
	for _, want := range built {
		if want.Overlays() != "" {
			overlays++
		}
		got, err := filesOf(t, packs.FS, string(want.ID())).Load()
		if err != nil || len(got) != 1 || got[0].Ref() != want.Ref() {
			t.Errorf("%s came as %v, %v", want.ID(), got, err)
			continue
		}
		one, err := packtools.Find(built, string(want.ID()))
		if err != nil || one != want {
			t.Errorf("%s is not found: %v", want.ID(), err)
		}
		base, err := packtools.Below(got...)
		if err != nil || (len(base) == 1) != (want.Overlays() != "") || len(base) == 1 && base[0].ID() != want.Overlays() {
			t.Errorf("below %s: %v, %v", want.ID(), base, err)
		}
	}
	if overlays == 0 {
		t.Error("no pack overlays another")
	}
}

// Files that are not a folder of packs are refused, and the error says why.
func TestBadFiles(t *testing.T) {
	pdpa := filesOf(t, packs.FS, "sg/pdpa")
	with := func(name, data string) packtools.Files {
		out := packtools.Files{name: []byte(data)}
		for n, d := range pdpa {
			if _, ok := out[n]; !ok {
				out[n] = d
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		files packtools.Files
		code  string
	}{
		"a way out":       {with("../evil", "x"), "pack.files"},
		"a root":          {with("/etc/evil", "x"), "pack.files"},
		"a backslash":     {with(`sg\evil`, "x"), "pack.files"},
		"a file a folder": {with("sg/pdpa", "x"), "pack.files"},
		"no pack":         {packtools.Files{"sg/none/readme.txt": nil}, "pack.none"},
		"no yaml":         {with("sg/pdpa/pack.yaml", ": : :"), "yaml.form"},
		"a calendar":      {with("sg/pdpa/pack.yaml", strings.Replace(string(pdpa["sg/pdpa/pack.yaml"]), "\nversion:", "\ncalendar: calendars/nowhere.yaml\nversion:", 1)), "pack.file"},
	} {
		if _, err := c.files.Load(); codeOf(err) != c.code || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %q, %v; want %s", name, codeOf(err), err, c.code)
		}
	}
	many := packtools.Files{}
	for i := range packtools.MaxFiles + 1 {
		many[strings.Repeat("a", i+1)] = nil
	}
	large := packtools.Files{"a": make([]byte, packtools.MaxBytes), "b": {0}}
	for _, f := range []packtools.Files{many, large} {
		if err := f.Bounded(); codeOf(err) != "pack.size" {
			t.Errorf("%d files: %v", len(f), err)
		}
	}
	delete(large, "b")
	if err := large.Bounded(); err != nil {
		t.Error(err)
	}
}

// A pack with a mistake is not fit, and the error names the mistake.
func TestFit(t *testing.T) {
	files := filesOf(t, packs.FS, "sg/pdpa")
	good, err := files.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := packtools.Fit(good[0], false); err != nil {
		t.Error(err)
	}
	for code, change := range map[string][2]string{
		"pack.cases":    {"sg/pdpa/tests.yaml", "cases: []\n"},
		"pack.findings": {"sg/pdpa/pack.yaml", strings.Replace(string(files["sg/pdpa/pack.yaml"]), "article: ", "article: ''#", 1)},
	} {
		bad := packtools.Files{}
		for n, d := range files {
			bad[n] = d
		}
		bad[change[0]] = []byte(change[1])
		list, err := bad.Load()
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		// A pack without cases has rules that no case tests, which is also a
		// finding.
		if got := codeOf(packtools.Fit(list[0], false)); got != code && got != "pack.findings" {
			t.Errorf("%q, want %s", got, code)
		}
		found := packtools.Check(list)
		if len(found) != 1 || len(found[0].Findings) == 0 {
			t.Errorf("%s: %+v", code, found)
		}
	}
	if found := packtools.Check(good); len(found) != 1 || found[0].Rules == 0 || len(found[0].Findings) != 0 || found[0].Findings == nil {
		t.Errorf("%+v", found)
	}
	if tests := packtools.Test(good); len(tests) != 1 || !tests[0].OK() {
		t.Errorf("%+v", tests)
	}
	if mutants := packtools.Mutate(good); len(mutants) != 1 || mutants[0].Killed == 0 {
		t.Errorf("%+v", mutants)
	}
	if rules := packtools.RulesOf(good[0]); len(rules.Rules) != packtools.List(good)[0].Rules {
		t.Errorf("%d rules", len(rules.Rules))
	}
}

// importing is the sample annex on its way into the sample pack.
func importing(t *testing.T) packtools.Import {
	t.Helper()
	m, err := annex.ParseMapping("mapping.yaml", read(t, "mapping.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return packtools.Import{
		Name: "annex.csv", Annex: read(t, "annex.csv"), Mapping: m, Pack: "zz/sample-list",
		Folder: os.DirFS(path.Join(sampleDir, "packs")), Sample: true, AcceptUnmapped: true,
	}
}

// The next version holds the items, is checked, and is what its files say.
func TestImport(t *testing.T) {
	i := importing(t)
	first, err := i.Run()
	if err != nil || first.Pack == nil || first.Pack.Version != "1.1.0" || first.Items == 0 || len(first.Changes) != first.Items || first.Open != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	p, err := first.Files.Over(i.Folder, i.Pack)
	if err != nil || p.Ref() != *first.Pack || len(p.Items()) != first.Items {
		t.Errorf("its files are %v, %v", p, err)
	}
	// The same annex again changes nothing but the version.
	next := fstest.MapFS{}
	for name, data := range first.Files {
		next[path.Join(i.Pack, name)] = &fstest.MapFile{Data: data}
	}
	i.Folder = next
	second, err := i.Run()
	if err != nil || second.Pack.Version != "1.2.0" || len(second.Changes) != 0 {
		t.Errorf("%+v, %v", second.Pack, err)
	}
	// Rows that are not mapped make no version, unless the caller accepts them.
	i.AcceptUnmapped = false
	if open, err := i.Run(); err != nil || open.Pack != nil || open.Files != nil || open.Open != 1 || len(open.Unmapped) == 0 {
		t.Errorf("%+v, %v", open, err)
	}
}

// An import that is not allowed is refused.
func TestImportRefuses(t *testing.T) {
	for code, change := range map[string]func(*packtools.Import){
		"pack.id":      func(i *packtools.Import) { i.Pack = "../zz/sample-list" },
		"pack.unknown": func(i *packtools.Import) { i.Pack = "zz/nowhere" },
		"pack.sample":  func(i *packtools.Import) { i.Sample = false },
		"annex.sample": func(i *packtools.Import) { i.Pack = "cn/shanghai-negative-list" },
		"annex.xlsx":   func(i *packtools.Import) { i.Annex = []byte("PK\x03\x04 no archive") },
	} {
		i := importing(t)
		change(&i)
		if out, err := i.Run(); codeOf(err) != code || out.Files != nil {
			t.Errorf("%v, want %s", err, code)
		}
	}
}
