package pack

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/variable"
)

// IncidentBase separates the identifiers of an incident's facts from those of
// flows and numbers in an unknown result.
const IncidentBase = 1 << 17

// incidents are the facts of an incident as conditions see them.
var incidents = sync.OnceValue(func() *variable.Table { return variable.Of(fact.Incident()) })

var incidentEnv = sync.OnceValue(func() *cel.Env {
	t := incidents()
	opts := make([]cel.EnvOption, t.Len())
	for i := range opts {
		opts[i] = cel.Variable(t.At(i).Name, t.At(i).CEL)
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		panic(err) // the table is a part of the program
	}
	return env
})

// The days after which the days of a clock are counted.
const (
	Discovered = "discovered"
	Assessed   = "assessed"
	Handled    = "handled"
)

// Starts is the day after which days are counted; empty: there are no days.
func (i *IncidentDoc) Starts() string {
	if i.Days > 0 && i.After == "" {
		return Handled
	}
	return i.After
}

// Open reports whether the time limit is in a text that is missing.
func (i *IncidentDoc) Open() bool { return len(i.Missing) > 0 && i.Hours == 0 && i.Days == 0 }

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
		c.fail("$.incidents", "incident.overlay", "an overlay has no incidents: it applies to flows")
	}
	flows, known := c.lang, c.known
	c.lang, c.known = newLanguage(incidentEnv(), y, nil), nil
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
		if (k.After != "" || k.FirstDay) && k.Days == 0 || !slices.Contains([]string{"", Discovered, Assessed, Handled}, k.After) {
			c.fail(at, "incident.after", fmt.Sprintf("after is %s, %s or %s, and needs days, as first_day does", Discovered, Assessed, Handled))
		}
		c.missing(k.Missing, at)
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

// NewIncidentScope makes the scope for the facts of an incident.
func NewIncidentScope(p *Pack, f *dataspace.Incident) IncidentScope {
	t := incidents()
	s := IncidentScope{pack: p, values: make(map[string]ref.Val, t.Len())}
	for i := range t.Len() {
		d := t.At(i)
		if s.values[d.Name] = variable.ValueOf(f.Known.Of(d.FieldName())); s.values[d.Name] == nil {
			s.values[d.Name] = types.NewUnknown(int64(IncidentBase+i), types.NewAttributeTrail(d.Name))
		}
	}
	return s
}

// IncidentFact names the fact of an incident that an answer depends on.
func IncidentFact(id int64) (name string, what dataspace.Text) {
	d := incidents().At(int(id - IncidentBase))
	return d.Name, d.Text
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

// DecodeIncident decodes the facts of an incident without checking their names.
func DecodeIncident(doc map[string]any) (f dataspace.Incident, err error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return f, problem("incident.form", "facts", "keys must be text", nil)
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, decodeProblem(err)
	}
	return f, nil
}
