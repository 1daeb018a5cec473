package examine_test

import (
	"testing"
	"testing/fstest"

	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/packs"
)

// TestPacks runs what `pack check` and `pack test` run on every embedded pack.
func TestPacks(t *testing.T) {
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) < 4 {
		t.Fatalf("%d packs, want at least 4", len(ps))
	}
	for _, p := range ps {
		t.Run(string(p.Ref().ID), func(t *testing.T) {
			report := examine.Test(p)
			if report.Err != "" {
				t.Fatal(report.Err)
			}
			for _, c := range report.Cases {
				for _, f := range c.Failures {
					t.Errorf("%s (%s): %s", c.ID, c.Why, f)
				}
			}
			for _, f := range examine.Check(p) {
				t.Errorf("%s: %s: %s", f.Rule, f.Code, f.Message)
			}
			if !report.OK() && !t.Failed() {
				t.Error("report is not OK")
			}
		})
	}
}

// tree is a file system of texts.
func tree(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}
