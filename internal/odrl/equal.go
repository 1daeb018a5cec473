package odrl

import (
	"bytes"
	"encoding/json"
	"sort"

	"hutong/internal/dataspace"
)

// SameRules reports whether two policies, as JSON, permit, forbid and demand
// the same. It ignores ids, types, targets, parties and times of the policies.
// Order does not matter where ODRL has sets: rules, constraints, duties, the
// operands of and, or and xone, and an array on the right of a set operator. It
// matters in andSequence. A property that this package does not know must be
// equal, because it may be important.
func SameRules(a, b []byte) bool {
	x, err := normalPolicy(a)
	if err != nil {
		return false
	}
	y, err := normalPolicy(b)
	return err == nil && bytes.Equal(x, y)
}

func normalPolicy(data []byte) ([]byte, error) {
	var p map[string]any
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, key := range []string{"permission", "prohibition", "obligation"} {
		if set, ok := p[key].([]any); ok && len(set) > 0 {
			out[key] = set
		} else if p[key] != nil && !ok {
			out[key] = p[key]
		}
	}
	if p["profile"] != nil {
		out["profile"] = p["profile"]
	}
	n, err := normal("", out)
	if err != nil {
		return nil, err
	}
	return dataspace.CanonicalJSON(n)
}

var unordered = map[string]bool{
	"permission": true, "prohibition": true, "obligation": true, "constraint": true,
	"duty": true, "and": true, "or": true, "xone": true, "profile": true,
}

var setOperators = map[string]bool{"isAllOf": true, "isAnyOf": true, "isNoneOf": true}

// normal brings the value found under key into one form: sets sorted, empty
// ones left out.
func normal(key string, v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		op, _ := v["operator"].(string)
		for k, e := range v {
			under := k
			if k == "rightOperand" && setOperators[op] {
				under = "or" // any name of a set
			}
			if a, ok := e.([]any); ok && len(a) == 0 && (k == "constraint" || k == "duty") {
				continue
			}
			n, err := normal(under, e)
			if err != nil {
				return nil, err
			}
			out[k] = n
		}
		return out, nil
	case []any:
		return normalArray(key, v)
	}
	return v, nil
}

func normalArray(key string, v []any) (any, error) {
	type item struct {
		value any
		code  []byte
	}
	items := make([]item, len(v))
	for i, e := range v {
		n, err := normal("", e)
		if err != nil {
			return nil, err
		}
		code, err := dataspace.CanonicalJSON(n)
		if err != nil {
			return nil, err
		}
		items[i] = item{n, code}
	}
	if unordered[key] {
		sort.SliceStable(items, func(i, j int) bool { return bytes.Compare(items[i].code, items[j].code) < 0 })
	}
	out := make([]any, len(items))
	for i := range items {
		out[i] = items[i].value
	}
	return out, nil
}
