package dossier_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"hutong/filings"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
	"hutong/internal/element"
	"hutong/internal/office"
	"hutong/internal/pack"
	"hutong/packs"
)

// Stored minima: with fewer, the tests have checked nothing.
const (
	minKinds     = 8
	minQuestions = 130 // over all kinds, each once
)

func reparse(t testing.TB, l *dossier.Library, a dossier.Answers) dossier.Answers {
	t.Helper()
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	out, err := l.ParseAnswers(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return out
}

// part reads one part of a package.
func part(t testing.TB, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var bookmark = regexp.MustCompile(`<w:bookmarkStart w:id="\d+" w:name="(t_[^"]*)"/>`)

func bookmarks(doc string) []string {
	var out []string
	for _, m := range bookmark.FindAllStringSubmatch(doc, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return out
}

type traceFile struct {
	Paragraphs []dossier.Trace `json:"paragraphs"`
}

// For each kind with all questions answered: every answer is in the document,
// every paragraph is in the trace and has a basis, and the same input gives the
// same bytes.
func TestEveryKind(t *testing.T) {
	l := load(t)
	kinds := l.Kinds()
	if len(kinds) < minKinds {
		t.Fatalf("%d kinds of filings, at least %d should be there", len(kinds), minKinds)
	}
	all := map[string]bool{}
	for _, form := range kinds {
		t.Run(strings.ReplaceAll(string(form.Kind), "/", "-"), func(t *testing.T) {
			in := dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind), Answers: answerAll(t, l, form.Kind, 2)}
			d := write(t, l, in)
			if len(d.Missing) > 0 || !d.Draft {
				t.Errorf("missing %v, draft %v; want none, true", d.Missing, d.Draft)
			}
			again := write(t, l, in)
			for i, f := range d.Files {
				if !bytes.Equal(f.Data, again.Files[i].Data) {
					t.Errorf("%s has other bytes the second time", f.Name)
				}
			}
			zh, en := part(t, file(t, d, ".zh.docx"), "word/document.xml"), part(t, file(t, d, ".en.docx"), "word/document.xml")
			var trace traceFile
			if err := json.Unmarshal(file(t, d, ".trace.json"), &trace); err != nil {
				t.Fatal(err)
			}
			var ids []string
			shown := map[string]bool{}
			for _, p := range trace.Paragraphs {
				ids = append(ids, p.ID)
				if p.Basis == nil || len(p.Basis.Facts) == 0 || !strings.HasPrefix(p.Basis.Source, "http") || p.Basis.Confidence == "" {
					t.Errorf("%s rests on nothing", p.ID)
				}
				for _, a := range p.Answers {
					shown[a.Question] = true
				}
			}
			slices.Sort(ids)
			if diff := cmp.Diff(ids, bookmarks(zh)); diff != "" {
				t.Errorf("trace and Chinese document differ: %s", diff)
			}
			if diff := cmp.Diff(ids, bookmarks(en)); diff != "" {
				t.Errorf("trace and English document differ: %s", diff)
			}
			asked, err := l.Questions(form.Kind)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range asked {
				all[q.Path] = true
				first := strings.ReplaceAll(q.Path, "[]", "[0]")
				if q.Type == "text" && shown[first] && q.When == "" && !strings.HasSuffix(q.Path, ".name") && !strings.Contains(zh, "答:"+first) {
					t.Errorf("the answer to %s is not in the document", first)
				}
				word := wordsSaid[string(q.Words)].shown
				if form.Kind == undertakingKind {
					word = "中国香港特别行政区"
				}
				if q.Type == "word" && shown[first] && !strings.Contains(zh, word) {
					t.Errorf("the word that answers %s is not in the document", first)
				}
				if !shown[first] && q.Type != "list" && q.When == "" {
					t.Errorf("%s is asked and not shown", first)
				}
			}
			for _, doc := range []string{zh, en} {
				if strings.Contains(doc, "secret_note") {
					t.Error("a column that does not leave is in the document")
				}
			}
		})
	}
	if len(all) < minQuestions {
		t.Errorf("%d questions, at least %d should be there", len(all), minQuestions)
	}
}

// Without answers everything required is missing, marked at its place, and
// listed; filling in that list completes the dossier.
func TestMissing(t *testing.T) {
	l := load(t)
	for _, form := range l.Kinds() {
		d := write(t, l, dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind)})
		if len(d.Missing) == 0 {
			t.Fatalf("%s: nothing is missing without answers", form.Kind)
		}
		zh := part(t, file(t, d, ".zh.docx"), "word/document.xml")
		for _, m := range d.Missing {
			if len(m.Where) == 0 || !strings.Contains(zh, `w:name="`+m.Where[0]+`"`) || !strings.Contains(zh, "【待填："+m.Text.ZH+"】") {
				t.Errorf("%s: %s is missing and not marked", form.Kind, m.Question)
			}
		}
		asked, err := l.Questions(form.Kind)
		if err != nil {
			t.Fatal(err)
		}
		filled := fillIn(t, string(file(t, d, ".missing.yaml")), asked)
		given, err := l.ParseAnswers([]byte(filled))
		if err != nil {
			t.Fatalf("%s: %v\n%s", form.Kind, err, filled)
		}
		// A choice may ask for more: at most twice.
		in := dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind), Answers: given}
		for range 3 {
			if d = write(t, l, in); len(d.Missing) == 0 {
				break
			}
			next, err := l.ParseAnswers([]byte(fillIn(t, string(file(t, d, ".missing.yaml")), asked)))
			if err != nil {
				t.Fatal(err)
			}
			in.Answers = l.Merge(in.Answers, next)
		}
		if len(d.Missing) > 0 {
			t.Errorf("%s: still missing %v", form.Kind, d.Missing)
		}
		if !strings.Contains(string(file(t, d, ".missing.yaml")), "none") {
			t.Errorf("%s: the list of what is missing is not empty", form.Kind)
		}
	}
}

var emptyAnswer = regexp.MustCompile(`(?m)^( *)([a-z_0-9]+):$`)

// fillIn answers the open questions of a file.
func fillIn(t *testing.T, text string, asked []dossier.Asked) string {
	t.Helper()
	byName := map[string][]dossier.Asked{}
	for _, q := range asked {
		name := q.Path[strings.LastIndex(q.Path, ".")+1:]
		byName[name] = append(byName[name], q)
	}
	lines := strings.Split(text, "\n")
	section := ""
	for i, line := range lines {
		m := emptyAnswer.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[1] == "" {
			section = m[2]
			continue
		}
		for _, q := range byName[m[2]] {
			if q.Type == "list" || !strings.HasPrefix(q.Path, section+".") {
				continue
			}
			data, err := json.Marshal(say(q, q.Path))
			if err != nil {
				t.Fatal(err)
			}
			lines[i] = line + " " + string(data)
		}
	}
	return strings.Join(lines, "\n")
}

// If a required answer is removed, exactly this answer is missing, and those
// that depend on it.
func TestOneMissing(t *testing.T) {
	l := load(t)
	const kind = "cn/security-assessment"
	full := answerAll(t, l, kind, 1)
	asked, err := l.Questions(kind)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, q := range asked {
		if q.Optional || q.When != "" || q.Prefill != "" || strings.Contains(q.Path, "[]") || q.Type == "list" {
			continue
		}
		section, id, _ := strings.Cut(q.Path, ".")
		less := reparse(t, l, full)
		delete(less[section].(map[string]any), id)
		d := write(t, l, dossier.Input{Kind: kind, Flow: flowOf(), Answers: less})
		if len(d.Missing) != 1 || d.Missing[0].Question != q.Path {
			t.Errorf("without %s: missing %v", q.Path, d.Missing)
		}
		checked++
	}
	if checked < 30 {
		t.Errorf("only %d questions were tried", checked)
	}
}

// The document shows the values known to the gateway without asking for them.
// An answer replaces them.
func TestPrefill(t *testing.T) {
	l := load(t)
	d := write(t, l, dossier.Input{Kind: "cn/security-assessment", Flow: flowOf()})
	zh, en := part(t, file(t, d, ".zh.docx"), "word/document.xml"), part(t, file(t, d, ".en.docx"), "word/document.xml")
	for _, want := range []string{"1234567", "159876", "9876", "新加坡", "【待填：境外再提供的接收方】", "2028年6月30日", "full_name", "odd&lt;&amp;column", "出境前掩码", "张某某"} {
		if !strings.Contains(zh, want) {
			t.Errorf("%s is not in the Chinese document", want)
		}
	}
	for _, want := range []string{"Singapore", "[to be filled in: Onward recipients]", "2028-06-30", "masked before it leaves"} {
		if !strings.Contains(en, want) {
			t.Errorf("%s is not in the English copy", want)
		}
	}
	over, err := l.ParseAnswers([]byte(`{processor: {pi_handled: 42}, export: {scenarios: [{recipients: [{country: {zh: 新西兰, en: New Zealand}, storage_place: {zh: 某国, en: Somewhere}}], items: [{name: id_card, example: 无, necessity: 必须}]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	d = write(t, l, dossier.Input{Kind: "cn/security-assessment", Flow: flowOf(), Answers: over})
	zh, en = part(t, file(t, d, ".zh.docx"), "word/document.xml"), part(t, file(t, d, ".en.docx"), "word/document.xml")
	if strings.Contains(zh, "1234567") || !strings.Contains(zh, "新西兰") || !strings.Contains(en, "New Zealand") || !strings.Contains(zh, "某国") || !strings.Contains(en, "Somewhere") || !strings.Contains(zh, "必须") {
		t.Error("the answer does not go over what is known")
	}
	sheet := part(t, file(t, d, ".fields.xlsx"), "xl/worksheets/sheet1.xml")
	for _, want := range []string{"必须", "some-rule", "掩码 masked", "视具体场景", "草稿 DRAFT"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("%s is not in the inventory", want)
		}
	}
	if strings.Contains(sheet, "secret_note") {
		t.Error("a column that does not leave is in the inventory")
	}
}

func TestApproval(t *testing.T) {
	l := load(t)
	const kind = "cn/standard-contract"
	in := dossier.Input{Kind: kind, Flow: flowOf(), Answers: answerAll(t, l, kind, 1)}
	digest, err := l.Digest(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Approval = &dossier.Approval{Digest: digest, By: "Wang", On: "2026-06-15", Reason: "checked"}
	d := write(t, l, in)
	if d.Draft || strings.Contains(part(t, file(t, d, ".zh.docx"), "word/header1.xml"), "草稿") || strings.Contains(part(t, file(t, d, ".fields.xlsx"), "xl/worksheets/sheet1.xml"), "草稿") {
		t.Error("what was approved is marked as a draft")
	}
	for name, change := range map[string]func(*dossier.Input){
		"answer":   func(in *dossier.Input) { in.Answers["processor"].(map[string]any)["name"] = "其他" },
		"facts":    func(in *dossier.Input) { in.Flow.Facts.Known.Set("counts.sensitive", dataspace.IntOf(9877)) },
		"plan":     func(in *dossier.Input) { in.Flow.Plan.Columns[0].Action = dataspace.Mask },
		"kind":     func(in *dossier.Input) { in.Kind = "cn/pipia" },
		"template": func(in *dossier.Input) { in.Template = file(t, d, ".en.docx") },
	} {
		other := in
		other.Flow = flowOf()
		other.Answers = reparse(t, l, in.Answers)
		change(&other)
		if got := write(t, l, other); !got.Draft {
			t.Errorf("%s changed and it is no draft again", name)
		}
	}
}

func TestTemplate(t *testing.T) {
	l := load(t)
	const kind = "cn/pipia"
	doc := office.Document{Title: "t", Language: "zh-CN", Blocks: []office.Block{office.Paragraph{Runs: []office.Run{{Text: "{{processor.na"}, {Text: "me}} {{export.scenarios[0].recipients[0].country.en}} {{nobody}}"}}}}}
	template, err := doc.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	d := write(t, l, dossier.Input{Kind: kind, Flow: flowOf(), Answers: dossier.Answers{"processor": map[string]any{"name": "甲公司"}}, Template: template})
	text := part(t, file(t, d, ".template.docx"), "word/document.xml")
	if !strings.Contains(text, "甲公司") || !strings.Contains(text, "Singapore") {
		t.Errorf("the template is not filled: %s", text)
	}
	if diff := cmp.Diff([]string{"nobody"}, d.Fill.Unknown); diff != "" || d.Fill.Filled != 2 {
		t.Errorf("%+v %s", d.Fill, diff)
	}
	if !strings.Contains(part(t, file(t, d, ".template.docx"), "word/header1.xml"), "草稿") {
		t.Error("a filled template is not marked as a draft")
	}
}

// An empty field says what its emptiness means. A city is named by its province
// if the form knows only provinces. A legal basis other than consent is known.
func TestWording(t *testing.T) {
	l := load(t)
	in := dossier.Input{Kind: "cn/pipia", Flow: flowOf()}
	for basis, want := range map[string]string{"statutory": "第（二）项至第（七）项", "emergency": "第（二）项至第（七）项", "consent": "第（一）项", "other": "【待填：个人信息处理的合法性基础】"} {
		in.Flow.Facts.Known.ForgetUnder("consent.")
		in.Flow.Facts.Known.Set("consent.basis", dataspace.TextOf(basis))
		zh := regexp.MustCompile("<[^>]*>").ReplaceAllString(part(t, file(t, write(t, l, in), ".zh.docx"), "word/document.xml"), "")
		for _, s := range []string{want, "加盖其公章）：无。", "仅以中文提交"} {
			if !strings.Contains(zh, s) {
				t.Errorf("%s: %s is not in the document", basis, s)
			}
		}
	}
	in.Kind = "cn/negative-list-report"
	for code, want := range map[string]string{"CN-GD-440300": "广东省深圳市", "CN-SH-310115": "上海市"} {
		in.Flow.Facts.Known.Set("exporter.registered_in", dataspace.TextOf(code))
		zh := part(t, file(t, write(t, l, in), ".zh.docx"), "word/document.xml")
		if !strings.Contains(zh, want) || strings.Contains(zh, code) {
			t.Errorf("%s is not called %s", code, want)
		}
	}
	in.Kind = "cn/security-assessment"
	in.Answers = reparse(t, l, answerAll(t, l, in.Kind, 1))
	in.Answers["export"].(map[string]any)["scenarios"].([]any)[0].(map[string]any)["data_types"] = "important_data"
	zh := part(t, file(t, write(t, l, in), ".zh.docx"), "word/document.xml")
	for _, s := range []string{"出境个人信息人数", "是否包含敏感个人信息"} {
		if strings.Contains(zh, s) {
			t.Errorf("of important data alone the report says %s", s)
		}
	}
}

// Each check of each form can fail, and passes otherwise.
func TestFindings(t *testing.T) {
	l := load(t)
	for name, c := range map[string]struct {
		kind    dossier.Kind
		on      string
		answers string
		want    []string
	}{
		"recent":          {"cn/pipia", "2026-08-04", `assessment: {started_on: 2026-05-04, ended_on: 2026-05-04}`, nil},
		"one-day-late":    {"cn/pipia", "2026-08-05", `assessment: {started_on: 2026-05-04, ended_on: 2026-05-04}`, []string{"fresh"}},
		"changed":         {"cn/pipia", "2026-06-01", `assessment: {started_on: 2026-05-04, ended_on: 2026-05-04, no_change: false}`, []string{"unchanged"}},
		"changed-sa":      {"cn/security-assessment", "2026-06-01", `assessment: {started_on: 2026-05-04, ended_on: 2026-05-04, no_change: false}`, []string{"unchanged"}},
		"no-day":          {"cn/pipia", "", `assessment: {started_on: 2020-05-04, ended_on: 2020-05-04}`, nil},
		"backwards":       {"cn/security-assessment", "2026-06-01", `assessment: {started_on: 2026-05-05, ended_on: 2026-05-04}`, []string{"order"}},
		"unanswered":      {"gba/undertaking", "2026-06-01", `{}`, nil},
		"undertaking":     {"gba/undertaking", "2026-06-01", `bay: {not_important: true, no_onward: true, text_unchanged: true, pipia_on: 2026-06-01, effective_on: 2026-06-01}`, nil},
		"not-undertaking": {"gba/undertaking", "2026-06-01", `bay: {not_important: false, no_onward: false, text_unchanged: false, pipia_on: 2026-06-02, effective_on: 2026-06-01}`, []string{"important", "onward", "unaltered", "pipia"}},
		"ciio":            {"cn/certification", "2026-06-01", `processor: {is_ciio: true}`, []string{"ciio"}},
		"ciio-contract":   {"cn/standard-contract-filing", "2026-06-01", `processor: {is_ciio: true}`, []string{"ciio"}},
		"no-ciio":         {"cn/certification", "2026-06-01", `processor: {is_ciio: false}`, nil},
		"extension":       {"cn/extension", "2026-06-01", `extension: {no_trigger: false, commitment: false}`, []string{"unchanged", "commitment"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := l.ParseAnswers([]byte(c.answers))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range write(t, l, dossier.Input{Kind: c.kind, On: c.on, Answers: a}).Findings {
				got = append(got, f.Check)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Everything that a decision requires names the filing for it, and its date.
func TestWanted(t *testing.T) {
	l := load(t)
	d := &dataspace.Decision{
		Obligations: []dataspace.Obligation{
			{ID: "cn.pipia", Satisfied: true, Deadline: &dataspace.Text{ZH: "事前", EN: "before"}},
			{ID: "cn.transfer_mechanism", Instruments: []string{"cn.standard_contract", "cn.certification"}},
			{ID: "cn.standard_contract.file", Due: ptr("2026-06-29")},
			{ID: "cn-sh.report", Due: ptr("2026-07-06")},
			{ID: "somebody.else"},
		},
		Warnings: []dataspace.Warning{{Kind: "renew", InstrumentKind: "cn.security_assessment", Until: "2027-01-04"}, {Kind: "refile", InstrumentKind: "cn.security_assessment"}},
	}
	var got []string
	for _, w := range l.Wanted(d) {
		got = append(got, string(w.Kind)+" "+w.For+" "+w.Due)
	}
	want := []string{"cn/certification cn.transfer_mechanism ", "cn/extension cn.security_assessment 2027-01-04", "cn/negative-list-report cn-sh.report 2026-07-06", "cn/pipia cn.pipia ",
		"cn/standard-contract cn.transfer_mechanism ", "cn/standard-contract cn.standard_contract.file 2026-06-29",
		"cn/standard-contract-filing cn.standard_contract.file 2026-06-29"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	flow := flowOf()
	flow.Decision = d
	made := write(t, l, dossier.Input{Kind: "cn/negative-list-report", Flow: flow})
	if made.Due != "2026-07-06" || !strings.Contains(part(t, file(t, made, ".zh.docx"), "word/document.xml"), "2026年7月6日") {
		t.Errorf("due %q", made.Due)
	}
}

// Lists, traces and errors, which others may read, contain no answer.
func TestNoAnswerLeaks(t *testing.T) {
	l := load(t)
	const kind, secret = "cn/security-assessment-declaration", "310110199001011234"
	a := answerAll(t, l, kind, 1)
	a["handler"].(map[string]any)["id_number"] = secret
	d := write(t, l, dossier.Input{Kind: kind, Flow: flowOf(), Answers: a})
	report, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"trace": file(t, d, ".trace.json"), "missing": file(t, d, ".missing.yaml"), "report": report} {
		if bytes.Contains(data, []byte(secret)) || bytes.Contains(data, []byte("答:")) {
			t.Errorf("the %s holds an answer", name)
		}
	}
	if !strings.Contains(part(t, file(t, d, ".zh.docx"), "word/document.xml"), secret) {
		t.Error("the document does not hold the answer")
	}
}

func TestParseAnswersRefuses(t *testing.T) {
	l := load(t)
	for name, c := range map[string]struct{ text, code, place string }{
		"no-yaml":    {"a: [", "filing.answers", ""},
		"alias":      {"handler: &a {name: '310110'}\nlegal_representative: *a", "filing.answers", "line 1"},
		"scalar":     {"310110", "filing.answers", ""},
		"section":    {"handlr: {name: 310110}", "filing.question", "handlr"},
		"question":   {"handler: {nam: 310110}", "filing.question", "handler.nam"},
		"group":      {"handler: 310110", "filing.answer", "handler"},
		"number":     {"processor: {employees: '310110'}", "filing.answer", "processor.employees"},
		"negative":   {"processor: {employees: -310110}", "filing.answer", "processor.employees"},
		"date":       {"assessment: {started_on: 310110}", "filing.answer", "assessment.started_on"},
		"yesno":      {"processor: {is_ciio: 310110}", "filing.answer", "processor.is_ciio"},
		"choice":     {"security: {consent_basis: '310110'}", "filing.answer", "security.consent_basis"},
		"text":       {"handler: {name: [310110]}", "filing.answer", "handler.name"},
		"language":   {"handler: {name: {fr: '310110'}}", "filing.answer", "handler.name"},
		"list":       {"export: {scenarios: 310110}", "filing.answer", "export.scenarios"},
		"in-list":    {"export: {scenarios: [{}, {nam: 310110}]}", "filing.question", "export.scenarios[1].nam"},
		"word":       {"list: {sector: '310110'}", "words.unknown", "list.sector"},
		"word-type":  {"list: {sector: 310110}", "filing.answer", "list.sector"},
		"word-zh":    {"list: {sector: {zh: '310110'}}", "words.unknown", "list.sector.zh"},
		"two-words":  {"list: {sector: {zh: 酒店, en: retail}}", "words.several", "list.sector"},
		"word-form":  {"list: {sector: {word: none, nte: '310110'}}", "filing.answer", "list.sector"},
		"none":       {"list: {sector: 以上均不属于}", "filing.none", "list.sector"},
		"no-by":      {"list: {sector: {word: none, note: '310110'}}", "filing.none", "list.sector"},
		"note":       {"list: {sector: {word: retail, note: '310110', by: a}}", "filing.none", "list.sector"},
		"country":    {"export: {scenarios: [{recipients: [{country: Somewhere}]}]}", "words.unknown", "export.scenarios[0].recipients[0].country"},
		"double":     {"handler: {name: a}\nhandler: {name: 310110}", "filing.answers", ""},
		"double-key": {"export: {scenarios: [{items: [{name: '310110'}, {name: '310110'}]}]}", "filing.answer", "export.scenarios[0].items[1].name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.ParseAnswers([]byte(c.text))
			var p *dataspace.Problem
			if !errors.As(err, &p) || !errors.Is(err, dataspace.ErrInvalid) || p.Code != c.code || c.place != "" && p.Place != c.place {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error()+p.Hint, "310110") {
				t.Errorf("the error shows the answer: %v", err)
			}
		})
	}
}

func TestTemplateOfAnswersIsEmpty(t *testing.T) {
	l := load(t)
	for _, form := range l.Kinds() {
		text, err := l.Template(form.Kind)
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.ParseAnswers(text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", form.Kind, err, text)
		}
		with := write(t, l, dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind), Answers: a})
		without := write(t, l, dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind)})
		if len(with.Missing) != len(without.Missing) {
			t.Errorf("%s: an empty file answers something", form.Kind)
		}
	}
}

// An empty value in a file and a missing one are the same, for the digest too.
// While a choice is open, the document has none of the parts that depend on it.
func TestEmptyAnswersAreNone(t *testing.T) {
	l := load(t)
	text, err := l.Template("cn/pipia")
	if err != nil {
		t.Fatal(err)
	}
	empty, err := l.ParseAnswers(text)
	if err != nil {
		t.Fatal(err)
	}
	one, err1 := l.Digest(dossier.Input{Kind: "cn/pipia", Answers: empty})
	two, err2 := l.Digest(dossier.Input{Kind: "cn/pipia", Answers: dossier.Answers{}})
	if err1 != nil || err2 != nil || one != two {
		t.Errorf("digests %s and %s, %v, %v", one, two, err1, err2)
	}
	gap, err := l.ParseAnswers([]byte(`export: {scenarios: [{items: [{}, {name: id_card, necessity: 必须}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	d := write(t, l, dossier.Input{Kind: "cn/pipia", Answers: gap, Flow: flowOf()})
	if marks := bookmarks(part(t, file(t, d, ".zh.docx"), "word/document.xml")); !slices.Contains(marks, "t_sc_items_1_r3") || slices.Contains(marks, "t_sc_items_1_r4") {
		t.Errorf("an empty entry became a row: %v", marks)
	}
	tail, err := l.ParseAnswers([]byte(`export: {scenarios: [{summary: a}, {summary: ""}]}`))
	if err != nil {
		t.Fatal(err)
	}
	d = write(t, l, dossier.Input{Kind: "cn/pipia", Answers: tail})
	if marks := bookmarks(part(t, file(t, d, ".zh.docx"), "word/document.xml")); !slices.Contains(marks, "t_sc_h_1") || slices.Contains(marks, "t_sc_h_2") {
		t.Error("an empty entry at the end became a scenario")
	}
	open := part(t, file(t, write(t, l, dossier.Input{Kind: "cn/pipia"}), ".zh.docx"), "word/document.xml")
	if strings.Contains(open, "单独同意情况") || strings.Contains(open, "不需取得个人同意") {
		t.Error("what an open choice decides is in the document")
	}
}

func TestForm(t *testing.T) {
	l := load(t)
	if f, err := l.Form("pipia"); err != nil || f.Kind != "cn/pipia" {
		t.Errorf("short name: %v", err)
	}
	if _, err := l.Form("nothing"); !errors.Is(err, dataspace.ErrNotFound) || !strings.Contains(dataspace.Hint(err), "cn/pipia") {
		t.Errorf("got %v", err)
	}
}

// Every rule for the data can fail.
func TestLoadFinds(t *testing.T) {
	const form = "cn/pipia.yaml"
	for name, c := range map[string]struct{ file, from, to string }{
		"no-question":   {form, "{{scenario.summary}}", "{{scenario.nothing}}"},
		"no-alias":      {form, "{{scenario.summary}}", "{{scene.summary}}"},
		"one-language":  {form, `zh: 一、个人信息出境活动情况, en: 1. The export`, `zh: 一、个人信息出境活动情况, en: ""`},
		"less-english":  {form, "Business concerned: {{scenario.business}}", "Business concerned"},
		"id-twice":      {form, "id: s12,", "id: s11,"},
		"source":        {form, "source: pipl", "source: nowhere"},
		"confidence":    {form, "confidence: DER", "confidence: SURE"},
		"layout":        {form, "layout: template_seen", "layout: fine"},
		"layout-where":  {form, "layout_where: scg2", "layout_where: nowhere"},
		"option":        {form, "== other", "== anything"},
		"check-day":     {form, "fresh: assessment.ended_on", "fresh: assessment.method"},
		"check-two":     {form, "months: 3, text", "text"},
		"unknown-key":   {form, "checked_on:", "chequed_on:"},
		"type":          {"questions.yaml", "type: yesno, text: {zh: 未发生", "type: maybe, text: {zh: 未发生"},
		"earlier-type":  {"questions.yaml", "earlier: {type: yesno", "earlier: {type: maybe"},
		"earlier-text":  {"questions.yaml", "earlier: {text: {zh: 行业领域, en: Sector}}", "earlier: {text: {zh: 行业领域}}"},
		"earlier-fact":  {"questions.yaml", "earlier: {text: {zh: 行业领域, en: Sector}}", "earlier: {fact: sector}"},
		"fact":          {"questions.yaml", "fact: exporter.ciio", "fact: exporter.cio"},
		"fact-prefill":  {"questions.yaml", "        fact: sector\n", "        fact: sector\n        prefill: list_items\n"},
		"word-bare":     {"questions.yaml", "type: number, text: {zh: 员工", "type: word, text: {zh: 员工"},
		"question-text": {"questions.yaml", "text: {zh: 单位名称, en: Name}", "text: {zh: 单位名称}"},
		"choice-bare":   {"questions.yaml", "type: number, text: {zh: 员工", "type: choice, text: {zh: 员工"},
		"known-path":    {"known.yaml", "path: data_types", "path: ''"},
		"known-fact":    {"known.yaml", "consent.basis: [consent]", "consent.bases: [consent]"},
		"known-word":    {"known.yaml", "consent.basis: [consent]", "consent.basis: [consents]"},
		"known-switch":  {"known.yaml", "data.personal: [\"true\"]", "data.personal: [certain]"},
		"known-none":    {"known.yaml", "consent.basis: [consent]", "consent.basis: []"},
		"known-always":  {"known.yaml", "when: {consent.basis: [consent]}", "when: {}"},
		"known-value":   {"known.yaml", "value: both", "value: 3"},
		"known-sum":     {"known.yaml", "sum: [counts.sensitive]", "sum: [sector]"},
		"known-both":    {"known.yaml", "sum: [counts.sensitive]", "sum: [counts.sensitive], answers: [{value: true, when: {data.core: [\"true\"]}}]"},
		"known-nothing": {"known.yaml", "sum: [counts.sensitive]", "sum: []"},
		"address":       {"sources.yaml", "scm:", "scn:"},
	} {
		t.Run(name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for _, f := range []string{"sources.yaml", "questions.yaml", "inventory.yaml", "places.yaml", "known.yaml", "blanks.yaml", form} {
				data, err := filings.FS.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				tree[f] = &fstest.MapFile{Data: data}
			}
			if _, err := dossier.Load(tree); err != nil {
				t.Fatal(err)
			}
			old := string(tree[c.file].Data)
			if !strings.Contains(old, c.from) {
				t.Fatalf("%s has no %q", c.file, c.from)
			}
			tree[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(old, c.from, c.to, 1))}
			if _, err := dossier.Load(tree); err == nil {
				t.Error("it loads")
			}
		})
	}
}

var row = regexp.MustCompile(`(?m)^\| (\d+-\d+[a-z]?) \|`)

// Every row that a filing cites is among the facts, and every address is one of
// theirs: nothing is invented.
func TestFactsAndAddressesAreThere(t *testing.T) {
	var data []byte
	for _, name := range []string{"facts.md", "facts-2.md"} {
		more, err := os.ReadFile(filepath.FromSlash("../../../shared/law/" + name))
		if err != nil {
			t.Skip("needs ../shared")
		}
		data = append(data, more...)
	}
	known := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(string(data), -1) {
		known[m[1]] = true
	}
	if len(known) < 550 {
		t.Fatalf("only %d rows of facts were read", len(known))
	}
	l := load(t)
	n := 0
	check := func(where string, b *dossier.Basis) {
		n++
		for _, f := range b.Facts {
			if !known[f] {
				t.Errorf("%s cites the fact %s, which is not there", where, f)
			}
		}
		if !strings.Contains(string(data), b.Source) {
			t.Errorf("%s has the address %s, which no fact has", where, b.Source)
		}
	}
	for _, form := range l.Kinds() {
		d := write(t, l, dossier.Input{Kind: form.Kind, Flow: flowFor(form.Kind), Answers: answerAll(t, l, form.Kind, 1)})
		var trace traceFile
		if err := json.Unmarshal(file(t, d, ".trace.json"), &trace); err != nil {
			t.Fatal(err)
		}
		for _, p := range trace.Paragraphs {
			check(p.ID, p.Basis)
			for _, a := range p.Answers {
				check(a.Question, a.Basis)
			}
		}
		if !strings.Contains(string(data), form.LayoutWhere) {
			t.Errorf("%s is checked against %s, which no fact has", form.Kind, form.LayoutWhere)
		}
	}
	if n < 500 {
		t.Errorf("only %d foundings were checked", n)
	}
}

// No answer causes a crash, and no error shows an answer.
func FuzzAnswers(f *testing.F) {
	l := load(f)
	f.Add([]byte("handler: {name: a}"))
	f.Add([]byte(`{"export": {"scenarios": [{"items": [{"name": "full_name"}, {"name": 1}], "recipients": [{}, {"country": {"zh": "x"}}]}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := l.ParseAnswers(data)
		if err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if _, err := l.Write(dossier.Input{Kind: "cn/pipia", Answers: l.Merge(a, a), Flow: flowOf()}); err != nil {
			t.Fatal(err)
		}
	})
}

// Each filing serves an obligation or an instrument of the packs.
func TestFilingsServeThePacks(t *testing.T) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range list {
		data, err := packs.FS.ReadFile(string(p.Ref().ID) + "/pack.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^ +id: ([a-z0-9._-]+)$|^  ([a-z0-9._-]+):$`).FindAllSubmatch(data, -1) {
			known[string(m[1])+string(m[2])] = true
		}
	}
	n := 0
	for _, f := range load(t).Kinds() {
		for _, id := range append(slices.Clone(f.For), f.Renews...) {
			n++
			if !known[id] {
				t.Errorf("%s is for %s, which no pack has", f.Kind, id)
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d were checked", n)
	}
}

// A person describes a column that was not recognised, and neither it nor the
// flow is called harmless.
func TestUnrecognised(t *testing.T) {
	l := load(t)
	in := dossier.Input{Kind: "cn/pipia", Flow: flowOf()}
	text := func() string { return part(t, file(t, write(t, l, in), ".zh.docx"), "word/document.xml") }
	const asked = "【待填：是否包含敏感个人信息】"
	if zh := text(); strings.Count(zh, "【待填：内容描述】") != 1 || strings.Contains(zh, asked) {
		t.Error("of three columns one is not recognised, and another is sensitive")
	}
	in.Flow.Profile.Columns[1].Sensitive, in.Flow.Profile.Columns[1].Element = false, in.Flow.Profile.Columns[0].Element
	if !strings.Contains(text(), asked) {
		t.Error("what nobody recognised is said not to be sensitive")
	}
	in.Flow.Plan.Columns = in.Flow.Plan.Columns[:2]
	if zh := text(); strings.Contains(zh, asked) || strings.Contains(zh, "【待填：内容描述】") {
		t.Error("all columns are recognised, and something is asked")
	}
	odd := l.Inventory(flowOf())[2]
	sheet := part(t, file(t, write(t, l, dossier.Input{Kind: "cn/pipia", Flow: dossier.Flow{Profile: &dataspace.Profile{Columns: []dataspace.ColumnProfile{{Name: odd.Name, Type: "number"}}}}}), ".xlsx"), "xl/worksheets/sheet1.xml")
	if strings.Contains(sheet, "否 no") || strings.Count(sheet, "未识别 not recognised") != 4 {
		t.Errorf("the sheet says of an unknown column that it is not personal:\n%s", sheet)
	}
}

// An element of a pack is described in the inventory, and in a library without
// the pack it is not known.
func TestElementsOfPacks(t *testing.T) {
	one := element.Element{ID: "zb_one", Name: dataspace.Text{EN: "one of Zembla", ZH: "赞布拉号"}, Group: "gov_id", Personal: element.PersonalYes, IDClass: element.Direct}
	one.Headers.EN = []string{"zb one"}
	known, err := element.Builtin().With(element.Extension{Pack: "zb/registers", File: element.File{SchemaVersion: 1, Elements: []element.Element{one}}})
	if err != nil {
		t.Fatal(err)
	}
	id := one.ID
	of := dossier.Flow{Profile: &dataspace.Profile{Columns: []dataspace.ColumnProfile{{Name: "no", Type: "string", Element: &id, Personal: true}}}}
	l := load(t)
	if got := l.Inventory(of)[0].Description; got == one.Name {
		t.Errorf("without the pack it is %v", got)
	}
	if got := l.WithElements(known).Inventory(of)[0].Description; got != one.Name {
		t.Errorf("with the pack it is %v", got)
	}
}
