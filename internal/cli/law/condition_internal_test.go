package law

import (
	"strings"
	"testing"

	"hutong/filings"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
)

func TestCondition(t *testing.T) {
	text := func(en, zh string) dataspace.Text { return dataspace.Text{EN: en, ZH: zh} }
	all := []dossier.Asked{
		{Path: "a.none", Text: text("There is none", "无")}, {Path: "a.basis", Text: text("Basis", "依据")}, {Path: "foreign", Text: text("Foreign", "境外")},
	}
	for when, want := range map[string][2]string{
		"!.none":                 {"if the answer to “There is none” is no", "当“无”的回答为否时"},
		"foreign":                {"if the answer to “Foreign” is yes", "当“境外”的回答为是时"},
		".basis == consent|both": {"if “Basis” is consent or both", "当“依据”为 consent 或 both时"},
		"!.basis == x && .none":  {"if “Basis” is not x and the answer to “There is none” is yes", "当“依据”不为 x，且“无”的回答为是时"},
		".unknown":               {"if the answer to “a.unknown” is yes", "当“a.unknown”的回答为是时"},
	} {
		q := dossier.Asked{Path: "a.q", When: when}
		for i, lang := range []string{"en", "zh"} {
			if got := needed(&frame.Env{Lang: lang}, q, all); got != want[i] {
				t.Errorf("%s is %q, want %q", when, got, want[i])
			}
		}
	}
}

// No condition of a question of the program is shown as it is written.
func TestConditionsAreSentences(t *testing.T) {
	l, err := dossier.Load(filings.FS)
	if err != nil {
		t.Fatal(err)
	}
	conditions := 0
	for _, k := range l.Kinds() {
		list, err := l.Questions(k.Kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range list {
			if q.When == "" || q.Optional {
				continue
			}
			conditions++
			for _, lang := range []string{"en", "zh"} {
				if got := needed(&frame.Env{Lang: lang}, q, list); strings.ContainsAny(got, "=!&") || !strings.Contains(got, "“") || strings.Contains(got, "“"+q.Path[:strings.LastIndexByte(q.Path, '.')]) {
					t.Errorf("%s %s: %s is shown as %q", k.Kind, q.Path, q.When, got)
				}
			}
		}
	}
	if conditions < 20 {
		t.Errorf("%d conditions, at least 20 should be there", conditions)
	}
}
