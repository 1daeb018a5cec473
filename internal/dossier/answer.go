package dossier

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"hutong/internal/dataspace"
	"hutong/internal/office"
	"hutong/internal/vocab"
)

// Answers are the answers of a person by section and question; a list is stored
// as a list.
type Answers map[string]any

// maxAnswers is the largest size of an answers file.
const maxAnswers = 8 << 20

// decode reads YAML or JSON. It refuses anchors and aliases, because they can
// make a large document from a small file.
func decode(data []byte) (raw any, err error) {
	const hint = "'hutong file questions --template' writes a file to fill in"
	refuse := func(line int, message string) error {
		p := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.answers", Message: message, Hint: hint}
		if line > 0 {
			p.Place = fmt.Sprintf("line %d", line)
		}
		return p
	}
	defer func() {
		// The YAML reader may panic on some inputs, and its messages may repeat
		// the input.
		if recover() != nil {
			raw, err = nil, refuse(0, "the answers are not valid YAML or JSON")
		}
	}()
	for _, t := range lexer.Tokenize(string(data)) {
		if t.Type == token.AnchorType || t.Type == token.AliasType || t.Type == token.MergeKeyType {
			return nil, refuse(t.Position.Line, "anchors, aliases and merge keys are not allowed")
		}
	}
	if err := yaml.UnmarshalWithOptions(data, &raw, yaml.Strict()); err != nil {
		line := 0
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			line = at.GetToken().Position.Line
		}
		return nil, refuse(line, "the answers are not valid YAML or JSON")
	}
	return raw, nil
}

// ParseAnswers reads answers in YAML or JSON. Errors name places, never
// values.
func (l *Library) ParseAnswers(data []byte) (Answers, error) {
	if len(data) > maxAnswers {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.answers", Message: "the answers are larger than 8 MB"}
	}
	raw, err := decode(data)
	if err != nil {
		return nil, err
	}
	// Converting through JSON leaves one Go type for each kind of value.
	asJSON, err := json.Marshal(raw)
	if err != nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.answers", Message: "the answers contain a value that JSON cannot represent"}
	}
	out := Answers{}
	dec := json.NewDecoder(bytes.NewReader(asJSON))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil || out == nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.answers", Message: "the answers are not sections with questions",
			Hint: "'hutong file questions --template' writes a file to fill in"}
	}
	for _, id := range slices.Sorted(maps.Keys(out)) {
		at := slices.IndexFunc(l.sections, func(s *Section) bool { return s.ID == id })
		if at < 0 {
			return nil, unknownAnswer(id)
		}
		if out[id] == nil {
			continue
		}
		if err := (reader{l.words}).group(l.sections[at].Questions, out[id], id); err != nil {
			return nil, err
		}
	}
	tidy, _ := withoutEmpty(map[string]any(out)).(map[string]any)
	return tidy, nil
}

// withoutEmpty removes empty answers, so that an empty value in a file and a
// missing one are the same. In lists it removes only entries at the end,
// because an entry is identified by its position.
func withoutEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, below := range v {
			if !noAnswer(below) {
				out[k] = withoutEmpty(below)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, below := range v {
			out = append(out, withoutEmpty(below))
		}
		for len(out) > 0 && noAnswer(out[len(out)-1]) {
			out = out[:len(out)-1]
		}
		return out
	}
	return v
}

func unknownAnswer(place string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.question", Place: place, Message: "no filing asks this",
		Hint: "'hutong file questions --kind KIND' lists what is asked"}
}

func badAnswer(place, want string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.answer", Place: place, Message: "the answer must be " + want}
}

// reader reads answers.
type reader struct{ words *vocab.Words }

// group checks the types of the answers, and puts the keys of words in their
// place.
func (r reader) group(list []*Question, given any, prefix string) error {
	tree, ok := given.(map[string]any)
	if !ok {
		return badAnswer(prefix, "a group of answers")
	}
	for _, id := range slices.Sorted(maps.Keys(tree)) {
		place := prefix + "." + id
		at := slices.IndexFunc(list, func(q *Question) bool { return q.ID == id })
		if at < 0 {
			return unknownAnswer(place)
		}
		v, err := r.answer(list[at], tree[id], place)
		if err != nil {
			return err
		}
		tree[id] = v
	}
	return nil
}

// answer is an answer with the keys of its words.
func (r reader) answer(q *Question, v any, place string) (any, error) {
	if v == nil || v == "" {
		return v, nil // not answered
	}
	switch q.Type {
	case typeList:
		return v, r.list(q, v, place)
	case typeChoice:
		return choice(q, v, place)
	case typeWord:
		if err := seen(v, place); err != nil {
			return nil, err
		}
		return r.word(q, v, place)
	}
	return v, checkAnswer(q, v, place)
}

func (r reader) list(q *Question, v any, place string) error {
	entries, ok := v.([]any)
	if !ok {
		return badAnswer(place, "a list")
	}
	keys := map[string]bool{}
	for i, e := range entries {
		at := fmt.Sprintf("%s[%d]", place, i)
		if err := r.group(q.Items, e, at); err != nil {
			return err
		}
		if key := lookup(e, q.Key); q.Key != "" && key != nil && key != "" {
			name, ok := key.(string)
			if !ok {
				return badAnswer(at+"."+q.Key, "a text; put it in quotes")
			}
			if keys[name] {
				return badAnswer(at+"."+q.Key, "one that no other entry has")
			}
			keys[name] = true
		}
	}
	return nil
}

// checkAnswer checks the type of an answer that is no list and no word.
func checkAnswer(q *Question, v any, place string) error {
	switch q.Type {
	case typeText:
		if !isText(v) {
			return badAnswer(place, "a text, or {zh: …, en: …}")
		}
		return seen(v, place)
	case typeNumber:
		if n, ok := v.(json.Number); !ok {
			return badAnswer(place, "a whole number")
		} else if i, err := n.Int64(); err != nil || i < 0 {
			return badAnswer(place, "a whole number that is not negative")
		}
	case typeYesNo:
		if _, ok := v.(bool); !ok {
			return badAnswer(place, "true or false")
		}
	case typeDate:
		if s, ok := v.(string); !ok || !isDay(s) {
			return badAnswer(place, "a day, such as 2026-06-15")
		}
	}
	return nil
}

// seen refuses a text with a character that no reader sees.
func seen(v any, place string) error {
	switch v := v.(type) {
	case string:
		return office.Refuse(place, v)
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := seen(v[key], place+"."+key); err != nil {
				return err
			}
		}
	}
	return nil
}

func isDay(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

// isText accepts a text, a number (a telephone without quotes), or a text in
// both languages.
func isText(v any) bool {
	switch v := v.(type) {
	case string, json.Number:
		return true
	case map[string]any:
		for k, s := range v {
			if _, ok := s.(string); !ok || k != "zh" && k != "en" {
				return false
			}
		}
		return len(v) > 0
	}
	return false
}

// Merge applies over to a: an answer of over replaces the one of a, but an
// empty one does not. Entries of lists are merged with the entry of the same
// key or, without a key, of the same position.
func (l *Library) Merge(a, over Answers) Answers {
	out := maps.Clone(a)
	if out == nil {
		out = Answers{}
	}
	for _, s := range l.sections {
		if tree, ok := over[s.ID].(map[string]any); ok {
			under, _ := out[s.ID].(map[string]any)
			out[s.ID] = mergeGroup(s.Questions, under, tree)
		}
	}
	return out
}

func mergeGroup(list []*Question, under, over map[string]any) map[string]any {
	out := maps.Clone(under)
	if out == nil {
		out = map[string]any{}
	}
	for _, q := range list {
		v := over[q.ID]
		switch entries, ok := v.([]any); {
		case v == nil || v == "":
		case ok:
			base, _ := out[q.ID].([]any)
			out[q.ID] = mergeList(q, slices.Clone(base), entries)
		default:
			out[q.ID] = v
		}
	}
	return out
}

func mergeList(q *Question, under, over []any) []any {
	for i, entry := range over {
		tree, _ := entry.(map[string]any)
		at := i
		if q.Key != "" {
			if at = slices.IndexFunc(under, func(e any) bool { return same(lookup(e, q.Key), tree[q.Key]) }); at < 0 {
				at = len(under)
			}
		}
		if at >= len(under) {
			under = append(under, tree)
			continue
		}
		base, _ := under[at].(map[string]any)
		under[at] = mergeGroup(q.Items, base, tree)
	}
	return under
}
