// Package estimate bounds the cost of conditions before they run.
package estimate

import (
	"strings"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"hutong/internal/fact"
)

// Sizes gives CEL's estimate the longest lists and strings. Groups are the lists that
// conditions name group.<name>.
type Sizes struct{ Groups map[string][]string }

var _ cost.Estimator = Sizes{}

// EstimateCallCost leaves the cost of functions to CEL.
func (Sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// EstimateSize is the largest size of a list or text.
func (z Sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if path := n.Path(); len(path) == 1 {
		if name, ok := strings.CutPrefix(path[0], "group."); ok {
			size := uint64(len(z.Groups[name]))
			return &cost.SizeEstimate{Min: size, Max: size}
		}
	}
	if n.Type().Kind() == types.ListKind {
		return &cost.SizeEstimate{Min: 0, Max: fact.MaxList}
	}
	return &cost.SizeEstimate{Min: 0, Max: 100}
}
