package odrl

import (
	"encoding/json"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

// Types of policies.
const (
	TypeOffer     = "Offer"
	TypeAgreement = "Agreement"
)

// Actions of rules that this package writes; others are read as they are.
const (
	ActionUse        = "use"
	ActionDistribute = "distribute"
	ActionDelete     = "delete"
)

// Policy is an offer or an agreement. Properties that are not named here are
// lost: to send a policy back, keep its JSON.
type Policy struct {
	ID          string `json:"@id"`
	Type        string `json:"@type,omitempty"` // TypeOffer, TypeAgreement
	Profile     any    `json:"profile,omitempty"`
	Target      string `json:"target,omitempty"` // dataset id; absent in a catalogue
	Assigner    string `json:"assigner,omitempty"`
	Assignee    string `json:"assignee,omitempty"`
	Timestamp   string `json:"timestamp,omitempty"` // of an agreement, xsd:dateTime
	Permission  []Rule `json:"permission,omitempty"`
	Prohibition []Rule `json:"prohibition,omitempty"`
	Obligation  []Rule `json:"obligation,omitempty"` // duties
}

// Rule is a permission, prohibition or duty.
type Rule struct {
	Action     string       `json:"action"`
	Constraint []Constraint `json:"constraint,omitempty"`
	Duty       []Rule       `json:"duty,omitempty"`
}

// Constraint is either atomic (the first three fields) or logical (exactly
// one of the others).
type Constraint struct {
	LeftOperand  string `json:"leftOperand,omitempty"`
	Operator     string `json:"operator,omitempty"`
	RightOperand any    `json:"rightOperand,omitempty"` // string, object or array

	And         []Constraint `json:"and,omitempty"`
	Or          []Constraint `json:"or,omitempty"`
	Xone        []Constraint `json:"xone,omitempty"`
	AndSequence []Constraint `json:"andSequence,omitempty"`
}

var operators = map[string]bool{
	"eq": true, "gt": true, "gteq": true, "lteq": true, "hasPart": true, "isA": true,
	"isAllOf": true, "isAnyOf": true, "isNoneOf": true, "isPartOf": true, "lt": true,
	"term-lteq": true, "neq": true,
}

// Parse reads and validates a policy. Errors wrap ErrInvalid and name the
// place, never a value.
func Parse(data []byte) (Policy, error) {
	var p Policy
	var v any
	if json.Unmarshal(data, &v) != nil || json.Unmarshal(data, &p) != nil {
		return Policy{}, invalid("policy", "is not a policy in JSON")
	}
	if !exact(v) {
		return Policy{}, invalid("policy", "has a property that differs from a known one only in case")
	}
	return p, p.Validate()
}

// known are the names of all properties that Policy reads, each under its name
// in lower case.
var known = func() map[string]string {
	m := map[string]string{}
	for _, name := range []string{
		"@id", "@type", "profile", "target", "assigner", "assignee", "timestamp", "permission", "prohibition", "obligation",
		"action", "constraint", "duty", "leftOperand", "operator", "rightOperand", "and", "or", "xone", "andSequence",
	} {
		m[strings.ToLower(name)] = name
	}
	return m
}()

// exact reports whether every known name is written as in the schemas.
// encoding/json accepts upper and lower case; a schema, or a program that
// compares the JSON, does not. Without this check the two could read different
// policies.
func exact(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			if name, ok := known[strings.ToLower(key)]; ok && name != key || !exact(e) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !exact(e) {
				return false
			}
		}
	}
	return true
}

// JSON encodes the policy canonically.
func (p Policy) JSON() (json.RawMessage, error) {
	data, err := dataspace.CanonicalJSON(p)
	if err != nil {
		return nil, fmt.Errorf("encode policy %s: %w", p.ID, err)
	}
	return data, nil
}

// Validate checks what the protocol requires of a policy: an id, a permission
// or prohibition, known operators, and, for an agreement, its parties and
// target.
func (p Policy) Validate() error {
	if p.ID == "" {
		return invalid("@id", "is missing")
	}
	if len(p.Permission) == 0 && len(p.Prohibition) == 0 {
		return invalid("permission", "neither a permission nor a prohibition is given")
	}
	switch p.Type {
	case TypeOffer, "":
	case TypeAgreement:
		for _, f := range []struct{ name, value string }{{"target", p.Target}, {"assigner", p.Assigner}, {"assignee", p.Assignee}} {
			if f.value == "" {
				return invalid(f.name, "is missing")
			}
		}
	default:
		return invalid("@type", "is neither Offer nor Agreement")
	}
	for _, set := range []struct {
		name  string
		rules []Rule
	}{{"permission", p.Permission}, {"prohibition", p.Prohibition}, {"obligation", p.Obligation}} {
		if err := checkRules(set.name, set.rules); err != nil {
			return err
		}
	}
	return nil
}

func checkRules(place string, rules []Rule) error {
	for i, r := range rules {
		at := fmt.Sprintf("%s[%d]", place, i)
		if r.Action == "" {
			return invalid(at+".action", "is missing")
		}
		if err := checkConstraints(at+".constraint", r.Constraint); err != nil {
			return err
		}
		if err := checkRules(at+".duty", r.Duty); err != nil {
			return err
		}
	}
	return nil
}

func checkConstraints(place string, cs []Constraint) error {
	for i, c := range cs {
		at := fmt.Sprintf("%s[%d]", place, i)
		logical := 0
		for _, sub := range []struct {
			name string
			cs   []Constraint
		}{{"and", c.And}, {"or", c.Or}, {"xone", c.Xone}, {"andSequence", c.AndSequence}} {
			if sub.cs == nil {
				continue
			}
			logical++
			if len(sub.cs) == 0 {
				return invalid(at+"."+sub.name, "is empty")
			}
			if err := checkConstraints(at+"."+sub.name, sub.cs); err != nil {
				return err
			}
		}
		atomic := c.LeftOperand != "" || c.Operator != "" || c.RightOperand != nil
		switch {
		case logical > 1 || logical == 1 && atomic:
			return invalid(at, "is more than one constraint")
		case logical == 1:
		case c.LeftOperand == "":
			return invalid(at+".leftOperand", "is missing")
		case !operators[c.Operator]:
			return invalid(at+".operator", "is not an operator of the protocol")
		case c.RightOperand == nil:
			return invalid(at+".rightOperand", "is missing")
		}
	}
	return nil
}

func invalid(place, message string) error {
	return &dataspace.Problem{
		Kind:    dataspace.ErrInvalid,
		Code:    "odrl.form",
		Place:   strings.TrimPrefix(place, "."),
		Message: message,
	}
}
