package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Instrument is a legal document that a participant has: a filed contract, a
// certificate, an approval. Its id is unique for its owner. Days are written
// 2006-01-02.
type Instrument struct {
	Kind        string           `json:"kind"`
	ID          string           `json:"id,omitempty"`
	EffectiveOn string           `json:"effective_on,omitempty"`
	FiledOn     string           `json:"filed_on,omitempty"`
	ExpiresOn   string           `json:"expires_on,omitempty"`
	CompletedOn string           `json:"completed_on,omitempty"`
	RenewedOn   string           `json:"renewed_on,omitempty"` // day on which renewal was applied for
	Covers      *InstrumentScope `json:"covers,omitempty"`
	Owner       string           `json:"owner"`
	// Document is the digest of the document itself, if it was given.
	Document   string    `json:"document,omitempty"`
	Registered time.Time `json:"registered" required:"false" readOnly:"true"`
}

// InstrumentScope limits what an instrument covers; an absent member sets no
// limit.
type InstrumentScope struct {
	Recipient   string   `json:"recipient,omitempty"`
	Scenario    string   `json:"scenario,omitempty"`
	Elements    []string `json:"elements,omitempty"`
	MaxSubjects int64    `json:"max_subjects,omitempty"`
	// Exporters are those of a group that share the instrument.
	Exporters []string `json:"exporters,omitempty"`
	Purposes  []string `json:"purposes,omitempty"`
	Acts      []string `json:"acts,omitempty"`
	// Sensitive is false if the instrument does not cover sensitive data.
	Sensitive *bool  `json:"sensitive,omitempty"`
	Storage   string `json:"storage,omitempty"`        // where the recipient may keep the data
	Until     string `json:"retained_until,omitempty"` // and how long
}

// Instruments gives access to legal documents.
type Instruments struct{ t *transport }

// List ranges over an owner's instruments, or all when owner is empty.
func (i Instruments) List(ctx context.Context, owner string) iter.Seq2[Instrument, error] {
	return pages(func(p Page) ([]Instrument, string, error) {
		return page[Instrument](ctx, i.t, "/instruments", values("owner", owner), p)
	})
}

// Add registers an instrument. Flows that waited for it continue.
func (i Instruments) Add(ctx context.Context, in Instrument) (Instrument, error) {
	return call[Instrument](ctx, i.t, http.MethodPost, "/instruments", in)
}

// Remove removes an instrument.
func (i Instruments) Remove(ctx context.Context, owner, id string) error {
	return i.t.remove(ctx, path("participants", owner, "instruments", id))
}
