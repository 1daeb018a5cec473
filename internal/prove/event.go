package prove

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

// maxEntry is what C2SP tlog-tiles allows for one entry.
const maxEntry = 1<<16 - 1

// entryTime is RFC 3339 in UTC with exactly six digits of fraction.
const entryTime = "2006-01-02T15:04:05.000000Z"

// EntryBody is the JSON of a log entry. It never holds a document, only
// commitments.
type EntryBody struct {
	V           int                             `json:"v"` // 1
	ID          dataspace.EventID               `json:"id"`
	Kind        dataspace.EventKind             `json:"kind"`
	Gateway     dataspace.GatewayID             `json:"gateway"`
	Flow        dataspace.FlowID                `json:"flow"`
	At          string                          `json:"at"`
	Commitments map[string]dataspace.Commitment `json:"commitments"`
}

// NewEvent makes an event with a random id and a random salt for each
// document.
func NewEvent(kind dataspace.EventKind, flow dataspace.FlowID, at time.Time, docs map[string]dataspace.Document) (dataspace.Event, error) {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return dataspace.Event{}, fmt.Errorf("make event id: %w", err)
	}
	e := dataspace.Event{
		ID:        dataspace.EventID("event-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(id[:]))),
		Kind:      kind,
		Flow:      flow,
		At:        at,
		Documents: maps.Clone(docs),
		Salts:     make(map[string]dataspace.Salt, len(docs)),
	}
	for name := range docs {
		var salt dataspace.Salt
		if _, err := rand.Read(salt[:]); err != nil {
			return dataspace.Event{}, fmt.Errorf("make salt: %w", err)
		}
		e.Salts[name] = salt
	}
	return e, nil
}

// Entry encodes the part of an event that the log of gateway contains:
// canonical JSON with a commitment for each document. It returns ErrInvalid if
// a document has no salt, the id or kind is missing, or the entry is too large
// for a log.
func Entry(gateway dataspace.GatewayID, e dataspace.Event) ([]byte, error) {
	invalid := func(why string) error {
		return fmt.Errorf("encode event %s: %s: %w", e.ID, why, dataspace.ErrInvalid)
	}
	if e.ID == "" || e.Kind == "" || gateway == "" {
		return nil, invalid("id, kind or gateway is missing")
	}
	body := EntryBody{
		V: 1, ID: e.ID, Kind: e.Kind, Gateway: gateway, Flow: e.Flow,
		At:          e.At.UTC().Format(entryTime),
		Commitments: make(map[string]dataspace.Commitment, len(e.Documents)),
	}
	for name, doc := range e.Documents {
		salt, ok := e.Salts[name]
		if !ok || salt == (dataspace.Salt{}) {
			return nil, invalid("document " + name + " has no salt")
		}
		body.Commitments[name] = dataspace.Commit(salt, doc)
	}
	data := body.append(nil)
	if len(data) > maxEntry {
		return nil, invalid("too many documents for one entry")
	}
	return data, nil
}

// Encode makes the rows that a store keeps of the events in the outbox of
// gateway. Its ErrInvalid is that of Entry.
func Encode(gateway dataspace.GatewayID, events ...dataspace.Event) ([]Row, error) {
	rows := make([]Row, 0, len(events))
	for _, e := range events {
		entry, err := Entry(gateway, e)
		if err != nil {
			return nil, err
		}
		r := Row{ID: e.ID, Flow: e.Flow, Kind: e.Kind, Entry: entry}
		openings := make(map[string]Opening, len(e.Documents))
		for _, name := range names(e.Documents) {
			doc := e.Documents[name]
			openings[name] = Opening{Salt: e.Salts[name], Digest: doc.Digest()}
			r.Documents = append(r.Documents, doc)
		}
		if r.Openings, err = dataspace.CanonicalJSON(openings); err != nil {
			return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// ParseEntry reads a log entry. It accepts only bytes that Entry can write: the
// bytes must equal their own encoding.
func ParseEntry(data []byte) (EntryBody, error) {
	var body EntryBody
	if len(data) > maxEntry {
		return body, fmt.Errorf("read entry: too long: %w", dataspace.ErrInvalid)
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return body, fmt.Errorf("read entry: %w: %w", err, dataspace.ErrInvalid)
	}
	if !bytes.Equal(body.append(make([]byte, 0, len(data))), data) {
		return body, fmt.Errorf("read entry: not in canonical form: %w", dataspace.ErrInvalid)
	}
	at, err := time.Parse(entryTime, body.At)
	if body.V != 1 || body.ID == "" || body.Kind == "" || body.Gateway == "" || err != nil || at.Format(entryTime) != body.At {
		return body, fmt.Errorf("read entry: a field does not fit: %w", dataspace.ErrInvalid)
	}
	return body, nil
}

// names returns the names of a map in order.
func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// append encodes the entry in canonical JSON.
func (e EntryBody) append(b []byte) []byte {
	b = appendString(append(b, `{"at":`...), e.At)
	b = appendMap(append(b, `,"commitments":`...), e.Commitments, func(b []byte, c dataspace.Commitment) []byte { return appendText(b, c) })
	b = appendString(append(b, `,"flow":`...), e.Flow)
	b = appendString(append(b, `,"gateway":`...), e.Gateway)
	b = appendString(append(b, `,"id":`...), e.ID)
	b = appendString(append(b, `,"kind":`...), e.Kind)
	return append(strconv.AppendInt(append(b, `,"v":`...), int64(e.V), 10), '}')
}
