package api

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/rules"
)

// Counts are the people an exporter has exported in a year.
type Counts struct {
	Exporter    dataspace.ParticipantID `json:"exporter"`
	Year        int                     `json:"year"`
	Totals      clear.Totals            `json:"totals"`
	Thresholds  []clear.Outlook         `json:"thresholds"`
	Flows       []CountedFlow           `json:"flows" doc:"newest first"`
	FlowsInAll  int                     `json:"flows_in_all"`
	Corrections []clear.Correction      `json:"corrections"`
}

// CountedFlow is a flow whose people count.
type CountedFlow struct {
	Flow   dataspace.FlowID       `json:"flow"`
	State  clear.ReservationState `json:"state" doc:"reserved until they are delivered, then confirmed"`
	On     string                 `json:"on,omitempty" doc:"day of the decision"`
	To     string                 `json:"to,omitempty" doc:"recipient, peer/participant"`
	People *clear.Totals          `json:"people,omitempty" doc:"distinct people of the flow; absent where an older version counted them"`
	New    *clear.Totals          `json:"new,omitempty" doc:"those of them whom nobody else held when they were counted"`
}

// Correct changes a count, for a reason.
type Correct struct {
	Exporter dataspace.ParticipantID `json:"exporter"`
	Year     int                     `json:"year"`
	Change   clear.Totals            `json:"change" doc:"added to the totals; may be negative"`
	Reason   string                  `json:"reason"`
}

// countedYear names an exporter and a year.
type countedYear struct {
	Exporter dataspace.ParticipantID `query:"exporter" required:"true"`
	Year     int                     `query:"year" doc:"default: this year"`
	Flows    int                     `query:"flows" default:"100" minimum:"0" doc:"list so many flows at most"`
}

func (in *countedYear) owner() dataspace.ParticipantID { return in.Exporter }

// correction is a count to be corrected.
type correction struct{ Body Correct }

func (in *correction) owner() dataspace.ParticipantID { return in.Body.Exporter }

// countHandlers answer for people counts.
type countHandlers struct {
	gateway *gateway.Service
	counts  *clear.Counts
	rules   func() *rules.Set
	now     func() time.Time
}

func (h countHandlers) show(ctx context.Context, in *countedYear) (*body[Counts], error) {
	if in.Year == 0 {
		in.Year = h.now().UTC().Year()
	}
	v, err := h.of(ctx, in.Exporter, in.Year, in.Flows)
	return &body[Counts]{v}, err
}

// of gathers what is known of an exporter's year.
func (h countHandlers) of(ctx context.Context, exporter dataspace.ParticipantID, year, limit int) (Counts, error) {
	v := Counts{Exporter: exporter, Year: year, Flows: []CountedFlow{}, Thresholds: []clear.Outlook{}}
	var err error
	if v.Totals, err = h.counts.Totals(ctx, exporter, year); err != nil {
		return v, err
	}
	list, err := h.counts.Corrections(ctx, exporter, year)
	if err != nil {
		return v, err
	}
	v.Corrections = orEmpty(list)
	counted, err := h.counts.ByYear(ctx, exporter, year)
	if err != nil {
		return v, err
	}
	v.FlowsInAll = len(counted)
	for _, c := range counted[:min(limit, len(counted))] {
		v.Flows = append(v.Flows, CountedFlow{Flow: c.Flow, State: c.State, On: c.On, To: c.To, People: c.People, New: c.New})
	}
	p, err := h.gateway.Participant(ctx, exporter)
	if errors.Is(err, dataspace.ErrNotFound) {
		return v, nil // gone, and with it the facts that say which packs apply
	}
	if err != nil {
		return v, err
	}
	today := h.now().UTC()
	v.Thresholds = clear.Outlooks(h.rules().Bounds(p.Exporter(), today.Format(time.DateOnly)), v.Totals, counted, year, today)
	return v, nil
}

func (h countHandlers) correct(ctx context.Context, in *correction) (*body[Counts], error) {
	c := in.Body
	if _, err := h.gateway.Participant(ctx, c.Exporter); err != nil {
		return nil, err
	}
	err := h.counts.Correct(ctx, clear.Correction{
		ID: uuid.NewString(), Exporter: c.Exporter, Year: c.Year, Change: c.Change, Reason: c.Reason, By: who(ctx).Name, At: h.now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	v, err := h.of(ctx, c.Exporter, c.Year, 0)
	return &body[Counts]{v}, err
}
