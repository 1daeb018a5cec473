package api

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics reads stored figures and costs the same at any number of flows,
// exporters and people. No label holds a name.
func (s *server) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &collector{s.Config})
	return r
}

var (
	flowsDesc = prometheus.NewDesc("hutong_flows", "Flows by role and state.", []string{"role", "state"}, nil)
	forksDesc = prometheus.NewDesc("hutong_witness_forks_total", "Checkpoints of peers that contradicted earlier ones, since start.", nil, nil)
	usedDesc  = prometheus.NewDesc("hutong_counts_used_ratio", "People exported this year as a share of a number of the law, by the exporter who is nearest to it.", []string{"pack", "number"}, nil)
	warnDesc  = prometheus.NewDesc("hutong_counts_warnings", "Thresholds that some exporter comes near to, or will soon reach.", nil, nil)
	sinceDesc = prometheus.NewDesc("hutong_counts_age_seconds", "How old the oldest of the figures of counts may be.", nil, nil)
	readyDesc = prometheus.NewDesc("hutong_ready", "1 if the gateway can work.", nil, nil)
)

// collector gives the figures of a gateway.
type collector struct{ Config }

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- flowsDesc
	ch <- forksDesc
	ch <- readyDesc
	ch <- usedDesc
	ch <- warnDesc
	ch <- sinceDesc
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ctx := context.Background()
	ready := 1.0
	if err := c.Ready(ctx); err != nil {
		ready = 0
	}
	ch <- prometheus.MustNewConstMetric(readyDesc, prometheus.GaugeValue, ready)
	ch <- prometheus.MustNewConstMetric(forksDesc, prometheus.CounterValue, float64(c.Forks()))
	counts, err := c.Flows.CountByState(ctx)
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
// naming an exporter. It runs one step of the survey, so that the figures are
// current if there are few exporters.
func (c *collector) people(ctx context.Context, ch chan<- prometheus.Metric) error {
	if _, err := c.Survey.Step(ctx); err != nil {
		return err
	}
	f := c.Survey.Figures()
	for n, ratio := range f.Used {
		ch <- prometheus.MustNewConstMetric(usedDesc, prometheus.GaugeValue, ratio, string(n.Pack), n.Name)
	}
	ch <- prometheus.MustNewConstMetric(warnDesc, prometheus.GaugeValue, float64(f.Warnings))
	ch <- prometheus.MustNewConstMetric(sinceDesc, prometheus.GaugeValue, c.Now().Sub(f.Since).Seconds())
	return nil
}
