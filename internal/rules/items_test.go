package rules_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/item"
	"hutong/internal/itemkind"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

const itemHead = "id,scenario,name_zh,kind,pathway,assessment_people,assessment_sensitive,contract_people,contract_sensitive,bound,article,source,confidence\n"

const listPack = `
id: xx/list
jurisdiction: XX
title: {en: List, zh: 清单}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
items: items.csv
sides:
  export: {applies: 'exporter.jurisdiction == "XX"'}
rules:
  - {id: xx.important, order: 10, when: 'list.loaded && list.scenario && list.important', pathway: restricted, article: a, source: https://example.com, facts: ["1"], confidence: VSS, text: {en: Important., zh: 重要。}}
  - {id: xx.assess, order: 20, when: 'list.loaded && list.scenario && list.demand == "security_assessment"', pathway: security_assessment, verdict: action_required, article: a, source: https://example.com, facts: ["1"], confidence: VSS, text: {en: Assess., zh: 评估。}}
  - {id: xx.contract, order: 30, when: 'list.loaded && list.scenario && list.demand == "contract_or_certification"', pathway: contract_or_certification, article: a, source: https://example.com, facts: ["1"], confidence: VSS, text: {en: Contract., zh: 合同。}}
  - {id: xx.free, order: 40.5, when: 'list.loaded && list.scenario && list.demand in ["free", "off_list"]', pathway: free, article: a, source: https://example.com, facts: ["1"], confidence: VSS, text: {en: Free., zh: 自由。}}
  - {id: xx.other, order: 50, when: 'list.loaded && !list.scenario', pathway: exempt, article: a, source: https://example.com, facts: ["1"], confidence: VSS, text: {en: Other., zh: 其他。}}
`

const someItems = itemHead +
	"A1,S1,会员,personal,by_count,1000,10,100,1,ge,art. 1,https://example.com/a,VSS\n" +
	"A2,S1,订单,personal,by_count,1000,-,,-,gt,art. 2,https://example.com/a,VSS\n" +
	"A3,S1,坐标,important,security_assessment,,,,,,art. 3,https://example.com/a,VSS\n" +
	"A4,S1,行程,personal,by_count,,,,,,art. 4,https://example.com/a,VSS\n" +
	"A5,S1,昵称,personal,free,,,,,,art. 5,https://example.com/a,SEC-W\n" +
	"A6,S1,合同,personal,contract_or_certification,,,,,,art. 6,https://example.com/a,VSS\n" +
	"B1,S2,船员,personal,free,,,,,,art. 7,https://example.com/a,VSS\n"

func listSet(t testing.TB, items string) *rules.Set {
	t.Helper()
	p, err := pack.Load(fstest.MapFS{
		"xx/list/pack.yaml": {Data: []byte(listPack)}, "xx/list/items.csv": {Data: []byte(items)},
	}, "xx/list")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func listFlow(scenario string, people, sensitive int64, items ...string) dataspace.Facts {
	return dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction":  dataspace.TextOf("XX"),
		"recipient.jurisdiction": dataspace.TextOf("SG"),
		"scenario":               dataspace.TextOf(scenario),
		"counts.non_sensitive":   dataspace.MaybeInt(&people),
		"counts.sensitive":       dataspace.MaybeInt(&sensitive),
		"data.list_items":        dataspace.ListOf(items...),
		"data.list_confirmed":    dataspace.BoolOf(true),
	})}
}

func TestListDemand(t *testing.T) {
	set := listSet(t, someItems)
	unknownCount := listFlow("S1", 0, 0, "A1")
	unknownCount.Known.Forget("counts.non_sensitive")
	surely := listFlow("S1", 0, 10, "A1")
	surely.Known.Forget("counts.non_sensitive")
	unconfirmed := listFlow("S1", 5, 0, "A1")
	unconfirmed.Known.Forget("data.list_confirmed")
	denied := listFlow("S1", 5, 0, "A1")
	denied.Known.Set("data.list_confirmed", dataspace.BoolOf(false))
	weak := listFlow("S1", 5, 0, "A5")
	accepted := weak
	accepted.AcceptConfidence = []dataspace.Confidence{"VSS", "SEC-W"}
	for _, c := range []struct {
		name    string
		facts   dataspace.Facts
		pathway string
		missing []string
	}{
		{"below", listFlow("S1", 99, 0, "A1"), "free", nil},
		{"at_contract", listFlow("S1", 100, 0, "A1"), "contract_or_certification", nil},
		{"below_assessment", listFlow("S1", 999, 9, "A1"), "contract_or_certification", nil},
		{"at_assessment", listFlow("S1", 1000, 0, "A1"), "security_assessment", nil},
		{"sensitive_at", listFlow("S1", 0, 10, "A1"), "security_assessment", nil},
		{"sensitive_below", listFlow("S1", 0, 9, "A1"), "contract_or_certification", nil},
		{"above_at", listFlow("S1", 1000, 0, "A2"), "human_review", []string{"xx/list#item:A2"}},
		{"above", listFlow("S1", 1001, 0, "A2"), "security_assessment", nil},
		{"nobody", listFlow("S1", 0, 5, "A2"), "free", nil},
		{"strictest", listFlow("S1", 5, 0, "A1", "A6"), "contract_or_certification", nil},
		{"important", listFlow("S1", 0, 0, "A1", "A3"), "restricted", nil},
		{"no_threshold_read", listFlow("S1", 5, 0, "A4"), "human_review", []string{"xx/list#item:A4"}},
		{"no_threshold_read_nobody", listFlow("S1", 0, 0, "A4"), "human_review", []string{"xx/list#item:A4"}},
		{"weak", weak, "human_review", []string{"xx/list#item:A5"}},
		{"weak_accepted", accepted, "free", nil},
		{"off_list", listFlow("S1", 5_000_000, 5), "free", nil},
		{"unconfirmed", unconfirmed, "human_review", []string{"data.list_confirmed"}},
		{"denied", denied, "human_review", []string{"data.list_confirmed"}},
		{"stranger", listFlow("S1", 5, 0, "A1", "Q9"), "human_review", []string{"xx/list#item:Q9"}},
		{"of_another_scenario", listFlow("S1", 5, 0, "B1"), "human_review", []string{"xx/list#item:B1"}},
		{"other_scenario", listFlow("S2", 5, 0, "B1"), "free", nil},
		{"no_scenario", listFlow("", 5, 0, "A1"), "human_review", []string{"scenario"}},
		{"scenario_not_listed", listFlow("S9", 5, 0, "A1"), "exempt", nil},
		{"count_unknown", unknownCount, "human_review", []string{"counts.non_sensitive"}},
		{"count_unknown_but_surely", surely, "security_assessment", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, set, c.facts)
			if d.Regimes[0].Pathway != c.pathway {
				t.Errorf("pathway %s, want %s\n%s", d.Regimes[0].Pathway, c.pathway, show(d))
			}
			for _, m := range c.missing {
				if !slices.ContainsFunc(d.Missing, func(x dataspace.Missing) bool { return x.Fact == m && x.Why.EN != "" && x.Why.ZH != "" }) {
					t.Errorf("missing lacks %s\n%s", m, show(d))
				}
			}
		})
	}
}

// A reason says which items decided, and what they rest on.
func TestListReason(t *testing.T) {
	d := decide(t, listSet(t, someItems), listFlow("S1", 100, 0, "A1", "A2"))
	// A2 has no contract threshold that is known.
	if d.Verdict != dataspace.HumanReview {
		t.Fatal(show(d))
	}
	d = decide(t, listSet(t, someItems), listFlow("S1", 1000, 0, "A1", "A6"))
	for _, want := range []string{"A1 会员", "art. 1", "https://example.com/a"} {
		if !strings.Contains(d.Reasons[0].Text.EN, want) {
			t.Errorf("reason lacks %q: %s", want, d.Reasons[0].Text.EN)
		}
	}
	if strings.Contains(d.Reasons[0].Text.EN, "A6") {
		t.Errorf("reason names an item that did not decide: %s", d.Reasons[0].Text.EN)
	}
	if diff := cmp.Diff([]string{"A1", "A6"}, d.Reasons[0].Facts["data.list_items"]); diff != "" {
		t.Error(diff)
	}
	// What would change it is computed from the item's own thresholds.
	if len(d.Changes) != 1 || !strings.Contains(d.Changes[0].Text.EN, "at most 999 instead of 1000") {
		t.Errorf("changes %+v", d.Changes)
	}
}

func TestItemsRefused(t *testing.T) {
	for _, c := range []struct{ name, csv, want string }{
		{"empty", "", "items.csv: holds no items"},
		{"head_only", itemHead, "items.csv: holds no items"},
		{"column", "id,name\n", `items.csv:1:4: "name" is no column of items`},
		{"missing_column", "id,kind\nA,personal\n", `column "scenario" is missing`},
		{"kind", itemHead + "A,S,名,secret,free,,,,,,a,https://x.y,VSS\n", `items.csv:2:9: kind "secret" is neither`},
		{"pathway", itemHead + "A,S,名,personal,maybe,,,,,,a,https://x.y,VSS\n", `items.csv:2:18: pathway "maybe" is none of`},
		{"important", itemHead + "A,S,名,important,free,,,,,,a,https://x.y,VSS\n", `important data leaves only after`},
		{"threshold", itemHead + "A,S,名,personal,by_count,10万,,,,,a,https://x.y,VSS\n", `items.csv:2:27: "10万" is no number of people`},
		{"zero", itemHead + "A,S,名,personal,by_count,0,,,,,a,https://x.y,VSS\n", `"0" is no number of people`},
		{"not_by_count", itemHead + "A,S,名,personal,free,10,,,,,a,https://x.y,VSS\n", `only an item with the pathway by_count has thresholds`},
		{"bound", itemHead + "A,S,名,personal,by_count,10,,,,le,a,https://x.y,VSS\n", `bound "le" is neither`},
		{"twice", itemHead + "A,S,名,personal,free,,,,,,a,https://x.y,VSS\nA,S,名,personal,free,,,,,,a,https://x.y,VSS\n", `items.csv:3:1: item "A" is given twice`},
		{"basis", itemHead + "A,S,名,personal,free,,,,,,,,VSS\n", `item needs article and source`},
		{"confidence", itemHead + "A,S,名,personal,free,,,,,,a,https://x.y,sure\n", `confidence "sure" is none of`},
		{"ragged", itemHead + "A,S\n", `items.csv:2:1: wrong number of fields`},
		{"quote", itemHead + "A,\"S\n", `items.csv:2:`},
		{"charset", itemHead + "A,\xff\n", `is not UTF-8`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := item.Parse("items.csv", []byte(c.csv), itemkind.Standard())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Errorf("%v is not invalid", err)
			}
		})
	}
	if _, err := pack.Load(fstest.MapFS{"xx/list/pack.yaml": {Data: []byte(listPack)}}, "xx/list"); err == nil || !strings.Contains(err.Error(), "items.csv") {
		t.Errorf("a pack without its items loads: %v", err)
	}
}

// TestItemKinds: a pack declares the kinds of its list, names them in conditions,
// and its thresholds are about the classes of people that it counts.
func TestItemKinds(t *testing.T) {
	const kinds = `
item_kinds:
  - {kind: sacred, text: {en: sacred data, zh: 圣物数据}, pathway: contract_or_certification}
  - {kind: common, text: {en: common data, zh: 一般数据}}
facts:
  - {name: xx_list.counts.health, type: int, unit: people, by: [gateway], text: {en: a, zh: 甲}, ask: {en: a, zh: 甲}}
  - {name: xx_list.counts.others, type: int, unit: people, by: [gateway], text: {en: b, zh: 乙}, ask: {en: b, zh: 乙}}
counts:
  - {id: xx_health, fact: xx_list.counts.health, window: {months: 3}, scope: exporter, of: {sensitive: strictest}, article: a, source: https://example.com, facts: ["1"], confidence: VSS, text: {en: health, zh: 健康}}
  - {id: xx_others, fact: xx_list.counts.others, window: {months: 3}, scope: exporter, of: {rest_of: [xx_health]}, article: a, source: https://example.com, facts: ["1"], confidence: VSS, text: {en: others, zh: 其他}}
`
	const items = itemHead +
		"S1,S,圣物,sacred,contract_or_certification,,,,,,art. 1,https://example.com/a,VSS\n" +
		"C1,S,名册,common,by_count,20,10,5,2,,art. 2,https://example.com/a,VSS\n"
	load := func(text, list string) (*pack.Pack, error) {
		return pack.Load(fstest.MapFS{"xx/list/pack.yaml": {Data: []byte(text)}, "xx/list/items.csv": {Data: []byte(list)}}, "xx/list")
	}
	law := strings.Replace(listPack, "list.important", "list.sacred", 1) + kinds
	p, err := load(law, items)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		item           string
		others, health int64
		want, change   string
	}{
		"the kind":       {"S1", 0, 0, "restricted", ""},
		"few":            {"C1", 4, 1, "free", ""},
		"others":         {"C1", 5, 1, "contract_or_certification", ""},
		"health":         {"C1", 4, 2, "contract_or_certification", ""},
		"many others":    {"C1", 20, 0, "security_assessment", "the count is at most 19 instead of 20 (b)"},
		"many of health": {"C1", 0, 10, "security_assessment", "the count is at most 9 instead of 10 (a)"},
	} {
		f := dataspace.Facts{On: "2026-06-15"}
		f.Known.Over(dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.jurisdiction": dataspace.TextOf("XX"), "recipient.jurisdiction": dataspace.TextOf("YY"), "scenario": dataspace.TextOf("S"),
			"data.personal": dataspace.BoolOf(true), "data.list_confirmed": dataspace.BoolOf(true), "data.list_items": dataspace.ListOf(tt.item),
			"xx_list.counts.others": dataspace.IntOf(tt.others), "xx_list.counts.health": dataspace.IntOf(tt.health),
			"counts.non_sensitive": dataspace.IntOf(1000), "counts.sensitive": dataspace.IntOf(1000),
		}))
		d := decide(t, set, f)
		if d.Regimes[0].Pathway != tt.want {
			t.Errorf("%s: %s, want %s\n%s", name, d.Regimes[0].Pathway, tt.want, show(d))
		}
		if tt.change != "" && (len(d.Changes) != 1 || d.Changes[0].Text.EN != tt.change) {
			t.Errorf("%s: changes %+v, want %q", name, d.Changes, tt.change)
		}
		f.Known.Forget("xx_list.counts.others")
		f.Known.Forget("xx_list.counts.health")
		if d := decide(t, set, f); tt.item == "C1" && (d.Verdict != dataspace.HumanReview || !slices.ContainsFunc(d.Missing, func(m dataspace.Missing) bool { return m.Fact == "xx_list.counts.others" })) {
			t.Errorf("%s: nobody counted, and it is %s, %+v", name, d.Verdict, d.Missing)
		}
	}
	for name, tt := range map[string]struct{ law, list, want string }{
		"another kind":       {law, strings.Replace(items, "sacred", "important", 1), `kind "important" is neither sacred nor common`},
		"another pathway":    {law, strings.Replace(items, "sacred,contract_or_certification", "sacred,security_assessment", 1), "sacred data leaves only after contract_or_certification"},
		"a kind of no pack":  {strings.Replace(law, "list.sacred", "list.important", 1), items, "condition does not compile"},
		"a name of the list": {strings.Replace(law, "kind: common", "kind: demand", 1), strings.Replace(items, "common", "demand", 1), "list.demand has another meaning"},
	} {
		if _, err := load(tt.law, tt.list); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestItemsRoundTrip(t *testing.T) {
	items, err := item.Parse("items.csv", []byte("\xef\xbb\xbf"+someItems), itemkind.Standard())
	if err != nil || len(items) != 7 {
		t.Fatal(len(items), err)
	}
	out, err := item.Write(items)
	if err != nil {
		t.Fatal(err)
	}
	again, err := item.Parse("items.csv", out, itemkind.Standard())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(items, again); diff != "" {
		t.Error(diff)
	}
}

// A sample is no law: nothing decides by it, and nothing else bears its code.
func TestSampleIsNoLaw(t *testing.T) {
	load := func(from, to string) (*pack.Pack, error) {
		text := strings.NewReplacer("jurisdiction: XX", "jurisdiction: "+to, `"XX"`, `"`+to+`"`, "items: items.csv", from).Replace(listPack)
		return pack.Load(fstest.MapFS{"xx/list/pack.yaml": {Data: []byte(text)}}, "xx/list")
	}
	p, err := load("sample: true", "ZZ")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.NewSet(p); !errors.Is(err, dataspace.ErrDenied) || dataspace.Hint(err) == "" {
		t.Errorf("a sample is taken: %v", err)
	}
	if _, err := rules.NewSampleSet(p); err != nil || !p.Sample() {
		t.Errorf("a sample is refused where it may be shown: %v", err)
	}
	for from, to := range map[string]string{"sample: true": "XX", "sample: false": "ZZ"} {
		if _, err := load(from, to); err == nil || !strings.Contains(err.Error(), "ZZ") {
			t.Errorf("%s under %s loads: %v", from, to, err)
		}
	}
}

// Forgetting what hangs on the list never makes the verdict milder.
func TestListUnknownIsNeverHarmless(t *testing.T) {
	set := listSet(t, someItems)
	rapid.Check(t, func(t *rapid.T) {
		f := listFlow(rapid.SampledFrom([]string{"S1", "S2", "S9"}).Draw(t, "scenario"),
			rapid.SampledFrom([]int64{0, 1, 99, 100, 999, 1000, 1001}).Draw(t, "people"),
			rapid.SampledFrom([]int64{0, 1, 9, 10}).Draw(t, "sensitive"),
			rapid.SliceOfN(rapid.SampledFrom([]string{"A1", "A2", "A3", "A4", "A5", "A6", "B1", "Q9"}), 0, 3).Draw(t, "items")...)
		known := mustDecide(t, set, f)
		bound := min(known.Verdict.Severity(), dataspace.HumanReview.Severity())
		for name, forget := range map[string]func(*dataspace.Facts){
			"scenario":  func(f *dataspace.Facts) { f.Known.Forget("scenario") },
			"people":    func(f *dataspace.Facts) { f.Known.Forget("counts.non_sensitive") },
			"sensitive": func(f *dataspace.Facts) { f.Known.Forget("counts.sensitive") },
			"confirmed": func(f *dataspace.Facts) { f.Known.Forget("data.list_confirmed") },
			"both": func(f *dataspace.Facts) {
				f.Known.Forget("data.list_confirmed")
				f.Known.Forget("data.list_items")
			},
		} {
			g := f
			forget(&g)
			got := mustDecide(t, set, g)
			if got.Verdict.Severity() < bound {
				t.Fatalf("without %s: %s, with it: %s", name, got.Verdict, known.Verdict)
			}
			if got.Verdict == dataspace.HumanReview && len(got.Missing) == 0 {
				t.Fatalf("without %s: nothing is missing", name)
			}
		}
	})
}

func FuzzParseItems(f *testing.F) {
	f.Add([]byte(someItems))
	f.Add([]byte(itemHead + "A,\"S\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		items, err := item.Parse("items.csv", data, itemkind.Standard())
		if err != nil {
			return
		}
		out, err := item.Write(items)
		if err != nil {
			t.Fatal(err)
		}
		again, err := item.Parse("items.csv", out, itemkind.Standard())
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if diff := cmp.Diff(items, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func manyItems(n int) []byte {
	var b bytes.Buffer
	b.WriteString("id,sector,scenario,subcategory,name_zh,name_en,description,kind,pathway,assessment_people,assessment_sensitive,contract_people,contract_sensitive,bound,elements,headers,article,source,facts,confidence\n")
	for i := range n {
		fmt.Fprintf(&b, "I%06d,commerce,S%02d,会员基本信息,数据项%d,item %d,会员的姓名、联系方式等,personal,by_count,1000000,10000,100000,1,ge,email cn_mobile,邮箱 手机号,附件第%d项,https://example.com/annex,row:%d,VSS\n", i, i%40, i, i, i, i)
	}
	return b.Bytes()
}

// BenchmarkLoadItems loads a pack with a list of a hundred thousand items.
func BenchmarkLoadItems(b *testing.B) {
	fsys := fstest.MapFS{"xx/list/pack.yaml": {Data: []byte(listPack)}, "xx/list/items.csv": {Data: manyItems(100_000)}}
	b.SetBytes(int64(len(fsys["xx/list/items.csv"].Data)))
	b.ReportAllocs()
	for b.Loop() {
		p, err := pack.Load(fsys, "xx/list")
		if err != nil || len(p.Items()) != 100_000 {
			b.Fatal(err)
		}
	}
}
