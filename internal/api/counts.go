package api

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"hutong/client"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/pack"
	"hutong/internal/people"
	"hutong/internal/rules"
)

// countedYear names an exporter and a year.
type countedYear struct {
	Exporter dataspace.ParticipantID `query:"exporter" required:"true"`
	Year     int                     `query:"year" doc:"the year; default: this year"`
	Flows    int                     `query:"flows" default:"100" minimum:"0" doc:"list at most this number of flows"`
}

func (in *countedYear) owner() dataspace.ParticipantID { return in.Exporter }

// correction is a count to be corrected.
type correction struct{ Body client.Correct }

func (in *correction) owner() dataspace.ParticipantID {
	return dataspace.ParticipantID(in.Body.Exporter)
}

// countHandlers serve the counts of people.
type countHandlers struct {
	gateway *gateway.Service
	counts  *people.Counts
	rules   func() *rules.Set
	now     func() time.Time
}

func (h countHandlers) show(ctx context.Context, in *countedYear) (*body[client.YearCounts], error) {
	if in.Year == 0 {
		today, err := h.today(ctx, in.Exporter)
		if err != nil {
			return nil, err
		}
		in.Year = today.Year()
	}
	return answer[client.YearCounts](h.of(ctx, in.Exporter, in.Year, in.Flows))
}

// today is the day where an exporter is, as midnight of UTC.
func (h countHandlers) today(ctx context.Context, exporter dataspace.ParticipantID) (time.Time, error) {
	p, err := h.gateway.Participant(ctx, exporter)
	if err != nil && !errors.Is(err, dataspace.ErrNotFound) {
		return time.Time{}, err
	}
	return h.todayOf(p), nil
}

func (h countHandlers) todayOf(p gateway.Participant) time.Time {
	set := h.rules()
	return pack.ParseDay(set.Home(p.Exporter(set.Facts())).First(h.now()))
}

// year holds the counts of an exporter's year.
type year struct {
	Exporter    dataspace.ParticipantID `json:"exporter"`
	Year        int                     `json:"year"`
	Totals      people.Totals           `json:"totals"`
	Thresholds  []clear.Outlook         `json:"thresholds"`
	Flows       []client.CountedFlow    `json:"flows"`
	FlowsInAll  int                     `json:"flows_in_all"`
	Corrections []people.Correction     `json:"corrections"`
}

// of gathers the counts of an exporter's year, with the newest flows.
func (h countHandlers) of(ctx context.Context, exporter dataspace.ParticipantID, in, limit int) (year, error) {
	v := year{Exporter: exporter, Year: in, Flows: []client.CountedFlow{}, Thresholds: []clear.Outlook{}}
	counted, err := clear.ReadYear(ctx, h.counts, clear.NewCounting(h.rules().Counts()), exporter, in)
	if err != nil {
		return v, err
	}
	v.Totals = counted.Totals
	list, err := h.counts.Corrections(ctx, exporter, in)
	if err != nil {
		return v, err
	}
	v.Corrections = orEmpty(list)
	v.FlowsInAll = len(counted.Flows)
	for _, c := range counted.Flows[:min(limit, len(counted.Flows))] {
		v.Flows = append(v.Flows, countedFlow(c))
	}
	p, err := h.gateway.Participant(ctx, exporter)
	if errors.Is(err, dataspace.ErrNotFound) {
		return v, nil // removed, together with the facts that say which packs apply
	}
	if err != nil {
		return v, err
	}
	today := h.todayOf(p)
	set := h.rules()
	v.Thresholds = counted.Outlooks(set.Bounds(p.Exporter(set.Facts()), today.Format(time.DateOnly)), today)
	return v, nil
}

// countedFlow is a flow whose people count.
func countedFlow(c people.Counted) client.CountedFlow {
	return client.CountedFlow{Flow: string(c.Flow), State: string(c.State), On: c.On, To: c.To, People: client.Totals(c.People), New: client.Totals(c.New)}
}

func (h countHandlers) correct(ctx context.Context, in *correction) (*body[client.YearCounts], error) {
	c, exporter := in.Body, in.owner()
	if _, err := h.gateway.Participant(ctx, exporter); err != nil {
		return nil, err
	}
	err := h.counts.Correct(ctx, clear.NewCounting(h.rules().Counts()).Year(), people.Correction{
		ID: uuid.NewString(), Exporter: exporter, Year: c.Year, Change: people.Totals(c.Change), Reason: c.Reason, By: who(ctx).Name, At: h.now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	return answer[client.YearCounts](h.of(ctx, exporter, c.Year, 0))
}
