package decide

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/rules"
)

// RulesDigest names all packs and agreements of a set together.
func RulesDigest(set *rules.Set) (dataspace.Digest, error) {
	doc, err := dataspace.NewDocument(struct {
		Packs        []dataspace.PackRef        `json:"packs"`
		Recognitions []dataspace.RecognitionRef `json:"recognitions,omitempty"`
	}{set.Packs(), set.Recognitions()})
	if err != nil {
		return "", fmt.Errorf("name rules: %w", err)
	}
	return doc.Digest(), nil
}

// Difference is what two decisions of one flow differ in: the packs that took part
// only in the later one, and the rules that apply in only one of them.
func Difference(was, now dataspace.Decision) (packs []dataspace.PackRef, because []dataspace.RuleID) {
	for _, p := range now.Packs {
		if !slices.Contains(was.Packs, p) {
			packs = append(packs, p)
		}
	}
	spoke := map[dataspace.RuleID]int{}
	for i, d := range []dataspace.Decision{was, now} {
		for _, r := range d.Reasons {
			spoke[r.Rule] |= 1 << i
		}
	}
	for id, in := range spoke {
		if in != 3 {
			because = append(because, id)
		}
	}
	slices.Sort(because)
	return packs, because
}
