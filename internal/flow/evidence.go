package flow

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

var lower32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// newID returns prefix and 26 random characters (130 bits).
func newID(prefix string) string {
	var b [17]byte
	rand.Read(b[:])
	return prefix + strings.ToLower(lower32.EncodeToString(b[:]))[:26]
}

// record collects what one step changes: the flow, new documents and the
// evidence of them. Nothing of it exists until it is saved.
type record struct {
	flow   Flow
	docs   []dataspace.Document
	events []dataspace.Event
}

// document stores v as the flow's document of that name.
func (r *record) document(name string, v any) error {
	d, err := dataspace.NewDocument(v)
	if err != nil {
		return fmt.Errorf("write %s of flow %s: %w", name, r.flow.ID, err)
	}
	r.attach(name, d)
	return nil
}

func (r *record) documents(list map[string]any) error {
	for name, v := range list {
		if err := r.document(name, v); err != nil {
			return err
		}
	}
	return nil
}

func (r *record) attach(name string, d dataspace.Document) {
	known := make(map[string]dataspace.Digest, len(r.flow.Documents)+1)
	for k, v := range r.flow.Documents {
		known[k] = v
	}
	known[name] = d.Digest()
	r.flow.Documents = known
	r.docs = append(r.docs, d)
}

// event records that something happened, committing to the named documents,
// each of which must be attached in this record. Its id follows from the flow
// and its version, so a step that is repeated records it once.
func (r *record) event(s *Service, kind dataspace.EventKind, names ...string) {
	e := dataspace.Event{
		ID:        dataspace.EventID(fmt.Sprintf("%s.%s.%d", r.flow.ID, kind, r.flow.Version)),
		Kind:      kind,
		Flow:      r.flow.ID,
		At:        s.now().UTC(),
		Documents: map[string]dataspace.Document{},
		Salts:     map[string]dataspace.Salt{},
	}
	for _, name := range names {
		for _, d := range r.docs {
			if d.Digest() == r.flow.Documents[name] {
				e.Documents[name] = d
			}
		}
		var salt dataspace.Salt
		rand.Read(salt[:])
		e.Salts[name] = salt
	}
	r.events = append(r.events, e)
	r.flow.Events = append(append([]dataspace.EventID(nil), r.flow.Events...), e.ID)
}
