package api_test

import (
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/survey"
)

// scrape reads the metrics.
func (w *world) scrape() string {
	w.t.Helper()
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, httptest.NewRequestWithContext(w.t.Context(), "GET", "/metrics", nil))
	if out.Code != 200 {
		w.t.Fatal(out.Code, out.Body)
	}
	return out.Body.String()
}

// Metrics show the exporter who is nearest to a number, however many others
// there are, and no name.
func TestMetricsOfCounts(t *testing.T) {
	w := newWorld(t)
	if text := w.scrape(); !strings.Contains(text, "hutong_counts_warnings 0") || !strings.Contains(text, "hutong_ready 1") || !strings.Contains(text, `hutong_flows{role="provider",state="completed"} 2`) {
		t.Error(text)
	}
	// Behind a page of others: the survey has to get there.
	for i := range 2 * survey.Exporters {
		_, err := w.node.Gateway.Register(t.Context(), gateway.Participant{ID: dataspace.ParticipantID("bb" + strings.Repeat("x", i)), LegalName: dataspace.Text{EN: "x"}, Jurisdiction: "CN"})
		w.must(err)
	}
	if got := w.ask(w.keys[gateway.Compliance], "POST", "/counts/corrections", `{"exporter": "other", "year": `+strconv.Itoa(time.Now().UTC().Year())+`, "change": {"non_sensitive": 95000}, "reason": "a test"}`); got.Code != 200 {
		t.Fatal(got.Code, got.Body)
	}
	text := ""
	for range 4 {
		text = w.scrape()
	}
	if !strings.Contains(text, "hutong_counts_warnings 2") || !strings.Contains(text, "hutong_counts_age_seconds ") || !strings.Contains(text, "} 0.95") {
		t.Error(text)
	}
	for _, line := range strings.Split(text, "\n") {
		for _, name := range []string{"acme", "other", "lion"} {
			if strings.HasPrefix(line, "hutong_") && strings.Contains(line, name) {
				t.Errorf("%s names %s", line, name)
			}
		}
	}
}
