package papers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/gateway"
	"hutong/internal/memory"
	"hutong/internal/objects"
	files "hutong/internal/objects/memory"
	"hutong/internal/papers"
)

var day = time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC)

// world is a service over stores in memory.
type world struct {
	*papers.Service
	t      *testing.T
	rows   memory.State
	files  objects.Store
	groups map[dataspace.ParticipantID]string
	events []dataspace.Event
	now    time.Time
}

func newWorld(t *testing.T, owners ...dataspace.ParticipantID) *world {
	t.Helper()
	w := &world{t: t, rows: memory.New("here"), groups: map[dataspace.ParticipantID]string{}, now: day}
	w.files = files.New(func() time.Time { return w.now })
	for _, id := range owners {
		w.admit(id, "")
	}
	w.Service = papers.New(papers.Config{
		Store: w.rows.Papers, Files: w.files, Facts: fact.Standard, Now: func() time.Time { return w.now }, Recorded: func() {},
		Group: func(_ context.Context, id dataspace.ParticipantID) (string, error) { return w.groups[id], nil },
		Event: func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error) {
			e := dataspace.Event{ID: dataspace.EventID(fmt.Sprintf("e%d", len(w.events))), Kind: kind, At: w.now, Documents: docs, Salts: map[string]dataspace.Salt{}}
			for name := range docs {
				e.Salts[name] = dataspace.Salt{1}
			}
			w.events = append(w.events, e)
			return e, nil
		},
	})
	return w
}

// admit registers a participant, or puts it into another group.
func (w *world) admit(id dataspace.ParticipantID, group string) {
	w.t.Helper()
	p := gateway.Participant{ID: id, Jurisdiction: "CN", Group: group}
	err := w.rows.Register.InsertParticipant(w.t.Context(), p)
	if errors.Is(err, dataspace.ErrConflict) {
		err = w.rows.Register.ReplaceParticipant(w.t.Context(), p)
	}
	w.must(err)
	w.groups[id] = group
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

const text = "the document itself"

var (
	clerk   = papers.By{Name: "clerk", Key: "key-1"}
	officer = papers.By{Name: "eve", Key: "key-2"}
)

// upload sends the bytes of a document.
func (w *world) upload(owner dataspace.ParticipantID, bytes string) dataspace.Digest {
	w.t.Helper()
	want := objects.Want{Size: int64(len(bytes)), SHA256: dataspace.DigestOf([]byte(bytes))}
	info, err := w.Upload(w.t.Context(), owner, strings.NewReader(bytes), want)
	w.must(err)
	if info.SHA256 != want.SHA256 || info.Size != want.Size {
		w.t.Fatalf("uploaded %+v", info)
	}
	return info.SHA256
}

// paper is one that lacks nothing.
func paper(owner dataspace.ParticipantID, id dataspace.InstrumentID) papers.Paper {
	return papers.Paper{Owner: owner, Instrument: dataspace.Instrument{
		ID: id, Kind: "cn.standard_contract", Number: "沪〔2026〕7号", Authority: "the authority", File: dataspace.DigestOf([]byte(text)), EffectiveOn: "2026-01-01", FiledOn: "2026-01-08",
		Covers: &dataspace.InstrumentScope{Recipients: []string{"lion"}, Purposes: []string{"business"}, MaxSubjects: 5, Unlimited: []string{"data", "until"}},
	}}
}

func (w *world) propose(p papers.Paper) papers.Paper {
	w.t.Helper()
	w.upload(p.Owner, text)
	out, err := w.Propose(w.t.Context(), p, clerk)
	w.must(err)
	return out
}

func keyOf(p papers.Paper) papers.Key { return papers.Key{Owner: p.Owner, ID: p.ID} }

func (w *world) held(owner dataspace.ParticipantID) map[dataspace.InstrumentID]dataspace.PaperStanding {
	w.t.Helper()
	list, err := w.Held(w.t.Context(), owner)
	w.must(err)
	out := map[dataspace.InstrumentID]dataspace.PaperStanding{}
	for _, in := range list {
		out[in.ID] = in.Standing
	}
	return out
}

func code(err error) string {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}

// A document counts only after it was confirmed against its file, and the
// confirmation is evidence by the id of the key.
func TestConfirm(t *testing.T) {
	w := newWorld(t, "acme")
	ctx := t.Context()
	p := w.propose(paper("acme", "沪〔2026〕7号"))
	if p.Standing != dataspace.PaperProposed || p.Proposed == nil || p.Proposed.Key != "key-1" || p.Size != int64(len(text)) || len(w.events) != 0 {
		t.Fatalf("%+v, %d events", p, len(w.events))
	}
	if diff := cmp.Diff(map[dataspace.InstrumentID]dataspace.PaperStanding{p.ID: dataspace.PaperProposed}, w.held("acme")); diff != "" {
		t.Fatal(diff)
	}
	for other, want := range map[dataspace.Digest]string{
		dataspace.DigestOf([]byte("another document")): "instrument.other_file", "": "instrument.file", "zz": "instrument.file",
	} {
		if _, err := w.Confirm(ctx, keyOf(p), other, officer); code(err) != want {
			t.Errorf("confirmed against %q: %v", other, err)
		}
	}
	if _, err := w.Confirm(ctx, keyOf(p), p.File, papers.By{Name: "nobody"}); !errors.Is(err, dataspace.ErrInvalid) {
		t.Error("confirmed by nobody:", err)
	}
	if _, err := w.Confirm(ctx, papers.Key{Owner: "acme", ID: "none"}, p.File, officer); !errors.Is(err, dataspace.ErrNotFound) {
		t.Error("confirmed what is not there:", err)
	}
	if len(w.events) != 0 {
		t.Fatal("a refused confirmation has made evidence")
	}
	w.now = day.Add(time.Hour)
	now, err := w.Confirm(ctx, keyOf(p), p.File, officer)
	w.must(err)
	if now.Standing != dataspace.PaperConfirmed || now.Confirmation.Key != "key-2" || !now.Confirmation.At.Equal(w.now) || now.Confirmed != "e0" || len(w.events) != 1 {
		t.Fatalf("%+v, %d events", now, len(w.events))
	}
	if e := w.events[0]; e.Kind != dataspace.EventInstrument || e.Flow != "" {
		t.Errorf("event %+v", e)
	}
	var said papers.Said
	w.must(json.Unmarshal(w.events[0].Documents[papers.Doc], &said))
	if said.Kind != p.Kind || said.File != p.File || said.Confirmation.Key != "key-2" || said.Removed != nil || !slices.Equal(said.Covers.Recipients, []string{"lion"}) {
		t.Errorf("the evidence says %+v", said)
	}
	list, err := w.Held(ctx, "acme")
	w.must(err)
	if len(list) != 1 || !list[0].Counts() || list[0].Confirmed != "e0" {
		t.Errorf("held %+v", list)
	}
	if _, err := w.Confirm(ctx, keyOf(p), p.File, officer); code(err) != "instrument.confirmed" {
		t.Error("confirmed twice:", err)
	}
	_, r, err := w.Open(ctx, keyOf(p))
	w.must(err)
	got, err := io.ReadAll(r)
	w.must(errors.Join(err, r.Close()))
	if string(got) != text {
		t.Errorf("the file has %q", got)
	}
}

// A file that is not what it was is never confirmed.
func TestConfirmChangedFile(t *testing.T) {
	w := newWorld(t, "acme")
	p := w.propose(paper("acme", "one"))
	_, err := w.files.Put(t.Context(), "acme/"+string(p.File), strings.NewReader("another text itself"), objects.Want{})
	w.must(err)
	if _, err := w.Confirm(t.Context(), keyOf(p), p.File, officer); err == nil || len(w.events) > 0 || w.held("acme")["one"] != dataspace.PaperProposed {
		t.Error("a changed file was confirmed")
	}
}

// Whoever adds a document hears of everything that is missing, each at its place.
func TestMissing(t *testing.T) {
	w := newWorld(t, "acme")
	_, err := w.Propose(t.Context(), papers.Paper{Owner: "acme"}, clerk)
	for _, place := range []string{"kind", "id", "number", "authority", "file", "covers", "effective_on"} {
		if !strings.Contains(fmt.Sprint(err), place+":") {
			t.Errorf("nothing is said of %s in\n%v", place, err)
		}
	}
	w.upload("acme", text)
	many := make([]dataspace.ParticipantID, 1000)
	for i := range many {
		many[i] = "sister"
	}
	for name, bad := range map[string]func(*papers.Paper){
		"kind: ":                          func(p *papers.Paper) { p.Kind = "contract" },
		"id: ":                            func(p *papers.Paper) { p.ID = " x" },
		"number: ":                        func(p *papers.Paper) { p.Number = "" },
		"authority: ":                     func(p *papers.Paper) { p.Authority = "two\nlines" },
		"filed_on: ":                      func(p *papers.Paper) { p.FiledOn = "8 January" },
		"effective_on: expected":          func(p *papers.Paper) { p.EffectiveOn = "2026-02-30" },
		"effective_on: a day is needed":   func(p *papers.Paper) { p.EffectiveOn, p.FiledOn = "", "" },
		"expires_on: ":                    func(p *papers.Paper) { p.ExpiresOn, p.Covers.Unlimited = "2025-02-01", []string{"data"} },
		"file: ":                          func(p *papers.Paper) { p.File = "" },
		"64 hexadecimal":                  func(p *papers.Paper) { p.File = dataspace.Digest(strings.ToUpper(string(p.File))) },
		"no file of this SHA-256":         func(p *papers.Paper) { p.File = dataspace.DigestOf(nil) },
		"covers: the scope":               func(p *papers.Paper) { p.Covers = nil },
		"covers.recipients: ":             func(p *papers.Paper) { p.Covers.Recipients = nil },
		"singapore/lion":                  func(p *papers.Paper) { p.Covers.Recipient = "singapore/lion" },
		"covers.purposes: ":               func(p *papers.Paper) { p.Covers.Purposes = nil },
		"covers.people: ":                 func(p *papers.Paper) { p.Covers.MaxSubjects = 0 },
		"covers.data: ":                   func(p *papers.Paper) { p.Covers.Unlimited = []string{"until"} },
		"covers.until: ":                  func(p *papers.Paper) { p.Covers.Unlimited = []string{"data"} },
		"people cannot be limited and":    func(p *papers.Paper) { p.Covers.Unlimited = append(p.Covers.Unlimited, "people") },
		"there is no limit rows":          func(p *papers.Paper) { p.Covers.Unlimited = append(p.Covers.Unlimited, "rows") },
		"covers.exporters: ":              func(p *papers.Paper) { p.Covers.Exporters = many },
		"covers: expected at most":        func(p *papers.Paper) { p.Covers.Items = slices.Repeat([]string{"1"}, 3000) },
		"covers.items: ":                  func(p *papers.Paper) { p.Covers.Items = []string{""} },
		"covers.max_subjects: ":           func(p *papers.Paper) { p.Covers.MaxSubjects = -1 },
		"covers.retained_until: expected": func(p *papers.Paper) { p.Covers.Until, p.Covers.Unlimited = "soon", []string{"data"} },
	} {
		p := paper("acme", "one")
		bad(&p)
		_, err := w.Propose(t.Context(), p, clerk)
		if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, good := range []func(*papers.Paper){
		func(p *papers.Paper) { p.ExpiresOn, p.Covers.Unlimited = "2027-01-01", []string{"data"} },
		func(p *papers.Paper) { p.Covers.Until, p.Covers.Unlimited = "2027-01-01", []string{"data"} },
		func(p *papers.Paper) { p.Covers.Items, p.Covers.Unlimited = []string{"1.2"}, []string{"until"} },
		func(p *papers.Paper) {
			p.Covers = &dataspace.InstrumentScope{Unlimited: []string{"recipients", "purposes", "data", "people", "until"}}
		},
	} {
		p := paper("acme", "good")
		good(&p)
		if _, err := w.Propose(t.Context(), p, clerk); err != nil {
			t.Error(err)
		}
		_, err := w.Remove(t.Context(), keyOf(p), clerk)
		w.must(err)
		w.upload("acme", text)
	}
	if list, err := w.Papers(t.Context(), ""); err != nil || len(list) != 0 {
		t.Error("something refused was stored:", list, err)
	}
}

// Nobody takes the file of another participant by its digest, and nobody says of a
// document that it was confirmed.
func TestProposeForged(t *testing.T) {
	w := newWorld(t, "acme", "rival")
	w.upload("acme", text)
	if _, err := w.Propose(t.Context(), paper("rival", "one"), clerk); code(err) != "instrument.file" {
		t.Error("another's file was taken:", err)
	}
	p := paper("acme", "one")
	p.Standing, p.Confirmed, p.Confirmation, p.Document, p.Size = dataspace.PaperConfirmed, "e9", &papers.Act{By: "me"}, p.File, 7
	out, err := w.Propose(t.Context(), p, clerk)
	w.must(err)
	if out.Standing != dataspace.PaperProposed || out.Confirmed != "" || out.Confirmation != nil || out.Document != "" || out.Size != int64(len(text)) {
		t.Errorf("taken as %+v", out)
	}
	if w.held("acme")["one"] != dataspace.PaperProposed {
		t.Error("it counts")
	}
	if _, err := w.Propose(t.Context(), paper("acme", "one"), clerk); !errors.Is(err, dataspace.ErrConflict) {
		t.Error("replaced by a second one:", err)
	}
	for name, bad := range map[string]objects.Want{
		"size": {Size: papers.MaxFile + 1, SHA256: p.File}, "empty": {SHA256: p.File}, "digest": {Size: 3, SHA256: "../x"}, "other": {Size: 3, SHA256: p.File},
	} {
		if _, err := w.Upload(t.Context(), "acme", strings.NewReader("abc"), bad); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Upload(t.Context(), "../acme", strings.NewReader("abc"), objects.Want{Size: 3, SHA256: dataspace.DigestOf([]byte("abc"))}); !errors.Is(err, dataspace.ErrInvalid) {
		t.Error(err)
	}
}

// The removal of a confirmed document is evidence; its file goes with the last
// document that has it.
func TestRemove(t *testing.T) {
	w := newWorld(t, "acme")
	ctx := t.Context()
	one, two := w.propose(paper("acme", "one")), w.propose(paper("acme", "two"))
	_, err := w.Confirm(ctx, keyOf(one), one.File, officer)
	w.must(err)
	gone, err := w.Remove(ctx, keyOf(one), clerk)
	w.must(err)
	if gone.ID != "one" || len(w.events) != 2 {
		t.Fatalf("removed %+v with %d events", gone, len(w.events))
	}
	var said papers.Said
	w.must(json.Unmarshal(w.events[1].Documents[papers.Doc], &said))
	if said.Removed == nil || said.Removed.Key != "key-1" || said.ID != "one" {
		t.Errorf("the evidence says %+v", said)
	}
	if _, err := w.files.Stat(ctx, "acme/"+string(two.File)); err != nil {
		t.Error("the file of the other document is gone:", err)
	}
	_, err = w.Remove(ctx, keyOf(two), clerk)
	w.must(err)
	if len(w.events) != 2 {
		t.Error("the removal of a proposal is evidence")
	}
	if _, err := w.files.Stat(ctx, "acme/"+string(two.File)); !errors.Is(err, dataspace.ErrNotFound) {
		t.Error("the file is still there:", err)
	}
	if _, err := w.Remove(ctx, keyOf(two), clerk); !errors.Is(err, dataspace.ErrNotFound) {
		t.Error(err)
	}
}

// Documents are shared within a group only, as the operator says who belongs to
// it.
func TestShared(t *testing.T) {
	w := newWorld(t)
	for id, group := range map[dataspace.ParticipantID]string{"acme": "acme", "sister": "acme", "rival": "rivals", "alone": ""} {
		w.admit(id, group)
	}
	for _, id := range []dataspace.ParticipantID{"acme", "rival", "alone"} {
		p := paper(id, "of-"+dataspace.InstrumentID(id))
		p.Covers.Exporters = []dataspace.ParticipantID{"sister", "acme"}
		w.propose(p)
	}
	for owner, want := range map[dataspace.ParticipantID][]dataspace.InstrumentID{"acme": {"of-acme"}, "sister": {"of-acme"}, "stranger": nil} {
		if got := slices.Sorted(maps.Keys(w.held(owner))); !slices.Equal(got, want) {
			t.Errorf("%s may use %v", owner, got)
		}
	}
	p := w.propose(func() papers.Paper {
		p := paper("acme", "second")
		p.Covers.Exporters = []dataspace.ParticipantID{"sister"}
		return p
	}())
	list, err := w.Held(t.Context(), "sister")
	w.must(err)
	for _, in := range list {
		if in.ID == p.ID && !slices.Equal(in.Covers.Exporters, []dataspace.ParticipantID{"acme", "sister"}) {
			t.Errorf("shared by %v", in.Covers.Exporters)
		}
	}
	if kept, err := w.Paper(t.Context(), keyOf(p)); err != nil || len(kept.Covers.Exporters) != 1 {
		t.Errorf("what is registered was changed: %v, %v", kept, err)
	}
	if _, err := w.Held(t.Context(), ""); !errors.Is(err, dataspace.ErrInvalid) {
		t.Error("everybody's instruments serve nobody's decision")
	}
}

// A row of an older version has no file, whatever it says: it covers nothing and
// cannot be confirmed.
func TestOlderRow(t *testing.T) {
	for _, row := range []string{
		`{"body_version":1,"kind":"cn.pipia","id":"old","completed_on":"2026-01-01","owner":"acme","document":"d","registered":"2026-01-02T03:04:05Z"}`,
		`{"kind":"cn.pipia","id":"old","completed_on":"2026-01-01","covers":{"recipient":"lion"},"file":"f","confirmed_by":"e","confirmation":{"by":"x","key":"y"},"owner":"acme","registered":"2026-01-02T03:04:05Z"}`,
	} {
		p, err := papers.Decode([]byte(row))
		if err != nil || p.Standing != dataspace.PaperUnsaid || p.Counts() || p.CompletedOn != "2026-01-01" {
			t.Fatalf("%+v, %v", p, err)
		}
		w := newWorld(t, "acme")
		w.must(w.rows.Papers.Insert(t.Context(), p))
		if w.held("acme")["old"] != dataspace.PaperUnsaid {
			t.Error("it counts")
		}
		if _, err := w.Confirm(t.Context(), keyOf(p), dataspace.DigestOf(nil), officer); code(err) != "instrument.unsaid" {
			t.Error(err)
		}
		if _, _, err := w.Open(t.Context(), keyOf(p)); !errors.Is(err, dataspace.ErrNotFound) {
			t.Error(err)
		}
		_, err = w.Remove(t.Context(), keyOf(p), clerk)
		w.must(err)
	}
	if _, err := papers.Decode([]byte(`{"body_version":3,"id":"new"}`)); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("a row of a newer version: %v", err)
	}
}

// Files that no document names are kept for a day.
func TestSweep(t *testing.T) {
	w := newWorld(t, "acme")
	p := w.propose(paper("acme", "one"))
	left := w.upload("acme", "forgotten")
	w.must(w.Sweep(t.Context()))
	if _, err := w.files.Stat(t.Context(), "acme/"+string(left)); err != nil {
		t.Error("a new file is gone:", err)
	}
	w.now = w.now.Add(25 * time.Hour)
	w.must(w.Sweep(t.Context()))
	if _, err := w.files.Stat(t.Context(), "acme/"+string(left)); !errors.Is(err, dataspace.ErrNotFound) {
		t.Error("a forgotten file is kept:", err)
	}
	if _, err := w.files.Stat(t.Context(), "acme/"+string(p.File)); err != nil {
		t.Error("the file of a document is gone:", err)
	}
}

// A row keeps every member of a document but the standing, which follows.
func TestRow(t *testing.T) {
	yes := true
	p := paper("acme", "one")
	p.ExpiresOn, p.CompletedOn, p.RenewedOn, p.Confirmed, p.Size, p.Document = "2027-01-01", "2026-01-02", "2026-09-01", "e1", 7, "d"
	p.Registered, p.Proposed, p.Confirmation = day, &papers.Act{By: "a", Key: "b", At: day}, &papers.Act{By: "c", Key: "d", At: day}
	p.Covers = &dataspace.InstrumentScope{Recipient: "a", Recipients: []string{"b"}, Scenario: "c", Elements: []dataspace.ElementID{"d"}, Items: []string{"e"}, MaxSubjects: 1,
		Exporters: []dataspace.ParticipantID{"f"}, Purposes: []string{"g"}, Acts: []string{"h"}, Sensitive: &yes, Storage: "i", Until: "j", Unlimited: []string{"k"}}
	data, err := papers.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := papers.Decode(data)
	if diff := cmp.Diff(papers.Marked(p), got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if strings.Contains(string(data), "standing") || !strings.Contains(string(data), `"covers":{`) || !strings.Contains(string(data), `"exporters":["f"]`) {
		t.Errorf("row %s", data)
	}
}
