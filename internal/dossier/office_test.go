package dossier_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/goccy/go-yaml"

	"hutong/filings"
	"hutong/internal/dossier"
	"hutong/internal/office"
)

// sample is one file that is opened with LibreOffice, and what must be in it.
type sample struct {
	name   string
	data   []byte
	draft  bool
	title  string
	wants  []string
	never  []string
	papers bool // A4, upright
}

// LibreOffice opens every document of every kind, in both languages, as a draft
// without answers and approved with all answers, and a filled template; the
// printed output is checked page by page.
func TestDocumentsInLibreOffice(t *testing.T) {
	soffice := os.Getenv("HUTONG_OFFICE")
	if soffice == "" {
		t.Skip("needs LibreOffice: ./check documents")
	}
	for _, tool := range []string{soffice, "pdftotext", "pdfinfo"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: apt-get install --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils fonts-noto-cjk", err)
		}
	}
	samples := samplesOf(t)
	if len(samples) < 6*minKinds {
		t.Fatalf("only %d documents", len(samples))
	}
	dir := t.TempDir()
	arguments := []string{"-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(dir, "profile")), "--headless", "--convert-to", "pdf", "--outdir", filepath.Join(dir, "pdf")}
	for _, s := range samples {
		path := filepath.Join(dir, s.name)
		if err := os.WriteFile(path, s.data, 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, path)
	}
	if out, err := exec.Command(soffice, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", soffice, err, out)
	}
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			s.check(t, filepath.Join(dir, "pdf", strings.TrimSuffix(s.name, filepath.Ext(s.name))+".pdf"))
		})
	}
}

// samplesOf makes the documents.
func samplesOf(t *testing.T) []sample {
	t.Helper()
	l := load(t)
	var out []sample
	for _, form := range l.Kinds() {
		base := strings.ReplaceAll(string(form.Kind), "/", "-")
		empty := write(t, l, dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind)})
		in := dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind), Answers: answerAll(t, l, form.Kind, 2)}
		digest, err := l.Digest(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Approval = &dossier.Approval{Digest: digest, By: "x", On: "2026-06-15", Reason: "y"}
		full := write(t, l, in)
		headings, final := headingsOf(t, form.Kind, true), headingsOf(t, form.Kind, false)
		for lang, text := range map[string]struct{ title, layout, missing string }{
			"zh": {headings["zh"][0], "版式待与官方表格核对", "【待填："},
			"en": {headings["en"][0], "Layout to be checked against the official form", "[to be filled in:"},
		} {
			wants := append([]string{"答:processor.name"}, final[lang]...)
			never := []string{text.layout, "http"} // notes of ours
			out = append(out,
				sample{name: base + ".draft." + lang + ".docx", data: file(t, empty, "."+lang+".docx"), draft: true, title: text.title, wants: append([]string{text.missing}, headings[lang]...), papers: true},
				sample{name: base + ".final." + lang + ".docx", data: file(t, full, "."+lang+".docx"), title: text.title, wants: wants, never: append(never, text.missing, "secret_note"), papers: true})
		}
		out = append(out,
			sample{name: base + ".draft.xlsx", data: file(t, empty, ".xlsx"), draft: true, wants: []string{"full_name", "odd<&column", "掩码 masked"}, never: []string{"secret_note"}},
			sample{name: base + ".final.xlsx", data: file(t, full, ".xlsx"), wants: []string{"full_name"}})
	}
	for _, name := range []string{"contract", "authorization", "declaration", "commitment"} {
		in := dossier.Input{Kind: "cn/authorization", Flow: flowOf(), Answers: answersFor(t, l, "cn/standard-contract", "cn/security-assessment-declaration", "cn/security-assessment", "cn/authorization", "cn/commitment"),
			Forms: []dossier.GivenForm{given(t, name)}}
		draft := write(t, l, in)
		out = append(out, sample{name: name + ".draft.docx", data: file(t, draft, ".form."+name+".docx"), draft: true, wants: []string{"答:processor.name", "样式示例，非官方文本"}})
		in.Approval = &dossier.Approval{Digest: draft.Digest, By: "x", On: "2026-06-15", Reason: "y"}
		out = append(out, sample{name: name + ".final.docx", data: file(t, write(t, l, in), ".form."+name+".docx"), wants: []string{"答:processor.name", "样式示例，非官方文本"}, never: []string{"草稿"}})
	}
	return append(out, template(t, l))
}

func template(t *testing.T, l *dossier.Library) sample {
	t.Helper()
	doc := office.Document{Title: "t", Language: "zh-CN", Heading: "自己的页眉", Blocks: []office.Block{
		office.Paragraph{Runs: []office.Run{{Text: "{{processor.na"}, {Text: "me}}"}}}, office.PageBreak{}, office.Paragraph{Runs: []office.Run{{Text: "第二页"}}}}}
	data, err := doc.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	d := write(t, l, dossier.Input{Kind: "cn/pipia", Answers: dossier.Answers{"processor": map[string]any{"name": "甲公司"}}, Template: data})
	return sample{name: "template.docx", data: file(t, d, ".template.docx"), draft: true, wants: []string{"甲公司", "第二页", "自己的页眉"}, never: []string{"{{"}, papers: true}
}

// headingsOf reads from the form's file the title and the headings without
// answers, and not from the code under test. Those of notes of ours are in drafts
// only.
func headingsOf(t *testing.T, kind dossier.Kind, draft bool) map[string][]string {
	t.Helper()
	data, err := filings.FS.ReadFile(string(kind) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Body []map[string]any `yaml:"body"`
	}
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, n := range f.Body {
		if note, _ := n["draft"].(bool); note && !draft {
			continue
		}
		for _, style := range []string{"title", "h1", "h2"} {
			text, _ := n[style].(map[string]any)
			for _, lang := range []string{"zh", "en"} {
				if s, _ := text[lang].(string); s != "" && !strings.Contains(s, "{{") {
					out[lang] = append(out[lang], s)
				}
			}
		}
	}
	least := 3
	if kind == "cn/inventory" {
		least = 1 // it has a title and a table for each scenario
	}
	if len(out["zh"]) < least || len(out["zh"]) != len(out["en"]) {
		t.Fatalf("%s: found %d headings", kind, len(out["zh"]))
	}
	return out
}

var pageCount = regexp.MustCompile(`(?m)^Pages:\s+(\d+)$`)

func (s sample) check(t *testing.T, pdf string) {
	info, err := exec.Command("pdfinfo", pdf).CombinedOutput()
	if err != nil {
		t.Fatalf("pdfinfo: %v\n%s", err, info)
	}
	m := pageCount.FindSubmatch(info)
	if m == nil {
		t.Fatalf("no count of pages in %s", info)
	}
	count, err := strconv.Atoi(string(m[1]))
	if err != nil || count < 1 {
		t.Fatalf("%s pages", m[1])
	}
	if s.papers && !strings.Contains(string(info), "(A4)") {
		t.Errorf("is not on A4: %s", info)
	}
	text, err := exec.Command("pdftotext", "-enc", "UTF-8", pdf, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
	if len(pages) != count {
		t.Fatalf("text of %d pages, %d are there", len(pages), count)
	}
	for i, p := range pages {
		if got := strings.Contains(squeeze(p), squeeze("草稿 DRAFT")); got != s.draft {
			t.Errorf("page %d: marked as a draft is %v, want %v", i+1, got, s.draft)
		}
		if s.papers && !strings.Contains(squeeze(p), fmt.Sprintf("—%d—", i+1)) {
			t.Errorf("page %d has no number", i+1)
		}
	}
	if !strings.Contains(squeeze(pages[0]), squeeze(s.title)) {
		t.Errorf("the first page has no title %s", s.title)
	}
	whole := squeeze(string(text))
	for _, want := range s.wants {
		if !strings.Contains(whole, squeeze(want)) {
			t.Errorf("%q is not there", want)
		}
	}
	for _, never := range s.never {
		if strings.Contains(whole, squeeze(never)) {
			t.Errorf("%q is there", never)
		}
	}
}

// squeeze removes the spaces: lines break at the page margin, and a gap is
// printed between East Asian and Latin text.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
