package systest_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/sample"
)

// customers is a support table of some of the sample's customers only: those
// from one place in their order to before another.
func customers(t *testing.T, from, to int) cells {
	t.Helper()
	all := sampleCells(t, sample.Support)
	var seen []string
	out := cells{all[0]}
	for _, row := range all[1:] {
		at := slices.Index(seen, row[1])
		if at < 0 {
			at = len(seen)
			seen = append(seen, row[1])
		}
		if from <= at && at < to {
			out = append(out, row)
		}
	}
	if len(seen) != supportPeople {
		t.Fatalf("the sample has %d customers", len(seen))
	}
	return out
}

// sendCustomers sends some customers to a recipient and waits until they have
// arrived.
func (w *world) sendCustomers(from, to int, recipient dataspace.ParticipantID) flowView {
	w.t.Helper()
	in := w.sending(customers(w.t, from, to).write(w.t, filepath.Join(w.here.dir, fmt.Sprintf("customers-%d-%d.csv", from, to))))
	in.To = recipient
	here, _ := w.complete(w.send(in))
	return here
}

// TestSeveralZones sends for an exporter whose law has several time zones while
// they have two days. It is asked for its zone; until it is stated, the earlier
// day counts and the decision says which question would narrow it.
func TestSeveralZones(t *testing.T) {
	year := time.Now().Year()
	m := newTimed(t, time.Date(year+1, 1, 1, 6, 0, 0, 0, time.UTC)) // 1:00 in New York, 20:00 the day before in Honolulu
	exporter := gateway.Participant{ID: "clinic", LegalName: dataspace.Text{EN: "Clinic"}, Jurisdiction: "US"}
	var kept client.Participant
	m.here.call("POST", "/participants", exporter, &kept)
	if len(kept.Asks) != 1 || kept.Asks[0].Fact != "time_zone" || !slices.Contains(kept.Asks[0].Values, "America/New_York") || !slices.Contains(kept.Asks[0].Values, "Pacific/Honolulu") || kept.Asks[0].Ask.ZH == "" {
		t.Errorf("the exporter is asked %+v", kept.Asks)
	}
	if out, stderr, code := m.here.command("participant", "add", "lab", "--name", "Lab", "--jurisdiction", "US"); code != 0 || !strings.Contains(out, "not stated: time_zone") || !strings.Contains(out, "Pacific/Honolulu") {
		t.Errorf("add ended with %d: %s%s", code, out, stderr)
	}
	if out, stderr, code := m.here.command("participant", "add", "plant", "--name", "Plant", "--jurisdiction", "SG"); code != 0 || strings.Contains(out, "not stated") {
		t.Errorf("add ended with %d: %s%s", code, out, stderr)
	}
	decided := func() (dataspace.Facts, dataspace.Decision) {
		t.Helper()
		s := m.sending(m.write(sample.Support))
		s.From = "clinic"
		f := m.here.settle(m.send(s).ID)
		var facts dataspace.Facts
		var d dataspace.Decision
		m.here.document(f.ID, "facts", &facts)
		m.here.document(f.ID, "decision", &d)
		return facts, d
	}
	before, first := fmt.Sprintf("%d-12-31", year), fmt.Sprintf("%d-01-01", year+1)
	f, d := decided()
	if f.On != before || len(d.Narrower) != 1 || d.Narrower[0].Fact != "exporter.time_zone" || !strings.Contains(d.Narrower[0].Why.EN, before+" or "+first) {
		t.Errorf("decided on %s, narrower by %+v", f.On, d.Narrower)
	}
	exporter.Known.Set("time_zone", dataspace.TextOf("America/New_York"))
	m.here.call("PUT", "/participants/clinic", exporter, &kept)
	if len(kept.Asks) > 0 {
		t.Errorf("the zone is stated, and it is asked %+v", kept.Asks)
	}
	if f, d := decided(); f.On != first || len(d.Narrower) > 0 {
		t.Errorf("with its zone: decided on %s, narrower by %+v", f.On, d.Narrower)
	}
}

// TestMidnight sends on both sides of midnight in Shanghai: people count in the
// year that it is there, also for the eight hours in which it is another one in
// UTC, and each decision names the day there.
func TestMidnight(t *testing.T) {
	year := time.Now().Year()
	m := newTimed(t, time.Date(year, 12, 31, 15, 20, 0, 0, time.UTC)) // 23:20 in Shanghai
	decided := func(id dataspace.FlowID) dataspace.Facts {
		var f dataspace.Facts
		m.here.document(id, "facts", &f)
		return f
	}
	first := m.sendCustomers(0, 30, lion)
	if f := decided(first.ID); f.On != strconv.Itoa(year)+"-12-31" || !strings.HasPrefix(f.At, strconv.Itoa(year)+"-12-31T15:") {
		t.Errorf("decided on %s, at %s", f.On, f.At)
	}

	m.move(time.Hour, 0) // 0:20 in Shanghai, 16:20 UTC
	second := m.sendCustomers(20, 60, lion)
	if f := decided(second.ID); f.On != strconv.Itoa(year+1)+"-01-01" || !strings.HasPrefix(f.At, strconv.Itoa(year)+"-12-31T16:") {
		t.Errorf("decided on %s, at %s", f.On, f.At)
	}
	var inward dataspace.Facts
	m.far.document(m.other(second).ID, "facts", &inward)
	if inward.On != strconv.Itoa(year+1)+"-01-01" {
		t.Errorf("the recipient's gateway decided on %s", inward.On)
	}
	if old, now := m.people(year)["non_sensitive"]+m.people(year)["sensitive"], m.people(year + 1)["non_sensitive"]+m.people(year + 1)["sensitive"]; old != 30 || now != 40 {
		t.Errorf("the old year has %d people and the new one %d, want 30 and 40", old, now)
	}
	var c yearCounts
	if m.here.call("GET", "/counts?exporter="+acme, nil, &c); c.Year != year+1 {
		t.Errorf("the year is %d", c.Year)
	}
	var open flow.Agenda
	if m.here.call("GET", "/obligations?owner="+acme, nil, &open); open.On != strconv.Itoa(year+1)+"-01-01" {
		t.Errorf("obligations are as of %s", open.On)
	}

	m.move(8*time.Hour, 0) // 0:20 UTC: nothing begins in Shanghai
	m.sendCustomers(50, 70, lion)
	if now := m.people(year + 1); now["non_sensitive"]+now["sensitive"] != 50 {
		t.Errorf("the new year has %v, want 50 people", now)
	}
}
