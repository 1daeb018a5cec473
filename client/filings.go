package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// FilingKind is a kind of documents that an authority asks for.
type FilingKind struct {
	Kind      string `json:"kind"`
	Title     Text   `json:"title"`
	Authority Text   `json:"authority"`
	Layout    string `json:"layout"`
	CheckedOn string `json:"checked_on"`
}

// FilingQuestion is a question of a kind. "[]" in its path stands for each
// entry of a list.
type FilingQuestion struct {
	Path     string          `json:"path"`
	Text     Text            `json:"text"`
	Hint     Text            `json:"hint"`
	Type     string          `json:"type"`
	Fact     string          `json:"fact,omitempty" doc:"the fact that it is about"`
	Words    string          `json:"words,omitempty" doc:"the vocabulary that the answer is a word of"`
	Optional bool            `json:"optional"`
	When     string          `json:"when,omitempty"`
	Prefill  string          `json:"prefill,omitempty"`
	Options  []string        `json:"options,omitempty"`
	Basis    json.RawMessage `json:"basis,omitempty"`
}

// WantedFiling is a filing that a flow's decision asks for.
type WantedFiling struct {
	Kind      string `json:"kind"`
	Title     Text   `json:"title"`
	For       string `json:"for"` // the obligation, or the kind of instrument that ends soon
	Satisfied bool   `json:"satisfied"`
	Due       string `json:"due,omitempty"` // 2006-01-02
	Deadline  Text   `json:"deadline"`
}

// FilingInput is the input for the documents about a flow, besides the flow.
type FilingInput struct {
	Kind     string         `json:"kind"`
	Answers  map[string]any `json:"answers,omitempty"`
	On       string         `json:"on,omitempty" doc:"day of the filing, 2006-01-02; today when empty"`
	Template []byte         `json:"template,omitempty" doc:"a document of your own to fill in as well"`
	Reason   string         `json:"reason,omitempty" doc:"reason of the approval, if you approve; kept as evidence"`
	Forms    []FilingForm   `json:"forms,omitempty" doc:"official forms to fill in; nothing but their blanks is changed"`
	Papers   []FilingPaper  `json:"papers,omitempty" doc:"copies for the upload"`
	Upload   bool           `json:"upload,omitempty" doc:"put the papers of the upload together"`
}

// FilingForm is an official form to fill in.
type FilingForm struct {
	Name  string            `json:"name" doc:"of the file, with .docx"`
	Paper string            `json:"paper,omitempty" doc:"the paper of the upload that the form is"`
	Data  []byte            `json:"data"`
	Says  map[string]string `json:"says,omitempty" doc:"by the number of a blank: the answer that it takes, or hand"`
}

// FilingPaper is a copy for the upload, such as that of a certificate.
type FilingPaper struct {
	Paper string `json:"paper"`
	Name  string `json:"name" doc:"of the file"`
	Data  []byte `json:"data"`
}

// Dossier is the documents of a filing.
type Dossier struct {
	Kind     string          `json:"kind"`
	Title    Text            `json:"title"`
	Digest   string          `json:"digest" doc:"digest of the input that an approval refers to"`
	Draft    bool            `json:"draft"`
	Layout   string          `json:"layout"`
	Approval json.RawMessage `json:"approval,omitempty"`
	Missing  json.RawMessage `json:"missing" doc:"answers that are missing"`
	Findings json.RawMessage `json:"findings" doc:"reasons not to file it"`
	Unread   []string        `json:"unread,omitempty" doc:"questions with an earlier answer that cannot be read any more"`
	Due      string          `json:"due,omitempty"`
	Filled   json.RawMessage `json:"template,omitempty"`
	Forms    json.RawMessage `json:"forms,omitempty" doc:"how each form was filled, and which of its blanks are open"`
	Lacking  json.RawMessage `json:"lacking,omitempty" doc:"papers that the upload lacks"`
	Files    []DossierFile   `json:"files"`
}

// DossierFile is one file of a dossier.
type DossierFile struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// Filings gives access to documents that authorities ask for.
type Filings struct{ t *transport }

// Kinds lists what can be filed.
func (f Filings) Kinds(ctx context.Context) ([]FilingKind, error) {
	return call[[]FilingKind](ctx, f.t, http.MethodGet, "/filings", nil)
}

// Questions lists what a kind asks, in order.
func (f Filings) Questions(ctx context.Context, kind string) ([]FilingQuestion, error) {
	return call[[]FilingQuestion](ctx, f.t, http.MethodGet, "/filings/questions"+query(values("kind", kind)), nil)
}

// Wanted lists the filings that a flow's decision asks for.
func (f Filings) Wanted(ctx context.Context, flow string) ([]WantedFiling, error) {
	return call[[]WantedFiling](ctx, f.t, http.MethodGet, path("flows", flow, "filings", "wanted"), nil)
}

// Documents makes the documents of a filing about a flow. They are a draft
// unless exactly this input was approved.
func (f Filings) Documents(ctx context.Context, flow string, in FilingInput) (Dossier, error) {
	return call[Dossier](ctx, f.t, http.MethodPost, path("flows", flow, "filings", "documents"), in)
}

// Approve makes the documents, refuses them while something is missing
// (ErrNotCleared), and records that a compliance officer approved exactly these.
func (f Filings) Approve(ctx context.Context, flow string, in FilingInput) (Dossier, error) {
	return call[Dossier](ctx, f.t, http.MethodPost, path("flows", flow, "filings", "approval"), in)
}
