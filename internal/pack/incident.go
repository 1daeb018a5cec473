package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/variable"
)

// IncidentBase separates the identifiers of an incident's facts from those of
// flows and numbers in an unknown result.
const IncidentBase = 1 << 17

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
	yesNo("exporter.ciio", "whether critical information infrastructure is concerned", "是否涉及关键信息基础设施", func(i *dataspace.Incident) *bool { return i.CIIO }),
	yesNo("incident.central_body", "whether it is at a central body of the state or directly under one", "是否发生在中央和国家机关各部门或者其直属单位", func(i *dataspace.Incident) *bool { return i.CentralBody }),
	yesNo("incident.personal", "whether personal data is concerned", "是否涉及个人信息", func(i *dataspace.Incident) *bool { return i.Personal }),
	{"incident.people", cel.IntType, dataspace.Text{EN: "how many people are concerned", ZH: "涉及的个人数量"},
		func(i *dataspace.Incident) ref.Val { return variable.ValueOf(dataspace.MaybeInt(i.People)) }},
	yesNo("incident.sensitive", "whether sensitive personal data is concerned", "是否涉及敏感个人信息", func(i *dataspace.Incident) *bool { return i.Sensitive }),
	yesNo("incident.important_data", "whether important data is concerned", "是否涉及重要数据", func(i *dataspace.Incident) *bool { return i.ImportantData }),
	yesNo("incident.illegal_access", "whether somebody from outside got in", "是否由外部非法访问引起", func(i *dataspace.Incident) *bool { return i.IllegalAccess }),
	yesNo("incident.defect", "whether a defect or hole was found", "是否发现安全缺陷、漏洞", func(i *dataspace.Incident) *bool { return i.Defect }),
	yesNo("incident.endangers", "whether national security or the public interest is endangered", "是否危害国家安全、公共利益", func(i *dataspace.Incident) *bool { return i.Endangers }),
	yesNo("incident.harm_avoided", "whether harm to the people was effectively avoided", "已采取的措施能否有效避免危害", func(i *dataspace.Incident) *bool { return i.HarmAvoided }),
	{"incident.grade", cel.StringType, dataspace.Text{EN: "the grade of the incident", ZH: "事件等级"},
		func(i *dataspace.Incident) ref.Val { return variable.ValueOf(dataspace.TextOf(i.Grade)) }},
}

// yesNo is a fact of an incident that is true, false or not known.
func yesNo(name, en, zh string, of func(*dataspace.Incident) *bool) incidentVariable {
	return incidentVariable{name, cel.BoolType, dataspace.Text{EN: en, ZH: zh},
		func(i *dataspace.Incident) ref.Val { return variable.ValueOf(dataspace.MaybeBool(of(i))) }}
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

// Clock is a compiled IncidentDoc.
type Clock struct {
	IncidentDoc
	Condition Condition
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
		k := &Clock{IncidentDoc: y.Incidents[i]}
		if !ruleIDPattern.MatchString(string(k.ID)) {
			c.fail(at, "rule.id", fmt.Sprintf("incident id %q is not of the form a.b", k.ID))
		}
		if k.Hours < 0 || k.Days < 0 || k.Hours > 0 && k.Days > 0 {
			c.fail(at, "incident.limit", "an incident has one of hours (after its discovery; 0: at once) and days (after it was handled)")
		}
		c.basis(&k.Basis, k.From, k.To, at)
		c.knowledge(k.Recorded, k.Withdrawn, at)
		k.Condition = c.condition(k.When, at+".when")
		c.pack.clocks = append(c.pack.clocks, k)
	}
}

// IncidentScope gives conditions the facts of one incident, and one pack's
// numbers and groups.
type IncidentScope struct {
	pack   *Pack
	values map[string]ref.Val
}

// NewIncidentScope knows the facts of an incident.
func NewIncidentScope(p *Pack, f *dataspace.Incident) IncidentScope {
	s := IncidentScope{pack: p, values: make(map[string]ref.Val, len(incidentVariables))}
	for i, v := range incidentVariables {
		if s.values[v.name] = v.read(f); s.values[v.name] == nil {
			s.values[v.name] = types.NewUnknown(int64(IncidentBase+i), types.NewAttributeTrail(v.name))
		}
	}
	return s
}

// IncidentFact names the fact of an incident that an answer hangs on.
func IncidentFact(id int64) (name string, what dataspace.Text) {
	v := incidentVariables[id-IncidentBase]
	return v.name, v.what
}

// ResolveName implements the activation of CEL.
func (s IncidentScope) ResolveName(name string) (any, bool) {
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
func (s IncidentScope) Parent() cel.Activation { return nil }

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
