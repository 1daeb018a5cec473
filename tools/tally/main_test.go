package main

import (
	"regexp"
	"strings"
	"testing"
)

const (
	onePass = `{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Elapsed":0.1}
`
	oneFail = `{"Action":"output","Package":"a","Test":"TestY","Output":"    y_test.go:3: wrong\n"}
{"Action":"fail","Package":"a","Test":"TestY"}
{"Action":"fail","Package":"a"}
`
	oneSkip = `{"Action":"output","Package":"a","Test":"TestZ","Output":"    z_test.go:3: needs ../shared\n"}
{"Action":"skip","Package":"a","Test":"TestZ"}
`
	noBuild = `{"ImportPath":"a","Action":"build-output","Output":"a.go:1: bad\n"}
{"ImportPath":"a","Action":"build-fail"}
`
)

func TestJudge(t *testing.T) {
	cases := map[string]struct {
		in, allow, want string
		low             int
	}{
		"good":         {in: onePass, low: 1},
		"too-few":      {in: onePass, low: 2, want: "only 1 tests passed"},
		"nothing":      {in: "", low: 1, want: "only 0 tests passed"},
		"failed":       {in: onePass + oneFail, low: 1, want: "failed: a TestY"},
		"no-build":     {in: onePass + noBuild, low: 1, want: "does not build"},
		"skip":         {in: onePass + oneSkip, low: 1, want: "not allowed here: needs ../shared"},
		"skip-allowed": {in: onePass + oneSkip, low: 1, allow: `^needs \.\./shared$`},
		"panic":        {in: onePass + `{"Action":"fail","Package":"b"}`, low: 1, want: "failed: b"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := newTally()
			if err := got.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			if c.allow == "" {
				c.allow = "^$"
			}
			err := got.judge(c.low, regexp.MustCompile(c.allow))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("judged %v, want nothing", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("judged %v, want %q", err, c.want)
			}
		})
	}
}

func TestReportShowsFailure(t *testing.T) {
	got := newTally()
	if err := got.read(strings.NewReader(oneFail)); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	got.report(&b)
	if !strings.Contains(b.String(), "y_test.go:3: wrong") {
		t.Errorf("report %q does not show what the test said", b.String())
	}
}
