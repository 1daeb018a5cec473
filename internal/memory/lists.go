package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Lists reads a register page by page.
type Lists struct{ register *Register }

var _ gateway.Lists = Lists{}

// page returns the part of a list after a position, at most limit rows.
func page[V any](list []V, behind func(V) bool, limit int) []V {
	list = slices.DeleteFunc(list, func(v V) bool { return !behind(v) })
	return list[:min(len(list), limit)]
}

// ParticipantsPage implements gateway.Lists.
func (l Lists) ParticipantsPage(ctx context.Context, after dataspace.ParticipantID, limit int) ([]gateway.Participant, error) {
	list, err := l.register.Participants(ctx)
	return page(list, func(p gateway.Participant) bool { return p.ID > after }, limit), err
}

// KeysPage implements gateway.Lists.
func (l Lists) KeysPage(ctx context.Context, after gateway.KeyID, limit int) ([]gateway.APIKey, error) {
	list, err := l.register.Keys(ctx)
	return page(list, func(k gateway.APIKey) bool { return k.ID > after }, limit), err
}

// PeersPage implements gateway.Lists.
func (l Lists) PeersPage(ctx context.Context, after dataspace.PeerName, limit int) ([]gateway.Peer, error) {
	list, err := l.register.Peers(ctx)
	return page(list, func(p gateway.Peer) bool { return p.Name > after }, limit), err
}

// DatasetsPage implements gateway.Lists.
func (l Lists) DatasetsPage(ctx context.Context, of gateway.DatasetQuery) ([]gateway.Dataset, error) {
	list, err := l.register.Datasets(ctx, of.Owner)
	if of.Search != "" {
		return l.search(list, of), err
	}
	return page(list, func(d gateway.Dataset) bool {
		behind := of.Owner == "" && d.Owner > of.After.Owner || (of.Owner != "" || d.Owner == of.After.Owner) && d.ID > of.After.ID
		return behind && (!of.Offered || len(d.Purposes) > 0)
	}, of.Limit), err
}

// search finds datasets by words, in the order in which they were registered.
func (l Lists) search(list []gateway.Dataset, of gateway.DatasetQuery) []gateway.Dataset {
	phrases, r := gateway.SearchPhrases(of.Search), l.register
	r.mu.Lock()
	defer r.mu.Unlock()
	num := func(d gateway.Dataset) int64 { return r.order[owned[dataspace.DatasetID]{d.Owner, d.ID}] }
	after := r.order[owned[dataspace.DatasetID]{of.After.Owner, of.After.ID}]
	slices.SortFunc(list, func(a, b gateway.Dataset) int { return cmp.Compare(num(a), num(b)) })
	return page(list, func(d gateway.Dataset) bool {
		words := wordsOf(string(d.ID) + " " + d.Title.EN + " " + d.Title.ZH)
		found := len(phrases) > 0 && num(d) > after
		for _, p := range phrases {
			found = found && has(words, p)
		}
		return found
	}, of.Limit)
}

// wordsOf returns the words of a text in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(gateway.SearchWords(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// has reports whether the words of a phrase are consecutive somewhere in the
// text.
func has(words []string, p gateway.Phrase) bool {
	for at := 0; at+len(p.Words) <= len(words); at++ {
		all := true
		for i, w := range p.Words {
			w, got := strings.ToLower(w), words[at+i]
			all = all && (got == w || p.Begins && i == len(p.Words)-1 && strings.HasPrefix(got, w))
		}
		if all {
			return true
		}
	}
	return false
}
