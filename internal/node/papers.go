package node

import (
	"context"
	"errors"
	"log/slog"

	"hutong/internal/dataspace"
	"hutong/internal/objects/folder"
	"hutong/internal/papers"
	"hutong/internal/reliance"
)

// openPapers opens the service of legal documents.
func openPapers(n *Node, event func(dataspace.EventKind, map[string]dataspace.Document) (dataspace.Event, error)) (*papers.Service, error) {
	files, err := folder.Open(n.dir("papers"))
	if err != nil {
		return nil, err
	}
	return papers.New(papers.Config{
		Store: n.state.papers, Files: files, Facts: n.facts, Now: n.clock.Now, Event: event, Recorded: func() { n.Log.Notify() },
		Group: func(ctx context.Context, owner dataspace.ParticipantID) (string, error) {
			p, err := n.Gateway.Participant(ctx, owner)
			if errors.Is(err, dataspace.ErrNotFound) {
				return "", nil
			}
			return p.Group, err
		},
	}), nil
}

// checkPapers removes files that no document names, and says in the log which
// documents of an older version cover nothing, and what stops without them.
func checkPapers(ctx context.Context, n *Node) error {
	if err := n.state.looked.papers.Sweep(ctx); err != nil {
		return err
	}
	list, err := n.state.looked.papers.Papers(ctx, "")
	if err != nil {
		return err
	}
	var unsaid []papers.Paper
	for _, p := range list {
		if p.Standing == dataspace.PaperUnsaid {
			unsaid = append(unsaid, p)
		}
	}
	if len(unsaid) == 0 {
		return nil
	}
	uses, err := reliance.Of(ctx, n.Flows, n.Rules(), unsaid...)
	if err != nil {
		// They cover nothing all the same.
		n.logger.WarnContext(ctx, "it is not known what rests on instruments without a scope", slog.Any("error", err))
		uses = make([]reliance.Uses, len(unsaid))
	}
	for i, p := range unsaid {
		var stops []dataspace.FlowID
		for _, f := range uses[i].Flows {
			if f.Stops {
				stops = append(stops, f.Flow)
			}
		}
		var datasets []string
		for _, d := range uses[i].Datasets {
			datasets = append(datasets, string(d.Participant)+"/"+string(d.Dataset))
		}
		n.logger.WarnContext(ctx, "an instrument of an older version has no scope and no file, so it covers nothing: add it again, with both, and have it confirmed",
			slog.String("participant", string(p.Owner)), slog.String("instrument", string(p.ID)), slog.String("kind", p.Kind), slog.Any("flows_that_stop", stops), slog.Any("datasets", datasets))
	}
	return nil
}
