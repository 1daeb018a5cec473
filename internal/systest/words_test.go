package systest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/sample"
)

// TestWords states words to running gateways: each way of saying the same thing
// leads to the same decision, and a word that is in no list is refused.
func TestWords(t *testing.T) {
	w := newWorld(t)
	w.part("a synonym and a code decide as the key does", func(t *testing.T) { w.sameDecision(t) })
	w.part("a word in no list is refused with the nearest", func(t *testing.T) { w.unknownWords(t) })
	w.part("none of a list is a statement of somebody", func(t *testing.T) { w.noneOfThese(t) })
}

// hotel is a participant whose facts use the words given.
func hotel(id dataspace.ParticipantID, place, sector string) gateway.Participant {
	p := gateway.Participant{ID: id, LegalName: dataspace.Text{EN: string(id)}, Jurisdiction: "CN", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"registered_in": dataspace.TextOf(place), "exports_from": dataspace.TextOf(place), "ciio": dataspace.BoolOf(false), "state_organ": dataspace.BoolOf(false),
	})}
	p.Known.Set("sector", dataspace.TextOf(sector))
	return p
}

// decided is what was decided on a flow, and on which facts.
func (w *world) decided(t *testing.T, s sendAsk) (flowView, dataspace.Facts) {
	f := w.here.settle(w.send(s).ID)
	return f, w.decidedOn(t, f.ID)
}

func (w *world) sameDecision(t *testing.T) {
	path := w.write(sample.Support)
	send := func(from dataspace.ParticipantID, sector string) (flowView, dataspace.Facts) {
		s := w.sending(path)
		s.From, s.Facts = from, known(sector)
		return w.decided(t, s)
	}
	words := []string{"exporter.registered_in", "exporter.exports_from", "sector"}
	says := func(f dataspace.Facts) (out []string) {
		for _, name := range words {
			out = append(out, f.Known.Text(name))
		}
		return out
	}
	w.exporter("key-hotel")
	plain, facts := send("key-hotel", "accommodation")
	want := says(facts)
	if plain.Verdict != dataspace.HumanReview || cmp.Diff([]string{"CN-SH", "CN-SH", "accommodation"}, want) != "" {
		t.Fatalf("with the keys: %s by %v", plain.Verdict, want)
	}
	if other, _ := send("key-hotel", "digital_content"); other.Verdict == plain.Verdict {
		t.Fatalf("with a sector that is on no list: %s too, so the test shows nothing", other.Verdict)
	}

	// The flow, and its dataset.
	for _, sector := range []string{"hotel", "酒店", "HOTEL_GROUP"} {
		if f, facts := send("key-hotel", sector); f.Verdict != plain.Verdict || cmp.Diff(want, says(facts)) != "" {
			t.Errorf("stated of the flow as %q: %s by %v", sector, f.Verdict, says(facts))
		}
	}
	dataset := gateway.Dataset{ID: "guests", Owner: "key-hotel", Source: dataspace.FileSource(path), Facts: *known("Hotel")}
	var kept gateway.Dataset
	w.here.call("POST", "/datasets", dataset, &kept)
	if got := kept.Facts.Known.Text("sector"); got != "accommodation" {
		t.Errorf("the dataset keeps %q", got)
	}
	if f, facts := w.decided(t, sendAsk{From: "key-hotel", Peer: "singapore", To: lion, Dataset: "guests", Purpose: "Commercial"}); f.Verdict != plain.Verdict || cmp.Diff(want, says(facts)) != "" || f.Purpose != "business" {
		t.Errorf("stated of the dataset: %s by %v for %s", f.Verdict, says(facts), f.Purpose)
	}

	// The participant.
	for id, p := range map[dataspace.ParticipantID][2]string{"code-hotel": {"CN-310000", "hotel"}, "name-hotel": {"上海", "住宿业"}, "part-hotel": {"Pudong", "guest house"}} {
		var kept gateway.Participant
		w.here.call("POST", "/participants", hotel(id, p[0], p[1]), &kept)
		w.instrument(papers.Paper{Owner: id, Instrument: dataspace.Instrument{ID: dataspace.InstrumentID(id + "-pipia"), Kind: "CN.PIPIA", CompletedOn: day(-7)}})
		if got := kept.Known.Text("registered_in") + kept.Known.Text("sector"); got != "CN-SHaccommodation" {
			t.Errorf("%s keeps %s", id, got)
		}
		s := w.sending(path)
		s.From, s.Facts = id, known("")
		if f, facts := w.decided(t, s); f.Verdict != plain.Verdict || cmp.Diff(want, says(facts)) != "" {
			t.Errorf("%s: %s by %v", id, f.Verdict, says(facts))
		}
	}
	// Facts that are decided without a flow.
	facts.Known.Set("sector", dataspace.TextOf("旅馆"))
	facts.Known.Set("exporter.registered_in", dataspace.TextOf("310101"))
	var d dataspace.Decision
	w.here.call("POST", "/assessments", map[string]any{"facts": facts}, &d)
	if d.Verdict != plain.Verdict {
		t.Errorf("assessed: %s", d.Verdict)
	}
}

func (w *world) unknownWords(t *testing.T) {
	path := w.write(sample.Support)
	send := w.sending(path)
	send.Facts = known("hotle")
	purpose := w.sending(path)
	purpose.Purpose = "busines"
	for name, c := range map[string]struct {
		path string
		body any
		near string
	}{
		"participant's sector":       {"/participants", hotel("a1", "CN-SH", "hotle"), "accommodation"},
		"participant's region":       {"/participants", hotel("a1", "Shangai", "hotel"), "CN-SH"},
		"participant's jurisdiction": {"/participants", gateway.Participant{ID: "a1", LegalName: dataspace.Text{EN: "a"}, Jurisdiction: "Chna"}, "CN (China"},
		"dataset's sector":           {"/datasets", gateway.Dataset{ID: "d1", Owner: acme, Source: dataspace.FileSource(path), Facts: *known("hotle")}, "accommodation"},
		"dataset's purpose":          {"/datasets", gateway.Dataset{ID: "d1", Owner: acme, Source: dataspace.FileSource(path), Purposes: []string{"busines"}}, "business"},
		"flow's sector":              {"/flows/send", send, "accommodation"},
		"flow's purpose":             {"/flows/send", purpose, "business"},
		"kind of instrument":         {"/instruments", whole(papers.Paper{Owner: acme, Instrument: dataspace.Instrument{ID: "i", Kind: "cn.pipa", CompletedOn: day(-1)}}), "cn.pipia"},
		"assessed": {"/assessments", map[string]any{"facts": map[string]any{"on": day(0), "exporter": map[string]any{"jurisdiction": "CN"}, "recipient": map[string]any{"jurisdiction": "SG"},
			"data": map[string]any{"personal": true, "elements": []string{"emial"}}}}, "email"},
	} {
		err := w.here.try("POST", c.path, c.body, nil)
		var r *refusal
		if !errors.As(err, &r) || r.answer.Status != 422 || !strings.Contains(r.answer.Message, "none of the") || !strings.Contains(r.answer.Message, c.near) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (w *world) noneOfThese(t *testing.T) {
	violins := hotel("violins", "CN-SH", "none of these")
	err := w.here.try("POST", "/participants", violins, nil)
	var r *refusal
	if !errors.As(err, &r) || !strings.Contains(r.answer.Message, "none.sector.note is missing") {
		t.Fatalf("without a reason: %v", err)
	}
	violins.Known.Set("none.sector.note", dataspace.TextOf("we build violins"))
	var kept gateway.Participant
	w.here.call("POST", "/participants", violins, &kept)
	if kept.Known.Text("sector") != "none" || kept.Known.Text("none.sector.by") == "" {
		t.Errorf("kept is %v", kept.Known)
	}
	w.instrument(papers.Paper{Owner: "violins", Instrument: dataspace.Instrument{ID: "v-pipia", Kind: "cn.pipia", CompletedOn: day(-7)}})
	s := w.sending(w.write(sample.Support))
	s.From, s.Facts = "violins", known("")
	f, facts := w.decided(t, s)
	if f.Verdict != dataspace.Cleared || facts.Known.Text("none.sector.note") != "we build violins" || facts.Known.Text("none.sector.by") == "" {
		t.Errorf("%s on %v", f.Verdict, facts.Known)
	}
	silent := hotel("silent", "CN-SH", "")
	w.here.call("POST", "/participants", silent, nil)
	s.From = "silent"
	if f, _ := w.decided(t, s); f.Verdict == dataspace.Cleared {
		t.Error("with nothing said of the sector it is cleared too, so the statement says nothing")
	}
}
