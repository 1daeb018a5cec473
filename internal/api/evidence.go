package api

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Counts are the people an exporter has exported in a year.
type Counts struct {
	Exporter    dataspace.ParticipantID `json:"exporter"`
	Year        int                     `json:"year"`
	Totals      clear.Totals            `json:"totals"`
	Corrections []clear.Correction      `json:"corrections"`
}

// Correct changes a count, for a reason.
type Correct struct {
	Exporter dataspace.ParticipantID `json:"exporter"`
	Year     int                     `json:"year"`
	Change   clear.Totals            `json:"change" doc:"added to the totals; may be negative"`
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
}) (*body[Counts], error) {
	if err := allow(ctx, gateway.ReadCounts, in.Exporter); err != nil {
		return nil, err
	}
	if in.Year == 0 {
		in.Year = s.Now().UTC().Year()
	}
	t, err := s.Counts.Totals(ctx, in.Exporter, in.Year)
	if err != nil {
		return nil, err
	}
	list, err := s.Counts.Corrections(ctx, in.Exporter, in.Year)
	return &body[Counts]{Counts{Exporter: in.Exporter, Year: in.Year, Totals: t, Corrections: orEmpty(list)}}, err
}

func (s *server) correct(ctx context.Context, in *with[Correct]) (*body[Counts], error) {
	c := in.Body
	if err := allow(ctx, gateway.CorrectCounts, c.Exporter); err != nil {
		return nil, err
	}
	if _, err := s.Gateway.Participant(ctx, c.Exporter); err != nil {
		return nil, err
	}
	err := s.Counts.Correct(ctx, clear.Correction{
		ID: uuid.NewString(), Exporter: c.Exporter, Year: c.Year, Change: c.Change, Reason: c.Reason, By: who(ctx).Name, At: s.Now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	t, err := s.Counts.Totals(ctx, c.Exporter, c.Year)
	if err != nil {
		return nil, err
	}
	list, err := s.Counts.Corrections(ctx, c.Exporter, c.Year)
	return &body[Counts]{Counts{Exporter: c.Exporter, Year: c.Year, Totals: t, Corrections: orEmpty(list)}}, err
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
	readyDesc = prometheus.NewDesc("hutong_ready", "1 if the gateway can work.", nil, nil)
)

type flowCollector struct{ s *server }

// Describe implements prometheus.Collector.
func (c *flowCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- flowsDesc
	ch <- forksDesc
	ch <- readyDesc
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
}
