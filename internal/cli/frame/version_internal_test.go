package frame

import (
	"regexp"
	"runtime"
	"testing"
)

func TestBuildString(t *testing.T) {
	b := Build{Version: "1.2.3", Go: "go1.26", Platform: "linux/arm64"}
	for _, c := range []struct {
		commit   string
		modified bool
		want     string
	}{
		{"", false, "hutong 1.2.3 (unknown commit) go1.26 linux/arm64"},
		{"abc", false, "hutong 1.2.3 (commit abc) go1.26 linux/arm64"},
		{"abc", true, "hutong 1.2.3 (commit abc, modified) go1.26 linux/arm64"},
	} {
		b.Commit, b.Modified = c.commit, c.modified
		if got := b.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestThisBuild(t *testing.T) {
	b := ThisBuild()
	if b.Platform != runtime.GOOS+"/"+runtime.GOARCH || b.Go != runtime.Version() || !regexp.MustCompile(`^\d+\.\d+\.\d+`).MatchString(b.Version) {
		t.Errorf("%+v", b)
	}
	commit = "named by the linker"
	t.Cleanup(func() { commit = "" })
	if got := ThisBuild().Commit; got != "named by the linker" {
		t.Errorf("commit %q", got)
	}
}
