package pack

import (
	"fmt"
	"regexp"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// This file is for packages that compare packs.

// Plain is pack.yaml as plain values, with the keys as they are written.
func (p *Pack) Plain() (map[string]any, error) {
	doc, err := plainYAML(string(p.doc.ID)+"/"+packFile, p.text.pack)
	if err != nil {
		return nil, err
	}
	m, ok := doc.(map[string]any)
	if !ok {
		return nil, problem("pack.yaml", string(p.doc.ID), "is no map", nil)
	}
	return m, nil
}

// Overlays names the pack that this one overlays; empty: none.
func (p *Pack) Overlays() dataspace.PackID { return p.doc.Overlays }

// NumberInfo is a number of the law.
type NumberInfo struct {
	Name  string
	Value *int64 // nil: not known
	Of    string // the fact that it bounds
}

// Numbers lists the numbers of the pack by name.
func (p *Pack) Numbers() []NumberInfo {
	out := make([]NumberInfo, 0, len(p.numbers))
	for _, n := range p.numbers {
		out = append(out, NumberInfo{n.Name, n.Doc.Value, n.Doc.Of})
	}
	return out
}

// Reads lists the names that the conditions of each rule use, directly or through
// definitions: facts, and number.x, group.x, is.x.
func (p *Pack) Reads() map[dataspace.RuleID][]string {
	out := map[dataspace.RuleID][]string{}
	read := func(id dataspace.RuleID, side dataspace.Side, conditions ...Condition) {
		seen := map[string]bool{}
		var visit func([]string)
		visit = func(names []string) {
			for _, n := range names {
				if at, ok := p.names[n]; ok && !seen[n] {
					seen[n] = true
					if at.kind == DefinitionName {
						visit(p.define[at.index].refs)
					}
				}
			}
		}
		for _, c := range append(conditions, p.sides[side]) {
			visit(c.refs)
		}
		out[id] = sortedKeys(seen)
	}
	for _, r := range p.rules {
		conditions := []Condition{r.Condition, r.SatisfiedIf}
		for _, s := range r.By {
			conditions = append(conditions, s.Condition)
		}
		read(r.ID, r.Side, conditions...)
	}
	for _, h := range p.handling {
		read(h.ID, h.Side, h.Condition)
	}
	return out
}

// FactInfo is a fact that conditions may name.
type FactInfo struct {
	Name   string         `json:"fact"`
	What   dataspace.Text `json:"what"`
	Number bool           `json:"-"` // a whole number
}

// Fact describes a fact that conditions of the pack may name.
func (p *Pack) Fact(name string) (FactInfo, bool) {
	d, ok := p.facts.Facts().Lookup(name)
	if !ok {
		return FactInfo{}, false
	}
	return FactInfo{d.Name, d.Text, d.Type == fact.Int}, true
}

// DemandInfo is one demand of a law as a comparison shows it.
type DemandInfo struct {
	RuleInfo
	Pack      dataspace.PackID `json:"pack"`
	Side      dataspace.Side   `json:"side"`
	Demand    string           `json:"demand,omitempty"`    // id of an obligation
	Pathway   string           `json:"pathway,omitempty"`   // of a pathway rule
	Bar       string           `json:"bar,omitempty"`       // verdict of a bar
	Demands   []string         `json:"demands,omitempty"`   // ids of obligations that the pathway demands
	Kinds     []string         `json:"kinds,omitempty"`     // of instruments that satisfy it
	Satisfied string           `json:"satisfied,omitempty"` // a condition that satisfies it too
	When      string           `json:"when,omitempty"`
	Before    bool             `json:"before_delivery,omitempty"`
	// Certifications are those of the recipient that its condition names. Facts
	// are those that its conditions read.
	Certifications []string `json:"certifications,omitempty"`
	Facts          []string `json:"facts,omitempty"`
	About          []string `json:"about,omitempty"`
}

// DemandList lists the obligations, pathways, bars and recognitions of the
// pack in the order of pack.yaml, then the clocks of incidents. A recognition has
// the recognised kind as its only kind, and Demand is the demand it satisfies.
func (p *Pack) DemandList() []DemandInfo {
	var out []DemandInfo
	for _, r := range p.rules {
		if r.Kind == NoteRule {
			continue
		}
		d := DemandInfo{
			RuleInfo: RuleInfo{r.ID, kindNames[r.Kind], r.Article, p.Chinese(r.Article), p.Address(r.Source), r.Confidence, r.From, r.To, r.Recorded, r.Withdrawn, r.Text},
			Pack:     p.doc.ID, Side: r.Side, Pathway: r.Pathway, Bar: string(r.Bar), Demands: r.Demands,
			Satisfied: r.Satisfied.When, When: r.When, About: slices.Clone(r.About), Certifications: p.certifications(r.Condition),
		}
		if r.Obligation != nil {
			d.Demand, d.Text, d.Before = r.Obligation.ID, r.Obligation.Text, r.Obligation.BeforeDelivery
		}
		for _, s := range r.By {
			d.Kinds = append(d.Kinds, s.Kind)
		}
		if r.Kind == RecognitionRule {
			d.Demand, d.Kinds = r.Recognises, []string{r.Recognised}
		}
		for _, i := range r.LooksAt {
			d.Facts = append(d.Facts, p.facts.At(i).Name)
		}
		if len(d.About) == 0 {
			d.About = p.aboutKinds(d.Kinds)
		}
		out = append(out, d)
	}
	for _, i := range p.doc.Incidents {
		text := dataspace.Text{EN: i.Who.EN + i.clock("en") + ": " + i.Text.EN, ZH: i.Who.ZH + i.clock("zh") + "：" + i.Text.ZH}
		out = append(out, DemandInfo{
			RuleInfo: RuleInfo{i.ID, "incident", i.Article, p.Chinese(i.Article), p.Address(i.Source), i.Confidence, i.From, i.To, i.Recorded, i.Withdrawn, text},
			Pack:     p.doc.ID, When: i.When, About: []string{"incident_report"},
		})
	}
	return out
}

// clock is the time limit in words, in brackets.
func (i IncidentDoc) clock(lang string) string {
	after := map[string][2]string{Discovered: {"discovery", "发现"}, Assessed: {"the assessment", "评估"}, Handled: {"handling", "处置结束"}}[i.Starts()]
	en, zh := "at once", "立即"
	switch {
	case i.Days > 0:
		en, zh = fmt.Sprintf("within %d days after %s", i.Days, after[0]), fmt.Sprintf("%s后%d日内", after[1], i.Days)
	case i.Hours > 0:
		en, zh = fmt.Sprintf("within %d hours", i.Hours), fmt.Sprintf("%d小时内", i.Hours)
	case i.Open():
		en, zh = "a person finds out the time limit", "时限须由人员查明"
	}
	if i.Advice {
		en, zh = "advice: "+en, "建议："+zh
	}
	if lang == "zh" {
		return "（" + zh + "）"
	}
	return " (" + en + ")"
}

// The forms in which a condition names certifications.
var (
	certified    = regexp.MustCompile(`"([^"]+)" in recipient\.certifications`)
	certifiedAny = regexp.MustCompile(`recipient\.certifications\.exists\(\w+, *\w+ in (?:\[([^\]]*)\]|group\.(\w+))`)
	quoted       = regexp.MustCompile(`"([^"]+)"`)
)

// certifications are those of the recipient that a condition asks for, directly
// or through definitions.
func (p *Pack) certifications(c Condition) (out []string) {
	seen := map[string]bool{}
	var visit func(Condition)
	visit = func(c Condition) {
		for _, m := range certified.FindAllStringSubmatch(c.source, -1) {
			seen[m[1]] = true
		}
		for _, m := range certifiedAny.FindAllStringSubmatch(c.source, -1) {
			for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
				seen[q[1]] = true
			}
			for _, name := range p.doc.Groups[m[2]] {
				seen[name] = true
			}
		}
		for _, n := range c.refs {
			if at := p.names[n]; at.kind == DefinitionName {
				visit(p.define[at.index])
			}
		}
	}
	visit(c)
	return sortedKeys(seen)
}

// aboutKinds are the subjects of kinds of instrument.
func (p *Pack) aboutKinds(kinds []string) (out []string) {
	for _, k := range kinds {
		for _, s := range p.doc.Instruments[k].About {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// KindInfo is a kind of instrument that a pack describes.
type KindInfo struct {
	Kind       string               `json:"kind"`
	Name       dataspace.Text       `json:"name"`
	Article    string               `json:"article"`
	Source     string               `json:"source"`
	Confidence dataspace.Confidence `json:"confidence"`
	About      []string             `json:"about,omitempty"`
}

// Kinds lists the kinds of instrument by name.
func (p *Pack) Kinds() []KindInfo {
	var out []KindInfo
	for _, k := range sortedKeys(p.doc.Instruments) {
		in := p.doc.Instruments[k]
		out = append(out, KindInfo{k, in.Name, in.Article, p.Address(in.Source), in.Confidence, in.About})
	}
	return out
}
