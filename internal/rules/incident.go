package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

// incidentBase separates the identifiers of an incident's facts from those of
// flows and numbers in an unknown result.
const incidentBase = 1 << 17

// IncidentGrades are how grave an incident is by the authority's own guide,
// mildest first. Below is under the first grade that must be reported.
var IncidentGrades = []string{"below", "relatively_large", "major", "especially_major"}

// incidentVariable is one fact of an incident as conditions see it.
type incidentVariable struct {
	name string
	kind *cel.Type
	what dataspace.Text
	read func(*dataspace.Incident) ref.Val // nil: unknown
}

// incidentVariables are the declared facts; their order numbers them.
var incidentVariables = []incidentVariable{
	{"exporter.ciio", cel.BoolType, dataspace.Text{EN: "whether critical information infrastructure is concerned", ZH: "是否涉及关键信息基础设施"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.CIIO) }},
	{"incident.central_body", cel.BoolType, dataspace.Text{EN: "whether it is at a central body of the state or directly under one", ZH: "是否发生在中央和国家机关各部门或者其直属单位"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.CentralBody) }},
	{"incident.personal", cel.BoolType, dataspace.Text{EN: "whether personal data is concerned", ZH: "是否涉及个人信息"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.Personal) }},
	{"incident.people", cel.IntType, dataspace.Text{EN: "how many people are concerned", ZH: "涉及的个人数量"},
		func(i *dataspace.Incident) ref.Val { return integer(i.People) }},
	{"incident.sensitive", cel.BoolType, dataspace.Text{EN: "whether sensitive personal data is concerned", ZH: "是否涉及敏感个人信息"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.Sensitive) }},
	{"incident.important_data", cel.BoolType, dataspace.Text{EN: "whether important data is concerned", ZH: "是否涉及重要数据"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.ImportantData) }},
	{"incident.illegal_access", cel.BoolType, dataspace.Text{EN: "whether somebody from outside got in", ZH: "是否由外部非法访问引起"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.IllegalAccess) }},
	{"incident.defect", cel.BoolType, dataspace.Text{EN: "whether a defect or hole was found", ZH: "是否发现安全缺陷、漏洞"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.Defect) }},
	{"incident.endangers", cel.BoolType, dataspace.Text{EN: "whether national security or the public interest is endangered", ZH: "是否危害国家安全、公共利益"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.Endangers) }},
	{"incident.harm_avoided", cel.BoolType, dataspace.Text{EN: "whether harm to the people was effectively avoided", ZH: "已采取的措施能否有效避免危害"},
		func(i *dataspace.Incident) ref.Val { return boolean(i.HarmAvoided) }},
	{"incident.grade", cel.StringType, dataspace.Text{EN: "the grade of the incident", ZH: "事件等级"},
		func(i *dataspace.Incident) ref.Val { return text(i.Grade) }},
}

var incidentEnv = func() *cel.Env {
	opts := make([]cel.EnvOption, 0, len(incidentVariables))
	for _, v := range incidentVariables {
		opts = append(opts, cel.Variable(v.name, v.kind))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		panic(err) // the declarations above are constant
	}
	return env
}()

// clock is a compiled IncidentDoc.
type clock struct {
	IncidentDoc
	when condition
}

func (c *compiler) incidents() {
	y := &c.pack.doc
	if len(y.Incidents) == 0 {
		return
	}
	if y.Overlays != "" {
		c.fail("$.incidents", "incident.overlay", "an overlay has no incidents: whether it applies hangs on a flow")
	}
	flows, known := c.lang, c.known
	c.lang, c.known = newLanguage(incidentEnv, y), nil
	defer func() { c.lang, c.known = flows, known }()
	for i := range y.Incidents {
		at := fmt.Sprintf("$.incidents[%d]", i)
		k := &clock{IncidentDoc: y.Incidents[i]}
		if !ruleIDPattern.MatchString(string(k.ID)) {
			c.fail(at, "rule.id", fmt.Sprintf("incident id %q is not of the form a.b", k.ID))
		}
		if k.Hours < 0 || k.Days < 0 || k.Hours > 0 && k.Days > 0 {
			c.fail(at, "incident.limit", "an incident has one of hours (after its discovery; 0: at once) and days (after it was handled)")
		}
		c.basis(&k.Basis, k.From, k.To, at)
		c.knowledge(k.Recorded, k.Withdrawn, at)
		k.when = c.condition(k.When, at+".when")
		c.pack.clocks = append(c.pack.clocks, k)
	}
}

// incidentScope gives conditions the facts of one incident, and one pack's
// numbers and groups.
type incidentScope struct {
	pack   *Pack
	values map[string]ref.Val
}

// ResolveName implements the activation of CEL.
func (s incidentScope) ResolveName(name string) (any, bool) {
	if v, ok := s.values[name]; ok {
		return v, true
	}
	at, ok := s.pack.names[name]
	switch {
	case ok && at.kind == NumberName:
		return s.pack.numbers[at.index].value, true
	case ok && at.kind == GroupName:
		return s.pack.groups[at.index], true
	}
	return nil, false
}

// Parent implements the activation of CEL.
func (s incidentScope) Parent() cel.Activation { return nil }

// Incident lists the clocks that an incident sets running, or may, under the
// law of a jurisdiction, by deadline. It fails with ErrInvalid when the facts
// have no proper form, and with ErrNotFound when no pack of the jurisdiction
// has incidents: that there are no clocks is not known then.
func (s *Set) Incident(j dataspace.Jurisdiction, f dataspace.Incident) ([]dataspace.Clock, error) {
	found := false
	out := []dataspace.Clock{}
	for _, p := range s.law.packs {
		if p.doc.Jurisdiction != j && !slices.Contains(p.doc.Covers, j) || len(p.clocks) == 0 {
			continue
		}
		found = true
		list, err := p.Incident(f)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	if !found {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "incident.pack", Place: string(j),
			Message: fmt.Sprintf("no pack of jurisdiction %s says what to do after an incident", j),
			Hint:    "this does not mean that nothing is to be done"}
	}
	sort.SliceStable(out, func(a, b int) bool { return sooner(out[a], out[b]) })
	return out, nil
}

// sooner orders clocks by deadline, those without one last.
func sooner(a, b dataspace.Clock) bool {
	x, y := instant(a.Deadline), instant(b.Deadline)
	if x.IsZero() != y.IsZero() {
		return y.IsZero()
	}
	if !x.Equal(y) {
		return x.Before(y)
	}
	return !a.May && b.May
}

func instant(deadline string) time.Time {
	if t, err := time.Parse(time.RFC3339, deadline); err == nil {
		return t
	}
	if ValidDay(deadline) {
		return parseDay(deadline).AddDate(0, 0, 1)
	}
	return time.Time{}
}

// Incident lists the clocks of the pack alone that an incident sets running, or
// may, in the order of the pack. It fails with ErrInvalid when the facts have no
// proper form.
func (p *Pack) Incident(f dataspace.Incident) ([]dataspace.Clock, error) {
	discovered, err := checkIncident(&f)
	if err != nil {
		return nil, err
	}
	scope := incidentScope{pack: p, values: make(map[string]ref.Val, len(incidentVariables))}
	for i, v := range incidentVariables {
		if scope.values[v.name] = v.read(&f); scope.values[v.name] == nil {
			scope.values[v.name] = types.NewUnknown(int64(incidentBase+i), types.NewAttributeTrail(v.name))
		}
	}
	var out []dataspace.Clock
	for _, k := range p.clocks {
		if s := (Span{k.From, k.To, k.Recorded, k.Withdrawn}); !s.Holds(discovered.Format(dayForm), f.KnownOn) {
			continue
		}
		a := answer{truth: yes}
		if !k.when.empty() {
			v, _, err := k.when.prog.Eval(scope)
			a = toAnswer(v, err)
		}
		if a.truth != no {
			out = append(out, p.clock(k, a, discovered, f.Handled))
		}
	}
	return out, nil
}

func (p *Pack) clock(k *clock, a answer, discovered time.Time, handled string) dataspace.Clock {
	out := dataspace.Clock{
		Rule: k.ID, Pack: p.doc.ID, Article: k.Article, Source: k.Source, Confidence: k.Confidence,
		May: a.truth == maybe, Who: k.Who, Text: k.Text,
	}
	if k.Grade != (dataspace.Text{}) {
		grade := k.Grade
		out.Grade = &grade
	}
	switch {
	case k.Days == 0:
		out.Deadline = discovered.Add(time.Duration(k.Hours) * time.Hour).Format(time.RFC3339)
	case handled != "":
		out.Deadline = parseDay(handled).AddDate(0, 0, k.Days).Format(dayForm)
	}
	for _, id := range a.hangs {
		if id >= incidentBase {
			v := incidentVariables[id-incidentBase]
			out.Missing = append(out.Missing, dataspace.Missing{Fact: v.name, Why: dataspace.Text{EN: "not known: " + v.what.EN, ZH: "未知：" + v.what.ZH}})
		} else if id >= numberBase {
			out.Missing = append(out.Missing, p.missing(p.numbers[id-numberBase].name))
		}
	}
	if a.err != nil {
		out.Missing = append(out.Missing, dataspace.Missing{Fact: "rule:" + string(k.ID), Where: k.Source, Why: dataspace.Text{
			EN: "the rule could not be evaluated", ZH: "规则无法求值"}})
	}
	return out
}

func checkIncident(f *dataspace.Incident) (discovered time.Time, err error) {
	discovered, err = time.Parse(time.RFC3339, f.Discovered)
	switch {
	case err != nil || !ValidDay(discovered.Format(dayForm)):
		return discovered, problem("incident.discovered", "discovered", "is no moment of the form 2006-01-02T15:04:05+08:00", nil)
	case f.Handled != "" && !ValidDay(f.Handled):
		return discovered, problem("incident.day", "handled", "is no day of the form 2006-01-02", nil)
	case f.Handled != "" && f.Handled < discovered.Format(dayForm):
		return discovered, problem("incident.day", "handled", "is before the discovery", nil)
	case f.KnownOn != "" && !ValidDay(f.KnownOn):
		return discovered, problem("incident.day", "known_on", "is no day of the form 2006-01-02", nil)
	case f.People != nil && (*f.People < 0 || *f.People > 1<<53):
		return discovered, problem("incident.people", "people", "is no count", nil)
	case f.Grade != "" && !slices.Contains(IncidentGrades, f.Grade):
		return discovered, problem("incident.grade", "grade", fmt.Sprintf("%q is none of its values", f.Grade), nil)
	}
	return discovered, nil
}

// DecodeIncident decodes the facts of an incident; an unknown field is an error.
func DecodeIncident(doc map[string]any) (f dataspace.Incident, err error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return f, problem("incident.form", "facts", "keys must be text", nil)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		var p *dataspace.Problem
		if err = decodeProblem(err); errors.As(err, &p) {
			p.Hint = ""
		}
		return f, err
	}
	return f, nil
}
