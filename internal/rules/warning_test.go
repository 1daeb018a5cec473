package rules_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// TestInstrumentScopes: each limit of an instrument both ways, and not known.
func TestInstrumentScopes(t *testing.T) {
	set := wholeSet(t)
	for name, tt := range map[string]struct {
		covers dataspace.InstrumentScope
		change func(*dataspace.Facts)
		why    string // empty: it counts
	}{
		"nothing":            {dataspace.InstrumentScope{}, nil, ""},
		"this-exporter":      {dataspace.InstrumentScope{Exporters: []dataspace.ParticipantID{"other", "me"}}, nil, ""},
		"other-exporters":    {dataspace.InstrumentScope{Exporters: []dataspace.ParticipantID{"other"}}, nil, "other exporters"},
		"exporter-unknown":   {dataspace.InstrumentScope{Exporters: []dataspace.ParticipantID{"me"}}, func(f *dataspace.Facts) { f.Known.Forget("exporter.id") }, "other exporters"},
		"this-purpose":       {dataspace.InstrumentScope{Purposes: []string{"business"}}, nil, ""},
		"other-purpose":      {dataspace.InstrumentScope{Purposes: []string{"emergency"}}, nil, "another purpose"},
		"purpose-unknown":    {dataspace.InstrumentScope{Purposes: []string{"business"}}, func(f *dataspace.Facts) { f.Known.Forget("purpose") }, "another purpose"},
		"default-act":        {dataspace.InstrumentScope{Acts: []string{"transfer"}}, nil, ""},
		"other-act":          {dataspace.InstrumentScope{Acts: []string{"transfer"}}, func(f *dataspace.Facts) { f.Known.Set("act", dataspace.TextOf("remote_access")) }, "the act remote_access"},
		"sensitive-none":     {dataspace.InstrumentScope{Sensitive: ptr(false)}, nil, ""},
		"sensitive-some":     {dataspace.InstrumentScope{Sensitive: ptr(false)}, func(f *dataspace.Facts) { f.Known.Set("counts.sensitive", dataspace.IntOf(1)) }, "does not cover sensitive data"},
		"sensitive-granted":  {dataspace.InstrumentScope{Sensitive: ptr(true)}, func(f *dataspace.Facts) { f.Known.Set("counts.sensitive", dataspace.IntOf(1)) }, ""},
		"sensitive-unknown":  {dataspace.InstrumentScope{Sensitive: ptr(false)}, func(f *dataspace.Facts) { f.Known.Forget("counts.sensitive") }, "not known whether there is any"},
		"storage-here":       {dataspace.InstrumentScope{Storage: "SG"}, nil, ""},
		"storage-inside":     {dataspace.InstrumentScope{Storage: "SG"}, func(f *dataspace.Facts) { f.Known.Set("storage.place", dataspace.TextOf("SG-01")) }, ""},
		"storage-wider":      {dataspace.InstrumentScope{Storage: "SG-01"}, nil, "storage in SG"},
		"storage-elsewhere":  {dataspace.InstrumentScope{Storage: "SG"}, func(f *dataspace.Facts) { f.Known.Set("storage.place", dataspace.TextOf("JP")) }, "storage in JP"},
		"storage-unknown":    {dataspace.InstrumentScope{Storage: "SG"}, func(f *dataspace.Facts) { f.Known.ForgetUnder("storage.") }, "where it is kept is not known"},
		"retention-last-day": {dataspace.InstrumentScope{Until: "2027-01-01"}, nil, ""},
		"retention-longer":   {dataspace.InstrumentScope{Until: "2026-12-31"}, nil, "only until 2026-12-31"},
		"retention-unknown":  {dataspace.InstrumentScope{Until: "2027-01-01"}, func(f *dataspace.Facts) { f.Known.Forget("storage.until") }, "how long it is kept is not known"},
		"control-later":      {dataspace.InstrumentScope{}, event("control", "2026-06-16"), ""},
		"control-before":     {dataspace.InstrumentScope{}, event("control", "2026-01-04"), ""},
		"control-first-day":  {dataspace.InstrumentScope{}, event("control", "2026-01-05"), "change of control over a party on 2026-01-05"},
		"control-today":      {dataspace.InstrumentScope{}, event("control", "2026-06-15"), "change of control"},
		"event-not-named":    {dataspace.InstrumentScope{}, event("force_majeure", "2026-06-01"), ""},
		"important":          {dataspace.InstrumentScope{}, func(f *dataspace.Facts) { f.Known.Set("data.important", dataspace.TextOf("notified")) }, "which the data is now"},
		"important-unnamed":  {dataspace.InstrumentScope{}, func(f *dataspace.Facts) { f.Known.Set("data.important", dataspace.TextOf("unknown")) }, ""},
		"important-absent":   {dataspace.InstrumentScope{}, func(f *dataspace.Facts) { f.Known.Forget("data.important") }, "not known whether the data is"},
		"infrastructure":     {dataspace.InstrumentScope{}, func(f *dataspace.Facts) { f.Known.Set("exporter.ciio", dataspace.BoolOf(true)) }, "operates now"},
		"ciio-unknown":       {dataspace.InstrumentScope{}, func(f *dataspace.Facts) { f.Known.Forget("exporter.ciio") }, "not known whether the exporter"},
	} {
		t.Run(name, func(t *testing.T) {
			f := wholeFacts()
			f.Instruments[0].Covers = &tt.covers
			if tt.change != nil {
				tt.change(&f)
			}
			d := decide(t, set, f)
			if (d.Verdict == dataspace.Cleared) != (tt.why == "") || !strings.Contains(d.Obligations[0].Text.EN, tt.why) {
				t.Errorf("want %q: %s", tt.why, show(d))
			}
		})
	}
}

func event(kind, on string) func(*dataspace.Facts) {
	return func(f *dataspace.Facts) { f.Events = []dataspace.Occurrence{{Kind: kind, On: on}} }
}

// TestRefile: what a trigger names is warned of with its article; what it does
// not name, or only may have changed, is not.
func TestRefile(t *testing.T) {
	set := wholeSet(t)
	for name, tt := range map[string]struct {
		change   func(*dataspace.Facts)
		articles string
	}{
		"unchanged": {func(*dataspace.Facts) {}, ""},
		"elements": {func(f *dataspace.Facts) {
			f.Known.Set("data.elements", dataspace.ListOf(append(slices.Clone(f.Known.List("data.elements")), "age")...))
		}, "t1"},
		"unknown": {func(f *dataspace.Facts) { f.Known.Forget("data.elements") }, ""},
		"purpose": {func(f *dataspace.Facts) { f.Known.Set("purpose", dataspace.TextOf("emergency")) }, ""},
		"control": {event("control", "2026-03-01"), "t2"},
		"several": {func(f *dataspace.Facts) {
			event("control", "2026-03-01")(f)
			f.Known.Set("data.important", dataspace.TextOf("yes"))
			f.Known.Set("exporter.ciio", dataspace.BoolOf(true))
		}, "t2 t3 t4"},
		"other-scenario": {func(f *dataspace.Facts) {
			event("control", "2026-03-01")(f)
			f.Known.Set("scenario", dataspace.TextOf("ads"))
		}, ""},
		"other-exporter": {func(f *dataspace.Facts) {
			event("control", "2026-03-01")(f)
			f.Known.Set("exporter.id", dataspace.TextOf("sister"))
		}, ""},
		"expired": {func(f *dataspace.Facts) { event("control", "2026-03-01")(f); f.Instruments[0].ExpiresOn = "2026-06-14" }, ""},
		"filed-anew": {func(f *dataspace.Facts) {
			event("control", "2026-03-01")(f)
			f.Instruments = append(f.Instruments, dataspace.Instrument{Kind: "xx.paper", ID: "q", EffectiveOn: "2026-03-02"})
		}, ""},
		"by-another-kind": {func(f *dataspace.Facts) {
			event("control", "2026-03-01")(f)
			f.Instruments = append(f.Instruments, dataspace.Instrument{Kind: "xx.mark", EffectiveOn: "2026-01-02"})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := wholeFacts()
			f.Instruments[0].Covers = &dataspace.InstrumentScope{Elements: []dataspace.ElementID{"email"}, Purposes: []string{"business"}, Scenario: "support", Exporters: []dataspace.ParticipantID{"me"}}
			tt.change(&f)
			d := decide(t, set, f)
			var got []string
			for _, w := range d.Warnings {
				if w.Kind != "refile" || w.Instrument != "p" || w.Source == "" || w.Confidence == "" || w.Text.ZH == "" || !strings.Contains(w.Text.EN, "xx.paper p") {
					t.Errorf("%+v", w)
				}
				got = append(got, w.Article)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != tt.articles {
				t.Errorf("%v, want %q\n%s", got, tt.articles, show(d))
			}
			if tt.articles != "" && d.Verdict != dataspace.ActionRequired {
				t.Errorf("%s", d.Verdict)
			}
		})
	}
}

// TestRenew: each window at its first day and the day before.
func TestRenew(t *testing.T) {
	set := wholeSet(t)
	paper := dataspace.Instrument{Kind: "xx.paper", ID: "p", EffectiveOn: "2024-01-02", ExpiresOn: "2026-06-30"}
	mark := dataspace.Instrument{Kind: "xx.mark", ID: "m", EffectiveOn: "2024-01-02", ExpiresOn: "2026-12-31"}
	with := func(in dataspace.Instrument, change func(*dataspace.Instrument)) []dataspace.Instrument {
		change(&in)
		return []dataspace.Instrument{in}
	}
	same := func(*dataspace.Instrument) {}
	for name, tt := range map[string]struct {
		on   string
		held []dataspace.Instrument
		from string // empty: no warning
		says string // in the warning, or without one in the obligation
	}{
		// 2026-04-01 is the 60th working day before 2026-06-30: Qingming, Labour
		// Day and Dragon Boat are off, 9 May is made up.
		"first-day":     {"2026-04-01", with(paper, same), "2026-04-01", "renew it"},
		"day-before":    {"2026-03-31", with(paper, same), "", ""},
		"last-day":      {"2026-06-30", with(paper, same), "2026-04-01", "renew it"},
		"months":        {"2026-06-30", with(mark, same), "2026-06-30", "renew it"},
		"months-before": {"2026-06-29", with(mark, same), "", ""},
		"years": {"2028-11-20", with(paper, func(in *dataspace.Instrument) { in.EffectiveOn, in.ExpiresOn = "2026-01-05", "" }),
			"2028-08-23", "the working days of 2029 are not known"},
		"years-before":  {"2028-08-22", with(paper, func(in *dataspace.Instrument) { in.EffectiveOn, in.ExpiresOn = "2026-01-05", "" }), "", ""},
		"no-end":        {"2028-08-22", with(mark, func(in *dataspace.Instrument) { in.ExpiresOn = "" }), "", ""},
		"renewed":       {"2026-06-01", with(paper, func(in *dataspace.Instrument) { in.RenewedOn = "2026-05-01" }), "", "renewal was applied for on 2026-05-01"},
		"renewed-today": {"2026-05-01", with(paper, func(in *dataspace.Instrument) { in.RenewedOn = "2026-05-01" }), "", "renewal was applied for on 2026-05-01"},
		"renews-later":  {"2026-06-01", with(paper, func(in *dataspace.Instrument) { in.RenewedOn = "2026-06-02" }), "2026-04-01", "renew it"},
		"followed":      {"2026-06-01", append(with(paper, same), dataspace.Instrument{Kind: "xx.paper", ID: "q", EffectiveOn: "2026-05-01", ExpiresOn: "2029-05-01"}), "", ""},
		"followed-by-unlimited": {"2026-07-01", append(with(mark, same), dataspace.Instrument{Kind: "xx.mark", ID: "n", EffectiveOn: "2026-05-01"}),
			"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := wholeFacts()
			f.On, f.Instruments = tt.on, tt.held
			d := decide(t, set, f)
			if d.Verdict != dataspace.Cleared {
				t.Fatalf("%s", show(d))
			}
			if tt.from == "" {
				if len(d.Warnings) > 0 || !strings.Contains(d.Obligations[0].Text.EN, tt.says) {
					t.Errorf("%s", show(d))
				}
				return
			}
			if len(d.Warnings) != 1 {
				t.Fatalf("%s", show(d))
			}
			w := d.Warnings[0]
			if w.Kind != "renew" || w.From != tt.from || w.Until == "" || w.Article != "r" || w.Text.ZH == "" || !strings.Contains(w.Text.EN, tt.says) {
				t.Errorf("%+v", w)
			}
		})
	}
}

// TestScopeUnknownIsNeverHarmless: a fact that an instrument's scope or a
// trigger looks at makes nothing better by being forgotten.
func TestScopeUnknownIsNeverHarmless(t *testing.T) {
	set := wholeSet(t)
	forget := map[string]func(*dataspace.Facts){
		"exporter":  func(f *dataspace.Facts) { f.Known.Forget("exporter.id") },
		"purpose":   func(f *dataspace.Facts) { f.Known.Forget("purpose") },
		"scenario":  func(f *dataspace.Facts) { f.Known.Forget("scenario") },
		"storage":   func(f *dataspace.Facts) { f.Known.ForgetUnder("storage.") },
		"sensitive": func(f *dataspace.Facts) { f.Known.Forget("counts.sensitive") },
		"elements":  func(f *dataspace.Facts) { f.Known.Forget("data.elements") },
		"important": func(f *dataspace.Facts) { f.Known.Forget("data.important") },
		"ciio":      func(f *dataspace.Facts) { f.Known.Forget("exporter.ciio") },
		"papers":    func(f *dataspace.Facts) { f.Instruments = nil },
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
		f := wholeFacts()
		f.Known.Set("exporter.id", dataspace.TextOf(draw("exporter", "me", "sister")))
		f.Known.Set("purpose", dataspace.TextOf(draw("purpose", "business", "emergency")))
		f.Known.Set("scenario", dataspace.TextOf(draw("scenario", "support", "ads")))
		f.Known.Set("storage.place", dataspace.TextOf(draw("place", "SG", "SG-01", "JP")))
		f.Known.Set("storage.until", dataspace.TextOf(draw("until", "2026-12-31", "2027-01-01")))
		f.Known.Set("counts.sensitive", dataspace.IntOf(rapid.Int64Range(0, 2).Draw(t, "sensitive")))
		f.Known.Set("data.elements", dataspace.ListOf(dataspace.ElementID(draw("element", "email", "age"))))
		f.Known.Set("data.important", dataspace.TextOf(draw("important", "no", "yes", "unknown")))
		f.Known.Set("exporter.ciio", dataspace.BoolOf(rapid.Bool().Draw(t, "ciio")))
		c := &dataspace.InstrumentScope{}
		for _, limit := range []func(){
			func() { c.Exporters = []dataspace.ParticipantID{"me"} },
			func() { c.Purposes = []string{"business"} },
			func() { c.Scenario = "support" },
			func() { c.Storage = "SG" },
			func() { c.Until = "2026-12-31" },
			func() { c.Sensitive = ptr(false) },
			func() { c.MaxSubjects = 6 },
			func() { c.Elements = []dataspace.ElementID{"email"} },
		} {
			if rapid.Bool().Draw(t, "limit") {
				limit()
			}
		}
		f.Instruments[0].Covers = c
		known := mustDecide(t, set, f)
		for name, change := range forget {
			g := f
			change(&g)
			if got := mustDecide(t, set, g); got.Verdict.Severity() < known.Verdict.Severity() {
				t.Fatalf("without %s: %s, with it: %s", name, got.Verdict, known.Verdict)
			}
		}
	})
}

// A paper of another jurisdiction that counts by an agreement ends as its own
// packs say, and the warning comes in time.
func TestRenewRecognised(t *testing.T) {
	abroad := strings.NewReplacer("id: xx/small", "id: yy/small", "jurisdiction: XX", "jurisdiction: YY", "xx.", "yy.", "value: null", "value: 5").Replace(small)
	abroad = strings.Replace(abroad, "yy.paper: {", "yy.paper: {renew: {months: 2, article: r, source: https://example.org/r, facts: [\"1\"], confidence: VSS, text: {en: renew it, zh: 续期}}, ", 1)
	var packs []*pack.Pack
	for dir, text := range map[string]string{"xx/small": strings.Replace(small, "value: null", "value: 5", 1), "yy/small": abroad} {
		p, err := pack.Load(tree(map[string]string{dir + "/pack.yaml": text}), dir)
		if err != nil {
			t.Fatal(err)
		}
		packs = append(packs, p)
	}
	set, err := rules.NewSet(packs...)
	if err == nil {
		set, err = set.WithRecognitions([]agreed.Agreement{agreement("xx-yy/papers", entry("papers.one", of("YY", "yy.paper"), satisfies("XX", "xx.sign")))})
	}
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]int{"2026-10-30": 0, "2026-10-31": 1, "2026-12-31": 1} {
		f := yyFlow("yy.paper")
		f.On, f.Instruments[0].ExpiresOn = on, "2026-12-31"
		d := decide(t, set, f)
		if d.Verdict != dataspace.Cleared || len(d.Warnings) != want || want > 0 && (d.Warnings[0].Kind != "renew" || d.Warnings[0].Instrument != "i-yy.paper" || d.Warnings[0].Until != "2026-12-31") {
			t.Errorf("on %s: %s", on, show(d))
		}
		f.Instruments[0].RenewedOn = "2026-10-01"
		if d := decide(t, set, f); len(d.Warnings) != 0 || want > 0 && !strings.Contains(d.Obligations[0].Text.EN, "renewal was applied for on 2026-10-01") {
			t.Errorf("renewed, on %s: %s", on, show(d))
		}
	}
}
