package dossier_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/dossier"
	"hutong/internal/office"
)

const filingKind = "cn/standard-contract-filing"

// standin is one of the forms of the tutorials; it is no official text.
func standin(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "tutorial", "forms", name+"-standin.docx"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func given(t testing.TB, name string) dossier.GivenForm {
	t.Helper()
	return dossier.GivenForm{Name: name + ".docx", Data: standin(t, name)}
}

// answersFor answers all questions of some kinds.
func answersFor(t testing.TB, l *dossier.Library, kinds ...dossier.Kind) dossier.Answers {
	t.Helper()
	out := dossier.Answers{}
	for _, k := range kinds {
		out = l.Merge(out, answerAll(t, l, k, 1))
	}
	return out
}

var (
	endOfParagraph = regexp.MustCompile(`</[a-z]+:p>|<x:p/>`)
	anyTag         = regexp.MustCompile(`<[^>]*>`)
)

// textOf is the text of a document, with a line for each paragraph.
func textOf(t testing.TB, doc []byte) string {
	t.Helper()
	return anyTag.ReplaceAllString(endOfParagraph.ReplaceAllString(part(t, doc, "word/document.xml"), "\n"), "")
}

// The stand-ins are filled from the same answers as our documents, in the manner
// of two word processors; what nothing fits is listed and stays empty.
func TestForms(t *testing.T) {
	l := load(t)
	answers := answersFor(t, l, "cn/standard-contract", "cn/security-assessment-declaration", "cn/security-assessment", "cn/authorization", "cn/commitment")
	for name, c := range map[string]struct {
		least int
		shows []string
		open  []string
		hand  int
	}{
		"contract": {45, []string{
			"个人信息处理者：答:processor.name", "联系人：答:processor.contact_person  职务：答:processor.contact_position", "境外接收方： 答:export.scenarios[0].recipients[0].name",
			"本合同自2026年5月4日起生效", "争议解决：☐仲裁 ☒诉讼", "☐中国国际经济贸易仲裁委员会", "☑是  □否", "其中敏感个人信息人数\n70041", "2\nid_card\n", "签订地点和日期：答:contract.place_and_date", "法定代表人（签字）：            ",
			"境外保存起始日期\n 2026 年 5 月 4 日",
		}, []string{"中国国际经济贸易仲裁委员会 / 中国海事仲裁委员会 / 北京仲裁委员会（北京国际仲裁中心） / 上海国际仲裁中心", "仲裁地点"}, 4},
		"authorization": {10, []string{
			"委托单位： 答:processor.name （公司名称）", "兹授权 答:handler.name （职务： 答:handler.position ，身份证件号码： 答:handler.id_number ，联系电话： 答:handler.tel ）为我单位", "授权期限自2026年5月4日起", "传真：________________",
		}, []string{"传真"}, 2},
		"declaration": {35, []string{
			"姓名\n答:legal_representative.name\n职务\n答:legal_representative.position", "证件号码\n答:handler.id_number", "名称：（答:security_officer.body_name）　人数：（70031）",
			"（√）重要数据和个人信息", "☑是", "名称\n答:export.scenarios[0].recipients[0].name", "受理意见\n\n联系电话\n\n",
		}, []string{"受理意见", "联系电话"}, 3},
		"commitment": {5, []string{"承诺单位：（答:processor.name）", "注册地址：答:processor.registered_address", "经办人：答:handler.name　　联系电话：答:handler.tel", "法定代表人（签字）：\n"}, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			in := dossier.Input{Kind: "cn/standard-contract", Flow: flowOf(), Answers: answers, Forms: []dossier.GivenForm{given(t, name)}}
			d := write(t, l, in)
			r := d.Forms[0]
			if r.Before != r.After || r.Before == "" {
				t.Errorf("fixed text %s before, %s after", r.Before, r.After)
			}
			if r.Filled < c.least || r.Filled+len(r.Hand)+len(r.Open) != r.Blanks || len(r.Hand) != c.hand {
				t.Errorf("%d of %d filled, %d by hand, %d open", r.Filled, r.Blanks, len(r.Hand), len(r.Open))
			}
			var open []string
			for _, b := range r.Open {
				open = append(open, b.Label)
				if b.Place.ZH == "" || b.Place.EN == "" || b.Why.ZH == "" || b.Why.EN == "" {
					t.Errorf("nothing says where %v is, or why it is open", b)
				}
			}
			if diff := cmp.Diff(c.open, open); diff != "" {
				t.Error(diff)
			}
			draft := file(t, d, ".form."+name+".docx")
			text := textOf(t, draft)
			for _, want := range c.shows {
				if !strings.Contains(text, want) {
					t.Errorf("it does not show %q:\n%s", want, text)
				}
			}
			if !strings.Contains(part(t, draft, "word/header1.xml"), "草稿") {
				t.Error("it is not marked as a draft")
			}
			// Approved, it is the form and nothing else.
			in.Approval = &dossier.Approval{Digest: d.Digest, By: "x", On: "2026-06-15", Reason: "y"}
			final := write(t, l, in)
			if final.Draft {
				t.Fatal("it is a draft")
			}
			doc := file(t, final, ".form."+name+".docx")
			before := in.Forms[0].Data
			for _, p := range []string{"word/header1.xml", "word/styles.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"} {
				if part(t, doc, p) != part(t, before, p) {
					t.Errorf("%s is not that of the form", p)
				}
			}
			if strings.Contains(textOf(t, doc), "草稿") {
				t.Error("an approved form has a note of ours")
			}
		})
	}
}

// A missing answer that a form asks for is missing in the dossier; one that two
// entries would give is an error, unless both say the same.
func TestFormsAsk(t *testing.T) {
	l := load(t)
	answers := answersFor(t, l, "cn/standard-contract")
	in := dossier.Input{Kind: "cn/standard-contract", Flow: flowOf(), Answers: answers, Forms: []dossier.GivenForm{given(t, "authorization")}}
	d := write(t, l, in)
	if !slices.ContainsFunc(d.Missing, func(m dossier.Missing) bool { return m.Question == "handler.id_number" }) {
		t.Errorf("missing are %v", d.Missing)
	}
	in.Forms = []dossier.GivenForm{given(t, "contract")}
	scenario := answers["export"].(map[string]any)["scenarios"].([]any)[0].(map[string]any)
	second := map[string]any{"name": "另一接收方", "country": "SG"}
	scenario["recipients"] = append(scenario["recipients"].([]any), second)
	_, err := l.Write(in)
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Code != "form.twoanswers" || !strings.Contains(p.Place, "contract.docx: document, paragraph 6 (b6, 境外接收方)") || !strings.Contains(p.Message, "recipients[1].name") || strings.Contains(err.Error(), "另一接收方") {
		t.Fatalf("got %v", err)
	}
	// The user says which.
	says := map[string]string{"b6": "export.scenarios[0].recipients[1].name"}
	for i := 7; i <= 99; i++ {
		says[fmt.Sprintf("b%d", i)] = "hand"
	}
	in.Forms[0].Says = says
	d, err = l.Write(in)
	for err != nil { // the last number depends on the form
		errors.As(err, &p)
		id := p.Place[strings.LastIndex(p.Place, "b"):]
		if p.Code != "form.says" || says[id] == "" {
			t.Fatal(err)
		}
		delete(says, id)
		d, err = l.Write(in)
	}
	if text := textOf(t, file(t, d, ".form.contract.docx")); !strings.Contains(text, "境外接收方： 另一接收方 ") {
		t.Error("what the user says is not taken")
	}
	for id, path := range map[string]string{"b6": "no.question", "b999": "processor.name"} {
		in.Forms[0].Says = map[string]string{id: path}
		if _, err := l.Write(in); !errors.As(err, &p) || p.Code != "form.says" {
			t.Errorf("%s: %s: %v", id, path, err)
		}
	}
}

// A box that the form has ticked for another answer is an error, and a table that
// is too short says so.
func TestFormsContradict(t *testing.T) {
	l := load(t)
	make := func(blocks ...office.Block) []dossier.GivenForm {
		doc := office.Document{Title: "t", Language: "zh-CN", Blocks: blocks}
		data, err := doc.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return []dossier.GivenForm{{Name: "own.docx", Data: data}}
	}
	p := func(text string) office.Block { return office.Paragraph{Runs: []office.Run{{Text: text}}} }
	in := dossier.Input{Kind: "cn/standard-contract", Flow: flowOf(), Answers: answersFor(t, l, "cn/standard-contract")}
	in.Forms = make(p("关键信息基础设施运营者：☑是 □否"))
	var problem *dataspace.Problem
	if _, err := l.Write(in); !errors.As(err, &problem) || problem.Code != "form.ticked" {
		t.Errorf("got %v", err)
	}
	in.Forms = make(p("关键信息基础设施运营者：□是 ☑否"))
	if d := write(t, l, in); d.Forms[0].Filled != 1 {
		t.Errorf("%+v", d.Forms[0])
	}
	in.Forms = make(p("数据项清单"), office.Table{Widths: []int{1, 1}, Head: []string{"序号", "数据项名称"}, Rows: [][]office.Cell{{{}, {}}}})
	d := write(t, l, in)
	if len(d.Forms[0].Open) != 1 || d.Forms[0].Open[0].Why.EN != "the table has 1 rows for 3 entries: attach the others" {
		t.Errorf("%+v", d.Forms[0])
	}
	in.Forms[0].Name = "own.docm"
	if _, err := l.Write(in); !errors.As(err, &problem) || problem.Code != "form.type" {
		t.Errorf("got %v", err)
	}
}

// upload is a complete input for the papers of an upload.
func upload(t *testing.T, l *dossier.Library) dossier.Input {
	t.Helper()
	in := dossier.Input{Kind: filingKind, Flow: flowOf(), On: "2026-06-20", Upload: true,
		Answers: answersFor(t, l, filingKind, "cn/standard-contract", "cn/authorization", "cn/commitment", "cn/pipia")}
	in.Answers["processor"].(map[string]any)["is_ciio"] = false
	in.Forms = []dossier.GivenForm{given(t, "contract"), given(t, "authorization")}
	in.Forms[0].Paper, in.Forms[1].Paper = "contract", "authorization"
	for _, id := range []string{"uscc", "legal_id", "handler_id"} {
		in.Papers = append(in.Papers, dossier.GivenPaper{Paper: id, Name: id + ".PDF", Data: []byte("%PDF-1.4 " + id)})
	}
	return in
}

// The upload is one file with the papers by their names and in their order, once
// all are there and approved; the same input gives the same bytes.
func TestUpload(t *testing.T) {
	l := load(t)
	in := upload(t, l)
	d := write(t, l, in)
	if len(d.Lacking) > 0 || len(d.Missing) > 0 || len(d.Findings) > 0 {
		t.Fatalf("lacking %v, missing %v, findings %v", d.Lacking, d.Missing, d.Findings)
	}
	if slices.ContainsFunc(d.Files, func(f dossier.File) bool { return strings.HasSuffix(f.Name, ".zip") }) {
		t.Error("a draft has an upload")
	}
	in.Approval = &dossier.Approval{Digest: d.Digest, By: "x", On: "2026-06-20", Reason: "y"}
	final := write(t, l, in)
	data := file(t, final, ".upload.zip")
	if !bytes.Equal(data, file(t, write(t, l, in), ".upload.zip")) {
		t.Error("the same input gives other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	want := []string{"01-统一社会信用代码证件影印件.pdf", "02-法定代表人身份证件影印件.pdf", "03-经办人身份证件影印件.pdf", "04-经办人授权委托书.docx", "05-承诺书.docx", "06-个人信息出境标准合同.docx", "07-个人信息保护影响评估报告.docx"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	for _, f := range final.Files {
		if strings.HasSuffix(f.Name, ".zh.docx") {
			text := textOf(t, f.Data) + anyTag.ReplaceAllString(part(t, f.Data, "word/header1.xml"), "")
			for _, note := range []string{"草稿", "版式待与官方表格核对", "未见", "http"} {
				if strings.Contains(text, note) {
					t.Errorf("the approved %s says %s", f.Name, note)
				}
			}
		}
	}
	for name, change := range map[string]func(*dossier.Input){
		"copy": func(in *dossier.Input) { in.Papers[0].Data = []byte("%PDF other") }, "form": func(in *dossier.Input) { in.Forms[0].Data = standin(t, "declaration") },
		"part": func(in *dossier.Input) { in.Answers["mandate"].(map[string]any)["matter"] = "其他" },
		"says": func(in *dossier.Input) { in.Forms[0].Says = map[string]string{"b1": "hand"} }, "without": func(in *dossier.Input) { in.Upload, in.Papers = false, nil },
	} {
		other := upload(t, l)
		other.Approval = in.Approval
		change(&other)
		if !write(t, l, other).Draft {
			t.Errorf("%s changed and it is no draft again", name)
		}
	}
}

func TestUploadLacks(t *testing.T) {
	l := load(t)
	in := upload(t, l)
	in.Papers, in.Forms = in.Papers[:2], in.Forms[1:]
	delete(in.Answers, "assessment") // of the report on the impact assessment
	d := write(t, l, in)
	var lacking []string
	for _, p := range d.Lacking {
		lacking = append(lacking, p.Paper)
	}
	if diff := cmp.Diff([]string{"handler_id", "contract"}, lacking); diff != "" {
		t.Error(diff)
	}
	if !slices.ContainsFunc(d.Missing, func(m dossier.Missing) bool { return m.Question == "assessment.ended_on" }) {
		t.Error("what another paper asks is not missing")
	}
	for name, change := range map[string]func(*dossier.Input){
		"filing.paper":     func(in *dossier.Input) { in.Papers[0].Paper = "nothing" },
		"filing.papertype": func(in *dossier.Input) { in.Papers[0].Name = "a.exe" },
		"filing.noupload":  func(in *dossier.Input) { in.Kind, in.Forms, in.Papers = "cn/extension", nil, nil },
	} {
		other := upload(t, l)
		change(&other)
		var p *dataspace.Problem
		if _, err := l.Write(other); !errors.As(err, &p) || p.Code != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	twice := upload(t, l)
	twice.Forms[1].Paper = "contract"
	if _, err := l.Write(twice); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("a paper that is given twice: %v", err)
	}
}

// A kind refuses a case that it does not fit.
func TestUnfit(t *testing.T) {
	l := load(t)
	small := flowOf() // 1,234,567 people
	for name, c := range map[string]struct {
		kind    dossier.Kind
		flow    dossier.Flow
		answers string
		fits    bool
	}{
		"bay-elsewhere": {undertakingKind, flowOf(), "{}", false},
		"bay":           {undertakingKind, flowFor(undertakingKind), "{}", true},
		"bay-said":      {undertakingKind, flowFor(undertakingKind), "export: {scenarios: [{recipients: [{country: HK}, {country: SG}]}]}", false},
		"bay-unknown":   {undertakingKind, dossier.Flow{}, "{}", true},
		"large":         {"cn/small-pipia", small, "{}", false},
		"at-the-bound":  {"cn/small-self-check", small, "processor: {pi_handled: 100000}", false},
		"small":         {"cn/small-self-check", small, "processor: {pi_handled: 99999}", true},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := l.ParseAnswers([]byte(c.answers))
			if err != nil {
				t.Fatal(err)
			}
			_, err = l.Write(dossier.Input{Kind: c.kind, Flow: c.flow, Answers: a})
			var p *dataspace.Problem
			if c.fits && err != nil || !c.fits && (!errors.As(err, &p) || p.Code != "filing.unfit" || !strings.Contains(p.Hint, "http")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Unseen characters are refused with the place, whoever says them.
func TestUnseen(t *testing.T) {
	l := load(t)
	var p *dataspace.Problem
	for place, text := range map[string]string{
		"handler.name":              "handler: {name: \"甲\u202e乙\"}",
		"handler.tel.en":            "handler: {tel: {zh: \"1\", en: \"1\u20662\"}}",
		"list.sector.note":          "list: {sector: {word: none, note: \"a\u200bb\", by: c}}",
		"export.scenarios[0].scope": "export: {scenarios: [{scope: \"a\u00adb\"}]}",
	} {
		if _, err := l.ParseAnswers([]byte(text)); !errors.As(err, &p) || p.Code != "document.unseen" || p.Place != place {
			t.Errorf("%s: %v", place, err)
		}
	}
	in := dossier.Input{Kind: "cn/pipia", Flow: flowOf()}
	in.Flow.Plan.Columns[0].Name = "full\u202ename"
	if _, err := l.Write(in); !errors.As(err, &p) || p.Code != "document.unseen" || p.Place != "column 1" {
		t.Errorf("a name of a column: %v", err)
	}
}

// Several flows make one dossier: a scenario for each. What they have alike is
// known, and what differs is asked.
func TestSeveralFlows(t *testing.T) {
	l := load(t)
	second := flowOf()
	second.Facts.Known.Set("counts.sensitive", dataspace.IntOf(7))
	second.Facts.Known.Set("exporter.subjects_processed", dataspace.IntOf(8))
	second.Plan.Columns = second.Plan.Columns[:1]
	in := dossier.Input{Kind: "cn/security-assessment", Flow: flowOf(), More: []dossier.Flow{second}}
	d := write(t, l, in)
	zh := textOf(t, file(t, d, ".zh.docx"))
	for _, want := range []string{"159876", "150007"} {
		if !strings.Contains(zh, want) {
			t.Errorf("%s is not in the document", want)
		}
	}
	missing := func(path string) bool {
		return slices.ContainsFunc(d.Missing, func(m dossier.Missing) bool { return m.Question == path })
	}
	if missing("export.scenarios[1].people_year") || !missing("export.scenarios[1].items[0].necessity") || missing("export.scenarios[1].items[1].necessity") {
		t.Errorf("missing are %v", d.Missing)
	}
	if missing("processor.is_ciio") || !missing("processor.pi_handled") {
		t.Error("what the flows say alike is asked, or what they say differently is not")
	}
	sheet := part(t, file(t, d, ".fields.xlsx"), "xl/worksheets/sheet1.xml")
	if strings.Count(sheet, "full_name") != 2 || strings.Count(sheet, "id_card") != 1 {
		t.Error("the inventory has not the columns of both")
	}
	one, err1 := l.Digest(in)
	in.More = nil
	two, err2 := l.Digest(in)
	if err1 != nil || err2 != nil || one == two {
		t.Errorf("the digest does not cover the second flow: %v %v", err1, err2)
	}
}

// Answers of an earlier filing are offered for what is missing, and not taken.
func TestOffered(t *testing.T) {
	l := load(t)
	const kind = "cn/security-assessment"
	before := write(t, l, dossier.Input{Kind: kind, Flow: flowOf(), Answers: answerAll(t, l, kind, 1)})
	old, err := l.WithWords(nil).ParseAnswers(file(t, before, ".data.json"))
	if err != nil {
		t.Fatal(err)
	}
	// Another order of the columns: an item is found by its name.
	flow := flowOf()
	slices.Reverse(flow.Plan.Columns)
	in := dossier.Input{Kind: kind, Flow: flow, Earlier: []dossier.Answers{old}}
	d := write(t, l, in)
	if len(d.Missing) < 50 || strings.Contains(textOf(t, file(t, d, ".zh.docx")), "答:") {
		t.Errorf("%d are missing; what is offered was taken", len(d.Missing))
	}
	offered, err := l.ParseAnswers(file(t, d, ".offered.yaml"))
	if err != nil {
		t.Fatalf("%v\n%s", err, file(t, d, ".offered.yaml"))
	}
	in.Answers, in.Earlier = offered, nil
	d = write(t, l, in)
	// The flow says another basis than the earlier filing, so its reason is new.
	if len(d.Missing) != 1 || d.Missing[0].Question != "security.separate_consent" {
		t.Errorf("still missing: %v", d.Missing)
	}
	if data := string(file(t, d, ".data.json")); !regexp.MustCompile(`"name": "id_card",\s*"necessity": "答:export.scenarios\[0\].items\[1\].necessity"`).MatchString(data) {
		t.Error("an item has the answer of another")
	}
	if slices.ContainsFunc(d.Files, func(f dossier.File) bool { return strings.HasSuffix(f.Name, "offered.yaml") }) {
		t.Error("something is offered although nothing is")
	}
}

// A row that says nothing is not printed, and the second heading is bold, but what
// was approved before keeps its look.
func TestLook(t *testing.T) {
	l := load(t)
	d := write(t, l, dossier.Input{Kind: filingKind, Flow: flowOf()})
	zh := file(t, d, ".zh.docx")
	text := textOf(t, zh)
	for _, never := range []string{"（未提供）", "（尚未计算）"} {
		if strings.Contains(text, never) {
			t.Errorf("it prints %s", never)
		}
	}
	styles := part(t, zh, "word/styles.xml")
	_, second, _ := strings.Cut(styles, `w:styleId="Heading2"`)
	second, _, _ = strings.Cut(second, `</w:style>`)
	if !strings.Contains(second, "<w:b/>") {
		t.Error("the second heading is not bold")
	}
}
