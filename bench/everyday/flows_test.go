package everyday

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/packs"
)

const shared = "../../../shared/law"

// The grid may grow; below this it does not cover everyday business.
const (
	minFlows         = 100
	minJurisdictions = 10
	minOutward       = 30 // out of mainland China
	minInward        = 12 // into it
	minElsewhere     = 13 // between others
)

func load(t *testing.T) *Grid {
	t.Helper()
	g, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestGrid: the file is consistent in itself.
func TestGrid(t *testing.T) {
	for _, finding := range findings(load(t)) {
		t.Error(finding)
	}
}

// TestGridIsLookedAt: each check of the file finds what it looks for.
func TestGridIsLookedAt(t *testing.T) {
	parts := strings.SplitAfter(string(flows), "\n\n- id: ")
	if len(parts) < minFlows {
		t.Fatalf("the file has %d parts, each flow should be one", len(parts))
	}
	few := []byte(strings.TrimSuffix(strings.Join(parts[:8], ""), "\n- id: "))
	for want, spoil := range map[string]func(g *Grid){
		"is there twice":              func(g *Grid) { g.Flows[1].ID = g.Flows[0].ID },
		"has no Chinese":              func(g *Grid) { g.Flows[0].Story.ZH = "only English" },
		"has no English":              func(g *Grid) { g.Flows[0].Title.EN = "中文" },
		"do not fit the form":         func(g *Grid) { g.Flows[0].All.Facts["act"] = "fly" },
		"is no field of the facts":    func(g *Grid) { g.Flows[0].All.Facts["colour"] = "red" },
		"is missing at the end":       func(g *Grid) { delete(g.Flows[0].All.Facts, "counts") },
		"no verdict":                  func(g *Grid) { answer(g).Verdict = "maybe" },
		"no pathway":                  func(g *Grid) { answer(g).Regimes[0].Pathway = "tunnel" },
		"strictest":                   func(g *Grid) { answer(g).Regimes[0].Verdict = "prohibited" },
		"no kind":                     func(g *Grid) { answer(g).Kind = "firm" },
		"no row":                      func(g *Grid) { answer(g).Rows = nil },
		"not in demands":              func(g *Grid) { answer(g).Demands[0] = "cn.unheard" },
		"cn.unheard, which is used":   func(g *Grid) { g.Demands = append(g.Demands, Demand{ID: "cn.unheard", Rows: []string{"3-1"}}) },
		"no demand":                   func(g *Grid) { answer(g).Demands = nil },
		"has demands":                 func(g *Grid) { g.Flows[0].All.Answer.Demands = []string{"cn.pipia"} },
		"names no text that is missi": func(g *Grid) { answer(g).Kind, answer(g).Verdict = Review, "human_review" },
		"turns on nothing":            func(g *Grid) { answer(g).Kind = Conditional },
		"is no day":                   func(g *Grid) { answer(g).Later[0].Due = "soon" },
		"no statement":                func(g *Grid) { conditional(g).TurnsOn.If[0] = "unheard" },
		"is stated already":           func(g *Grid) { conditional(g).TurnsOn.If[0] = "not_cii" },
		"no flow of a change":         func(g *Grid) { g.Changes = []Change{{On: "2026-12-01", Flow: "gone", By: "b", What: "w", Why: "y"}} },
		"another exporter's law":      func(g *Grid) { answer(g).Regimes[0].Jurisdiction = "JP" },
	} {
		g, err := read(few)
		if err != nil {
			t.Fatal(err)
		}
		spoil(g)
		if !slices.ContainsFunc(findings(g), func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("nothing says that a spoiled grid %q", want)
		}
	}
}

// answer is one that says what is to be done.
func answer(g *Grid) *Answer { return &g.Flows[0].KnownFirst.Answer }

// conditional is an answer of a flow whose exporter has said what it is.
func conditional(g *Grid) *Answer {
	for i := range g.Flows {
		f := &g.Flows[i].KnownFirst
		exporter, _ := f.Facts["exporter"].(map[string]any)
		if f.Answer.TurnsOn != nil && exporter["ciio"] == false {
			return &f.Answer
		}
	}
	panic("no conditional answer")
}

// TestCoverage: the grid has enough flows of each direction and each kind of
// answer.
func TestCoverage(t *testing.T) {
	g := load(t)
	exporters, both := map[string]bool{}, map[string]bool{}
	var outward, inward, elsewhere int
	answers := map[string]int{}
	for i := range g.Flows {
		f := &g.Flows[i]
		from, to := party(f, "exporter"), party(f, "recipient")
		exporters[from], both[from], both[to] = true, true, true
		switch {
		case from == "CN":
			outward++
		case to == "CN":
			inward++
		default:
			elsewhere++
		}
		for stage, a := range map[string]*Answer{"known_first": &f.KnownFirst.Answer, "all": &f.All.Answer} {
			answers[stage+" "+a.Kind+" "+a.Verdict]++
		}
	}
	for _, name := range slices.Sorted(mapKeys(answers)) {
		t.Logf("%s: %d", name, answers[name])
	}
	t.Logf("%d flows: %d out of mainland China, %d into it, %d between others; %d jurisdictions", len(g.Flows), outward, inward, elsewhere, len(both))
	for what, n := range map[string][2]int{
		"flows": {len(g.Flows), minFlows}, "flows out of mainland China": {outward, minOutward}, "flows into it": {inward, minInward},
		"flows between others": {elsewhere, minElsewhere}, "jurisdictions of exporters": {len(exporters), minJurisdictions}, "jurisdictions": {len(both), minJurisdictions},
	} {
		if n[0] < n[1] {
			t.Errorf("%d %s, want at least %d", n[0], what, n[1])
		}
	}
	for _, want := range []string{
		"known_first decisive action_required", "known_first decisive cleared", "known_first conditional human_review", "known_first conditional action_required", "known_first review human_review",
		"all decisive cleared", "all decisive action_required", "all decisive prohibited", "all review human_review",
	} {
		if answers[want] < 3 {
			t.Errorf("%d answers of %q, want at least 3", answers[want], want)
		}
	}
}

func party(f *Flow, side string) string {
	p, _ := f.KnownFirst.Facts[side].(map[string]any)
	s, _ := p["jurisdiction"].(string)
	return s
}

var row = regexp.MustCompile(`(?m)^\| (\d+-\d+[a-z]?) \|`)

// TestRows: every row that is cited is among the facts of law.
func TestRows(t *testing.T) {
	known := map[string]bool{}
	for _, name := range []string{"facts.md", "facts-2.md"} {
		data, err := os.ReadFile(filepath.Join(filepath.FromSlash(shared), name))
		if err != nil {
			t.Skip("needs ../shared")
		}
		for _, m := range row.FindAllStringSubmatch(string(data), -1) {
			known[m[1]] = true
		}
	}
	if len(known) < 600 {
		t.Fatalf("only %d rows of facts were read", len(known))
	}
	cited := 0
	look := func(place string, rows []string) {
		for _, r := range rows {
			cited++
			if !known[r] {
				t.Errorf("%s cites the row %s, which is not there", place, r)
			}
		}
	}
	g := load(t)
	for i := range g.Flows {
		look(g.Flows[i].ID+".known_first", g.Flows[i].KnownFirst.Answer.Rows)
		look(g.Flows[i].ID+".all", g.Flows[i].All.Answer.Rows)
	}
	for i := range g.Demands {
		look(g.Demands[i].ID, g.Demands[i].Rows)
	}
	for i := range g.Papers {
		look(g.Papers[i].ID, g.Papers[i].Rows)
	}
	if cited < 500 {
		t.Errorf("only %d rows are cited", cited)
	}
}

// ahead are documents that have words which the shared schema of facts does not
// have yet, and the word.
var ahead = map[string]string{"de-us-dpf.all": "eu_us_dpf"}

// TestSharedSchema: the facts of each stage fit the shared schema too.
func TestSharedSchema(t *testing.T) {
	if _, err := os.Stat(filepath.FromSlash(shared)); err != nil {
		t.Skip("needs ../shared")
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(filepath.Join(filepath.FromSlash(shared), "facts.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	g := load(t)
	each(g, func(place string, s *Stage) {
		data, err := s.Document()
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		err = schema.Validate(doc)
		switch word := ahead[place]; {
		case word == "" && err != nil:
			t.Errorf("%s: %v", place, err)
		case word != "" && (err == nil || !strings.Contains(string(data), word)):
			t.Errorf("%s is no longer ahead of the shared schema", place)
		}
	})
}

// each calls do for every stage.
func each(g *Grid, do func(place string, s *Stage)) {
	for i := range g.Flows {
		do(g.Flows[i].ID+".known_first", &g.Flows[i].KnownFirst)
		do(g.Flows[i].ID+".all", &g.Flows[i].All)
	}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// The words of a decision; verdicts from the mildest to the strictest.
var (
	verdicts = []string{"cleared", "action_required", "human_review", "prohibited"}
	pathways = []string{
		"not_an_export", "free", "exempt", "contract_or_certification", "security_assessment", "contract", "adequacy", "certification", "derogation", "human_review", "prohibited", "restricted",
	}
	form = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
)

// table holds the standard facts and those that the packs declare.
var table = sync.OnceValues(func() (*fact.Table, error) {
	loaded, err := pack.LoadAll(packs.FS)
	if err != nil {
		return nil, err
	}
	out := fact.Standard()
	for _, p := range loaded {
		if out, err = p.DeclareFacts(out); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// checker collects what is wrong with a grid.
type checker struct {
	grid  *Grid
	used  map[string]bool
	found []string
}

func (c *checker) say(place, format string, args ...any) {
	c.found = append(c.found, place+" "+fmt.Sprintf(format, args...))
}

func findings(g *Grid) []string {
	c := &checker{grid: g, used: map[string]bool{}}
	c.dictionaries()
	seen := map[string]bool{}
	for i := range g.Flows {
		f := &g.Flows[i]
		if seen[f.ID] {
			c.say(f.ID, "is there twice")
		}
		if !form.MatchString(f.ID) {
			c.say(f.ID, "is no name of a flow")
		}
		seen[f.ID] = true
		c.text(f.ID+".title", f.Title)
		c.text(f.ID+".story", f.Story)
		for _, missing := range lost("", f.KnownFirst.Facts, f.All.Facts) {
			c.say(f.ID, "knows %s at first, and it is missing at the end", missing)
		}
	}
	each(g, c.stage)
	for i := range g.Changes {
		ch := &g.Changes[i]
		if !seen[ch.Flow] || !day(ch.On) || ch.By == "" || ch.What == "" || ch.Why == "" {
			c.say("changes", "has no flow of a change, or no day, name, change or reason: %+v", *ch)
		}
	}
	for i := range g.Statements {
		c.unused("statements", g.Statements[i].ID)
	}
	for i := range g.Demands {
		c.unused("demands", g.Demands[i].ID)
	}
	for i := range g.Papers {
		c.unused("papers", g.Papers[i].ID)
	}
	return c.found
}

func (c *checker) unused(list, id string) {
	if !c.used[id] {
		c.say(list, "has %s, which is used nowhere", id)
	}
}

func (c *checker) dictionaries() {
	seen := map[string]bool{}
	head := func(id string, text Text, rows []string, needs bool) {
		if id == "" || seen[id] {
			c.say(id, "is there twice, or has no name")
		}
		seen[id] = true
		c.text(id, text)
		if needs && len(rows) == 0 {
			c.say(id, "has no row")
		}
	}
	for _, s := range c.grid.Statements {
		head(s.ID, s.Text, nil, false)
	}
	for _, d := range c.grid.Demands {
		head(d.ID, d.Text, d.Rows, true)
	}
	for _, p := range c.grid.Papers {
		head(p.ID, p.Text, p.Rows, true)
	}
}

// text checks that both languages are there.
func (c *checker) text(place string, t Text) {
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	if strings.TrimSpace(t.EN) == "" || strings.ContainsFunc(t.EN, han) {
		c.say(place, "has no English text, or Chinese in it")
	}
	if !strings.ContainsFunc(t.ZH, han) {
		c.say(place, "has no Chinese text")
	}
}

func day(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// lost names what is in a and not in b, whatever its value.
func lost(prefix string, a, b map[string]any) (out []string) {
	for k, v := range a {
		w, ok := b[k]
		if !ok {
			out = append(out, prefix+k)
			continue
		}
		inner, isMap := v.(map[string]any)
		other, both := w.(map[string]any)
		if isMap && both {
			out = append(out, lost(prefix+k+".", inner, other)...)
		}
	}
	return out
}

func (c *checker) stage(place string, s *Stage) {
	data, err := s.Document()
	if err != nil {
		c.say(place, "cannot be written: %v", err)
		return
	}
	known, err := table()
	if err != nil {
		c.say(place, "cannot be read: %v", err)
		return
	}
	if _, err := pack.ParseFacts(known, data); err != nil {
		c.say(place, "has facts that do not fit the form: %v", err)
	}
	if list, ok := s.Facts["instruments"].([]any); ok {
		for _, in := range list {
			if m, ok := in.(map[string]any); ok {
				kind, _ := m["kind"].(string)
				c.used[kind] = true
			}
		}
	}
	for i := range s.Beside {
		c.text(place+".beside", s.Beside[i])
	}
	c.answer(place, s)
}

func (c *checker) answer(place string, s *Stage) {
	a := &s.Answer
	if !slices.Contains(verdicts, a.Verdict) {
		c.say(place, "has no verdict, but %q", a.Verdict)
	}
	c.regimes(place, s)
	if len(a.Rows) == 0 {
		c.say(place, "has no row")
	}
	c.text(place+".why", a.Why)
	for name, t := range map[string]*Text{"asks_first": a.AsksFirst, "missing": a.Missing, "doubt": a.Doubt} {
		if t != nil {
			c.text(place+"."+name, *t)
		}
	}
	for _, id := range slices.Concat(a.Demands, a.Perhaps) {
		c.demand(place, id)
	}
	for _, l := range a.Later {
		c.demand(place, l.ID)
		if l.Due != "" && !day(l.Due) {
			c.say(place, "has %q, which is no day", l.Due)
		}
	}
	switch {
	case a.Verdict == "cleared" && len(a.Demands)+len(a.Perhaps) > 0:
		c.say(place, "is cleared and has demands")
	case a.Verdict == "action_required" && a.Kind == Decisive && len(a.Demands) == 0:
		c.say(place, "asks for action and has no demand")
	}
	c.kind(place, s)
}

// regimes checks the outcome of each law, and that the verdict is the strictest.
func (c *checker) regimes(place string, s *Stage) {
	strictest, own := 0, false
	exporter, _ := s.Facts["exporter"].(map[string]any)
	from, _ := exporter["jurisdiction"].(string)
	for _, r := range s.Answer.Regimes {
		c.outcome(place, r.Outcome)
		strictest = max(strictest, slices.Index(verdicts, r.Verdict))
		own = own || r.Jurisdiction == from || r.Jurisdiction == "EU" && !strings.Contains("CN HK MO SG JP KR US GB TH MY", from)
		if r.Side != "export" && r.Side != "import" {
			c.say(place, "has no side, but %q", r.Side)
		}
	}
	if !own {
		c.say(place, "has another exporter's law only")
	}
	if len(s.Answer.Regimes) == 0 || s.Answer.Verdict != verdicts[strictest] {
		c.say(place, "has a verdict that is not the strictest of its regimes")
	}
}

func (c *checker) outcome(place string, o Outcome) {
	if !slices.Contains(pathways, o.Pathway) {
		c.say(place, "has no pathway, but %q", o.Pathway)
	}
	if !slices.Contains(verdicts, o.Verdict) {
		c.say(place, "has no verdict, but %q", o.Verdict)
	}
}

func (c *checker) demand(place, id string) {
	c.used[id] = true
	if !slices.ContainsFunc(c.grid.Demands, func(d Demand) bool { return d.ID == id }) {
		c.say(place, "has %s, which is not in demands", id)
	}
}

// kind checks that an answer says what its kind needs.
func (c *checker) kind(place string, s *Stage) {
	a := &s.Answer
	if (a.Kind == Conditional) != (a.TurnsOn != nil) {
		c.say(place, "is conditional and turns on nothing, or the other way round")
	}
	if (a.Kind == Review) != (a.Verdict == "human_review" && a.TurnsOn == nil) {
		c.say(place, "is a review with another verdict, or human review of another kind")
	}
	switch a.Kind {
	case Review:
		if a.Missing == nil {
			c.say(place, "is a review and names no text that is missing")
		}
	case Conditional:
		if strings.HasSuffix(place, ".all") {
			c.say(place, "is conditional with all facts on the table")
		}
	case Decisive:
	default:
		c.say(place, "has no kind of answer, but %q", a.Kind)
	}
	if a.TurnsOn != nil {
		c.turns(place, s)
	}
}

func (c *checker) turns(place string, s *Stage) {
	on := s.Answer.TurnsOn
	c.outcome(place+".then", on.Then)
	c.outcome(place+".else", on.Else)
	if len(on.If) == 0 || on.Then == on.Else && s.Answer.AsksFirst == nil {
		c.say(place, "turns on nothing")
	}
	for _, id := range on.If {
		c.used[id] = true
		i := slices.IndexFunc(c.grid.Statements, func(st Statement) bool { return st.ID == id })
		if i < 0 {
			c.say(place, "turns on %s, which is no statement", id)
			continue
		}
		if got, known := value(s.Facts, c.grid.Statements[i].Fact); known && got != "unknown" {
			c.say(place, "turns on %s, which is stated already", id)
		}
	}
}

// value is the value of a fact in a document, by its name with dots.
func value(doc map[string]any, name string) (any, bool) {
	first, rest, nested := strings.Cut(name, ".")
	v, ok := doc[first]
	if !ok || !nested {
		return v, ok
	}
	inner, _ := v.(map[string]any)
	return value(inner, rest)
}

// TestWords: each kind of document is one of a rule pack or one of papers, and
// each element is in the taxonomy.
func TestWords(t *testing.T) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	g, kinds := load(t), map[string]bool{}
	for _, p := range list {
		for _, f := range p.Foundings() {
			if f.Kind == "instrument" {
				kinds[f.ID] = true
			}
		}
	}
	for _, p := range g.Papers {
		kinds[p.ID] = true
	}
	seen := 0
	each(g, func(place string, s *Stage) {
		list, _ := s.Facts["instruments"].([]any)
		for _, in := range list {
			m, _ := in.(map[string]any)
			if kind, _ := m["kind"].(string); !kinds[kind] {
				t.Errorf("%s has the document %q, which nobody describes", place, kind)
			}
			seen++
		}
		data, _ := s.Facts["data"].(map[string]any)
		elements, _ := data["elements"].([]any)
		for _, e := range elements {
			id, _ := e.(string)
			if _, ok := element.Builtin().Lookup(dataspace.ElementID(id)); !ok {
				t.Errorf("%s has the element %q, which the taxonomy does not have", place, id)
			}
			seen++
		}
	})
	if seen < 500 {
		t.Errorf("only %d words were looked at", seen)
	}
}
