package recognition

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/rules"
	"hutong/internal/vocab"
)

// Apply is the set with agreements in force. The words of their scopes are read
// as those of facts are: the packs of the set say which words there are. It
// refuses a word that cannot be read: whoever names an agreement can correct it.
func Apply(set *rules.Set, agreements []agreed.Agreement) (*rules.Set, error) {
	read, unread := worded(set.Facts().Words(), agreements)
	if err := errors.Join(unread...); err != nil {
		return nil, err
	}
	return set.WithRecognitions(read)
}

// ApplyStored is Apply for the agreements that a gateway has. A word that cannot
// be read, such as that of a pack that is gone, does not stop the gateway. The
// entry with the word satisfies nothing, and a decision that would rest on it
// says so. unread are these words, each with its place.
func ApplyStored(set *rules.Set, agreements []agreed.Agreement) (out *rules.Set, unread []error, err error) {
	read, unread := worded(set.Facts().Words(), agreements)
	out, err = set.WithRecognitions(read)
	return out, unread, err
}

// Unread are the words of the scopes of a document that cannot be read, each with
// its place.
func (d *Document) Unread(words *vocab.Words) []error {
	_, unread := worded(words, []agreed.Agreement{{Ref: dataspace.RecognitionRef{ID: d.ID}, Entries: d.Entries}})
	return unread
}

// worded are the agreements with keys in the place of the words of their scopes.
func worded(words *vocab.Words, agreements []agreed.Agreement) ([]agreed.Agreement, []error) {
	r := reader{words: words}
	read := slices.Clone(agreements)
	for i := range read {
		read[i].Entries = slices.Clone(read[i].Entries)
		for j := range read[i].Entries {
			e := &read[i].Entries[j]
			r.unread = nil
			e.Scope = r.scope(fmt.Sprintf("%s, entry %d (%s), scope.", read[i].Ref.ID, j+1, e.ID), e.Scope)
			e.Unread = r.unread
		}
	}
	return read, r.errs
}

type reader struct {
	words  *vocab.Words
	errs   []error
	unread []dataspace.Text // of one entry
}

func (r *reader) scope(place string, s agreed.RecognitionScope) agreed.RecognitionScope {
	s.Sectors = keys(r, vocab.Sectors, place+"sectors", s.Sectors)
	s.Scenarios = keys(r, vocab.Scenarios, place+"scenarios", s.Scenarios)
	s.Purposes = keys(r, vocab.Purposes, place+"purposes", s.Purposes)
	s.Elements = keys(r, vocab.Elements, place+"elements", s.Elements)
	return s
}

// keys are the keys of words. A list with a word that cannot be read gives none:
// its entry is unread as a whole.
func keys[T ~string](r *reader, n vocab.Name, place string, list []T) []T {
	out := slices.Clone(list)
	before := len(r.errs)
	for i, s := range list {
		key, err := r.words.Read(n, place, string(s))
		if err == nil && key == "" {
			err = &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "recognition.form", Place: place, Message: "has an empty word",
				Hint: "docs/reference/vocabularies.md lists the words"}
		}
		if err != nil {
			r.errs = append(r.errs, err)
			r.unread = append(r.unread, r.text(n, place, string(s), err))
		}
		out[i] = T(key)
	}
	if len(r.errs) > before {
		return nil
	}
	return out
}

// text says in both languages that an entry is not used because of a word.
func (r *reader) text(n vocab.Name, place, word string, err error) dataspace.Text {
	t := dataspace.Text{
		EN: fmt.Sprintf("%v, so the entry is not used", err),
		ZH: fmt.Sprintf("%s：“%s”无法识别为%s中的词，该条不适用", place, word, r.words.Title(n).ZH),
	}
	if near := r.words.Match(n, word).Near; len(near) > 0 {
		t.ZH += "；最接近的词：" + strings.Join(near, "、")
	}
	return t
}
