// Package offered writes the offers of one gateway to another and reads those of
// others: their terms, and whether they and their plan are what was expected. It
// does not decide whether data may leave or be taken.
package offered

import (
	"encoding/json"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/odrl"
	"hutong/internal/vocab"
)

// ID names the offer of a dataset for a purpose.
func ID(d dataspace.DatasetID, purpose string) string { return string(d) + ":" + purpose }

// Make derives an offer from terms and adds the columns that leave under the
// plan.
func Make(t odrl.Terms, plan dataspace.Plan) (json.RawMessage, error) {
	t.Columns = leaving(plan)
	p, err := odrl.Derive(t)
	if err != nil {
		return nil, fmt.Errorf("derive offer: %w", err)
	}
	return dataspace.CanonicalJSON(p)
}

func leaving(plan dataspace.Plan) (names []string) {
	for _, c := range plan.Columns {
		if c.Action != dataspace.Drop {
			names = append(names, c.Name)
		}
	}
	return names
}

// Read reads an offer of the other side. It returns an error if the offer has
// rules that this gateway does not understand, because the gateway could not
// keep them.
func Read(offer json.RawMessage) (odrl.Policy, odrl.Terms, error) {
	policy, err := odrl.Parse(offer)
	if err != nil {
		return odrl.Policy{}, odrl.Terms{}, err
	}
	understood, err := dataspace.CanonicalJSON(policy)
	if err != nil {
		return odrl.Policy{}, odrl.Terms{}, err
	}
	if !odrl.SameRules(understood, offer) {
		return odrl.Policy{}, odrl.Terms{}, fmt.Errorf("read offer: it has rules that are not understood: %w", dataspace.ErrInvalid)
	}
	terms, err := odrl.ReadTerms(policy)
	return policy, terms, err
}

// Is reports whether an offer is the one whose document has the digest.
func Is(offer json.RawMessage, digest dataspace.Digest) (bool, error) {
	policy, _, err := Read(offer)
	if err != nil {
		return false, err
	}
	doc, err := dataspace.NewDocument(policy)
	return err == nil && digest == doc.Digest(), err
}

// Expected is what the receiving side knows before it reads an offer.
type Expected struct {
	Purpose  string // empty if nobody asked for one
	Dataset  dataspace.DatasetID
	From, To dataspace.ParticipantID
}

// Wrong says which part of an offer and its plan is not as expected; the code is
// empty if none is. Names from the other side are used in file names and shown
// to people, so it checks their form too.
func (e Expected) Wrong(t odrl.Terms, plan dataspace.Plan) (code, message string) {
	for _, c := range []struct {
		wrong         bool
		code, message string
	}{
		{e.Purpose != "" && t.Purpose != e.Purpose, "offer.purpose", "the offer is for another purpose than requested"},
		{t.Dataset != e.Dataset, "offer.dataset", "the offer is of another dataset"},
		{dataspace.CheckName("dataset", string(t.Dataset)) != nil, "offer.dataset", "the name of the dataset is not valid"},
		{t.Provider != "" && t.Provider != e.From, "offer.provider", "the offer is from another participant"},
		{t.Recipient != e.To, "offer.recipient", "the offer is for another recipient"},
		{plan.Purpose != t.Purpose, "offer.plan", "the plan is for another purpose than the offer"},
		{!vocab.Standard().Has(vocab.Formats, plan.Format), "offer.plan", "the plan has a format that is not known here"},
		{!slices.Equal(leaving(plan), t.Columns), "offer.plan", "the plan delivers other columns than the offer names"},
	} {
		if c.wrong {
			return c.code, c.message
		}
	}
	return "", ""
}
