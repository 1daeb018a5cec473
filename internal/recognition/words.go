package recognition

import (
	"errors"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/rules"
	"hutong/internal/vocab"
)

// Apply is the set with agreements in force. The words of their scopes are read
// as those of facts are: the packs of the set say which words there are.
func Apply(set *rules.Set, agreements []rules.Agreement) (*rules.Set, error) {
	r := reader{words: set.Facts().Words()}
	read := slices.Clone(agreements)
	for i := range read {
		read[i].Entries = slices.Clone(read[i].Entries)
		for j := range read[i].Entries {
			e := &read[i].Entries[j]
			e.Scope = r.scope(fmt.Sprintf("%s, entry %d (%s), scope.", read[i].Ref.ID, j+1, e.ID), e.Scope)
		}
	}
	if err := errors.Join(r.errs...); err != nil {
		return nil, err
	}
	return set.WithRecognitions(read)
}

type reader struct {
	words *vocab.Words
	errs  []error
}

func (r *reader) scope(place string, s rules.RecognitionScope) rules.RecognitionScope {
	s.Sectors = keys(r, vocab.Sectors, place+"sectors", s.Sectors)
	s.Scenarios = keys(r, vocab.Scenarios, place+"scenarios", s.Scenarios)
	s.Purposes = keys(r, vocab.Purposes, place+"purposes", s.Purposes)
	s.Elements = keys(r, vocab.Elements, place+"elements", s.Elements)
	return s
}

// keys are the keys of words. An empty word is refused: it names nothing.
func keys[T ~string](r *reader, n vocab.Name, place string, list []T) []T {
	out := slices.Clone(list)
	for i, s := range list {
		key, err := r.words.Read(n, place, string(s))
		if err == nil && key == "" {
			err = &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "recognition.form", Place: place, Message: "has an empty word",
				Hint: "docs/reference/vocabularies.md lists the words"}
		}
		r.errs = append(r.errs, err)
		out[i] = T(key)
	}
	return out
}
