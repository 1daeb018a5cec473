package api

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/people"
)

// Counts are the people an exporter has exported in a year.
type Counts struct {
	Exporter    dataspace.ParticipantID `json:"exporter"`
	Year        int                     `json:"year"`
	Totals      people.Totals           `json:"totals"`
	Thresholds  []clear.Outlook         `json:"thresholds"`
	Flows       []CountedFlow           `json:"flows" doc:"newest first"`
	FlowsInAll  int                     `json:"flows_in_all"`
	Corrections []people.Correction     `json:"corrections"`
}

// CountedFlow is a flow whose people count.
type CountedFlow struct {
	Flow   dataspace.FlowID `json:"flow"`
	State  people.State     `json:"state" doc:"reserved until they are delivered, then confirmed"`
	On     string           `json:"on,omitempty" doc:"day of the decision"`
	To     string           `json:"to,omitempty" doc:"recipient, peer/participant"`
	People people.Totals    `json:"people,omitempty" doc:"distinct people of the flow; absent where an older version counted them"`
	New    people.Totals    `json:"new,omitempty" doc:"those of them whom nobody else held when they were counted"`
}

// Correct changes a count, for a reason.
type Correct struct {
	Exporter dataspace.ParticipantID `json:"exporter"`
	Year     int                     `json:"year"`
	Change   people.Totals           `json:"change" doc:"added to the totals; may be negative"`
	Reason   string                  `json:"reason"`
}

// Evidence says with what this gateway's evidence is checked.
type Evidence struct {
	LogKey     string `json:"log_key" doc:"vkey; hutong verify --key"`
	Checkpoint string `json:"checkpoint" doc:"newest signed tree head"`
}

func (s *server) registerEvidence(api huma.API) {
	add(s, api, route{method: get, path: "/counts", summary: "People exported since 1 January", tag: "counts"}, s.counts)
	add(s, api, route{method: post, path: "/counts/corrections", summary: "Correct a count", tag: "counts"}, s.correct)
	add(s, api, route{method: get, path: "/evidence", summary: "The log's key and newest checkpoint", tag: "evidence"},
		func(ctx context.Context, _ *none) (*body[Evidence], error) {
			if err := allowAny(ctx, gateway.ReadEvidence); err != nil {
				return nil, err
			}
			head, err := s.Log.Checkpoint()
			if err != nil && !errors.Is(err, dataspace.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			return &body[Evidence]{Evidence{LogKey: s.Log.Key(), Checkpoint: string(head)}}, nil
		})
	add(s, api, route{method: get, path: "/flows/{id}/waybill", summary: "The waybill of a completed flow", tag: "evidence"},
		func(ctx context.Context, in *ByFlow) (*huma.StreamResponse, error) {
			f, err := s.flow(ctx, gateway.ReadEvidence, in.ID)
			if err != nil {
				return nil, err
			}
			if f.Waybill == "" {
				return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "waybill.none", Place: string(in.ID), Message: "the flow has no waybill",
					Hint: "only a completed flow has one; its state is " + string(f.State)}
			}
			data, err := os.ReadFile(f.Waybill)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				ctx.SetHeader("Content-Type", "application/vnd.hutong.waybill+json")
				_, _ = ctx.BodyWriter().Write(data) // a broken connection is the caller's to notice
			}}, nil
		})
}

func (s *server) counts(ctx context.Context, in *struct {
	Exporter dataspace.ParticipantID `query:"exporter" required:"true"`
	Year     int                     `query:"year" doc:"default: this year"`
	Flows    int                     `query:"flows" default:"100" minimum:"0" doc:"list so many flows at most"`
}) (*body[Counts], error) {
	if err := allow(ctx, gateway.ReadCounts, in.Exporter); err != nil {
		return nil, err
	}
	if in.Year == 0 {
		in.Year = s.Now().UTC().Year()
	}
	v, err := s.countsOf(ctx, in.Exporter, in.Year, in.Flows)
	return &body[Counts]{v}, err
}

// countsOf gathers what is known of an exporter's year.
func (s *server) countsOf(ctx context.Context, exporter dataspace.ParticipantID, year, limit int) (Counts, error) {
	v := Counts{Exporter: exporter, Year: year, Flows: []CountedFlow{}, Thresholds: []clear.Outlook{}}
	var err error
	if v.Totals, err = s.Counts.Totals(ctx, exporter, year, clear.Yearly); err != nil {
		return v, err
	}
	list, err := s.Counts.Corrections(ctx, exporter, year)
	if err != nil {
		return v, err
	}
	v.Corrections = orEmpty(list)
	counted, err := s.Counts.ByYear(ctx, exporter, year)
	if err != nil {
		return v, err
	}
	v.FlowsInAll = len(counted)
	for _, c := range counted[:min(limit, len(counted))] {
		v.Flows = append(v.Flows, CountedFlow{Flow: c.Flow, State: c.State, On: c.On, To: c.To, People: c.People, New: c.New})
	}
	p, err := s.Gateway.Participant(ctx, exporter)
	if errors.Is(err, dataspace.ErrNotFound) {
		return v, nil // gone, and with it the facts that say which packs apply
	}
	if err != nil {
		return v, err
	}
	today := s.Now().UTC()
	v.Thresholds = clear.Outlooks(s.Rules().Bounds(p.Exporter(), today.Format(time.DateOnly)), v.Totals, counted, year, today)
	return v, nil
}

func (s *server) correct(ctx context.Context, in *with[Correct]) (*body[Counts], error) {
	c := in.Body
	if err := allow(ctx, gateway.CorrectCounts, c.Exporter); err != nil {
		return nil, err
	}
	if _, err := s.Gateway.Participant(ctx, c.Exporter); err != nil {
		return nil, err
	}
	err := s.Counts.Correct(ctx, clear.Yearly, people.Correction{
		ID: uuid.NewString(), Exporter: c.Exporter, Year: c.Year, Change: c.Change, Reason: c.Reason, By: who(ctx).Name, At: s.Now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	v, err := s.countsOf(ctx, c.Exporter, c.Year, 0)
	return &body[Counts]{v}, err
}

// metrics are computed when they are asked for. No label holds a name.
func (s *server) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &flowCollector{s})
	return r
}

var (
	flowsDesc = prometheus.NewDesc("hutong_flows", "Flows by role and state.", []string{"role", "state"}, nil)
	forksDesc = prometheus.NewDesc("hutong_witness_forks_total", "Checkpoints of peers that contradicted earlier ones, since start.", nil, nil)
	usedDesc  = prometheus.NewDesc("hutong_counts_used_ratio", "People exported this year as a share of a number of the law, by the exporter who is nearest to it.", []string{"pack", "number"}, nil)
	warnDesc  = prometheus.NewDesc("hutong_counts_warnings", "Thresholds that some exporter comes near to, or will soon reach.", nil, nil)
	readyDesc = prometheus.NewDesc("hutong_ready", "1 if the gateway can work.", nil, nil)
)

type flowCollector struct{ s *server }

// Describe implements prometheus.Collector.
func (c *flowCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- flowsDesc
	ch <- forksDesc
	ch <- readyDesc
	ch <- usedDesc
	ch <- warnDesc
}

// Collect implements prometheus.Collector.
func (c *flowCollector) Collect(ch chan<- prometheus.Metric) {
	ctx := context.Background()
	ready := 1.0
	if err := c.s.Ready(ctx); err != nil {
		ready = 0
	}
	ch <- prometheus.MustNewConstMetric(readyDesc, prometheus.GaugeValue, ready)
	ch <- prometheus.MustNewConstMetric(forksDesc, prometheus.CounterValue, float64(c.s.Forks()))
	counts, err := c.s.Flows.CountByState(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(flowsDesc, err)
		return
	}
	for k, n := range counts {
		ch <- prometheus.MustNewConstMetric(flowsDesc, prometheus.GaugeValue, float64(n), string(k.Role), string(k.State))
	}
	if err := c.people(ctx, ch); err != nil {
		ch <- prometheus.NewInvalidMetric(usedDesc, err)
	}
}

// people shows how near the counts are to the numbers of the law, without
// saying whose they are.
func (c *flowCollector) people(ctx context.Context, ch chan<- prometheus.Metric) error {
	list, err := c.s.Gateway.Participants(ctx)
	if err != nil {
		return err
	}
	type number struct{ pack, name string }
	used, warnings := map[number]float64{}, 0
	for _, p := range list {
		v, err := c.s.countsOf(ctx, p.ID, c.s.Now().UTC().Year(), 0)
		if err != nil {
			return err
		}
		for _, o := range v.Thresholds {
			n := number{string(o.Pack), o.Name}
			used[n] = max(used[n], float64(o.Count)/float64(o.Value))
			if len(o.Warn) > 0 {
				warnings++
			}
		}
	}
	for n, ratio := range used {
		ch <- prometheus.MustNewConstMetric(usedDesc, prometheus.GaugeValue, ratio, n.pack, n.name)
	}
	ch <- prometheus.MustNewConstMetric(warnDesc, prometheus.GaugeValue, float64(warnings))
	return nil
}
