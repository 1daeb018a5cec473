package papers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"hutong/internal/dataspace"
)

// rowForm is the form of rows:
//
//	0, 1  written before a document needed a file; it may have a scope
//	2     with file, scope, and who proposed and confirmed it
const rowForm = 2

// row is a Paper as it is stored. The standing follows from the other members.
type row struct {
	Form int `json:"body_version"`
	dataspace.Instrument
	Owner        dataspace.ParticipantID `json:"owner"`
	Size         int64                   `json:"size,omitempty"`
	Document     dataspace.Digest        `json:"document,omitempty"`
	Registered   time.Time               `json:"registered"`
	Proposed     *Act                    `json:"proposed,omitempty"`
	Confirmation *Act                    `json:"confirmation,omitempty"`
}

// Encode returns the stored form of a document.
func Encode(p Paper) ([]byte, error) {
	r := row{Form: rowForm, Instrument: p.Instrument, Owner: p.Owner, Size: p.Size, Document: p.Document, Registered: p.Registered, Proposed: p.Proposed, Confirmation: p.Confirmation}
	r.Standing = ""
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode instrument %s: %w", p.ID, err)
	}
	return data, nil
}

// Decode reads the stored form of a document. One of an older version has no file
// and nobody confirmed it, so it covers nothing.
func Decode(data []byte) (Paper, error) {
	var r row
	if err := json.Unmarshal(data, &r); err != nil {
		return Paper{}, fmt.Errorf("decode instrument: %w", err)
	}
	if err := dataspace.CheckStored("instrument", r.Form, rowForm); err != nil {
		return Paper{}, err
	}
	if r.Form < rowForm {
		r.File, r.Confirmed, r.Proposed, r.Confirmation = "", "", nil, nil
	}
	return Marked(Paper{Instrument: r.Instrument, Owner: r.Owner, Size: r.Size, Document: r.Document, Registered: r.Registered, Proposed: r.Proposed, Confirmation: r.Confirmation}), nil
}

// Same reports whether two documents are the same row.
func Same(a, b Paper) bool {
	x, err := Encode(a)
	if err != nil {
		return false
	}
	y, err := Encode(b)
	return err == nil && bytes.Equal(x, y)
}
