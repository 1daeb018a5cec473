package pack

import "hutong/internal/dataspace"

// RuleInfo is one rule of a pack as people read it.
type RuleInfo struct {
	ID         dataspace.RuleID     `json:"id"`
	Kind       string               `json:"kind"` // pathway, bar, obligation, note, recognition, handling, incident
	Article    string               `json:"article"`
	ArticleZH  string               `json:"article_zh,omitempty"`
	Source     string               `json:"source"` // an address
	Confidence dataspace.Confidence `json:"confidence"`
	From       string               `json:"from,omitempty"` // first and last day in force
	To         string               `json:"to,omitempty"`
	Recorded   string               `json:"recorded,omitempty"`  // first day on which the pack knew it
	Withdrawn  string               `json:"withdrawn,omitempty"` // and first on which it no longer did
	Text       dataspace.Text       `json:"text"`
}

var kindNames = map[RuleKind]string{PathwayRule: "pathway", BarRule: "bar", ObligationRule: "obligation", NoteRule: "note", RecognitionRule: "recognition"}

// Rules lists the rules of the pack in the order of pack.yaml, then those of
// handling and of incidents.
func (p *Pack) Rules() []RuleInfo {
	out := make([]RuleInfo, 0, len(p.rules)+len(p.handling))
	for _, r := range p.rules {
		out = append(out, RuleInfo{r.ID, kindNames[r.Kind], r.Article, p.Chinese(r.Article), p.Address(r.Source), r.Confidence, r.From, r.To, r.Recorded, r.Withdrawn, r.Text})
	}
	for _, h := range p.handling {
		out = append(out, RuleInfo{h.ID, "handling", h.Article, p.Chinese(h.Article), p.Address(h.Source), h.Confidence, h.From, h.To, h.Recorded, h.Withdrawn, h.Text})
	}
	for _, k := range p.clocks {
		out = append(out, RuleInfo{k.ID, "incident", k.Article, p.Chinese(k.Article), k.Source, k.Confidence, k.From, k.To, k.Recorded, k.Withdrawn, k.Text})
	}
	return out
}

// Founding is one statement of a pack with its source: a rule, a number, a text,
// a kind of instrument and its triggers, a switch or a clock.
type Founding struct {
	Kind       string // pathway, bar, obligation, note, recognition, handling, incident, number, text, instrument, renew, trigger, switch
	ID         string
	Article    string // empty for a text
	Source     string // an address
	Confidence dataspace.Confidence
	Facts      []string // rows of the legal findings from which the pack was written
}

// Foundings lists the source of every statement of the pack: rules in the order
// of pack.yaml, then handling and incidents, then numbers, texts, instruments and
// switches by name.
func (p *Pack) Foundings() []Founding {
	var out []Founding
	add := func(kind, id string, b Basis) {
		out = append(out, Founding{kind, id, b.Article, p.Address(b.Source), b.Confidence, b.Facts})
	}
	for _, r := range p.rules {
		add(kindNames[r.Kind], string(r.ID), r.Basis)
	}
	for _, h := range p.handling {
		add("handling", string(h.ID), h.Basis)
	}
	for _, k := range p.clocks {
		add("incident", string(k.ID), k.Basis)
	}
	for _, name := range sortedKeys(p.doc.Numbers) {
		add("number", name, p.doc.Numbers[name].Basis)
	}
	for _, name := range sortedKeys(p.doc.Texts) {
		t := p.doc.Texts[name]
		add("text", name, Basis{Source: t.Source, Facts: t.Facts})
	}
	for _, name := range sortedKeys(p.doc.Instruments) {
		in := p.doc.Instruments[name]
		add("instrument", name, in.Basis)
		if in.Renew != nil {
			add("renew", name, in.Renew.Basis)
		}
		for _, t := range in.Triggers {
			add("trigger", name+"."+t.On, t.Basis)
		}
	}
	for _, name := range p.switches {
		add("switch", name, p.doc.Switches[name].Basis)
	}
	return out
}

// Demands lists the ids of the pack's obligations, in the order of pack.yaml.
func (p *Pack) Demands() []string {
	var out []string
	for _, r := range p.rules {
		if r.Kind == ObligationRule {
			out = append(out, r.Obligation.ID)
		}
	}
	return out
}
