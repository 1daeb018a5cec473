package dataspace

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestSourceJSON(t *testing.T) {
	for text, want := range map[string]Source{
		`"/data/a.csv"`:                         FileSource("/data/a.csv"), // as older rows have it
		`""`:                                    {},
		`null`:                                  {},
		`{"kind":"file","place":"/data/a.csv"}`: FileSource("/data/a.csv"),
		`{"kind":"upload","place":"acme/x/a.csv"}`: {Kind: SourceUpload, Place: "acme/x/a.csv"},
		`{"kind":"k","connection":"c","place":""}`: {Kind: "k", Connection: "c"},
	} {
		got := Source{Place: "before"}
		if text == `null` {
			got = Source{}
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %+v (%v), want %+v", text, got, err, want)
		}
		data, err := json.Marshal(want)
		var again Source
		if err != nil || json.Unmarshal(data, &again) != nil || again != want {
			t.Errorf("%+v is written as %s (%v) and read as %+v", want, data, err, again)
		}
	}
	for _, text := range []string{`7`, `["/a"]`, `{"kind":"file","path":"/a"}`, `"/a`} {
		var s Source
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s is read as %+v", text, s)
		}
	}
}

func TestSourceCheck(t *testing.T) {
	for s, want := range map[Source]bool{
		FileSource("/data"): true, {Kind: SourceUpload, Place: "a/b/c"}: true,
		{}: false, FileSource("data"): false, FileSource(""): false, {Kind: "ftp", Place: "/a"}: false, {Kind: SourceUpload}: false,
		{Kind: SourceFile, Connection: "c", Place: "/a"}: false,
	} {
		if err := s.Check(); (err == nil) != want || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
