package contradict_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/filings"
	"hutong/internal/contradict"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/dossier"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// law are the packs that come with the program.
var law = sync.OnceValues(func() (*rules.Set, error) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		return nil, err
	}
	return rules.NewSet(list...)
})

func lawSet(t *testing.T) *rules.Set {
	t.Helper()
	set, err := law()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// tried is one case of testdata/cases.yaml.
type tried struct {
	ID      string
	Facts   map[string]any
	Today   string
	Apart   bool
	Profile map[string]any
	Plan    map[string]any
	Filing  string
	Answers map[string]any
	Finds   [][3]string // code, a part of each place
}

// minCases are as many cases as there are at least.
const minCases = 120

// TestCases tries each case: what contradicts itself is found with both places in
// both languages, and nothing else is.
func TestCases(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Defaults map[string]any
		Cases    []tried
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < minCases {
		t.Errorf("%d cases, want at least %d", len(file.Cases), minCases)
	}
	set := lawSet(t)
	seen, found, codes := map[string]bool{}, 0, map[string]bool{}
	for _, c := range file.Cases {
		if seen[c.ID] {
			t.Errorf("case %s is twice there", c.ID)
		}
		seen[c.ID] = true
		if len(c.Finds) > 0 {
			found++
		}
		t.Run(c.ID, func(t *testing.T) {
			got := c.check(t, set, file.Defaults)
			if len(got) != len(c.Finds) {
				t.Fatalf("%d contradictions, want %d:\n%v", len(got), len(c.Finds), got)
			}
			for i, want := range c.Finds {
				codes[want[0]] = true
				whole(t, got[i])
				if g := got[i]; g.Code != want[0] || !strings.Contains(g.A.EN, want[1]) || !strings.Contains(g.B.EN, want[2]) {
					t.Errorf("found %s: %s and %s, want %v", g.Code, g.A.EN, g.B.EN, want)
				}
			}
		})
	}
	if found*3 < len(file.Cases) || found*3 > len(file.Cases)*2 {
		t.Errorf("%d of %d cases are contradictions: both are needed", found, len(file.Cases))
	}
	for _, code := range []string{"facts", "ground", "counts", "nobody", "personal", "day", "paper_day", "paper_scope", "paper_number", "statement", "revision", "answer"} {
		if !codes["contradiction."+code] {
			t.Errorf("no case finds contradiction.%s", code)
		}
	}
}

// whole: a contradiction says everything in both languages.
func whole(t *testing.T, c dataspace.Contradiction) {
	t.Helper()
	for _, text := range []dataspace.Text{c.A, c.B, c.Is, c.Do} {
		if text.EN == "" || text.ZH == "" {
			t.Errorf("%s says something in one language only: %+v", c.Code, text)
		}
	}
	if c.A == c.B {
		t.Errorf("%s names one place twice: %s", c.Code, c.A.EN)
	}
}

func (c *tried) check(t *testing.T, set *rules.Set, defaults map[string]any) dataspace.Contradictions {
	t.Helper()
	facts, err := pack.DecodeFacts(set.Facts(), laid(defaults, c.Facts))
	if err != nil {
		t.Fatal(err)
	}
	what := contradict.Case{Facts: facts, Today: c.Today, Apart: c.Apart}
	if c.Profile != nil {
		what.Profile = read[dataspace.Profile](t, c.Profile)
	}
	if c.Plan != nil {
		what.Plan = read[dataspace.Plan](t, c.Plan)
	}
	if c.Filing == "" {
		return decide.Consistency(set).Check(what)
	}
	l, err := dossier.Load(filings.FS)
	if err != nil {
		t.Fatal(err)
	}
	l = l.WithWords(set.Facts().Words()).WithElements(set.Elements()).WithLaw(decide.Consistency(set))
	text, err := json.Marshal(c.Answers)
	if err != nil {
		t.Fatal(err)
	}
	given, err := l.ParseAnswers(text)
	if err != nil {
		t.Fatal(err)
	}
	in := dossier.Input{Kind: dossier.Kind(c.Filing), Answers: given, On: "2026-06-15", Flow: dossier.Flow{Facts: &facts}}
	err = l.Consistent(in)
	if _, wrote := l.Write(in); (wrote == nil) != (err == nil) {
		t.Errorf("it is consistent: %v, and written: %v", err, wrote)
	}
	var out dataspace.Contradictions
	if err != nil && (!errors.As(err, &out) || !errors.Is(err, dataspace.ErrContradiction)) {
		t.Fatal(err)
	}
	return out
}

// read takes a document of plain values.
func read[T any](t *testing.T, doc any) *T {
	t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	out := new(T)
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// laid lays b over a, key by key.
func laid(a, b map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range a {
		if m, ok := v.(map[string]any); ok {
			v = laid(m, nil)
		}
		out[k] = v
	}
	for k, v := range b {
		m, isMap := v.(map[string]any)
		old, _ := out[k].(map[string]any)
		switch {
		case isMap:
			out[k] = laid(old, m)
		default:
			out[k] = v
		}
	}
	return out
}
