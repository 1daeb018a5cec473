package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"hutong/client"
	"hutong/filings"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/dossier"
	"hutong/internal/flow"
	"hutong/internal/rules"
	"hutong/internal/zone"
)

// library holds the forms of all kinds of filings.
var library = sync.OnceValues(func() (*dossier.Library, error) { return dossier.Load(filings.FS) })

// maxFilingBody is the largest size of a request with answers and a template.
// The dossier bounds both; base64 takes a third more.
const maxFilingBody = 32 << 20

// byKind names a kind of filing.
type byKind struct {
	Kind string `query:"kind" required:"true"`
}

// filingHandlers make the documents of filings.
type filingHandlers struct {
	flows   *flow.Service
	library func() (*dossier.Library, error)
	now     func() time.Time
	rules   func() *rules.Set
}

func (h filingHandlers) kinds(context.Context, *none) (*body[[]client.FilingKind], error) {
	l, err := h.library()
	if err != nil {
		return nil, err
	}
	out := []client.FilingKind{}
	for _, f := range l.Kinds() {
		out = append(out, client.FilingKind{Kind: string(f.Kind), Title: client.Text(f.Title), Authority: client.Text(f.Authority), Layout: string(f.Layout), CheckedOn: f.CheckedOn})
	}
	return &body[[]client.FilingKind]{out}, nil
}

func (h filingHandlers) questions(_ context.Context, in *byKind) (*body[[]client.FilingQuestion], error) {
	l, err := h.library()
	if err != nil {
		return nil, err
	}
	return answer[[]client.FilingQuestion](l.Questions(dossier.Kind(in.Kind)))
}

func (h filingHandlers) wanted(ctx context.Context, f flow.Flow, _ *ByFlow) (*body[[]client.WantedFiling], error) {
	l, err := h.library()
	if err != nil {
		return nil, err
	}
	known, err := h.known(ctx, f)
	if err != nil {
		return nil, err
	}
	if known.Decision == nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "flow.undecided", Place: string(f.ID), Message: "nothing has been decided about the flow yet"}
	}
	return answer[[]client.WantedFiling](l.Wanted(known.Decision), nil)
}

func (h filingHandlers) documents(ctx context.Context, f flow.Flow, in *onFlow[client.FilingInput]) (*body[client.Dossier], error) {
	var earlier flow.Filing
	if err := h.read(ctx, f, flow.DocFiling(in.Body.Kind), &earlier); err != nil {
		return nil, err
	}
	l, input, err := h.input(ctx, f, in.Body, earlier)
	if err != nil {
		return nil, err
	}
	return written(l.Write(input))
}

// approve makes the documents before it records their approval, so that nobody
// can approve documents that the gateway would not write.
func (h filingHandlers) approve(ctx context.Context, f flow.Flow, in *onFlow[client.FilingInput]) (*body[client.Dossier], error) {
	l, input, err := h.input(ctx, f, in.Body, flow.Filing{}) // a new approval is for the questions of today
	if err != nil {
		return nil, err
	}
	d, err := l.Write(input)
	if err != nil {
		return nil, err
	}
	if n := len(d.Missing) + len(d.Findings); n > 0 {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotCleared, Code: "filing.unready", Place: in.Body.Kind,
			Message: fmt.Sprintf("answers missing: %d, conditions that do not hold: %d; such a dossier cannot be approved", len(d.Missing), len(d.Findings)),
			Hint:    "make its documents first: they say which"}
	}
	made, err := h.flows.Commands.ApproveFiling(ctx, f.ID, flow.Filing{Kind: in.Body.Kind, Digest: d.Digest, Reason: in.Body.Reason, By: signature(ctx)})
	if err != nil {
		return nil, err
	}
	input.Approval = h.approvalOf(input, made)
	return written(l.Write(input))
}

func (h filingHandlers) approvalOf(in dossier.Input, f flow.Filing) *dossier.Approval {
	return &dossier.Approval{Digest: f.Digest, By: f.By, On: h.home(in.Flow).First(f.At), Reason: f.Reason}
}

// home returns the time zones of the exporter of a flow.
func (h filingHandlers) home(f dossier.Flow) zone.List {
	if f.Facts == nil {
		return nil
	}
	return h.rules().Home(f.Facts.Known)
}

// written is a dossier with its files.
func written(d *dossier.Dossier, err error) (*body[client.Dossier], error) {
	if err != nil {
		return nil, err
	}
	out, err := wired[client.Dossier](d)
	if err != nil {
		return nil, err
	}
	for i, f := range d.Files {
		out.Files[i].Data = f.Data
	}
	return &body[client.Dossier]{out}, nil
}

// input returns the library and the data from which a dossier about the flow is
// made. earlier is the last approval; it may be none.
func (h filingHandlers) input(ctx context.Context, f flow.Flow, in client.FilingInput, earlier flow.Filing) (*dossier.Library, dossier.Input, error) {
	l, err := h.library()
	if err != nil {
		return nil, dossier.Input{}, err
	}
	text, err := json.Marshal(in.Answers)
	if err != nil {
		return nil, dossier.Input{}, fmt.Errorf("read answers: %w", err)
	}
	out := dossier.Input{Kind: dossier.Kind(in.Kind), On: in.On, Template: in.Template, Upload: in.Upload}
	for _, g := range in.Forms {
		out.Forms = append(out.Forms, dossier.GivenForm{Name: g.Name, Paper: g.Paper, Data: g.Data, Says: g.Says})
	}
	for _, g := range in.Papers {
		out.Papers = append(out.Papers, dossier.GivenPaper{Paper: g.Paper, Name: g.Name, Data: g.Data})
	}
	if out.Flow, err = h.known(ctx, f); err != nil {
		return nil, dossier.Input{}, err
	}
	if out.On == "" {
		out.On = h.home(out.Flow).First(h.now())
	}
	if earlier.Digest != "" {
		out.Approval = h.approvalOf(out, earlier)
	}
	return l.WithWords(h.rules().Facts().Words()).WithElements(h.rules().Elements()).WithLaw(decide.Consistency(h.rules())).Answered(out, func(l *dossier.Library) (dossier.Answers, error) {
		if len(in.Answers) == 0 {
			return dossier.Answers{}, nil
		}
		return l.ParseAnswers(text)
	})
}

// known returns what the gateway knows of a flow so far.
func (h filingHandlers) known(ctx context.Context, f flow.Flow) (out dossier.Flow, err error) {
	for name, into := range map[string]any{flow.DocFacts: &out.Facts, flow.DocProfile: &out.Profile, flow.DocPlan: &out.Plan, flow.DocDecision: &out.Decision} {
		err = errors.Join(err, h.read(ctx, f, name, into))
	}
	return out, err
}

// read reads a document of the flow; it leaves out a document that does not
// exist.
func (h filingHandlers) read(ctx context.Context, f flow.Flow, name string, into any) error {
	doc, err := h.flows.Document(ctx, f, name)
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(doc, into); err != nil {
		return fmt.Errorf("read %s of flow %s: %w", name, f.ID, err)
	}
	return nil
}
