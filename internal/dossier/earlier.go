package dossier

import (
	"errors"
	"fmt"
)

// asEarlier puts in the place of questions what they were earlier.
func asEarlier(list []*Question) {
	for _, q := range list {
		if was := q.Earlier; was != nil {
			id := q.ID
			*q = *was
			q.ID = id
		}
		asEarlier(q.Items)
	}
}

// Answered reads the answers of a dossier by read, which gets the library to read
// them with. An approval of the input stands although questions have changed
// since: if it is for these answers as they were read then, Answered gives the
// library and the answers of that time, from which Write makes the same bytes.
func (l *Library) Answered(input Input, read func(*Library) (Answers, error)) (*Library, Input, error) {
	now := input
	answers, err := read(l)
	if err == nil {
		now.Answers = answers
		if stands, err := l.stands(now); stands || err != nil {
			return l, now, err
		}
	}
	if input.Approval == nil {
		return l, now, err
	}
	for look := l.look - 1; err == nil && look > 0; look-- {
		before := *l
		before.look = look
		if stands, err := before.stands(now); stands || err != nil {
			return &before, now, err
		}
	}
	if len(input.Forms)+len(input.Papers)+len(input.More) > 0 || input.Upload {
		return l, now, err // no approval of an earlier time is for these
	}
	if err == nil {
		// The questions of today, in documents that look as they did before.
		before := *l
		before.look = 0
		if stands, err := before.stands(now); stands || err != nil {
			return &before, now, err
		}
	}
	if l.earlier == nil {
		return l, now, err
	}
	old, failed := l.earlier()
	if failed != nil {
		return nil, input, failed
	}
	then := *old
	then.elements = l.elements
	was := input
	if was.Answers, failed = read(&then); failed != nil {
		// So no approval can be for them; what is wrong with them now is to be said.
		return l, now, err
	}
	if stands, failed := then.stands(was); !stands || failed != nil {
		return l, now, errors.Join(err, failed)
	}
	was.unread = l.unreadAnswers(was.Answers)
	return &then, was, nil
}

// stands reports whether the approval is for the input.
func (l *Library) stands(input Input) (bool, error) {
	if input.Approval == nil {
		return false, nil
	}
	digest, err := l.Digest(input)
	return err == nil && digest == input.Approval.Digest, err
}

// unreadAnswers lists the questions whose answers are no words of their lists.
func (l *Library) unreadAnswers(given Answers) (out []string) {
	for _, s := range l.sections {
		out = append(out, reader{l.words}.unread(s.Questions, given[s.ID], s.ID)...)
	}
	return out
}

func (r reader) unread(list []*Question, given any, prefix string) (out []string) {
	tree, _ := given.(map[string]any)
	for _, q := range list {
		v, place := tree[q.ID], prefix+"."+q.ID
		switch {
		case v == nil:
		case q.Type == typeWord:
			if _, err := r.word(q, v, place); err != nil {
				out = append(out, place)
			}
		case q.Type == typeList:
			entries, _ := v.([]any)
			for i, e := range entries {
				out = append(out, r.unread(q.Items, e, fmt.Sprintf("%s[%d]", place, i))...)
			}
		}
	}
	return out
}
