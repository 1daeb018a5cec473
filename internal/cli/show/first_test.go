package show_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/width"

	"hutong/bench/everyday"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/conditional"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// minScreens is the number of flows of the grid, two stages, two languages.
const minScreens = 102 * 2 * 2

// minTitles is the number of Chinese screens whose deciding law has a Chinese
// title.
const minTitles = 80

func columns(s string) (n int) {
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// decided decides about a flow of the grid, without papers of kinds that no pack
// has.
func decided(t *testing.T, set *rules.Set, g *everyday.Grid, s *everyday.Stage) (dataspace.Facts, dataspace.Decision) {
	t.Helper()
	known := maps.Clone(s.Facts)
	if papers, ok := known["instruments"].([]any); ok {
		known["instruments"] = slices.DeleteFunc(slices.Clone(papers), func(paper any) bool {
			return slices.ContainsFunc(g.Papers, func(p everyday.Paper) bool { return paper.(map[string]any)["kind"] == p.ID })
		})
	}
	doc, err := (&everyday.Stage{Facts: known}).Document()
	if err != nil {
		t.Fatal(err)
	}
	f, err := pack.ParseFacts(set.Facts(), doc)
	if err != nil {
		t.Fatal(err)
	}
	d, err := conditional.Decide(set, f)
	if err != nil {
		t.Fatal(err)
	}
	return f, d
}

// The first screen of every everyday flow has at most twelve lines of eighty
// columns, and each of its parts.
func TestFirstScreens(t *testing.T) {
	grid, err := everyday.Load()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(loaded...)
	if err != nil {
		t.Fatal(err)
	}
	screens, longest, titles := 0, 0, 0
	for _, f := range grid.Flows {
		for _, s := range []*everyday.Stage{&f.KnownFirst, &f.All} {
			facts, d := decided(t, set, grid, s)
			for _, lang := range []string{"en", "zh"} {
				env := &frame.Env{Lang: lang}
				screen := show.First(env, show.Case{Decision: d, Elements: facts.Known.List(dataspace.FactElements), On: facts.On})
				screens, longest = screens+1, max(longest, len(screen))
				if strings.Contains(strings.Join(screen, "\n"), "▸ 《") {
					titles++
				}
				check(t, f.ID+" "+lang, env, d, screen)
			}
		}
	}
	if screens < minScreens {
		t.Errorf("%d screens, at least %d should be there", screens, minScreens)
	}
	if titles < minTitles {
		t.Errorf("%d screens cite a law by its Chinese title, at least %d should", titles, minTitles)
	}
	t.Logf("%d screens, the longest of %d lines", screens, longest)
}

func check(t *testing.T, name string, env *frame.Env, d dataspace.Decision, screen []string) {
	t.Helper()
	text := strings.Join(screen, "\n")
	if len(screen) > 12 {
		t.Errorf("%s: %d lines\n%s", name, len(screen), text)
	}
	for _, line := range screen {
		if n := columns(line); n > 80 || strings.TrimSpace(line) == "" {
			t.Errorf("%s: a line of %d columns: %q", name, n, line)
		}
	}
	if !strings.Contains(screen[0], show.Verdict(env, d.Verdict)) {
		t.Errorf("%s: the first line has no verdict: %q", name, screen[0])
	}
	open, decisive := 0, 0
	for _, o := range d.Obligations {
		if o.BeforeDelivery && !o.Satisfied {
			open++
		}
	}
	for _, r := range d.Reasons {
		if r.Decisive {
			decisive++
		}
	}
	for _, part := range []struct {
		here bool
		mark string
	}{
		{decisive > 0, "\n▸ "}, {open > 0 && d.Verdict != dataspace.Prohibited, "\n☐ "}, {len(d.Warnings) > 0, "\n! "},
		{len(d.Missing)+len(d.Narrower)+len(d.Assumed) > 0, "\n" + env.Word("? ", "？")},
		{d.Conditional != nil, env.Word("statement", "项说明")},
		{d.Verdict == dataspace.Prohibited, env.Word("Nothing may leave", "均不得出境")},
		{d.Verdict != dataspace.Prohibited, env.Word("eave", "出境：")}, {true, "--long"},
	} {
		if part.here && !strings.Contains(text, part.mark) {
			t.Errorf("%s: no line with %q\n%s", name, strings.TrimSpace(part.mark), text)
		}
	}
}

// A decision with more of everything than a screen holds says how much there is.
func TestFirstScreenIsFull(t *testing.T) {
	d := dataspace.Decision{Verdict: dataspace.ActionRequired, Warnings: make([]dataspace.Warning, 9), Missing: make([]dataspace.Missing, 9)}
	long := dataspace.Text{EN: strings.Repeat("word, ", 200), ZH: strings.Repeat("长句，", 200)}
	for i := range 9 {
		d.Warnings[i].Text, d.Missing[i].Why = long, long
		d.Reasons = append(d.Reasons, dataspace.Reason{Decisive: true, Article: long.EN, Confidence: "VSS", Text: long})
		d.Regimes = append(d.Regimes, dataspace.RegimeOutcome{Jurisdiction: "XX", Side: "export", Pathway: "contract_or_certification", Verdict: d.Verdict})
		d.Obligations = append(d.Obligations, dataspace.Obligation{ID: "a", BeforeDelivery: i%2 == 0, Text: long, Deadline: &long})
	}
	plan := &dataspace.Plan{}
	for range 50 {
		plan.Columns = append(plan.Columns, dataspace.ColumnPlan{Name: "一列很长的名称\x1b[2J", Action: dataspace.Drop})
	}
	for _, lang := range []string{"en", "zh"} {
		env := &frame.Env{Lang: lang}
		screen := show.First(env, show.Case{Decision: d, Plan: plan})
		check(t, lang, env, d, screen)
		text := strings.Join(screen, "\n")
		d.Conditional = &dataspace.Conditional{If: []dataspace.Supposed{{Text: long}}, Then: dataspace.Outcome{Verdict: dataspace.Cleared}}
		check(t, lang+" conditional", env, d, show.First(env, show.Case{Decision: d, Plan: plan}))
		d.Conditional = nil
		for _, want := range []string{env.Word("5 in all", "共 5 项"), env.Word("and 8 more", "另有 8 条"), env.Word("9 warnings", "9 项提示"), "…"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q\n%s", lang, want, text)
			}
		}
	}
}

// Everything is printed with --long, and with --verbose.
func TestResult(t *testing.T) {
	c := show.Case{Decision: dataspace.Decision{Verdict: dataspace.Cleared, Reasons: []dataspace.Reason{{Article: "art. 1", Source: "https://example.com/law", Decisive: true}}}, Plan: &dataspace.Plan{Format: "csv"}}
	for _, env := range []frame.Env{{}, {Long: true}, {Verbose: true}} {
		var b bytes.Buffer
		show.Result(&env, &b, c)
		whole := strings.Contains(b.String(), "https://example.com/law") && strings.Contains(b.String(), "plan (csv")
		if whole != (env.Long || env.Verbose) {
			t.Errorf("long %v, verbose %v print\n%s", env.Long, env.Verbose, b.String())
		}
	}
}
