package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// ScreenList is an edition of a list of barred recipients.
type ScreenList struct {
	ID        string `json:"id"`
	Fact      string `json:"fact"` // that it answers, such as recipient.restricted
	Authority string `json:"authority"`
	Edition   string `json:"edition"`
	Day       string `json:"day"` // of the edition, 2006-01-02
	SHA256    string `json:"sha256"`
	Entries   int    `json:"entries"`
	By        string `json:"by"`
	Key       string `json:"key"`
	At        string `json:"at"`
	Event     string `json:"event,omitempty"` // the evidence of its import
}

// Screening is what one list says of a recipient.
type Screening struct {
	List ScreenList `json:"list"`
	// Result is clear, listed, possible (a person has not said yet of each match
	// whether it is the recipient), or not_compared (the same of entries in a script
	// in which the recipient has none).
	Result  string        `json:"result"`
	Matches []ScreenMatch `json:"matches"`
	Open    []string      `json:"open"` // keys of the matches of which nobody has said anything
	Apart   int           `json:"apart,omitempty"`
}

// ScreenMatch is an entry that may be the recipient.
type ScreenMatch struct {
	Key      string   `json:"key"`
	ID       string   `json:"id,omitempty"` // as the list has it
	Names    []string `json:"names"`
	Likeness string   `json:"likeness"`
}

// ScreenAnswer is what a compliance officer says of an entry.
type ScreenAnswer struct {
	List   string `json:"list"`
	Entry  string `json:"entry" doc:"key of the match"`
	Same   bool   `json:"same"`
	Reason string `json:"reason"`
}

// Screens gives access to lists of barred recipients.
type Screens struct{ t *transport }

// List lists them.
func (s Screens) List(ctx context.Context) ([]ScreenList, error) {
	return call[[]ScreenList](ctx, s.t, http.MethodGet, "/screens", nil)
}

// Import takes an edition of a list: id, fact, authority, edition and day of l, and
// the file with the names. It takes the place of the edition before.
func (s Screens) Import(ctx context.Context, l ScreenList, up Upload, r io.Reader) (ScreenList, error) {
	q := url.Values{"id": {l.ID}, "fact": {l.Fact}, "authority": {l.Authority}, "edition": {l.Edition}, "day": {l.Day}, "size": {strconv.FormatInt(up.Size, 10)}, "sha256": {up.SHA256}}
	return send[ScreenList](ctx, s.t, "/screens"+query(q), up.Size, r)
}

// Remove removes a list.
func (s Screens) Remove(ctx context.Context, id string) error {
	return s.t.remove(ctx, path("screens", id))
}

// Check compares a participant behind a peer with all lists.
func (s Screens) Check(ctx context.Context, peer, participant string) ([]Screening, error) {
	return call[[]Screening](ctx, s.t, http.MethodGet, path("peers", peer, "participants", participant, "screening"), nil)
}

// Resolve says of an entry that looks like the participant whether it is the same.
// Flows to it that wait are decided again.
func (s Screens) Resolve(ctx context.Context, peer, participant string, in ScreenAnswer) ([]Screening, error) {
	return call[[]Screening](ctx, s.t, http.MethodPost, path("peers", peer, "participants", participant, "screening"), in)
}
