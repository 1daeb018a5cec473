package vocab

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ReadFacts puts keys in the place of the words that a document of facts has:
// plain JSON values, as a person wrote them. Words that are not known are
// reported together, each at its field. What is no text is left for the schema.
func ReadFacts(doc any) error {
	root, ok := doc.(map[string]any)
	if !ok {
		return nil
	}
	var errs []error
	for _, fact := range slices.Sorted(maps.Keys(ofFacts)) {
		parent, leaf := root, fact
		if head, rest, nested := strings.Cut(fact, "."); nested {
			if parent, ok = root[head].(map[string]any); !ok {
				continue
			}
			leaf = rest
		}
		errs = append(errs, readMember(parent, leaf, ofFacts[fact], fact))
	}
	list, _ := root["instruments"].([]any)
	for i := range list {
		in, _ := list[i].(map[string]any)
		scope, ok := in["covers"].(map[string]any)
		if !ok {
			continue
		}
		place := fmt.Sprintf("instruments.%d.covers.", i)
		errs = append(errs, readMember(scope, "storage", Regions, place+"storage"),
			readList(scope["purposes"], Purposes, place+"purposes"), readList(scope["acts"], Acts, place+"acts"))
	}
	return joined(errs)
}

// joined is the one error that there is, or all together.
func joined(errs []error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

func readMember(of map[string]any, member string, n Name, place string) error {
	s, ok := of[member].(string)
	if !ok {
		return nil
	}
	key, err := Read(n, place, s)
	if err == nil && key != "" {
		of[member] = key
	}
	return err
}

func readList(value any, n Name, place string) error {
	list, _ := value.([]any)
	var errs []error
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			continue
		}
		key, err := Read(n, place, s)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list[i] = key
	}
	return joined(errs)
}
