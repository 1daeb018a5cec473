package rules

import "hutong/internal/dataspace"

// RuleInfo is one rule of a pack as people read it.
type RuleInfo struct {
	ID         dataspace.RuleID     `json:"id"`
	Kind       string               `json:"kind"` // pathway, bar, obligation, note, handling
	Article    string               `json:"article"`
	Source     string               `json:"source"` // an address
	Confidence dataspace.Confidence `json:"confidence"`
	From       string               `json:"from,omitempty"` // first and last day in force
	To         string               `json:"to,omitempty"`
	Text       dataspace.Text       `json:"text"`
}

var kindNames = map[ruleKind]string{pathwayRule: "pathway", barRule: "bar", obligationRule: "obligation", noteRule: "note"}

// Rules lists the rules of the pack in the order of pack.yaml, those of
// handling last.
func (p *Pack) Rules() []RuleInfo {
	out := make([]RuleInfo, 0, len(p.rules)+len(p.handling))
	for _, r := range p.rules {
		out = append(out, RuleInfo{r.ID, kindNames[r.kind], r.Article, p.address(r.Source), r.Confidence, r.From, r.To, r.Text})
	}
	for _, h := range p.handling {
		out = append(out, RuleInfo{h.ID, "handling", h.Article, p.address(h.Source), h.Confidence, h.From, h.To, h.Text})
	}
	return out
}
