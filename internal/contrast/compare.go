package contrast

import (
	"fmt"
	"slices"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Comparison compares two regimes, by subject.
type Comparison struct {
	A    Regime `json:"a"`
	B    Regime `json:"b"`
	Rows []Row  `json:"rows"`
}

// Regime is the packs of one side of a comparison.
type Regime struct {
	Jurisdictions []dataspace.Jurisdiction `json:"jurisdictions"`
	Packs         []dataspace.PackRef      `json:"packs"`
	Titles        []dataspace.Text         `json:"titles"`
	packs         []*pack.Pack
}

// Row is one subject. The empty subject collects the demands without one.
type Row struct {
	Subject string         `json:"subject"`
	Title   dataspace.Text `json:"title"`
	A       []Demand       `json:"a"`
	B       []Demand       `json:"b"`
	Covers  []Cover        `json:"covers"`
	Gaps    []Gap          `json:"gaps"`
}

// Demand is one demand, with the names of what satisfies it.
type Demand struct {
	pack.DemandInfo
	Names []dataspace.Text `json:"names,omitempty"` // of its kinds, in their order
}

// Cover is an instrument or certification of one regime that is also valid in
// the other.
type Cover struct {
	How           string               `json:"how"` // shared, recognition, agreement, certification
	Kind          string               `json:"kind,omitempty"`
	Name          dataspace.Text       `json:"name,omitzero"`
	Certification string               `json:"certification,omitempty"`
	Of            string               `json:"of"` // a or b: whose instrument it is
	Demand        string               `json:"demand"`
	Through       dataspace.RuleID     `json:"through,omitempty"`
	From          string               `json:"from,omitempty"`
	To            string               `json:"to,omitempty"`
	Article       string               `json:"article"`
	Source        string               `json:"source"`
	Confidence    dataspace.Confidence `json:"confidence"`
	subjects      []string
}

// Gap says what one side does not have under a subject.
type Gap struct {
	Side string `json:"side"` // a or b
	// What is "absent" if the side demands nothing here, or "uncovered" if
	// nothing of the other side is valid for its demand.
	What string `json:"what"`
}

// unplaced is the subject of demands that name none.
const unplaced = ""

// Compare compares two regimes.
func Compare(a, b []*pack.Pack, agreements []agreed.Agreement) (*Comparison, error) {
	if len(a) == 0 || len(b) == 0 {
		return nil, fmt.Errorf("compare packs: one side has none: %w", dataspace.ErrInvalid)
	}
	c := &Comparison{A: regime(a), B: regime(b), Rows: []Row{}}
	left, right := c.A.demands(), c.B.demands()
	covers := slices.Concat(
		covers("a", c.A, c.B, left, right, agreements),
		covers("b", c.B, c.A, right, left, agreements))
	for _, subject := range append(slices.Clone(pack.Subjects), unplaced) {
		r := Row{Subject: subject, Title: titles[subject], A: about(left, subject), B: about(right, subject), Covers: []Cover{}, Gaps: []Gap{}}
		if len(r.A)+len(r.B) == 0 {
			continue
		}
		for _, v := range covers {
			if slices.Contains(v.subjects, subject) {
				r.Covers = append(r.Covers, v)
			}
		}
		r.gaps()
		c.Rows = append(c.Rows, r)
	}
	return c, nil
}

func regime(packs []*pack.Pack) Regime {
	r := Regime{packs: packs}
	for _, p := range packs {
		r.Packs, r.Titles = append(r.Packs, p.Ref()), append(r.Titles, p.Title())
		if !slices.Contains(r.Jurisdictions, p.Jurisdiction()) {
			r.Jurisdictions = append(r.Jurisdictions, p.Jurisdiction())
		}
	}
	return r
}

// demands lists what a regime demands, each with its subjects.
func (r Regime) demands() []Demand {
	var out []Demand
	by := map[string][]string{} // subjects by the obligation that a pathway demands
	for _, p := range r.packs {
		for _, d := range p.DemandList() {
			if len(d.About) == 0 && d.Pathway != "" {
				d.About = slices.Clone(byPathway[d.Pathway])
			}
			if len(d.About) == 0 && d.Bar != "" {
				d.About = []string{"prohibition"}
			}
			for _, id := range d.Demands {
				by[id] = append(by[id], d.About...)
			}
			one := Demand{DemandInfo: d}
			for _, k := range d.Kinds {
				one.Names = append(one.Names, r.kind(k).Name)
			}
			out = append(out, one)
		}
	}
	for i := range out {
		d := &out[i]
		if len(d.About) > 0 {
			continue
		}
		d.About = append(d.About, by[d.Demand]...)
		for _, f := range d.Facts {
			if s, ok := byFact[f]; ok {
				d.About = append(d.About, s)
			}
		}
		slices.Sort(d.About)
		d.About = slices.Compact(d.About)
	}
	return out
}

func (r Regime) kind(kind string) pack.KindInfo {
	for _, p := range r.packs {
		for _, k := range p.Kinds() {
			if k.Kind == kind {
				return k
			}
		}
	}
	return pack.KindInfo{}
}

func about(demands []Demand, subject string) []Demand {
	out := []Demand{}
	for _, d := range demands {
		if slices.Contains(d.About, subject) || subject == unplaced && len(d.About) == 0 {
			out = append(out, d)
		}
	}
	return out
}

// covers lists what of one regime is valid for a demand of the other: kinds
// that both name, what the other's packs recognise, agreements, and
// certifications that both ask for.
func covers(side string, from, to Regime, own, theirs []Demand, agreements []agreed.Agreement) (out []Cover) {
	add := func(v Cover, d Demand) {
		v.Of, v.Demand = side, d.name()
		v.subjects = d.About
		if len(v.subjects) == 0 {
			v.subjects = []string{unplaced}
		}
		if v.Article == "" {
			v.Article, v.Source, v.Confidence = d.Article, d.Source, d.Confidence
		}
		out = append(out, v)
	}
	for _, d := range theirs {
		for _, k := range d.Kinds {
			info := from.kind(k)
			switch {
			case info.Kind == "":
			case d.Kind == "recognition":
				add(Cover{How: "recognition", Kind: k, Name: info.Name, Through: d.ID, From: d.From, To: d.To}, d)
			default:
				add(Cover{How: "shared", Kind: k, Name: info.Name}, d)
			}
		}
		for _, cert := range d.Certifications {
			if slices.ContainsFunc(own, func(x Demand) bool { return slices.Contains(x.Certifications, cert) }) {
				add(Cover{How: "certification", Certification: cert, From: d.From, To: d.To}, d)
			}
		}
	}
	// A pack that builds on the other regime can recognise its own instruments
	// there.
	for _, r := range own {
		for _, d := range theirs {
			if r.Kind == "recognition" && d.Kind == "obligation" && r.Demand == d.Demand && r.Side == d.Side {
				add(Cover{How: "recognition", Kind: r.Kinds[0], Name: from.kind(r.Kinds[0]).Name, Through: r.ID, From: r.From, To: r.To,
					Article: r.Article, Source: r.Source, Confidence: r.Confidence}, d)
			}
		}
	}
	for _, a := range agreements {
		for _, e := range a.Entries {
			if !slices.Contains(from.Jurisdictions, e.Of.Jurisdiction) {
				continue
			}
			v := Cover{How: "agreement", Kind: e.Of.Kind, Name: from.kind(e.Of.Kind).Name, Certification: e.Of.Certification, Through: e.ID,
				From: e.From, To: e.To, Article: e.Article, Source: e.Source, Confidence: dataspace.VerbatimSourceSeen}
			for _, d := range theirs {
				if d.meant(e, to) {
					add(v, d)
				}
			}
		}
	}
	return out
}

// name is the id of the demand, or of the rule where it has none.
func (d Demand) name() string {
	if d.Demand != "" {
		return d.Demand
	}
	return string(d.ID)
}

// meant reports whether an entry of an agreement leads to the demand.
func (d Demand) meant(e agreed.Recognition, of Regime) bool {
	switch {
	case d.Kind != "obligation":
		return false
	case e.Satisfies != nil:
		return slices.Contains(of.Jurisdictions, e.Satisfies.Jurisdiction) && e.Satisfies.Side == d.Side && e.Satisfies.Demand == d.Demand
	}
	return slices.Contains(of.Jurisdictions, e.CountsAs.Jurisdiction) && slices.Contains(d.Kinds, e.CountsAs.Kind)
}

// gaps says which side demands nothing, and whether anything of the other side
// is valid for a demand. Only an action that is required can be uncovered.
func (r *Row) gaps() {
	if r.Subject == unplaced {
		return
	}
	sides := []struct {
		name, other string
		demands     []Demand
	}{{"a", "b", r.A}, {"b", "a", r.B}}
	for _, s := range sides {
		if len(s.demands) == 0 {
			r.Gaps = append(r.Gaps, Gap{s.name, "absent"})
			continue
		}
		todo := slices.ContainsFunc(s.demands, func(d Demand) bool { return d.Kind == "obligation" && len(d.Kinds) > 0 })
		if todo && !slices.ContainsFunc(r.Covers, func(v Cover) bool { return v.Of == s.other }) {
			r.Gaps = append(r.Gaps, Gap{s.name, "uncovered"})
		}
	}
}

// byPathway are the subjects of pathway rules that name none.
var byPathway = map[string][]string{
	"not_an_export": {"exemption"}, "free": {"exemption"}, "exempt": {"exemption"}, "adequacy": {"adequacy"},
	"certification": {"certification"}, "derogation": {"lawful_basis"}, "contract": {"transfer_contract"},
	"contract_or_certification": {"transfer_contract", "certification"}, "security_assessment": {"security_assessment"},
	"restricted": {"prohibition"}, "prohibited": {"prohibition"},
}

// byFact are the subjects of obligations that name none, by the facts in their
// conditions.
var byFact = map[string]string{
	"consent.separate_consent": "consent", "consent.guardian_consent": "consent", "consent.basis": "lawful_basis",
	"consent.notice_given": "notice", "consent.transfer_summary": "notice", "recipient.onward_to": "onward_transfer",
	"recipient.restricted": "restricted_recipient", "recipient.covered_person": "restricted_recipient", "necessity_shown": "lawful_basis",
}

// titles are the subjects in words.
var titles = map[string]dataspace.Text{
	"lawful_basis": {EN: "lawful basis", ZH: "合法性基础"}, "notice": {EN: "notice to individuals", ZH: "告知"},
	"consent": {EN: "consent", ZH: "同意"}, "impact_assessment": {EN: "impact assessment", ZH: "影响评估"},
	"transfer_contract": {EN: "contract with the recipient", ZH: "与接收方订立合同"}, "certification": {EN: "certification", ZH: "认证"},
	"authority_approval": {EN: "permission of an authority", ZH: "主管机关批准"}, "security_assessment": {EN: "assessment by an authority", ZH: "安全评估"},
	"filing": {EN: "filing and reporting", ZH: "备案与报告"}, "record_keeping": {EN: "keeping of records", ZH: "记录保存"},
	"onward_transfer": {EN: "onward transfer", ZH: "再转移"}, "incident_report": {EN: "report of incidents", ZH: "事件报告"},
	"data_localisation": {EN: "data that must stay", ZH: "本地存储"}, "volume": {EN: "numbers of people", ZH: "人数门槛"},
	"exemption": {EN: "exempt or free data", ZH: "豁免与自由流动"}, "adequacy": {EN: "places recognised as adequate", ZH: "充分性认定"},
	"restricted_recipient": {EN: "recipients that may receive nothing", ZH: "受限接收方"}, "prohibition": {EN: "data that may not leave", ZH: "禁止与限制"},
	unplaced: {EN: "not matched", ZH: "未归类"},
}
