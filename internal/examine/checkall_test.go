package examine_test

import (
	"fmt"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/packs"
)

// TestPacksTogether: the embedded packs have no finding together.
func TestPacksTogether(t *testing.T) {
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for id, list := range examine.CheckAll(ps) {
		for _, f := range list {
			t.Errorf("%s: %s: %s: %s", id, f.Rule, f.Code, f.Message)
		}
	}
}

// pack makes a pack of one jurisdiction with the given rules and keys.
func packText(id string, rest ...string) string {
	return fmt.Sprintf("id: %s\njurisdiction: XX\nversion: 1.0.0\nsides: {export: {applies: 'exporter.jurisdiction == \"XX\"'}}\n%s\n", id, strings.Join(rest, "\n"))
}

func pathway(id string, order int, when, pathway string, more ...string) string {
	return fmt.Sprintf("- {id: %s, order: %d, when: '%s', pathway: %s%s}", id, order, when, pathway, strings.Join(more, ""))
}

// TestCheckAll: each finding about packs together, and a case that is nearly
// one.
func TestCheckAll(t *testing.T) {
	for name, tt := range map[string]struct {
		packs []string // ids x/a, x/b
		code  string   // expected at rule; empty: no finding that CheckAll adds
		rule  dataspace.RuleID
	}{
		"clean": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "data.personal", "contract"), pathway("a.two", 2, "!data.personal", "free"))}, "", ""},
		"conflict": {[]string{
			packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 9", "contract")),
			packText("x/b", "rules:", pathway("b.one", 2, "counts.sensitive >= 6", "free"))}, "set.conflict", "b.one"},
		"no conflict: they never meet": {[]string{
			packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 5", "contract")),
			packText("x/b", "rules:", pathway("b.one", 2, "counts.sensitive < 6", "free"))}, "", ""},
		"no conflict: they say the same": {[]string{
			packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 9", "free")),
			packText("x/b", "rules:", pathway("b.one", 2, "counts.sensitive >= 6", "free"))}, "", ""},
		"no conflict: not in force together": {[]string{
			packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 5", "contract", ", to: 2025-12-31")),
			packText("x/b", "rules:", pathway("b.one", 2, "counts.sensitive > 5", "free", ", from: 2026-01-01"))}, "", ""},
		"no conflict: one lies over the other": {[]string{
			packText("x/a", "rules:", pathway("a.one", 2, "counts.sensitive > 5", "contract")),
			packText("x/b", "overlays: x/a", "rules:", pathway("b.one", 1, "counts.sensitive > 9", "free"))}, "", ""},
		"implied": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 5", "contract"),
			pathway("a.two", 2, "counts.sensitive > 7 && data.personal", "free"))}, "rule.unreached", "a.two"},
		"implied by two": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 5", "contract"), pathway("a.two", 2, "counts.sensitive < 6", "free"),
			pathway("a.three", 3, "counts.sensitive >= 0", "exempt"))}, "rule.unreached", "a.three"},
		"not implied: one number between": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 5", "contract"),
			pathway("a.two", 2, "counts.sensitive >= 5", "free"))}, "", ""},
		"not implied: on one day": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 5", "contract", ", from: 2026-01-02"),
			pathway("a.two", 2, "counts.sensitive > 7", "free", ", to: 2026-01-02"), pathway("a.last", 3, "data.personal", "free", ", to: 2026-01-01"))}, "", ""},
		"never holds": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "counts.sensitive > 5 && counts.sensitive < 5", "contract"))}, "rule.unreached", "a.one"},
		"a bar that never holds": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "data.personal", "free"),
			"- {id: a.bar, bar: prohibited, when: 'purpose == \"business\" && purpose == \"emergency\"'}")}, "rule.unreached", "a.bar"},
		"not known: a list":    {[]string{packText("x/a", "rules:", pathway("a.one", 1, "\"email\" in data.elements && !(\"email\" in data.elements)", "free"))}, "", ""},
		"not known: a number":  {[]string{packText("x/a", "numbers: {n: {value: null}}", "rules:", pathway("a.one", 1, "counts.sensitive > number.n", "free"))}, "", ""},
		"not known: a switch":  {[]string{packText("x/a", "switches: {s: {default: false}}", "rules:", pathway("a.one", 1, "switch.s", "free"))}, "", ""},
		"not known: two facts": {[]string{packText("x/a", "rules:", pathway("a.one", 1, "exporter.registered_in == exporter.exports_from", "free"))}, "", ""},
		"a number of the pack": {[]string{packText("x/a", "numbers: {n: {value: 7}}", "rules:", pathway("a.one", 1, "counts.sensitive >= number.n", "free"),
			pathway("a.two", 2, "counts.sensitive > 7", "contract"))}, "rule.unreached", "a.two"},
		"a group of the pack": {[]string{packText("x/a", "groups: {g: [NZ, XZ]}", "rules:", pathway("a.one", 1, "recipient.jurisdiction in group.g", "free"),
			pathway("a.two", 2, "recipient.jurisdiction == \"NZ\"", "contract"))}, "rule.unreached", "a.two"},
		"through a definition": {[]string{packText("x/a", "define: [{name: many, when: counts.sensitive > 5}]", "rules:", pathway("a.one", 1, "is.many", "free"),
			pathway("a.two", 2, "counts.sensitive > 6", "contract"))}, "rule.unreached", "a.two"},
		"one obligation twice": {[]string{
			packText("x/a", "rules:", "- {id: a.o, obligation: {id: o}}"),
			packText("x/b", "rules:", "- {id: b.o, obligation: {id: o}}")}, "set.obligation", "b.o"},
		"one instrument, two names": {[]string{
			packText("x/a", "instruments: {k: {name: {en: one, zh: 一}}}"),
			packText("x/b", "instruments: {k: {name: {en: two, zh: 一}}}")}, "set.instrument", "instrument.k"},
		"one instrument, one name": {[]string{
			packText("x/a", "instruments: {k: {name: {en: one, zh: 一}, years: 3}}"),
			packText("x/b", "instruments: {k: {name: {en: one, zh: 一}, years: 3}}")}, "", ""},
		"one order": {[]string{
			packText("x/a", "rules:", pathway("a.one", 1, "data.personal", "free")),
			packText("x/b", "rules:", pathway("b.one", 1, "!data.personal", "free"))}, "set.order", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for i, text := range tt.packs {
				files["x/"+string(rune('a'+i))+"/pack.yaml"] = text
			}
			ps, err := pack.LoadAll(tree(files))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, list := range examine.CheckAll(ps) {
				for _, f := range list {
					if f.Code == tt.code && f.Rule == tt.rule {
						found = true
					} else if strings.HasPrefix(f.Code, "set.") || f.Code == "rule.unreached" {
						t.Errorf("also found: %+v", f)
					}
				}
			}
			if !found && tt.code != "" {
				t.Errorf("%s is not found", tt.code)
			}
		})
	}
}
