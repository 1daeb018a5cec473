package rules_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// sensitiveOnes stands for the taxonomy, which this package does not know.
var sensitiveOnes = []dataspace.ElementID{"bank_account", "diagnosis", "fingerprint_palm"}

// lists has a limit on sensitive people, a forbidden group and a forbidden
// element, and demands two instruments and a duty.
const lists = `
id: x/y
jurisdiction: XX
title: {en: t, zh: 题}
version: 1.0.0
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
groups: {health: [diagnosis, medication]}
instruments:
  x.contract: {name: {en: contract, zh: 合同}}
  x.rules: {name: {en: corporate rules, zh: 公司规则}}
  x.assessment: {name: {en: assessment, zh: 评估}}
  x.licence: {name: {en: licence, zh: 许可}}
rules:
- {id: x.many, order: 1, when: 'counts.sensitive >= 10', pathway: human_review, confidence: VSS, text: {en: many, zh: 多}}
- {id: x.some, order: 2, when: 'counts.sensitive > 0', pathway: contract, demands: [x.paper, x.pia], confidence: VSS, text: {en: some, zh: 有}}
- {id: x.none, order: 3, pathway: free, confidence: VSS, text: {en: none, zh: 无}}
- {id: x.health, when: 'data.elements.exists(e, e in group.health)', bar: prohibited, confidence: VSS, text: {en: health, zh: 健康}, satisfied: {by: [{kind: x.licence}]}}
- {id: x.name, when: '"person_name_zh" in data.elements', bar: human_review, confidence: VSS, text: {en: name, zh: 姓名}}
- {id: x.paper, obligation: {id: x.paper, before_delivery: true, demanded: true, text: {en: sign, zh: 签}}, confidence: VSS, satisfied: {by: [{kind: x.contract}, {kind: x.rules}]}, text: {en: p, zh: 甲}}
- {id: x.pia, obligation: {id: x.pia, before_delivery: true, demanded: true, text: {en: assess, zh: 评}}, confidence: VSS, satisfied: {by: [{kind: x.assessment}]}, text: {en: a, zh: 乙}}
`

func listsSet(t testing.TB) *rules.Set {
	t.Helper()
	p, err := pack.Load(tree(map[string]string{"x/y/pack.yaml": lists}), "x/y")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	return set.WithSensitive(sensitiveOnes)
}

func listsFacts(sensitive int64, elements ...dataspace.ElementID) dataspace.Facts {
	return dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction":  dataspace.TextOf("XX"),
		"recipient.jurisdiction": dataspace.TextOf("NZ"),
		"data.personal":          dataspace.BoolOf(true),
		"data.elements":          dataspace.ListOf(elements...),
		"counts.non_sensitive":   dataspace.IntOf(100),
		"counts.sensitive":       dataspace.MaybeInt(&sensitive),
	})}
}

// TestNearestChanges: what is said, in order.
func TestNearestChanges(t *testing.T) {
	set := listsSet(t)
	for name, tt := range map[string]struct {
		facts dataspace.Facts
		want  []string // kind, verdict, elements or beginning of the text
	}{
		"cleared": {listsFacts(0, "email"), nil},
		"a count or the sensitive ones": {listsFacts(12, "email", "bank_account", "fingerprint_palm"), []string{
			"fewer cleared the count is at most 0", "drop cleared bank_account fingerprint_palm"}},
		"one forbidden group": {listsFacts(0, "email", "diagnosis", "medication"), []string{
			"instrument cleared this is done or obtained: x.licence: licence", "drop cleared diagnosis medication"}},
		"both classes": {listsFacts(12, "email", "diagnosis", "medication", "bank_account"), []string{
			"drop cleared bank_account diagnosis medication", "instrument human_review this is done or obtained: x.licence: licence",
			"drop human_review diagnosis medication"}},
		"an element by its id": {listsFacts(0, "email", "person_name_zh"), []string{"drop cleared person_name_zh"}},
		"nothing would be left": {listsFacts(0, "diagnosis"), []string{
			"instrument cleared this is done or obtained: x.licence: licence"}},
		"two instruments": {listsFacts(3, "email"), []string{
			"fewer cleared the count is at most 0",
			"instrument cleared this is done or obtained: sign (x.contract: contract, or x.rules: corporate rules); assess (x.assessment: assessment)"}},
		"no elements known": {listsFacts(0), []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := decide(t, set, tt.facts)
			if len(d.Changes) != len(tt.want) && tt.want != nil && len(tt.want) > 0 {
				t.Errorf("%d changes, want %d", len(d.Changes), len(tt.want))
			}
			for i, want := range tt.want {
				if i >= len(d.Changes) {
					t.Fatalf("no %q in %s", want, show(d))
				}
				c := d.Changes[i]
				text := c.Text.EN
				if c.Kind == "drop" {
					var ids []string
					for _, id := range c.Elements {
						ids = append(ids, string(id))
					}
					text = strings.Join(ids, " ")
				}
				if got := c.Kind + " " + string(c.Verdict) + " " + text; !strings.HasPrefix(got, want) || c.Text.ZH == "" {
					t.Errorf("change %d is %q, want %q", i, got, want)
				}
			}
		})
	}
}

// TestDropSaysWhatItAssumes: people that were counted as sensitive are counted
// as others only if nothing else of the year makes them so.
func TestDropSaysWhatItAssumes(t *testing.T) {
	d := decide(t, listsSet(t), listsFacts(12, "email", "bank_account"))
	for _, c := range d.Changes {
		if c.Kind == "drop" {
			if !strings.Contains(c.Text.EN, "no other flow of the year") || !strings.Contains(c.Text.ZH, "当年其他出境") {
				t.Errorf("%+v", c.Text)
			}
			return
		}
	}
	t.Errorf("nothing to drop: %s", show(d))
}

// TestChildrenStaySensitive: of children all data is sensitive, so leaving out
// the sensitive columns makes nobody of them count as others.
func TestChildrenStaySensitive(t *testing.T) {
	for _, tt := range []struct {
		children *int64
		cleared  bool
	}{{nil, true}, {ptr(int64(0)), true}, {ptr(int64(1)), false}} {
		f := listsFacts(12, "email", "bank_account")
		f.Known.Set("counts.under_14", dataspace.MaybeInt(tt.children))
		drops := slices.DeleteFunc(slices.Clone(decide(t, listsSet(t), f).Changes), func(c dataspace.Change) bool { return c.Kind != "drop" })
		if (len(drops) > 0) != tt.cleared {
			t.Errorf("children %v: %+v", tt.children, drops)
		}
		if len(drops) > 0 && strings.Contains(drops[0].Text.EN, "under 14") != (tt.children == nil) {
			t.Errorf("children %v: %q", tt.children, drops[0].Text.EN)
		}
	}
	f := listsFacts(0, "email")
	f.Known.Set("counts.under_14", dataspace.IntOf(10))
	if d := decide(t, listsSet(t), f); d.Regimes[0].Pathway != "human_review" {
		t.Errorf("ten children count as sensitive people: %s", show(d))
	}
}

// TestDropMovesPeople: who is no longer sensitive still counts: a limit on
// others may then be passed.
func TestDropMovesPeople(t *testing.T) {
	text := lists + "- {id: x.crowd, when: 'counts.non_sensitive >= 110', bar: prohibited, confidence: VSS, text: {en: c, zh: 众}}\n"
	p, err := pack.Load(tree(map[string]string{"x/y/pack.yaml": text}), "x/y")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	set = set.WithSensitive(sensitiveOnes)
	drops := func(sensitive int64) bool {
		d := decide(t, set, listsFacts(sensitive, "email", "bank_account"))
		return slices.ContainsFunc(d.Changes, func(c dataspace.Change) bool { return c.Kind == "drop" })
	}
	if !drops(9) {
		t.Error("109 others are few enough, yet dropping is not said to help")
	}
	if drops(10) {
		t.Error("110 others are too many, yet dropping is said to help")
	}
}

// TestChangesComeTrue: whoever makes a change that drops elements or lowers a
// count, and asks again, gets the verdict that was said.
func TestChangesComeTrue(t *testing.T) {
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := rules.NewSet(ps...)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]int{}
	for _, set := range []*rules.Set{listsSet(t), whole.WithSensitive(sensitiveOnes)} {
		rapid.Check(t, func(t *rapid.T) {
			f := drawNear(t)
			if rapid.Bool().Draw(t, "lists") {
				f = listsFacts(rapid.Int64Range(0, 20).Draw(t, "sensitive"))
				f.Known.Set("counts.non_sensitive", dataspace.IntOf(rapid.SampledFrom([]int64{0, 100, 99_999, 120_000, 2_000_000}).Draw(t, "others")))
			}
			f.Known.Set("data.elements", dataspace.ListOf(rapid.SliceOfNDistinct(rapid.SampledFrom([]dataspace.ElementID{
				"email", "person_name_zh", "diagnosis", "medication", "bank_account", "fingerprint_palm", "cn_resident_id"}), 0, 5, rapid.ID[dataspace.ElementID]).Draw(t, "elements")...))
			d := mustDecide(t, set, f)
			for i, c := range d.Changes {
				if c.Kind == "" || c.Text.EN == "" || c.Text.ZH == "" || c.Verdict.Severity() >= d.Verdict.Severity() {
					t.Fatalf("change %d: %+v of %s", i, c, d.Verdict)
				}
				if i > 0 && c.Verdict.Severity() < d.Changes[i-1].Verdict.Severity() {
					t.Fatalf("change %d is better than the one before", i)
				}
				g := f
				if c.Kind != "drop" {
					continue
				}
				g.Known.Set("data.elements", dataspace.ListOf(slices.DeleteFunc(slices.Clone(f.Known.List("data.elements")), func(id string) bool { return slices.Contains(c.Elements, dataspace.ElementID(id)) })...))
				if strings.Contains(c.Text.EN, "nothing sensitive is left") {
					if n, known := f.Known.Int("counts.non_sensitive"); known {
						sensitive, _ := f.Known.Int("counts.sensitive")
						g.Known.Set("counts.non_sensitive", dataspace.IntOf(n+sensitive))
					}
					g.Known.Set("counts.sensitive", dataspace.IntOf(0))
				}
				if again := mustDecide(t, set, g); again.Verdict != c.Verdict {
					t.Fatalf("%s was to give %s, gives %s", c.Text.EN, c.Verdict, again.Verdict)
				}
				made[c.Kind]++
			}
		})
	}
	if made["drop"] == 0 {
		t.Error("nothing was ever dropped: nothing was tried")
	}
}

// TestImpersonalIsTheLastWay: where no list is loaded, nothing nearer helps than
// to send nothing about people; and that comes true. It is not said where
// something nearer is.
func TestImpersonalIsTheLastWay(t *testing.T) {
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(ps...)
	if err != nil {
		t.Fatal(err)
	}
	no := ptr(false)
	f := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"purpose":                     dataspace.TextOf("business"),
		"sector":                      dataspace.TextOf("reinsurance"),
		"origin":                      dataspace.TextOf("domestic"),
		"exporter.jurisdiction":       dataspace.TextOf("CN"),
		"exporter.registered_in":      dataspace.TextOf("CN-SH"),
		"exporter.exports_from":       dataspace.TextOf("CN-SH"),
		"exporter.ciio":               dataspace.MaybeBool(no),
		"exporter.state_organ":        dataspace.MaybeBool(no),
		"recipient.jurisdiction":      dataspace.TextOf("SG"),
		"recipient.foreign_authority": dataspace.MaybeBool(no),
		"recipient.restricted":        dataspace.MaybeBool(no),
		"data.personal":               dataspace.BoolOf(true),
		"data.important":              dataspace.TextOf("no"),
		"data.core":                   dataspace.MaybeBool(no),
		"data.state_secret":           dataspace.MaybeBool(no),
		"counts.non_sensitive":        dataspace.IntOf(100),
		"counts.sensitive":            dataspace.IntOf(0),
		"consent.basis":               dataspace.TextOf("contract"),
		"consent.notice_given":        dataspace.BoolOf(true),
	})}
	said := func(f dataspace.Facts) (dataspace.Decision, bool) {
		d, err := set.Decide(f)
		if err != nil {
			t.Fatal(err)
		}
		return d, slices.ContainsFunc(d.Changes, func(c dataspace.Change) bool { return strings.HasPrefix(c.Text.EN, "without personal data") })
	}
	d, ok := said(f)
	if !ok || len(d.Changes) != 1 || d.Changes[0].Verdict != dataspace.Cleared {
		t.Fatalf("changes of %s: %+v", d.Verdict, d.Changes)
	}
	g := f
	g.Known.Set("data.personal", dataspace.MaybeBool(no))
	if d, _ := said(g); d.Verdict != dataspace.Cleared {
		t.Errorf("without personal data: %s", d.Verdict)
	}
	g = f
	g.Known.Set("sector", dataspace.TextOf("something else"))
	if d, ok := said(g); ok || len(d.Changes) == 0 {
		t.Errorf("something nearer is there: %+v", d.Changes)
	}
}

// TestManyElementsStayCheap: however many elements and rules there are, the
// combinations that are tried are bounded.
func TestManyElementsStayCheap(t *testing.T) {
	var b, own strings.Builder
	b.WriteString(lists)
	own.WriteString("schema_version: 1\nelements:\n")
	var elements []dataspace.ElementID
	for i := range 60 {
		id := "e" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		elements = append(elements, dataspace.ElementID(id))
		b.WriteString("- {id: x.bar." + id + ", when: '\"" + id + "\" in data.elements', bar: human_review, confidence: VSS, text: {en: b, zh: 丙}}\n")
		own.WriteString("- {id: " + id + ", name: {en: " + id + ", zh: " + id + "}, group: person, personal: \"yes\", idclass: quasi, headers: {en: [" + id + "]}}\n")
	}
	p, err := pack.Load(tree(map[string]string{"x/y/pack.yaml": b.String(), "x/y/elements.yaml": own.String()}), "x/y")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	d := decide(t, set, listsFacts(0, append(elements, "email")...))
	if len(d.Changes) != 1 || len(d.Changes[0].Elements) != 60 || d.Changes[0].Verdict != dataspace.Cleared {
		t.Errorf("%v", d.Changes)
	}
}
