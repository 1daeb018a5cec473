package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/item"
	"hutong/internal/pack"
	"hutong/internal/variable"
	"hutong/packs"
)

// What packs write as codes and texts.
var (
	jurisdictionCode = regexp.MustCompile(`^[A-Z]{2}$`)
	quotedText       = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

// everything is a set in which all that can speak does: every pack that is built
// in, a list on each that asks for one, agreements between many jurisdictions,
// and what is sensitive. words are what facts can say that it listens to.
func everything(t testing.TB) (set *Set, words map[string][]string) {
	t.Helper()
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	words = map[string][]string{"scenario": {"", "S1", "S2", "elsewhere"}, "item": {"stranger"}, "place": {"ZZ"}}
	demands, kinds := map[dataspace.Jurisdiction][]*pack.Rule{}, map[dataspace.Jurisdiction][]string{}
	loaded := map[*pack.Pack]*pack.ItemList{}
	for _, p := range list {
		words["place"] = append(words["place"], string(p.Jurisdiction()))
		for _, name := range sorted(p.Document().Groups) {
			for _, member := range p.Document().Groups[name] {
				if jurisdictionCode.MatchString(member) {
					words["place"] = append(words["place"], member)
				} else {
					words["element"] = append(words["element"], member)
				}
			}
		}
		for _, name := range p.SwitchNames() {
			words["switch"] = append(words["switch"], p.SwitchKey(name))
		}
		for _, kind := range sorted(p.Document().Instruments) {
			words["kind"] = append(words["kind"], kind)
			kinds[p.Jurisdiction()] = append(kinds[p.Jurisdiction()], kind)
		}
		lists := false
		for _, r := range p.Compiled() {
			lists = lists || slices.ContainsFunc(r.Asks(), func(name string) bool { return strings.HasPrefix(name, "list.") })
			if r.Kind == pack.ObligationRule {
				demands[p.Jurisdiction()] = append(demands[p.Jurisdiction()], r)
			}
		}
		if lists || p.Document().Items != "" {
			var items []item.Item
			for i, pathway := range append(slices.Clone(item.Pathways), "by_count") {
				for _, kind := range []string{"important", "personal"} {
					id := fmt.Sprintf("I%d%s", i, kind[:1])
					items = append(items, item.Item{ID: id, Scenario: []string{"S1", "S2"}[i%2], Name: dataspace.Text{ZH: id}, Kind: kind, Pathway: pathway,
						Thresholds: item.Thresholds{AssessmentPeople: item.Threshold(1000 * (i % 2)), ContractPeople: 10, AssessmentSensitive: item.None, ContractSensitive: 1},
						Article:    "a", Source: "https://example.org", Confidence: []dataspace.Confidence{dataspace.VerbatimSourceSeen, dataspace.Memory}[i/4%2]})
					words["item"] = append(words["item"], id)
				}
			}
			loaded[p] = pack.NewItemList(items, "2025-01-01")
			for _, c := range p.Document().Define {
				for _, t := range quotedText.FindAllString(c.When, -1) {
					if text := t[1 : len(t)-1]; regionWord.MatchString(text) {
						words["region"] = append(words["region"], text)
						for _, name := range sorted(p.Document().Groups) {
							words[text] = append(words[text], p.Document().Groups[name]...)
						}
					}
				}
			}
			words["list"] = append(words["list"], string(p.ID()))
		}
	}
	if len(words["list"]) == 0 {
		t.Fatal("no pack asks for a list: nothing is tried of them")
	}
	set, err = NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	set = set.changed(func(l *law) { l.lists = loaded })
	every := agreed.Agreement{Ref: dataspace.RecognitionRef{ID: "all/all"}}
	for _, to := range slices.Sorted(maps.Keys(demands)) {
		for _, of := range slices.Sorted(maps.Keys(kinds)) {
			if of == to {
				continue
			}
			i := len(every.Entries)
			entry := agreed.Recognition{ID: dataspace.RuleID(fmt.Sprintf("agreed.r%d", i)), Of: agreed.Credential{Jurisdiction: of, Kind: kinds[of][i%len(kinds[of])]}}
			if r := demands[to][i%len(demands[to])]; i%2 == 0 || len(kinds[to]) == 0 {
				entry.Satisfies = &agreed.Demand{Jurisdiction: to, Side: r.Side, Demand: r.Obligation.ID}
			} else {
				entry.CountsAs, entry.Onward = &agreed.Kind{Jurisdiction: to, Kind: kinds[to][i%len(kinds[to])]}, i%3 == 0
			}
			if i%5 == 0 {
				entry.Scope = agreed.RecognitionScope{MaxPeople: 1000, Scenarios: []string{"S1", "S2"}}
			}
			every.Entries = append(every.Entries, entry)
		}
	}
	if set, err = set.WithRecognitions([]agreed.Agreement{every}); err != nil {
		t.Fatal(err)
	}
	var sensitive []dataspace.ElementID
	for i, id := range words["element"] {
		if i%3 == 0 {
			sensitive = append(sensitive, dataspace.ElementID(id))
		}
	}
	return set.WithSensitive(sensitive), words
}

// regionWord is a region that a condition names.
var regionWord = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,8})+$`)

// valuesOf are the values that a fact may have, and none.
func valuesOf(name string) []string {
	return append([]string{""}, variable.Standard().At(variable.Standard().Number(name)).Values...)
}

// drawTable gives facts of the table any values that they may have.
func drawTable(t *rapid.T) dataspace.Facts {
	var f dataspace.Facts
	for i := range variable.Standard().Len() {
		d := variable.Standard().At(i)
		if d.Member || d.Any != "" || rapid.Bool().Draw(t, "without "+d.Name) {
			continue
		}
		var v dataspace.Value
		switch d.Kind() {
		case dataspace.BoolValue:
			v = dataspace.BoolOf(rapid.Bool().Draw(t, d.Name))
		case dataspace.IntValue:
			v = dataspace.IntOf(rapid.Int64Range(0, 1<<53).Draw(t, d.Name))
		case dataspace.TextValue:
			v = dataspace.TextOf(rapid.OneOf(rapid.SampledFrom(valuesOf(d.Name)), rapid.String()).Draw(t, d.Name))
		default:
			v = dataspace.ListOf(rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, d.Name)...)
		}
		f.Known.Set(d.Name, v)
	}
	return f
}

// anyFacts are facts that the rules of everything listen to.
func anyFacts(t *rapid.T, words map[string][]string) dataspace.Facts {
	one := func(of string) string { return rapid.SampledFrom(words[of]).Draw(t, of) }
	some := func(of string, most int) (out []string) {
		for range rapid.IntRange(0, most).Draw(t, of+"s") {
			out = append(out, one(of))
		}
		return out
	}
	f := drawTable(t)
	f.On, f.KnownOn = rapid.SampledFrom([]string{"2024-01-01", "2026-06-15"}).Draw(t, "on"), ""
	f.Known.Set("exporter.jurisdiction", dataspace.TextOf(one("place")))
	f.Known.Set("recipient.jurisdiction", dataspace.TextOf(one("place")))
	f.Known.Set("data.important", dataspace.TextOf(rapid.SampledFrom(valuesOf("data.important")).Draw(t, "important")))
	f.Known.Set("act", dataspace.TextOf(rapid.SampledFrom(valuesOf("act")).Draw(t, "act")))
	f.Known.Set("purpose", dataspace.TextOf(rapid.SampledFrom(valuesOf("purpose")).Draw(t, "purpose")))
	f.AcceptConfidence = rapid.SampledFrom([][]dataspace.Confidence{nil, {dataspace.VerbatimSourceSeen}}).Draw(t, "accept")
	f.Switches = map[string]bool{}
	for _, key := range words["switch"] {
		f.Switches[key] = rapid.Bool().Draw(t, key)
	}
	f.Known.Forget("data.elements")
	f.Known.Set("data.elements", dataspace.ListOf(some("element", 4)...))
	f.Known.Set("scenario", dataspace.TextOf(one("scenario")))
	f.Known.Set("data.list_items", dataspace.ListOf(some("item", 3)...))
	f.Known.Set("data.list_of", dataspace.TextOf(rapid.SampledFrom(append([]string{""}, words["list"]...)).Draw(t, "list")))
	count := func(name string) *int64 {
		return rapid.SampledFrom([]*int64{nil, new(int64), &counts[0], &counts[1], &counts[2]}).Draw(t, name)
	}
	f.Known.Set("counts.non_sensitive", dataspace.MaybeInt(count("others")))
	f.Known.Set("counts.sensitive", dataspace.MaybeInt(count("sensitive")))
	if rapid.Bool().Draw(t, "of a list") {
		region := one("region")
		f.On = "2026-06-15"
		f.Known.Set("origin", dataspace.TextOf("domestic"))
		f.Known.Set("data.personal", dataspace.BoolOf(true))
		f.Known.Set("data.important", dataspace.TextOf("no"))
		f.Known.Set("exporter.ciio", dataspace.BoolOf(false))
		f.Known.Set("exporter.state_organ", dataspace.BoolOf(false))
		f.Known.Set("data.core", dataspace.BoolOf(false))
		f.Known.Set("data.state_secret", dataspace.BoolOf(false))
		f.Known.Set("recipient.foreign_authority", dataspace.BoolOf(false))
		f.Known.Set("exporter.jurisdiction", dataspace.TextOf(region[:2]))
		f.Known.Set("exporter.registered_in", dataspace.TextOf(region))
		f.Known.Set("exporter.exports_from", dataspace.TextOf(region))
		f.Known.Set("act", dataspace.TextOf("transfer"))
		f.Known.Forget("data.list_of")
		f.Known.Set("data.list_confirmed", dataspace.BoolOf(true))
		if len(words[region]) > 0 {
			f.Known.Set("sector", dataspace.TextOf(one(region)))
		}
		f.Known.Set("recipient.jurisdiction", dataspace.TextOf(one("place")))
		f.Known.Set("scenario", dataspace.TextOf([]string{"S1", "S2"}[len(f.Known.List("data.list_items"))%2]))
	}
	f.Events, f.Instruments = nil, nil
	for _, kind := range some("kind", 4) {
		in := dataspace.Instrument{Kind: kind, EffectiveOn: "2023-12-01", ExpiresOn: rapid.SampledFrom([]string{"", "2026-07-01"}).Draw(t, "expires")}
		if rapid.Bool().Draw(t, "limited") {
			in.Covers = &dataspace.InstrumentScope{MaxSubjects: 1000}
			for _, id := range f.Known.List("data.elements")[:len(f.Known.List("data.elements"))/2] {
				in.Covers.Elements = append(in.Covers.Elements, dataspace.ElementID(id))
			}
		}
		f.Instruments = append(f.Instruments, in)
	}
	return f
}

var counts = [...]int64{5, 5000, 2_000_000}

// TestNarrowedSetDecidesTheSame: what is left out between two jurisdictions
// would have had nothing to say.
func TestNarrowedSetDecidesTheSame(t *testing.T) {
	whole, words := everything(t)
	smaller, through, listed := 0, 0, 0
	// Facts that rest on an agreement are rarely drawn, so it may take several
	// rounds.
	for round := 0; round < 20 && (round == 0 || through == 0 || listed == 0); round++ {
		for _, set := range []*Set{whole, whole.Side(dataspace.ExportSide), whole.Side(dataspace.ImportSide)} {
			unindexed := *set // no copy uses the index
			rapid.Check(t, func(t *rapid.T) {
				f := anyFacts(t, words)
				fast, slow := set.evaluation(&f), unindexed.evaluation(&f)
				if len(fast.known.law.packs) < len(slow.known.law.packs) {
					smaller++
				}
				a, b := fast.judge.run(), slow.judge.run()
				d := unindexed.decision(slow, b)
				if diff := cmp.Diff(d, set.decision(fast, a)); diff != "" {
					t.Fatal(diff)
				}
				if diff := cmp.Diff(slow.adviser.changes(b), fast.adviser.changes(a)); diff != "" {
					t.Fatal(diff)
				}
				if slices.ContainsFunc(d.Obligations, func(o dataspace.Obligation) bool { return len(o.Through) > 0 }) {
					through++
				}
				if slices.ContainsFunc(d.Reasons, func(r dataspace.Reason) bool { return strings.Contains(r.Text.EN, "Items: ") }) {
					listed++
				}
			})
		}
	}
	t.Logf("%d smaller, %d agreements, %d lists", smaller, through, listed)
	if smaller == 0 || through == 0 || listed == 0 {
		t.Errorf("%d sets became smaller, %d rested on agreements, %d on lists: something was not tried", smaller, through, listed)
	}
}

// TestSupposedIsWhatWouldBe: a change that is only supposed leads where it leads
// when it is made, and leaves nothing behind.
func TestSupposedIsWhatWouldBe(t *testing.T) {
	set, words := everything(t)
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t, words)
		few := int64(3)
		warm := set.evaluation(&f)
		before := warm.judge.run()
		warm.judge.light = true
		for _, c := range []struct {
			change  func(*dataspace.Facts)
			altered []int
		}{
			{func(f *dataspace.Facts) { f.Known.Set("counts.sensitive", dataspace.MaybeInt(&few)) }, []int{variable.Standard().Number("counts.sensitive")}},
			{func(f *dataspace.Facts) { f.Known.Set("counts.non_sensitive", dataspace.MaybeInt(&few)) }, []int{variable.Standard().Number("counts.non_sensitive")}},
			{func(f *dataspace.Facts) {
				f.Known.Set("data.elements", dataspace.ListOf(f.Known.List("data.elements")[:len(f.Known.List("data.elements"))/2]...))
			}, []int{elementsFact}},
			{func(f *dataspace.Facts) { f.Known.Forget("data.list_items") }, []int{variable.Standard().Number("data.list_items")}},
			{func(f *dataspace.Facts) { f.Known.Set("scenario", dataspace.TextOf("S2")) }, []int{variable.Standard().Number("scenario")}},
		} {
			g := f
			c.change(&g)
			if got, want := warm.adviser.suppose(c.change, c.altered...), set.evaluation(&g).judge.run().verdict; got != want {
				t.Fatalf("%s supposed: %s, made: %s", variable.Standard().At(c.altered[0]).Name, got, want)
			}
			if got := warm.judge.run().verdict; got != before.verdict {
				t.Fatalf("after %s was supposed: %s, before: %s", variable.Standard().At(c.altered[0]).Name, got, before.verdict)
			}
		}
	})
}

// TestManyDecideAtOnce: evaluations are used again, and nothing of one flow may
// be in the decision of another.
func TestManyDecideAtOnce(t *testing.T) {
	set, words := everything(t)
	var facts []dataspace.Facts
	for i := range 30 {
		facts = append(facts, rapid.Custom(func(t *rapid.T) dataspace.Facts { return anyFacts(t, words) }).Example(i))
	}
	decide := func(f dataspace.Facts) string {
		d, err := set.Decide(f)
		if err != nil {
			return err.Error()
		}
		raw, err := dataspace.CanonicalJSON(d)
		if err != nil {
			return err.Error()
		}
		return string(raw)
	}
	var want []string
	for _, f := range facts {
		want = append(want, decide(f))
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 2 * len(facts) {
				at := (i*(w+1) + w) % len(facts)
				if got := decide(facts[at]); got != want[at] {
					t.Errorf("facts %d are decided otherwise beside others:\n%s", at, cmp.Diff(want[at], got))
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestHandlingBeforeThePlacesAreKnown: a plan is made before the facts are
// complete, and what is not known asks for the stricter treatment.
func TestHandlingBeforeThePlacesAreKnown(t *testing.T) {
	set, _ := everything(t)
	whole := *set
	f := dataspace.Facts{On: "2026-06-15"}
	want := whole.law.withFacts(&f).known.handling()
	if len(want) == 0 {
		t.Fatal("nothing is asked for at all")
	}
	if diff := cmp.Diff(want, set.Handling(f)); diff != "" {
		t.Error(diff)
	}
}

// TestNarrowedSetKnowsNoChoice: a switch that makes a pack speak must not be
// taken as it stands by default.
func TestNarrowedSetKnowsNoChoice(t *testing.T) {
	p, err := pack.Load(fstest.MapFS{"x/y/pack.yaml": {Data: []byte(`
id: x/y
jurisdiction: XX
version: 1.0.0
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
switches: {strict: {default: false}}
rules:
- {id: x.strict, order: 1, when: 'switch.strict', pathway: prohibited, confidence: VSS}
- {id: x.free, order: 2, pathway: free, confidence: VSS}
`)}}, "x/y")
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	for want, on := range map[dataspace.Verdict]bool{dataspace.Cleared: false, dataspace.Prohibited: true} {
		d, err := set.Decide(dataspace.Facts{On: "2026-06-15", Switches: map[string]bool{"x/y#strict": on}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.jurisdiction":  dataspace.TextOf("XX"),
			"recipient.jurisdiction": dataspace.TextOf("NZ"),
		})})
		if err != nil || d.Verdict != want {
			t.Errorf("switch %t: %s, %v", on, d.Verdict, err)
		}
	}
}

// TestStrangePairsAreNotRemembered: facts name any jurisdiction they like.
func TestStrangePairsAreNotRemembered(t *testing.T) {
	set, err := NewSet()
	if err != nil {
		t.Fatal(err)
	}
	for a := range 26 * 26 {
		for b := range 10 {
			from := dataspace.Jurisdiction([]byte{byte('A' + a/26), byte('A' + a%26)})
			set.between(from, dataspace.Jurisdiction([]byte{'A', byte('A' + b)}))
		}
	}
	if n := len(set.narrowed.known); n > maxNarrowed {
		t.Errorf("%d pairs are remembered", n)
	}
}
