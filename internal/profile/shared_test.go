package profile_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/profile"
)

// shared finds a folder beside the repository, or skips.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	full := filepath.Join(dir, "..", "shared", path)
	if _, err := os.Stat(full); err != nil {
		t.Skip("needs ../shared")
	}
	return full
}

func profileFile(t testing.TB, path string, opt profile.Options) *profile.Result {
	t.Helper()
	src, err := files.Open(path, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	opt.Dir = t.TempDir()
	res, err := profile.Run(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Census.Remove() })
	return res
}

func show(t testing.TB, p dataspace.Profile) {
	for _, c := range p.Columns {
		id := dataspace.ElementID("-")
		if c.Element != nil {
			id = *c.Element
		}
		d := int64(-1)
		if c.Distinct != nil {
			d = *c.Distinct
		}
		t.Logf("%-28s %-9s %-22s %.3f %-6s p=%v s=%v n=%d d=%d %v %v %v", c.Name, c.Type, id, c.Confidence, c.Band, c.Personal, c.Sensitive, c.Nulls, d, c.Alternatives, c.Contains, c.Evidence)
	}
	s := p.Subjects
	u := int64(-1)
	if s.Under14 != nil {
		u = *s.Under14
	}
	t.Logf("rows %d key %v distinct %d sensitive %d under14 %d derived %v", p.Rows, s.Key, *s.Distinct, *s.Sensitive, u, p.Derived)
}

func TestShow(t *testing.T) {
	for _, f := range []string{"customers", "employees", "ais_noaa", "hotel_rates", "dm", "ae", "weather", "SingaporeAuto"} {
		t.Run(f, func(t *testing.T) {
			show(t, profileFile(t, shared(t, "data/tables/"+f+".csv"), profile.Options{}).Profile)
		})
	}
}
