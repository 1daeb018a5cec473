package flow

import (
	"fmt"
	"slices"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

// readOffer reads an offer of the other side. It returns an error if the offer
// has rules that this gateway does not understand, because the gateway could
// not keep them.
func readOffer(n agree.Negotiation) (odrl.Policy, odrl.Terms, error) {
	policy, err := odrl.Parse(n.Offer)
	if err != nil {
		return odrl.Policy{}, odrl.Terms{}, err
	}
	understood, err := dataspace.CanonicalJSON(policy)
	if err != nil {
		return odrl.Policy{}, odrl.Terms{}, err
	}
	if !odrl.SameRules(understood, n.Offer) {
		return odrl.Policy{}, odrl.Terms{}, fmt.Errorf("read offer: it has rules that are not understood: %w", dataspace.ErrInvalid)
	}
	terms, err := odrl.ReadTerms(policy)
	return policy, terms, err
}

// wrongOffer says which part of an offer and its plan does not match the flow,
// or nothing. Names from the other side are used in file names and shown to
// people, so it checks their form too.
func wrongOffer(f Flow, t odrl.Terms, plan dataspace.Plan) *Trouble {
	var leaves []string
	for _, c := range plan.Columns {
		if c.Action != dataspace.Drop {
			leaves = append(leaves, c.Name)
		}
	}
	for _, c := range []struct {
		wrong         bool
		code, message string
	}{
		{f.Asked && t.Purpose != f.Purpose, "offer.purpose", "the offer is for another purpose than requested"},
		{t.Dataset != f.Dataset, "offer.dataset", "the offer is of another dataset"},
		{dataspace.CheckName("dataset", string(t.Dataset)) != nil, "offer.dataset", "the name of the dataset is not valid"},
		{t.Provider != "" && t.Provider != f.Counterparty, "offer.provider", "the offer is from another participant"},
		{t.Recipient != f.Local, "offer.recipient", "the offer is for another recipient"},
		{plan.Purpose != t.Purpose, "offer.plan", "the plan is for another purpose than the offer"},
		{!slices.Contains(Formats, plan.Format), "offer.plan", "the plan has a format that is not known here"},
		{!slices.Equal(leaves, t.Columns), "offer.plan", "the plan delivers other columns than the offer names"},
	} {
		if c.wrong {
			return &Trouble{Code: c.code, Message: c.message}
		}
	}
	return nil
}

// judged reports whether the flow's last decision is about this offer.
func judged(f Flow, n agree.Negotiation) (bool, error) {
	policy, _, err := readOffer(n)
	if err != nil {
		return false, err
	}
	doc, err := dataspace.NewDocument(policy)
	return err == nil && f.Documents[DocOffer] == doc.Digest(), err
}
