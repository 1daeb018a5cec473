package prove

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// WaybillFormat is the value of Waybill.Format.
const WaybillFormat = "hutong-waybill/1"

// maxWaybill is the largest size that is read; a waybill has some ten
// kilobytes, most of them the profile.
const maxWaybill = 64 << 20

// Names of the documents that a waybill must have. docs/reference/evidence.md
// says which entry commits to which document.
const (
	docProfile   = "profile"
	docFacts     = "facts"
	docDecision  = "decision"
	docReview    = "review"
	docPlan      = "plan"
	docAgreement = "agreement"
	docReceipt   = "receipt"

	// DocParties is the name of the Parties document. The event of the
	// agreement commits to it.
	DocParties = "parties"
)

// Waybill is the file that travels with a delivery and proves it. It is
// encoded as one line of canonical JSON; see docs/reference/evidence.md.
type Waybill struct {
	Format string           `json:"format"`
	Flow   dataspace.FlowID `json:"flow"`
	// Role is the side of the delivery that owns this log.
	Role    dataspace.Role      `json:"role"`
	Gateway dataspace.GatewayID `json:"gateway"`
	// Entries are the flow's log entries in the order of the log, and those of
	// what people say of the dataset, as its last profile has it.
	Entries []WaybillEntry `json:"entries"`
	// Documents are what the entries commit to, by digest.
	Documents map[dataspace.Digest]json.RawMessage `json:"documents"`
}

// WaybillEntry is one log entry with what opens and proves it.
type WaybillEntry struct {
	Entry    string             `json:"entry"`    // the exact bytes in the log
	Openings map[string]Opening `json:"openings"` // for each commitment of the entry
	Proof    string             `json:"proof"`    // C2SP tlog-proof
}

// Bytes encodes the waybill: canonical JSON and a newline.
func (w Waybill) Bytes() ([]byte, error) {
	for _, digest := range names(byString(w.Documents)) {
		if !json.Valid(w.Documents[dataspace.Digest(digest)]) {
			return nil, fmt.Errorf("encode waybill: document %.12s is not JSON: %w", digest, dataspace.ErrInvalid)
		}
	}
	return append(w.append(nil), '\n'), nil
}

// ParseWaybill reads a waybill. It accepts only its own encoding, byte for
// byte, and verifies nothing.
func ParseWaybill(data []byte) (Waybill, error) {
	var w Waybill
	if len(data) > maxWaybill {
		return w, fmt.Errorf("read waybill: larger than %d bytes: %w", maxWaybill, dataspace.ErrInvalid)
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return w, fmt.Errorf("read waybill: %w: %w", err, dataspace.ErrInvalid)
	}
	if w.Format != WaybillFormat {
		return w, fmt.Errorf("read waybill: format %q is not %s: %w", w.Format, WaybillFormat, dataspace.ErrInvalid)
	}
	if !bytes.Equal(append(w.append(make([]byte, 0, len(data))), '\n'), data) {
		return w, fmt.Errorf("read waybill: not in canonical form: %w", dataspace.ErrInvalid)
	}
	return w, nil
}

// Build makes the waybill of a finished flow: all log entries of the flow,
// under the newest checkpoint that the other side's witness, given by vkey, has
// cosigned. Call AwaitCosigned first; Build returns ErrUnavailable if the
// cosigned tree does not contain the flow's last entry yet. Build verifies the
// waybill before it returns it, so that a waybill that would not verify is
// never issued.
func (l *Log) Build(ctx context.Context, flow dataspace.FlowID, role dataspace.Role, witness string) (Waybill, error) {
	w, _, err := l.verified(ctx, flow, role, witness)
	return w, err
}

// Waybill builds the waybill of a finished flow between the two parties and
// encodes it; see Build.
func (l *Log) Waybill(ctx context.Context, flow dataspace.FlowID, parties Parties, role dataspace.Role) ([]byte, error) {
	_, data, err := l.verified(ctx, flow, role, parties.Side(role.Opposite()).Witness)
	return data, err
}

func (l *Log) verified(ctx context.Context, flow dataspace.FlowID, role dataspace.Role, witness string) (Waybill, []byte, error) {
	w, err := l.build(ctx, flow, role, witness)
	if err != nil {
		return Waybill{}, nil, fmt.Errorf("build waybill of %s: %w", flow, err)
	}
	line := w.append(nil)
	if !dataspace.IsCanonical(line) {
		return Waybill{}, nil, fmt.Errorf("build waybill of %s: a document is not canonical: %w", flow, dataspace.ErrInvalid)
	}
	data := append(line, '\n')
	if _, err := Verify(data, Trust{Keys: []string{l.Key(), witness}}); err != nil {
		return Waybill{}, nil, fmt.Errorf("build waybill of %s: %w", flow, err)
	}
	return w, data, nil
}

func (l *Log) build(ctx context.Context, flow dataspace.FlowID, role dataspace.Role, witness string) (Waybill, error) {
	key, err := tlog.ParseKey(witness)
	if err != nil {
		return Waybill{}, err
	}
	events, err := l.store.FlowEvents(ctx, flow)
	if err != nil {
		return Waybill{}, err
	}
	if len(events) == 0 {
		return Waybill{}, fmt.Errorf("no evidence: %w", dataspace.ErrNotFound)
	}
	said, err := l.said(ctx, events)
	if err != nil {
		return Waybill{}, err
	}
	declared, err := l.declared(ctx, events)
	if err != nil {
		return Waybill{}, err
	}
	events = slices.Concat(events, said, declared)
	head, err := l.cosigned(ctx, key)
	if err != nil {
		return Waybill{}, err
	}
	slices.SortFunc(events, func(a, b LoggedRow) int { return int(int64(a.Index) - int64(b.Index)) })
	w := Waybill{Format: WaybillFormat, Flow: flow, Role: role, Gateway: l.cfg.Gateway, Documents: map[dataspace.Digest]json.RawMessage{}}
	for _, e := range events {
		if !e.Logged || e.Index >= head.Size {
			return Waybill{}, fmt.Errorf("event %s is not in the cosigned log yet: %w", e.ID, dataspace.ErrUnavailable)
		}
		proof, err := l.Inclusion(ctx, e.Index, head.Size)
		if err != nil {
			return Waybill{}, err
		}
		p := tlog.Proof{Index: e.Index, Hashes: proof, Checkpoint: head}
		entry := WaybillEntry{Entry: string(e.Entry), Proof: string(p.Bytes())}
		if err := json.Unmarshal(e.Openings, &entry.Openings); err != nil {
			return Waybill{}, fmt.Errorf("read openings of event %s: %w", e.ID, err)
		}
		if err := l.addDocuments(ctx, w, entry); err != nil {
			return Waybill{}, err
		}
		w.Entries = append(w.Entries, entry)
	}
	return w, nil
}

// addDocuments adds the documents of an entry to a waybill, each once.
func (l *Log) addDocuments(ctx context.Context, w Waybill, entry WaybillEntry) error {
	for _, o := range entry.Openings {
		if w.Documents[o.Digest] != nil {
			continue
		}
		doc, err := l.store.Document(ctx, o.Digest)
		if err != nil {
			return err
		}
		w.Documents[o.Digest] = json.RawMessage(doc)
	}
	return nil
}
