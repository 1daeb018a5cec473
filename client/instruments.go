package client

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Instrument is a legal document that a participant has: a filed contract, a
// certificate, an approval. Its id is unique for its owner. Days are written
// 2006-01-02. It counts in decisions after a compliance officer has confirmed it
// against its file.
type Instrument struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	// Number is the number or registration on the document, and Authority is who
	// issued, granted or registered it.
	Number    string `json:"number,omitempty"`
	Authority string `json:"authority,omitempty"`
	// File is the SHA-256 of the file, which is uploaded before.
	File string `json:"file,omitempty"`
	Size int64  `json:"size,omitempty" readOnly:"true"`
	// Standing is confirmed, proposed or, of one from an older version that covers
	// nothing, scope_not_said.
	Standing    string           `json:"standing,omitempty" readOnly:"true"`
	EffectiveOn string           `json:"effective_on,omitempty"`
	FiledOn     string           `json:"filed_on,omitempty"`
	ExpiresOn   string           `json:"expires_on,omitempty"`
	CompletedOn string           `json:"completed_on,omitempty"`
	RenewedOn   string           `json:"renewed_on,omitempty"` // day on which renewal was applied for
	Covers      *InstrumentScope `json:"covers,omitempty"`
	Owner       string           `json:"owner"`
	// Document is the digest of a document that an older version registered without
	// its bytes.
	Document   string         `json:"document,omitempty" readOnly:"true"`
	Registered time.Time      `json:"registered" required:"false" readOnly:"true"`
	Proposed   *InstrumentAct `json:"proposed,omitempty" readOnly:"true"`
	// Confirmation says who confirmed it, and ConfirmedBy is the evidence of that.
	Confirmation *InstrumentAct `json:"confirmation,omitempty" readOnly:"true"`
	ConfirmedBy  string         `json:"confirmed_by,omitempty" readOnly:"true"`
	// Uses is what rests on one that covers nothing any more, in a list.
	Uses *InstrumentUses `json:"uses,omitempty" readOnly:"true"`
}

// InstrumentAct says who proposed or confirmed an instrument, with which key, and
// when.
type InstrumentAct struct {
	By  string    `json:"by"`
	Key string    `json:"key"`
	At  time.Time `json:"at"`
}

// InstrumentScope limits what an instrument covers; an absent member sets no
// limit.
type InstrumentScope struct {
	Recipient   string   `json:"recipient,omitempty"`
	Recipients  []string `json:"recipients,omitempty"` // any of these, and of Recipient
	Scenario    string   `json:"scenario,omitempty"`
	Elements    []string `json:"elements,omitempty"`
	Items       []string `json:"items,omitempty"` // of a negative list
	MaxSubjects int64    `json:"max_subjects,omitempty"`
	// Exporters are those of a group that share the instrument.
	Exporters []string `json:"exporters,omitempty"`
	Purposes  []string `json:"purposes,omitempty"`
	Acts      []string `json:"acts,omitempty"`
	// Sensitive is false if the instrument does not cover sensitive data.
	Sensitive *bool  `json:"sensitive,omitempty"`
	Storage   string `json:"storage,omitempty"`        // where the recipient may keep the data
	Until     string `json:"retained_until,omitempty"` // and how long
	// Unlimited names the limits that the document leaves open. Each of recipients,
	// purposes, data, people and until is either limited or named here.
	Unlimited []string `json:"unlimited,omitempty"`
}

// InstrumentFile is a file that was uploaded for an instrument.
type InstrumentFile struct {
	File string `json:"file" doc:"SHA-256 of its bytes"`
	Size int64  `json:"size"`
}

// ConfirmInstrument names the file that a compliance officer has looked at.
type ConfirmInstrument struct {
	File string `json:"file" doc:"SHA-256 of the file that was compared with the instrument"`
}

// InstrumentUses are the flows and datasets whose decisions rest on an instrument.
type InstrumentUses struct {
	Flows    []InstrumentUse     `json:"flows"`
	Datasets []InstrumentDataset `json:"datasets"`
	// More says that there are older flows that were not looked at.
	More bool `json:"more,omitempty"`
}

// InstrumentUse is a flow whose decision rests on an instrument.
type InstrumentUse struct {
	Flow        string `json:"flow"`
	Participant string `json:"participant"`
	Dataset     string `json:"dataset"`
	State       string `json:"state"`
	// Obligations are those that only the instrument fulfils.
	Obligations []string `json:"obligations"`
	Verdict     string   `json:"verdict"`
	Without     string   `json:"without"` // the verdict without the instrument
	// Stops says that the flow has not delivered yet, and cannot do so without the
	// instrument.
	Stops bool `json:"stops"`
}

// InstrumentDataset is a dataset that was sent, or is to be sent, under an
// instrument.
type InstrumentDataset struct {
	Participant string `json:"participant"`
	Dataset     string `json:"dataset"`
}

// Instruments gives access to legal documents.
type Instruments struct{ t *transport }

// List ranges over an owner's instruments, or all when owner is empty.
func (i Instruments) List(ctx context.Context, owner string) iter.Seq2[Instrument, error] {
	return pages(func(p Page) ([]Instrument, string, error) {
		return page[Instrument](ctx, i.t, "/instruments", values("owner", owner), p)
	})
}

// Get shows one instrument.
func (i Instruments) Get(ctx context.Context, owner, id string) (Instrument, error) {
	return call[Instrument](ctx, i.t, http.MethodGet, path("participants", owner, "instruments", id), nil)
}

// Upload sends the file of an instrument that is then added, and keeps it for a
// day. It returns ErrInvalid if the received bytes do not have the announced size
// or digest.
func (i Instruments) Upload(ctx context.Context, up Upload, r io.Reader) (InstrumentFile, error) {
	q := url.Values{"size": {strconv.FormatInt(up.Size, 10)}, "sha256": {up.SHA256}}
	return send[InstrumentFile](ctx, i.t, path("participants", up.Owner, "instruments", "files")+query(q), up.Size, r)
}

// Add proposes an instrument, whose file was uploaded. It does not count before a
// compliance officer has confirmed it.
func (i Instruments) Add(ctx context.Context, in Instrument) (Instrument, error) {
	return call[Instrument](ctx, i.t, http.MethodPost, "/instruments", in)
}

// Confirm says that a compliance officer has compared an instrument with its file,
// which is named by its SHA-256. Flows that waited for it continue.
func (i Instruments) Confirm(ctx context.Context, owner, id, file string) (Instrument, error) {
	return call[Instrument](ctx, i.t, http.MethodPost, path("participants", owner, "instruments", id, "confirm"), ConfirmInstrument{file})
}

// File returns the bytes of the file of an instrument.
func (i Instruments) File(ctx context.Context, owner, id string) ([]byte, error) {
	return i.t.read(ctx, path("participants", owner, "instruments", id, "file"))
}

// Uses lists what rests on an instrument.
func (i Instruments) Uses(ctx context.Context, owner, id string) (InstrumentUses, error) {
	return call[InstrumentUses](ctx, i.t, http.MethodGet, path("participants", owner, "instruments", id, "uses"), nil)
}

// Remove removes an instrument.
func (i Instruments) Remove(ctx context.Context, owner, id string) error {
	return i.t.remove(ctx, path("participants", owner, "instruments", id))
}
