package law

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
)

// atGateway lets the gateway make the documents about a flow and record their
// approval as evidence.
func (s *filing) atGateway(ctx context.Context, l *dossier.Library, kind dossier.Kind, flow string) error {
	if s.from+s.facts+s.profile+s.plan+s.decision+s.packs+s.packKey != "" {
		return frame.Usagef("the gateway has them", "--from, --facts, --profile, --plan, --decision, --packs and --pack-key go without FLOW")
	}
	if len(s.enclosed.earlier) > 0 {
		return frame.Usagef("use 'hutong file' with --from to see what is offered", "--earlier goes without FLOW")
	}
	in := client.FilingInput{Kind: string(kind), On: s.on}
	answers, err := s.read(l.WithWords(nil)) // the gateway reads their words
	if err != nil {
		return err
	}
	if in.Answers, err = frame.Wire[map[string]any](answers); err != nil {
		return err
	}
	if s.template != "" {
		if in.Template, err = os.ReadFile(s.template); err != nil {
			return frame.Unreadable(s.template, err)
		}
	}
	if err := s.enclosed.wire(&in); err != nil {
		return err
	}
	c, err := s.env.Client()
	if err != nil {
		return err
	}
	d, err := dossierOf(c.Filings().Documents(ctx, flow, in))
	if err != nil {
		return noFlow(flow, err)
	}
	changed, err := s.ready(d)
	if err == nil && s.approve {
		// The documents without the draft mark differ from these.
		if err = s.free(d); err != nil {
			return err
		}
		in.Reason = s.reason
		if d, err = dossierOf(c.Filings().Approve(ctx, flow, in)); err == nil {
			changed, err = s.ready(d)
		}
	}
	if err != nil {
		return err
	}
	return s.finish(d, changed, "")
}

// free refuses an approval whose documents could not be written, before the
// gateway records it.
func (s *filing) free(d *dossier.Dossier) error {
	for _, f := range d.Files {
		path := filepath.Join(s.out, f.Name)
		if _, err := os.Lstat(path); err == nil && !s.force {
			return exists(path)
		}
	}
	return nil
}

// dossierOf converts the dossier of a gateway.
func dossierOf(made client.Dossier, err error) (*dossier.Dossier, error) {
	if err != nil {
		return nil, err
	}
	d, err := frame.Wire[*dossier.Dossier](made)
	if err != nil {
		return nil, err
	}
	for i, f := range made.Files {
		d.Files[i].Data = f.Data
	}
	return d, nil
}

// noFlow explains an ErrNotFound of a gateway.
func noFlow(flow string, err error) error {
	var e *client.Error
	if errors.As(err, &e) && e.Code == "not_found" {
		return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "flow.none", Message: fmt.Sprintf("there is no flow %s", flow), Hint: "'hutong flow list' shows them"}
	}
	return err
}

// wanted lists the filings that a flow's decision asks for.
func (s *filing) wanted(ctx context.Context, l *dossier.Library, flow string) ([]dossier.Wanted, error) {
	if flow == "" {
		known, err := s.known()
		if err != nil {
			return nil, err
		}
		if known.Decision == nil {
			return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "flow.undecided", Message: "nothing has been decided about the flow yet"}
		}
		return l.Wanted(known.Decision), nil
	}
	if s.from+s.decision != "" {
		return nil, frame.Usagef("the gateway has it", "--from and --decision go without FLOW")
	}
	c, err := s.env.Client()
	if err != nil {
		return nil, err
	}
	list, err := c.Filings().Wanted(ctx, flow)
	if err != nil {
		return nil, noFlow(flow, err)
	}
	return frame.Wire[[]dossier.Wanted](list)
}
