package systest_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
)

// counts corrects the count of an exporter who sent nothing, close to a number
// of the law, and looks at what people are told about it, and at those who
// really left.
func (x *exchange) counts(t *testing.T) {
	x.exporter("tally")
	key := filepath.Join(x.here.dir, "officer.key")
	if err := os.WriteFile(key, []byte(x.compliance), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := x.here.command("counts", "correct", "tally", "--non-sensitive", "85000"); code != 2 || !strings.Contains(errs, "reason") {
		t.Fatalf("a correction without a reason ended with %d: %s", code, errs)
	}
	if _, errs, code := x.here.command("counts", "correct", "tally", "--non-sensitive", "85000", "--reason", "an operator may not"); code != 1 {
		t.Fatalf("an operator's correction ended with %d: %s", code, errs)
	}
	const reason = "paper files, register 17"
	out, errs, code := x.here.command("counts", "correct", "tally", "--non-sensitive", "85000", "--reason", reason, "--key-file", key)
	if code != 0 {
		t.Fatalf("correct ended with %d\n%s", code, errs)
	}
	for _, want := range []string{"85,000 / 100,000 (85.0 %), 15,000 left", "! without", "Order 16", "https://", "not enough data", reason} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if zh, _, _ := x.here.command("--lang", "zh", "counts", "tally"); !strings.Contains(zh, "尚余 15,000") || !strings.Contains(zh, "更正") {
		t.Errorf("in Chinese:\n%s", zh)
	}
	for id := range storedEvents(t, x.here.data) {
		if strings.HasPrefix(string(id), "correction.") {
			x.remember(x.here, "", append(slices.Repeat([]dataspace.EventKind{dataspace.EventInstrument}, x.confirmed), dataspace.EventCorrection)...)
		}
	}
	if len(x.kinds[x.here][""]) != x.confirmed+1 {
		t.Error("the correction is not in the log")
	}
	if _, errs, code := x.here.command("counts", "correct", "tally", "--non-sensitive", "-85001", "--reason", reason, "--key-file", key); code != 1 {
		t.Errorf("taking away more than there are ended with %d: %s", code, errs)
	}

	out, errs, code = x.here.command("counts", acme, "--json")
	var v yearCounts
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != 0 {
		t.Fatalf("counts ended with %d: %v\n%s%s", code, err, out, errs)
	}
	if len(v.Flows) == 0 || v.FlowsInAll < len(v.Flows) || !strings.HasPrefix(v.Flows[0].To, "singapore/") || v.Flows[0].People == nil || v.Flows[0].On == "" {
		t.Errorf("flows are %s", asJSON(v.Flows))
	}
	var fresh int64
	for _, f := range v.Flows {
		fresh += f.New["non_sensitive"]
	}
	if fresh != v.Totals["non_sensitive"] {
		t.Errorf("flows brought %d people of %d", fresh, v.Totals["non_sensitive"])
	}

	resp, err := x.here.http.Get("https://" + x.here.management + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(text), "hutong_counts_used_ratio{") || !strings.Contains(string(text), "hutong_counts_warnings 1") {
		t.Errorf("metrics (%v):\n%s", err, text)
	}
}
