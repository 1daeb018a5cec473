package client

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Facts are facts that no profile can find, by name, nested as in the reference
// of facts. An absent fact is unknown.
type Facts map[string]any

// besideFacts writes the members of a struct and, at the same level, facts. A
// fact never replaces a member.
func besideFacts(structure any, facts Facts) ([]byte, error) {
	members := make(map[string]any, len(facts))
	for name, v := range facts {
		members[name] = v
	}
	data, err := json.Marshal(structure)
	if err != nil {
		return nil, err
	}
	var own map[string]json.RawMessage
	if err := json.Unmarshal(data, &own); err != nil {
		return nil, err
	}
	for name, v := range own {
		members[name] = v
	}
	return json.Marshal(members)
}

// factsBeside reads what besideFacts writes: the members of a struct into it,
// and the others as facts.
func factsBeside(data []byte, structure any) (Facts, error) {
	if err := json.Unmarshal(data, structure); err != nil {
		return nil, err
	}
	var facts Facts
	if err := json.Unmarshal(data, &facts); err != nil {
		return nil, err
	}
	t := reflect.TypeOf(structure).Elem()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		delete(facts, name)
	}
	if len(facts) == 0 {
		return nil, nil
	}
	return facts, nil
}
