package flow

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

var lower32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// newID returns prefix and 26 random characters (130 bits).
func newID(prefix string) string {
	var b [17]byte
	rand.Read(b[:])
	return prefix + strings.ToLower(lower32.EncodeToString(b[:]))[:26]
}

// record collects the changes of one step: the flow, new documents and the
// evidence of them. They take effect only when the record is saved.
type record struct {
	flow   Flow
	at     time.Time // when the step began
	docs   []dataspace.Document
	events []dataspace.Event
}

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

// event records that something happened and commits to the named documents,
// each of which must be attached in this record. The id of the event is derived
// from the flow and its version, so that a repeated step records the event
// once.
func (r *record) event(kind dataspace.EventKind, names ...string) {
	e := dataspace.Event{
		ID:        dataspace.EventID(fmt.Sprintf("%s.%s.%d", r.flow.ID, kind, r.flow.Version)),
		Kind:      kind,
		Flow:      r.flow.ID,
		At:        r.at,
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

// decided sets the state that follows from a verdict. A flow that the rules
// prohibit ends.
func (r *record) decided(v dataspace.Verdict) error {
	id := r.flow.ID
	switch v {
	case dataspace.Cleared:
		r.flow.State, r.flow.Trouble = dataspace.Negotiating, nil
		return nil
	case dataspace.ActionRequired:
		r.flow.State, r.flow.Trouble = dataspace.WaitingAction, &Trouble{Code: "flow.action_required", Message: "a requirement of the law is not yet met",
			Hint: "register the instruments, and the flow continues by itself; or begin again with a stricter plan"}
		return nil
	case dataspace.HumanReview:
		r.flow.State, r.flow.Trouble = dataspace.WaitingReview, &Trouble{Code: "flow.human_review", Message: "a compliance officer must decide",
			Hint: fmt.Sprintf("hutong flow review %s --approve --reason ...", id)}
		return nil
	}
	return r.end(dataspace.Refused, &Trouble{Code: "flow.prohibited", Message: "the rules prohibit this flow",
		Hint: fmt.Sprintf("hutong flow show %s gives the articles", id)})
}

// end records that the flow begins to end. The evidence of it commits to
// further documents, which were attached before.
func (r *record) end(state dataspace.FlowState, t *Trouble, names ...string) error {
	kind, doc := dataspace.EventRefusal, DocRefusal
	if state == dataspace.Stopped {
		kind, doc = dataspace.EventStop, DocStop
	}
	r.flow.State, r.flow.EndsAs, r.flow.Trouble = dataspace.Ending, state, t
	if err := r.document(doc, map[string]string{"state": string(state), "code": t.Code, "message": t.Message}); err != nil {
		return err
	}
	r.event(kind, append([]string{doc}, names...)...)
	return nil
}
