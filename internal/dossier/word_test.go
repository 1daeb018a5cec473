package dossier_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/dossier"
	"hutong/internal/fact"
)

const report = "cn/negative-list-report"

// An answer that is a word of a list is read as a fact is: the key is kept, and a
// document shows the name.
func TestAnswersReadWords(t *testing.T) {
	l := load(t)
	for said, want := range map[string]string{
		"accommodation": "accommodation", "Hotel": "accommodation", "酒店": "accommodation", "ＨＯＴＥＬ": "accommodation", "住宿业": "accommodation",
	} {
		a, err := l.ParseAnswers([]byte("list: {sector: " + said + "}\nexport: {scenarios: [{recipients: [{country: 新西兰}]}]}\nsecurity: {consent_basis: 个人同意（第十三条第一款第（一）项）}"))
		if err != nil {
			t.Fatalf("%s: %v", said, err)
		}
		if diff := cmp.Diff(dossier.Answers{
			"list":     map[string]any{"sector": want},
			"export":   map[string]any{"scenarios": []any{map[string]any{"recipients": []any{map[string]any{"country": "NZ"}}}}},
			"security": map[string]any{"consent_basis": "consent"},
		}, a); diff != "" {
			t.Errorf("%s: %s", said, diff)
		}
		d := write(t, l, dossier.Input{Kind: report, Flow: flowOf(), Answers: a})
		zh, en := part(t, file(t, d, ".zh.docx"), "word/document.xml"), part(t, file(t, d, ".en.docx"), "word/document.xml")
		if !strings.Contains(zh, "住宿业") || !strings.Contains(zh, "新西兰") || !strings.Contains(en, "New Zealand") || !strings.Contains(en, "accommodation") {
			t.Errorf("%s: the documents do not name the words", said)
		}
	}
}

func TestAnswersRefuseUnknownWords(t *testing.T) {
	for text, want := range map[string][]string{
		"list: {sector: hotell}":                  {"accommodation (accommodation, 住宿业)", "none (none of these, 以上均不属于)", "行业领域"},
		"security: {consent_basis: agreement}":    {"consent (", "个人同意", "other ("},
		"list: {sector: {word: none, note: why}}": {"who says so"},
	} {
		_, err := load(t).ParseAnswers([]byte(text))
		if !errors.Is(err, dataspace.ErrInvalid) {
			t.Fatalf("%s: %v", text, err)
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q is not in %v", text, w, err)
			}
		}
		if strings.Contains(err.Error(), "hotell") || strings.Contains(err.Error(), "agreement") {
			t.Errorf("the error shows the answer: %v", err)
		}
	}
}

// None of these stands in the document with why, and who says so.
func TestAnswersOfNone(t *testing.T) {
	l := load(t)
	a, err := l.ParseAnswers([]byte("list: {sector: {word: 以上均不属于, note: 制作小提琴, by: 李伟}}"))
	if err != nil {
		t.Fatal(err)
	}
	// What was read can be read again: the command reads it, and then the gateway.
	if again := reparse(t, l, a); !cmp.Equal(a, again) {
		t.Errorf("read again: %s", cmp.Diff(a, again))
	}
	d := write(t, l, dossier.Input{Kind: report, Flow: flowOf(), Answers: a})
	if zh := part(t, file(t, d, ".zh.docx"), "word/document.xml"); !strings.Contains(zh, "以上均不属于：制作小提琴（李伟）") {
		t.Error("the Chinese document does not say why no sector fits")
	}
	f := flowOf()
	f.Facts.Known.Set("sector", dataspace.TextOf("none"))
	f.Facts.Known.Set("none.sector.note", dataspace.TextOf("we build violins"))
	f.Facts.Known.Set("none.sector.by", dataspace.TextOf("Li Wei"))
	d = write(t, l, dossier.Input{Kind: report, Flow: f})
	if en := part(t, file(t, d, ".en.docx"), "word/document.xml"); !strings.Contains(en, "none of these: we build violins (Li Wei)") {
		t.Error("the document does not say what the facts say beside none")
	}
}

// Without vocabularies the words stay: the gateway, whose packs may know more
// words, reads them.
func TestAnswersWithoutWords(t *testing.T) {
	const text = "list: {sector: hotell}\nexport: {scenarios: [{recipients: [{country: {zh: 某国, en: Somewhere}}]}]}"
	a, err := load(t).WithWords(nil).ParseAnswers([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := a["list"].(map[string]any)["sector"]; got != "hotell" {
		t.Errorf("sector %v", got)
	}
}

// A question about a fact is written once. Only a text of its own, such as that of
// an official form, stands beside the fact.
func TestQuestionsOfFacts(t *testing.T) {
	l := load(t)
	asked := map[string]dossier.Asked{}
	for _, form := range l.Kinds() {
		list, err := l.Questions(form.Kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range list {
			asked[q.Path] = q
		}
	}
	about := 0
	for path, q := range asked {
		name, prefilled := strings.CutPrefix(q.Prefill, "facts.")
		if _, is := fact.Standard().Lookup(name); prefilled && is && q.Fact != name {
			t.Errorf("%s takes its answer from %s, and does not say that it is about it", path, name)
		}
		if q.Fact != "" {
			about++
			continue
		}
		for _, d := range fact.Standard().All() {
			if q.Text == d.Ask || q.Text == d.Text {
				t.Errorf("%s asks what %s asks, and does not name it", path, d.Name)
			}
		}
	}
	if about < 6 {
		t.Errorf("%d questions are about facts, want 6 or more", about)
	}
	if d, _ := fact.Standard().Lookup("sector"); asked["list.sector"].Text != d.Ask || asked["list.sector"].Words != "sectors" {
		t.Errorf("list.sector is %+v", asked["list.sector"])
	}
	if q := asked["processor.is_ciio"]; q.Type != "yesno" || q.Prefill != "facts.exporter.ciio" {
		t.Errorf("processor.is_ciio is %+v", q)
	}
}
