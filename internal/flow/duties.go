package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hutong/internal/agenda"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/zone"
)

const lookBatch = 100

// LookAtFlows checks every flow whose obligations may have changed. A flow that
// cannot be decided gives an error; the others are still checked.
func (s *Obligations) LookAtFlows(ctx context.Context) error {
	return s.look(ctx, AgendaFilter{}, time.Time{})
}

// look checks the flows of a filter until the time is over; zero: all of them.
func (s *Obligations) look(ctx context.Context, of AgendaFilter, until time.Time) error {
	var errs []error
	asOf, err := s.asOf()
	if err != nil {
		return err
	}
	for after := (Unlooked{}); ; {
		list, err := s.duties.Unlooked(ctx, of, asOf, after, lookBatch)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, u := range list {
			if ctx.Err() != nil || !until.IsZero() && s.now().After(until) {
				return errors.Join(append(errs, ctx.Err())...)
			}
			if err := s.lookAt(ctx, u, asOf); err != nil {
				errs = append(errs, fmt.Errorf("decide flow %s as of today: %w", u.Flow, err))
			}
			after = u
		}
		if len(list) < lookBatch {
			return errors.Join(errs...)
		}
	}
}

func (s *Obligations) lookAt(ctx context.Context, u Unlooked, asOf string) error {
	f, err := s.Flow(ctx, u.Flow)
	if err != nil {
		return err
	}
	d, err := s.decideToday(ctx, f)
	if err != nil {
		return err
	}
	home, err := s.directory.Home(ctx, f.Local)
	if err != nil {
		return err
	}
	when := clear.DatesOf(home, s.now(), f.deliveredAt())
	return s.duties.PutLook(ctx, u, agenda.LookOf(Duty{Flow: f.ID, Participant: f.Local, Dataset: f.Dataset, DeliveredOn: when.DeliveredOn}, f.Done, d, asOf, when.On))
}

// asOf is the days in the zones of the packs, the rules and the operator's choices
// on which the check is based.
func (s *Obligations) asOf() (string, error) {
	digest, err := decide.RulesDigest(s.rules())
	if err != nil {
		return "", err
	}
	doc, err := dataspace.NewDocument(map[string]any{"rules": digest, "switches": s.switches, "days": s.rules().AllZones().Key(s.now())})
	if err != nil {
		return "", fmt.Errorf("name rules and switches: %w", err)
	}
	return zone.List(nil).First(s.now()) + " " + string(doc.Digest()), nil
}
