package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"hutong/client"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/officer"
	"hutong/internal/pack"
	"hutong/internal/people"
)

// chosen is a person's choice of a key.
type chosen struct {
	ByDataset
	Body client.ChooseKey
}

// unchosen names a role whose choice is taken back.
type unchosen struct {
	ByDataset
	Body client.UnchooseKey
}

func (h statementHandlers) candidates(ctx context.Context, in *ByDataset) (*body[[]client.KeyCandidate], error) {
	d, err := h.gateway.Dataset(ctx, in.Owner, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := h.reading.Keys(ctx, d)
	if err != nil {
		return nil, err
	}
	out, err := wiredAll[client.KeyCandidate](list)
	return &body[[]client.KeyCandidate]{out}, err
}

func (h statementHandlers) choose(ctx context.Context, in *chosen) (*body[client.KeyChosen], error) {
	return h.counted(ctx, in.ByDataset, in.Body.Recount, "the people of the role "+in.Body.Role+" are told apart by "+strings.Join(in.Body.Columns, " + ")+": "+in.Body.Reason,
		func(before dataspace.Profile) error {
			d, err := h.gateway.Dataset(ctx, in.Owner, in.ID)
			if err != nil {
				return err
			}
			list, err := h.reading.Keys(ctx, d)
			if err != nil {
				return err
			}
			schema, err := before.Schema()
			if err != nil {
				return err
			}
			_, err = h.reading.Officer.Choose(ctx, in.Owner, in.ID, officer.Choice{Role: in.Body.Role, Columns: orEmpty(in.Body.Columns), Among: list, Schema: schema}, h.by(ctx, in.Body.Reason))
			return err
		})
}

func (h statementHandlers) unchoose(ctx context.Context, in *unchosen) (*body[client.KeyChosen], error) {
	if strings.TrimSpace(in.Body.Reason) == "" {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.reason", Place: "reason", Message: "a reason is needed"}
	}
	return h.counted(ctx, in.ByDataset, in.Body.Recount, "the choice of a key of the role "+in.Body.Role+" is taken back: "+in.Body.Reason,
		func(dataspace.Profile) error {
			_, err := h.reading.Officer.Unchoose(ctx, in.Owner, in.ID, in.Body.Role, h.by(ctx, in.Body.Reason))
			return err
		})
}

// counted changes how the people of a dataset are told apart, and says what
// that changes. With recount it corrects the exporter's year by the difference,
// if the dataset has left in it.
func (h statementHandlers) counted(ctx context.Context, of ByDataset, recount bool, reason string, change func(before dataspace.Profile) error) (*body[client.KeyChosen], error) {
	before, err := h.profiled(ctx, of)
	if err != nil {
		return nil, err
	}
	year, left, err := h.leftIn(ctx, of)
	if err != nil {
		return nil, err
	}
	if recount && !left {
		return nil, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "statement.recount", Place: string(of.ID),
			Message: fmt.Sprintf("nothing of the dataset was counted in %d", year), Hint: "leave out the recount: the next flow is counted by the new key"}
	}
	if err := change(before); err != nil {
		return nil, err
	}
	if err := h.flows.Commands.SaidOf(ctx, of.Owner, of.ID); err != nil {
		return nil, err
	}
	after, err := h.profiled(ctx, of)
	if err != nil {
		return nil, err
	}
	out := client.KeyChosen{Before: *before.Subjects.Distinct, After: *after.Subjects.Distinct, Change: h.difference(before, after)}
	if recount && len(out.Change) > 0 {
		err = h.counts.Correct(ctx, clear.NewCounting(h.rules().Counts()).Year(), people.Correction{
			ID: uuid.NewString(), Exporter: of.Owner, Year: year, Change: people.Totals(out.Change),
			Reason: fmt.Sprintf("count of dataset %s again: %s", of.ID, reason), By: who(ctx).Name, At: h.now().UTC(),
		})
		if err != nil {
			return nil, err
		}
		out.Corrected = year
	}
	kept, err := h.reading.Officer.Kept(ctx, of.Owner, of.ID)
	if err != nil {
		return nil, err
	}
	out.Statements, err = wired[client.Statements](kept)
	return &body[client.KeyChosen]{out}, err
}

// leftIn is the exporter's year, and whether people of the dataset are counted
// in it.
func (h statementHandlers) leftIn(ctx context.Context, of ByDataset) (year int, left bool, err error) {
	p, err := h.gateway.Participant(ctx, of.Owner)
	if err != nil {
		return 0, false, err
	}
	set := h.rules()
	today := pack.ParseDay(set.Home(p.Exporter(set.Facts())).First(h.now()))
	list, err := h.counts.ByYear(ctx, of.Owner, today.Year())
	if err != nil {
		return 0, false, err
	}
	for _, c := range list {
		f, err := h.flows.Flow(ctx, c.Flow)
		if err != nil {
			return 0, false, err
		}
		if f.Dataset == of.ID && f.State == dataspace.Completed {
			return today.Year(), true, nil
		}
	}
	return today.Year(), false, nil
}

// difference is by how many people the classes of the year differ.
func (h statementHandlers) difference(before, after dataspace.Profile) client.Totals {
	of := func(s dataspace.Subjects, class string) int64 {
		if n := s.Classes[class]; n != nil {
			return *n
		}
		return 0
	}
	out := client.Totals{}
	year := clear.NewCounting(h.rules().Counts()).Year()
	for _, c := range h.rules().Counts() {
		if !slices.Contains(year.Classes, c.ID) {
			continue
		}
		n := of(after.Subjects, c.ID) - of(before.Subjects, c.ID)
		if len(c.Of.RestOf) > 0 { // everybody who is in none of them
			n = *after.Subjects.Distinct - *before.Subjects.Distinct
			for _, other := range c.Of.RestOf {
				n -= of(after.Subjects, other) - of(before.Subjects, other)
			}
		}
		if n != 0 {
			out[c.ID] = n
		}
	}
	return out
}
