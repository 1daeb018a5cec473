package odrl

import (
	"fmt"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
)

// Left operands of this project. Do not rename: agreements that last for years
// contain them.
const (
	OpPurpose   = "hutong:purpose"   // eq a purpose
	OpRecipient = "hutong:recipient" // eq the participant that may use the data
	OpColumns   = "hutong:columns"   // isAllOf the names of the columns that leave
	OpPlan      = "hutong:plan"      // eq the SHA-256 of the canonical delivery plan
	OpRetention = "hutong:retention" // lteq an ISO 8601 duration in days: P365D
	OpOnward    = "hutong:onward"    // isNoneOf jurisdictions that data may go on to
)

// Terms are the result of a clearance in the words of an offer.
type Terms struct {
	OfferID   string
	Dataset   dataspace.DatasetID
	Provider  dataspace.ParticipantID
	Recipient dataspace.ParticipantID
	Purpose   string
	Columns   []string         // names of the columns that leave, with any treatment
	Plan      dataspace.Digest // of the plan's canonical JSON; empty: not named
	// RetentionDays is after how many days the recipient must delete the
	// data; 0 means no limit was set.
	RetentionDays int
	// OnwardTo are jurisdictions to which onward transfer is not forbidden.
	// Empty forbids every onward transfer.
	OnwardTo []dataspace.Jurisdiction
}

// Derive writes the terms as an offer: the permission for the recipient to use
// the named columns for the purpose; a prohibition to distribute; and, where a
// retention is set, the duty to delete. The same terms give the same bytes.
// ErrInvalid if purpose, recipient, dataset, id or columns are missing: an
// offer without them would permit more than was cleared.
func Derive(t Terms) (Policy, error) {
	for _, f := range []struct{ name, value string }{
		{"offer id", t.OfferID}, {"dataset", string(t.Dataset)}, {"recipient", string(t.Recipient)}, {"purpose", t.Purpose},
	} {
		if f.value == "" {
			return Policy{}, invalid(f.name, "is missing in the terms")
		}
	}
	if len(t.Columns) == 0 {
		return Policy{}, invalid("columns", "no column would leave")
	}
	if t.RetentionDays < 0 {
		return Policy{}, invalid("retention", "is negative")
	}
	columns := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = c
	}
	use := Rule{Action: ActionUse, Constraint: []Constraint{
		{LeftOperand: OpPurpose, Operator: "eq", RightOperand: t.Purpose},
		{LeftOperand: OpRecipient, Operator: "eq", RightOperand: string(t.Recipient)},
		{LeftOperand: OpColumns, Operator: "isAllOf", RightOperand: columns},
	}}
	if t.Plan != "" {
		use.Constraint = append(use.Constraint, Constraint{LeftOperand: OpPlan, Operator: "eq", RightOperand: string(t.Plan)})
	}
	p := Policy{
		ID: t.OfferID, Type: TypeOffer, Target: string(t.Dataset),
		Assigner: string(t.Provider), Assignee: string(t.Recipient),
		Permission:  []Rule{use},
		Prohibition: []Rule{onward(t.OnwardTo)},
	}
	if t.RetentionDays > 0 {
		p.Obligation = []Rule{{Action: ActionDelete, Constraint: []Constraint{
			{LeftOperand: OpRetention, Operator: "lteq", RightOperand: fmt.Sprintf("P%dD", t.RetentionDays)},
		}}}
	}
	return p, nil
}

func onward(to []dataspace.Jurisdiction) Rule {
	r := Rule{Action: ActionDistribute}
	if len(to) > 0 {
		names := make([]any, len(to))
		for i, j := range to {
			names[i] = string(j)
		}
		// A prohibition applies where its constraint is true: everywhere except
		// in the listed jurisdictions.
		r.Constraint = []Constraint{{LeftOperand: OpOnward, Operator: "isNoneOf", RightOperand: names}}
	}
	return r
}

// Agree turns an offer into the agreement on it. at is an xsd:dateTime.
func (p Policy) Agree(id dataspace.AgreementID, assigner, assignee dataspace.ParticipantID, at string) Policy {
	p.ID, p.Type = string(id), TypeAgreement
	p.Assigner, p.Assignee, p.Timestamp = string(assigner), string(assignee), at
	return p
}

// ForCatalogue is the offer as it appears in a dataset: without target and
// parties.
func (p Policy) ForCatalogue() Policy {
	p.Target, p.Assigner, p.Assignee, p.Timestamp = "", "", "", ""
	return p
}

// ReadTerms is the inverse of Derive. ErrInvalid if the policy has anything
// that Derive does not write: terms that are not understood cannot be kept, so
// a caller with this error must not accept automatically.
func ReadTerms(p Policy) (Terms, error) {
	t := Terms{
		OfferID: p.ID, Dataset: dataspace.DatasetID(p.Target),
		Provider: dataspace.ParticipantID(p.Assigner), Recipient: dataspace.ParticipantID(p.Assignee),
	}
	if p.Profile != nil {
		return t, invalid("profile", "is not understood")
	}
	if len(p.Permission) != 1 || p.Permission[0].Action != ActionUse || len(p.Permission[0].Duty) > 0 {
		return t, invalid("permission", "is not one permission to use")
	}
	for i, c := range p.Permission[0].Constraint {
		if err := t.read(c); err != nil {
			return t, invalid(fmt.Sprintf("permission[0].constraint[%d]", i), "is not understood")
		}
	}
	if len(p.Prohibition) != 1 || p.Prohibition[0].Action != ActionDistribute || len(p.Prohibition[0].Constraint) > 1 || len(p.Prohibition[0].Duty) > 0 {
		return t, invalid("prohibition", "is not one prohibition to distribute")
	}
	for _, c := range p.Prohibition[0].Constraint {
		names, ok := list(c.RightOperand)
		if c.LeftOperand != OpOnward || c.Operator != "isNoneOf" || !ok {
			return t, invalid("prohibition[0].constraint[0]", "is not understood")
		}
		for _, n := range names {
			t.OnwardTo = append(t.OnwardTo, dataspace.Jurisdiction(n))
		}
	}
	if err := t.readDuty(p.Obligation); err != nil {
		return t, err
	}
	if t.Purpose == "" || t.Recipient == "" || len(t.Columns) == 0 {
		return t, invalid("permission[0].constraint", "does not name purpose, recipient and columns")
	}
	return t, nil
}

func (t *Terms) read(c Constraint) error {
	text, isText := c.RightOperand.(string)
	switch {
	case c.LeftOperand == OpPurpose && c.Operator == "eq" && isText && t.Purpose == "":
		t.Purpose = text
	case c.LeftOperand == OpRecipient && c.Operator == "eq" && isText && (t.Recipient == "" || string(t.Recipient) == text):
		t.Recipient = dataspace.ParticipantID(text)
	case c.LeftOperand == OpPlan && c.Operator == "eq" && isText && t.Plan == "":
		t.Plan = dataspace.Digest(text)
	case c.LeftOperand == OpColumns && c.Operator == "isAllOf" && t.Columns == nil:
		names, ok := list(c.RightOperand)
		if !ok {
			return dataspace.ErrInvalid
		}
		t.Columns = names
	default:
		return dataspace.ErrInvalid
	}
	return nil
}

func (t *Terms) readDuty(duties []Rule) error {
	if len(duties) == 0 {
		return nil
	}
	unknown := invalid("obligation", "is not one duty to delete after a number of days")
	if len(duties) != 1 || duties[0].Action != ActionDelete || len(duties[0].Constraint) != 1 {
		return unknown
	}
	c := duties[0].Constraint[0]
	text, _ := c.RightOperand.(string)
	days, head := strings.CutPrefix(text, "P")
	days, tail := strings.CutSuffix(days, "D")
	n, err := strconv.Atoi(days)
	if c.LeftOperand != OpRetention || c.Operator != "lteq" || !head || !tail || err != nil || n <= 0 {
		return unknown
	}
	t.RetentionDays = n
	return nil
}

func list(v any) ([]string, bool) {
	array, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(array))
	for i, e := range array {
		s, ok := e.(string)
		if !ok {
			return nil, false
		}
		out[i] = s
	}
	return out, true
}
