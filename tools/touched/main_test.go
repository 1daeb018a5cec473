package main

import (
	"slices"
	"testing"
)

func TestTouched(t *testing.T) {
	list := []pkg{
		{ImportPath: "m/low", Folder: "low"},
		{ImportPath: "m/mid", Folder: "mid", Deps: []string{"m/low", "fmt"}},
		{ImportPath: "m/top", Folder: "top", Deps: []string{"m/mid", "m/low"}},
		{ImportPath: "m/aside", Folder: "aside"},
		{ImportPath: "m/tested", Folder: "tested", XTestImports: []string{"m/mid"}},
		{ImportPath: "m/docs", Folder: "docs"},
	}
	for name, c := range map[string]struct {
		files   []string
		want    []string
		without int
	}{
		"nothing":       {nil, nil, 0},
		"lowest":        {[]string{"low/a.go"}, []string{"m/low", "m/mid", "m/tested", "m/top"}, 0},
		"highest":       {[]string{"top/a.go"}, []string{"m/top"}, 0},
		"through_tests": {[]string{"mid/a_test.go"}, []string{"m/mid", "m/tested", "m/top"}, 0},
		"testdata":      {[]string{"aside/testdata/deep/x.csv"}, []string{"m/aside"}, 0},
		"document":      {[]string{"docs/howto/a.md", "README.md"}, []string{"m/docs"}, 1},
		"module":        {[]string{"go.sum"}, []string{"m/aside", "m/docs", "m/low", "m/mid", "m/tested", "m/top"}, 0},
		"gone":          {[]string{"old/gone.go"}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, without := touched(list, c.files)
			if !slices.Equal(got, c.want) || without != c.without {
				t.Errorf("touched %v (%d without), want %v (%d)", got, without, c.want, c.without)
			}
		})
	}
}
