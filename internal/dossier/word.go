package dossier

import (
	"fmt"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/vocab"
)

// about takes from the fact of a question what the question does not say itself.
func (q *Question) about(place string) error {
	if q.Fact == "" {
		return nil
	}
	d, ok := fact.Standard().Lookup(q.Fact)
	if !ok {
		return wrong("question %s is about %s, which is no fact", place, q.Fact)
	}
	if q.Text == (dataspace.Text{}) {
		q.Text = d.Ask
	}
	if q.Prefill == "" {
		q.Prefill = "facts." + q.Fact
	}
	if q.Type == "" {
		q.Type = typeOf(d)
	}
	if q.Type == typeWord {
		q.words = d.Vocabulary()
	}
	return nil
}

func typeOf(d *fact.Definition) string {
	switch {
	case d.Type == fact.Bool:
		return typeYesNo
	case d.Type == fact.Int:
		return typeNumber
	case d.Type == fact.Day:
		return typeDate
	case d.Type == fact.List:
		return typeText
	case d.Vocabulary() != "":
		return typeWord
	}
	return typeText
}

// choice is the id of an option, which may be written by its text in either
// language.
func choice(q *Question, v any, place string) (any, error) {
	list := make([]vocab.Word, len(q.Options))
	names := make([]string, len(q.Options))
	for i, o := range q.Options {
		list[i] = vocab.Word{Key: o.ID, EN: o.Text.EN, ZH: o.Text.ZH}
		names[i] = fmt.Sprintf("%s (%s, %s)", o.ID, o.Text.EN, o.Text.ZH)
	}
	s, ok := v.(string)
	if !ok {
		return nil, badAnswer(place, "one of "+strings.Join(names, ", "))
	}
	if key := vocab.Options(list).Match(s).Key; key != "" {
		return key, nil
	}
	return nil, badAnswer(place, "one of "+strings.Join(names, ", "))
}

// The members of an answer that says more than a word: why no word fits, and who
// says so.
const (
	wordMember = "word"
	noteMember = "note"
	byMember   = "by"
)

const wordForm = "a word of a list, or {word: …, note: …, by: …} where no word of the list fits"

// word is the key of a word. None of these needs a note and who says so. Errors do
// not repeat the word, since it is an answer.
func (r reader) word(q *Question, v any, place string) (any, error) {
	if r.words == nil && isText(v) {
		return v, nil
	}
	switch v := v.(type) {
	case string:
		return r.key(q, v, place, false)
	case map[string]any:
		if isText(v) {
			return r.twice(q, v, place)
		}
		for member, x := range v {
			if s, ok := x.(string); !ok || member != wordMember && member != noteMember && member != byMember || strings.TrimSpace(s) == "" {
				return nil, badAnswer(place, wordForm)
			}
		}
		s, _ := v[wordMember].(string)
		key, err := r.key(q, s, place, v[noteMember] != nil && v[byMember] != nil)
		if err != nil {
			return nil, err
		}
		if r.words != nil && key != r.none(q) {
			if len(v) > 1 {
				return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.none", Place: place,
					Message: "a note stands beside a word of the list", Hint: "leave out note and by"}
			}
			return key, nil
		}
		v[wordMember] = key
		return v, nil
	}
	return nil, badAnswer(place, wordForm)
}

// twice is the key of a word that is written in both languages: both say the same.
func (r reader) twice(q *Question, v map[string]any, place string) (any, error) {
	found := ""
	for _, lang := range []string{Chinese, English} {
		s, ok := v[lang].(string)
		if !ok {
			continue
		}
		key, err := r.key(q, s, place+"."+lang, false)
		if err != nil {
			return nil, err
		}
		if found != "" && key != found {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.several", Place: place,
				Message: fmt.Sprintf("the answer is %s in one language and %s in the other", found, key), Hint: "write which one is meant"}
		}
		found = key
	}
	return found, nil
}

// none is the key of the word for none of them; empty if there is none.
func (r reader) none(q *Question) string {
	if none := r.words.None(q.words); none != nil {
		return none.Key
	}
	return ""
}

func (r reader) key(q *Question, s, place string, explained bool) (string, error) {
	if r.words == nil {
		return s, nil
	}
	title := r.words.Title(q.words)
	m := r.words.Match(q.words, s)
	refuse := func(code, message, hint string) (string, error) {
		return "", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message, Hint: hint}
	}
	switch {
	case len(m.Several) > 0:
		return refuse("words.several", "the answer can be any of "+strings.Join(m.Several, ", "), "write which one is meant")
	case m.Key == "":
		return refuse("words.unknown", fmt.Sprintf("the answer is none of the %s (%s); the nearest are %s", title.EN, title.ZH, strings.Join(m.Near, ", ")),
			"docs/reference/vocabularies.md lists the words")
	case m.Key == r.none(q) && !explained:
		return refuse("filing.none", fmt.Sprintf("the answer says none of the %s (%s), and does not say why and who says so", title.EN, title.ZH),
			"write {word: "+m.Key+", note: …, by: …}")
	}
	return m.Key, nil
}

// wording names words in documents.
type wording struct {
	words *vocab.Words // nil: words stay as they are
	place func(code string) dataspace.Text
}

// word gives the answer to a question the name that documents show. A known word
// that cannot be read is unknown: it is asked for.
func (s *sheet) word(a *answer, known map[string]any) {
	if a.value == nil || s.words.words == nil {
		return
	}
	note, by := lookup(known, "facts.none."+a.q.Fact+"."+noteMember), lookup(known, "facts.none."+a.q.Fact+"."+byMember)
	key, _ := a.value.(string)
	if said, ok := a.value.(map[string]any); ok {
		key, _ = said[wordMember].(string)
		note, by = said[noteMember], said[byMember]
	}
	if s.words.words.Match(a.q.words, key).Key != key {
		s.unread = append(s.unread, a.path)
		a.value, a.origin = nil, ""
		return
	}
	t := s.words.name(a.q.words, key)
	if none := s.words.words.None(a.q.words); none != nil && none.Key == key && note != nil && by != nil {
		t.ZH, t.EN = fmt.Sprintf("%s：%v（%v）", t.ZH, note, by), fmt.Sprintf("%s: %v (%v)", t.EN, note, by)
	}
	a.shown = &t
}

// name is the name of a word; a word without one is its own.
func (w wording) name(n vocab.Name, key string) dataspace.Text {
	none := w.words.None(n)
	if (n == vocab.Regions || n == vocab.Jurisdictions) && (none == nil || none.Key != key) {
		return w.place(key)
	}
	for _, word := range w.words.Entries(n) {
		if word.Key == key {
			t := dataspace.Text{ZH: word.ZH, EN: word.EN}
			if t.ZH == "" {
				t.ZH = key
			}
			if t.EN == "" {
				t.EN = key
			}
			return t
		}
	}
	return dataspace.Text{ZH: key, EN: key}
}

// shown are the names of words that the documents show, by question.
func (s *sheet) shown() map[string]dataspace.Text {
	out := map[string]dataspace.Text{}
	for _, a := range s.list {
		if a.shown != nil && a.asked {
			out[a.path] = *a.shown
		}
	}
	return out
}
