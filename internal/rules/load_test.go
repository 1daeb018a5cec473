package rules_test

import (
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// small is a pack with one rule of each kind.
const small = `id: xx/small
jurisdiction: XX
title: {en: Small, zh: 小}
authority: {en: Nobody, zh: 无}
version: 1.2.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "XX"'}
numbers:
  limit: {value: null, of: counts.sensitive, article: a, source: https://example.org/n, facts: ["1"], confidence: VSS, text: {en: the limit, zh: 上限}}
groups:
  ids: [email]
instruments:
  xx.paper: {name: {en: paper, zh: 文件}, years: 1, article: a, source: https://example.org/i, facts: ["1"], confidence: VSS}
rules:
  - {id: xx.many, order: 1, when: 'counts.sensitive >= number.limit', pathway: contract, demands: [xx.sign], article: a, source: https://example.org/1, facts: ["1"], confidence: VSS, text: {en: many, zh: 多}}
  - {id: xx.few, order: 2, pathway: free, article: a, source: https://example.org/2, facts: ["1"], confidence: VSS, text: {en: few, zh: 少}}
  - {id: xx.sign, obligation: {id: xx.sign, demanded: true, before_delivery: true, text: {en: sign, zh: 签}}, satisfied: {by: [{kind: xx.paper}]}, article: a, source: https://example.org/3, facts: ["1"], confidence: VSS, text: {en: sign, zh: 签}}
handling:
  - {id: xx.mail, group: ids, action: mask, article: a, source: https://example.org/4, facts: ["1"], confidence: VSS, text: {en: mail, zh: 邮}}
`

const smallCases = `defaults: {on: 2026-06-15, exporter: {jurisdiction: XX}, recipient: {jurisdiction: NZ}, data: {personal: true}}
cases:
- {id: A, counts: {sensitive: 5}, expect: {verdict: human_review, missing: ["xx/small#limit"], handling: {email: mask}}}
`

func tree(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestLoadSaysWhere(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"unknown-key":       {"title: {en", "titel: {en", `pack.yaml:3:1: unknown field "titel"`},
		"unknown-rule-key":  {"order: 2, pathway", "order: 2, pathwey: x, pathway", "pack.yaml:19:28"},
		"double-key":        {"jurisdiction: XX\n", "jurisdiction: XX\njurisdiction: XX\n", "pack.yaml:3:1"},
		"bad-condition":     {"counts.sensitive >= number.limit", "counts.sensitive >= ", "pack.yaml:18:35"},
		"unknown-fact":      {"counts.sensitive >= number.limit", "counts.sensitiv > 1", "undeclared reference"},
		"wrong-type":        {"counts.sensitive >= number.limit", "counts.sensitive", "result is int, not bool"},
		"mixed-types":       {"counts.sensitive >= number.limit", `sector > 5`, "no matching overload"},
		"presence-test":     {"counts.sensitive >= number.limit", "has(counts.sensitive)", "undeclared reference"},
		"costly":            {"counts.sensitive >= number.limit", "data.elements.exists(a, data.elements.exists(b, data.elements.exists(c, a == b && b == c)))", "may cost"},
		"no-such-subject":   {"pathway: free", "pathway: free, about: [notise]", `"notise" is no subject`},
		"kind-no-subject":   {"years: 1", "years: 1, about: [paper]", `"paper" is no subject`},
		"no-such-pathway":   {"pathway: free", "pathway: fre", `"fre" is no pathway`},
		"unclaimed":         {"pathway: free", "pathway: free, claimed_by: origin", `does not name the fact "origin"`},
		"perhaps-certain":   {"pathway: free", "pathway: free, perhaps: true", "only a rule that misses a text holds perhaps"},
		"two-kinds":         {"pathway: free", "pathway: free, note: true", "exactly one of"},
		"no-such-side":      {"{id: xx.few, order", "{id: xx.few, side: import, order", `side "import"`},
		"unknown-kind":      {"[{kind: xx.paper}]", "[{kind: xx.other}]", "xx.other"},
		"bad-confidence":    {`3, facts: ["1"], confidence: VSS`, `3, facts: ["1"], confidence: SURE`, `"SURE"`},
		"bad-date":          {"{id: xx.few, order", "{id: xx.few, from: 2026-02-30, order", "2026-02-30"},
		"bad-version":       {"version: 1.2.0", "version: two", "version"},
		"bad-action":        {"action: mask", "action: hide", `"hide" is no action`},
		"unknown-group":     {"group: ids", "group: idz", `"idz" is no group`},
		"anchor":            {"jurisdiction: XX", "jurisdiction: &x XX", "anchors"},
		"two-documents":     {"handling:", "---\nhandling:", "more than one document"},
		"calendar-missing":  {"sides:", "calendar: none.yaml\nsides:", "none.yaml"},
		"provisional-none":  {"sides:", "provisional: none.yaml\nsides:", "none.yaml"},
		"circular":          {"rules:\n", "define: [{name: a, when: is.b}, {name: b, when: is.a}]\nrules:\n", "definition \"a\" names is.b, which is not defined before it"},
		"missing-not-named": {"pathway: free", "pathway: free, missing: [what]", `"what"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, tt.old, tt.new, 1)
			if text == small {
				t.Fatal("nothing replaced")
			}
			_, err := pack.Load(tree(map[string]string{"xx/small/pack.yaml": text}), "xx/small")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if err != nil && !errors.Is(err, dataspace.ErrInvalid) && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("error %v is neither invalid nor not found", err)
			}
		})
	}
	if _, err := pack.Load(packs.FS, "cn/nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("loading nothing: %v", err)
	}
}

func loadSmall(t *testing.T, replace ...string) *pack.Pack {
	t.Helper()
	p, err := pack.Load(tree(map[string]string{
		"xx/small/pack.yaml":  strings.NewReplacer(replace...).Replace(small),
		"xx/small/tests.yaml": strings.NewReplacer(replace...).Replace(smallCases),
	}), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCheckFinds(t *testing.T) {
	tests := map[string]struct {
		replace []string
		code    string
	}{
		"no-article":      {[]string{"zh: 少}}", "zh: 少}}", "free, article: a", "free"}, "rule.article"},
		"no-source":       {[]string{", source: https://example.org/2", ""}, "rule.source"},
		"bad-source":      {[]string{"https://example.org/2", "somewhere"}, "rule.source"},
		"no-facts":        {[]string{`/2, facts: ["1"]`, `/2`}, "rule.facts"},
		"no-confidence":   {[]string{`/2, facts: ["1"], confidence: VSS`, `/2, facts: ["1"]`}, "rule.confidence"},
		"no-chinese":      {[]string{"{en: few, zh: 少}", "{en: few}"}, "rule.text"},
		"unreachable":     {[]string{"order: 2", "order: 0"}, "rule.unreachable"},
		"overlap":         {[]string{"order: 2", "order: 1"}, "rule.overlap"},
		"never":           {[]string{"counts.sensitive >= number.limit", "false"}, "rule.unreachable"},
		"not-demanded":    {[]string{"demands: [xx.sign], ", ""}, "rule.unreachable"},
		"ends-early":      {[]string{"{id: xx.few,", "{id: xx.few, from: 2026-02-01, to: 2026-01-01,"}, "rule.validity"},
		"double":          {[]string{"id: xx.few", "id: xx.many"}, "rule.double"},
		"no-case":         {nil, "rule.case"},
		"cases-unread":    {[]string{"cases:\n", "casez:\n"}, "pack.cases"},
		"unknown-element": {[]string{"ids: [email]", "ids: [e-mail]"}, "pack.element"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := loadSmall(t, tt.replace...)
			for _, f := range examine.Check(p) {
				if f.Code == tt.code {
					return
				}
			}
			t.Errorf("%s not found: %v", tt.code, examine.Check(p))
		})
	}
}

func TestTestNeedsCases(t *testing.T) {
	p, err := pack.Load(tree(map[string]string{"xx/small/pack.yaml": small}), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	if r := examine.Test(p); r.OK() || r.Err == "" {
		t.Errorf("a pack without cases passes: %+v", r)
	}
	r := examine.Test(loadSmall(t))
	if r.OK() || len(r.Undecided) == 0 || len(r.Cases[0].Failures) > 0 {
		t.Errorf("report %+v, want undecided rules and no failure", r)
	}
	r = examine.Test(loadSmall(t, "verdict: human_review", "verdict: cleared"))
	if len(r.Cases[0].Failures) != 1 {
		t.Errorf("failures %v, want one", r.Cases[0].Failures)
	}
}

// TestUnknownNumber: a number the law has and the pack does not.
func TestUnknownNumber(t *testing.T) {
	for value, want := range map[string]dataspace.Verdict{"null": dataspace.HumanReview, "5": dataspace.ActionRequired, "6": dataspace.Cleared} {
		set, err := rules.NewSet(loadSmall(t, "value: null", "value: "+value))
		if err != nil {
			t.Fatal(err)
		}
		d := decide(t, set, parse(t, "{on: 2026-06-15, exporter: {jurisdiction: XX}, recipient: {jurisdiction: NZ}, data: {personal: true}, counts: {sensitive: 5}}"))
		if d.Verdict != want {
			t.Errorf("limit %s: %s, want %s", value, d.Verdict, want)
		}
		if value == "null" && (len(d.Missing) != 1 || d.Missing[0].Where != "https://example.org/n") {
			t.Errorf("missing %+v, want the limit and where it is published", d.Missing)
		}
	}
}

func TestNoPackForJurisdiction(t *testing.T) {
	set := allPacks(t)
	d := decide(t, set, parse(t, "{on: 2026-06-15, exporter: {jurisdiction: AU}, recipient: {jurisdiction: SG}, data: {personal: false}}"))
	if d.Verdict != dataspace.HumanReview || !hasMissing(d, "pack:AU") || !d.Counted() {
		t.Errorf("%s", show(d))
	}
	if len(d.Missing) != 1 || d.Missing[0].Why.ZH == "" {
		t.Errorf("missing %+v", d.Missing)
	}
}

func TestSetRefuses(t *testing.T) {
	p := loadSmall(t)
	if _, err := rules.NewSet(p, p); err == nil {
		t.Error("one pack twice")
	}
	if _, err := rules.NewSet(loadSmall(t, "demands: [xx.sign]", "demands: [xx.other]")); err == nil || !strings.Contains(err.Error(), "xx.other") {
		t.Errorf("unknown demand: %v", err)
	}
	if _, err := rules.NewSet(loadSmall(t, "order: 2", "order: 1")); err == nil {
		t.Error("one order twice")
	}
	overlay, err := pack.Load(packs.FS, "cn/shanghai-negative-list")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.NewSet(overlay); err == nil {
		t.Error("an overlay without its base")
	}
}

func TestSignedPacks(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	other := ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", ed25519.SeedSize)))
	verify := key.Public().(ed25519.PublicKey)
	files := map[string]string{"xx/small/pack.yaml": small, "xx/small/tests.yaml": smallCases}
	p, err := pack.Load(tree(files), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	sig, err := pack.Sign(p, key)
	if err != nil {
		t.Fatal(err)
	}
	signed := map[string]string{"xx/small/pack.sig": string(sig)}
	for k, v := range files {
		signed[k] = v
	}
	got, err := pack.LoadSigned(tree(signed), "xx/small", verify)
	if err != nil {
		t.Fatal(err)
	}
	if got.Ref() != p.Ref() {
		t.Errorf("the signature changes the digest: %v, %v", got.Ref(), p.Ref())
	}
	for name, spoil := range map[string]func(map[string]string){
		"no-signature": func(m map[string]string) { delete(m, "xx/small/pack.sig") },
		"other-text":   func(m map[string]string) { m["xx/small/pack.yaml"] += "\n" },
		"other-cases":  func(m map[string]string) { m["xx/small/tests.yaml"] += "\n" },
		"one-more":     func(m map[string]string) { m["xx/small/NOTE.md"] = "more" },
		"garbage":      func(m map[string]string) { m["xx/small/pack.sig"] = "garbage" },
	} {
		m := map[string]string{}
		for k, v := range signed {
			m[k] = v
		}
		spoil(m)
		if _, err := pack.LoadSigned(tree(m), "xx/small", verify); !errors.Is(err, dataspace.ErrDenied) {
			t.Errorf("%s: %v, want denied", name, err)
		}
	}
	if _, err := pack.LoadSigned(tree(signed), "xx/small", other.Public().(ed25519.PublicKey)); !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("foreign key: %v, want denied", err)
	}
}

func TestMergeTakesTheNewer(t *testing.T) {
	old, same, newer := loadSmall(t, "1.2.0", "1.1.9"), loadSmall(t), loadSmall(t, "1.2.0", "1.10.0")
	for name, tt := range map[string]struct {
		embedded, signed *pack.Pack
		want             string
	}{
		"newer": {same, newer, "1.10.0"},
		"older": {same, old, "1.2.0"},
		"equal": {same, same, "1.2.0"},
	} {
		got, err := pack.Merge([]*pack.Pack{tt.embedded}, []*pack.Pack{tt.signed})
		if err != nil || len(got) != 1 || got[0].Ref().Version != tt.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := pack.Merge([]*pack.Pack{same}, []*pack.Pack{loadSmall(t, "en: few", "en: some")}); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("one version, two contents: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("rules: [{when: 'a &&'}]"))
	f.Add([]byte(whole))
	f.Add([]byte(lists))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := pack.Load(fstest.MapFS{"x/pack.yaml": &fstest.MapFile{Data: data}, "calendars/cn-workdays.yaml": &fstest.MapFile{Data: []byte("years: {}")}}, "x")
		if err != nil {
			return
		}
		examine.CheckAll([]*pack.Pack{p})
		examine.Mutate(p)
		set, err := rules.NewSet(p)
		if err != nil {
			return
		}
		if _, err := set.Decide(clean()); err != nil {
			t.Errorf("a pack that loads does not decide: %v", err)
		}
	})
}

// TestPackOfLinks: a folder that somebody else may write to must not lead the
// gateway elsewhere, nor into a file that never ends.
func TestPackOfLinks(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "xx", "small")
	if err := os.MkdirAll(at, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "pack.yaml"), []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(at, "more.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := pack.LoadAll(os.DirFS(dir)); !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), "more.csv") {
		t.Errorf("got %v", err)
	}
}
