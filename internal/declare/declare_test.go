package declare_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/fact"
	"hutong/internal/gateway"
	"hutong/internal/memory"
	"hutong/internal/prove"
)

// world is a service over stores in memory, with the participant acme and its
// dataset members.
type world struct {
	*declare.Service
	state    memory.State
	today    string
	stated   []declare.Stated
	recorded int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{state: memory.New("gw"), today: "2026-03-01"}
	if err := w.state.Register.InsertParticipant(t.Context(), gateway.Participant{ID: "acme", Jurisdiction: "DE"}); err != nil {
		t.Fatal(err)
	}
	if err := w.state.Register.InsertDataset(t.Context(), gateway.Dataset{Owner: "acme", ID: "members"}); err != nil {
		t.Fatal(err)
	}
	w.Service = declare.New(declare.Config{
		Store: w.state.Declare, Facts: fact.Standard, Now: func() time.Time { return time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC) },
		Today:  func(context.Context, dataspace.ParticipantID) (string, string, error) { return w.today, w.today, nil },
		Stated: func(context.Context, dataspace.ParticipantID) ([]declare.Stated, error) { return w.stated, nil },
		Event: func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error) {
			return prove.NewEvent(kind, "", time.Unix(1_800_000_000, 0), docs)
		},
		Recorded: func() { w.recorded++ },
	})
	return w
}

var bob = declare.By{Name: "bob", Key: "key-1", Reason: "looked into the register"}

func (w *world) declare(t *testing.T, name, value string, dataset dataspace.DatasetID) declare.Kept {
	t.Helper()
	k, err := w.Declare(t.Context(), "acme", declare.Answer{Fact: name, Value: dataspace.TextOf(value), Dataset: dataset}, bob)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// inForce are the facts in force of a dataset today, as text.
func (w *world) inForce(t *testing.T, dataset dataspace.DatasetID) (out string) {
	t.Helper()
	list, err := w.InForce(t.Context(), "acme", dataset, w.today, w.today)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		out += fmt.Sprintf("%s=%s ", d.Fact, d.Value)
	}
	return strings.TrimSpace(out)
}

func code(err error) string {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}

func TestDeclare(t *testing.T) {
	w := newWorld(t)
	k := w.declare(t, "ciio", "no", "")
	if k.Fact != "exporter.ciio" || k.Value.Bool() || k.From != "2026-03-01" || k.Until != "2027-02-28" || k.By != "bob" || k.Key != "key-1" || k.Event == "" || k.Replaces != "" {
		t.Errorf("declared: %+v", k)
	}
	w.declare(t, "core", "no", "")
	w.declare(t, "data.core", "yes", "members")
	w.declare(t, "data.important", "notified", "")
	w.declare(t, "subjects_processed", "1200", "")
	const company = "data.important=notified exporter.ciio=false exporter.subjects_processed=1200"
	if got := w.inForce(t, "members"); got != "data.core=true "+company {
		t.Errorf("members: %s", got)
	}
	if got := w.inForce(t, "others"); got != "data.core=false "+company {
		t.Errorf("a dataset that is not registered: %s", got)
	}
	// Each is in the outbox as it was said, without its own event.
	waiting, err := w.state.Evidence.Pending(t.Context(), 10)
	if err != nil || len(waiting) != 5 || w.recorded != 5 {
		t.Fatalf("%d events, recorded %d times, %v", len(waiting), w.recorded, err)
	}
	e, err := w.state.Evidence.Event(t.Context(), k.Event)
	if err != nil || e.Kind != dataspace.EventDeclaration || e.Flow != "" {
		t.Fatalf("event: %+v, %v", e, err)
	}
	var openings map[string]prove.Opening
	if err := json.Unmarshal(e.Openings, &openings); err != nil {
		t.Fatal(err)
	}
	doc, err := w.state.Evidence.Document(t.Context(), openings[dataspace.DocDeclaration].Digest)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"at":"2026-03-01T05:00:00Z","by":"bob","fact":"exporter.ciio","from":"2026-03-01","key":"key-1","owner":"acme","reason":"looked into the register","until":"2027-02-28","value":false}`
	if string(doc) != want {
		t.Errorf("document:\n%s\nwant:\n%s", doc, want)
	}
}

func TestRefused(t *testing.T) {
	w := newWorld(t)
	good := declare.Answer{Fact: "data.core", Value: dataspace.BoolOf(false)}
	for want, change := range map[string]func(in *declare.Answer, by *declare.By){
		"declaration.reason": func(_ *declare.Answer, by *declare.By) { by.Reason = " " },
		"declaration.fact":   func(in *declare.Answer, _ *declare.By) { in.Fact = "purpose" },
		"declaration.about":  func(in *declare.Answer, _ *declare.By) { in.Fact, in.Dataset = "exporter.ciio", "members" },
		"declaration.value":  func(in *declare.Answer, _ *declare.By) { in.Value = dataspace.TextOf("unknown") },
		"facts.type":         func(in *declare.Answer, _ *declare.By) { in.Value = dataspace.IntOf(3) },
		"facts.value":        func(in *declare.Answer, _ *declare.By) { in.Fact, in.Value = "important", dataspace.TextOf("maybe") },
		"declaration.of":     func(in *declare.Answer, _ *declare.By) { in.Dataset = "none" },
	} {
		in, by := good, bob
		change(&in, &by)
		if _, err := w.Declare(t.Context(), "acme", in, by); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, until := range []string{"2026-02-28", "2027-03-01", "2026-02-30", "soon"} {
		in := good
		in.Until = until
		if _, err := w.Declare(t.Context(), "acme", in, bob); code(err) != "declaration.until" {
			t.Errorf("until %s: %v", until, err)
		}
	}
	for _, until := range []string{"2026-03-01", "2027-02-28"} {
		in := good
		in.Until = until
		if k, err := w.Declare(t.Context(), "acme", in, bob); err != nil || k.Until != until {
			t.Errorf("until %s: %v", until, err)
		}
	}
	if _, err := w.Revoke(t.Context(), "acme", "ciio", "", bob); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("revoke what was not declared: %v", err)
	}
	if _, err := w.Declare(t.Context(), "nobody", good, bob); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

// TestEnds: an expired or revoked declaration leaves the fact open, also where
// another one is about all datasets.
func TestEnds(t *testing.T) {
	w := newWorld(t)
	all := w.declare(t, "core", "no", "")
	w.today = "2026-05-01"
	w.declare(t, "core", "yes", "members")
	w.today = all.Until
	if got := w.inForce(t, "others"); got != "data.core=false" {
		t.Errorf("on its last day: %q", got)
	}
	w.today = "2027-03-01"
	if got := w.inForce(t, "others"); got != "" {
		t.Errorf("after its last day: %q", got)
	}
	if got := w.inForce(t, "members"); got != "data.core=true" {
		t.Errorf("one made later: %q", got)
	}
	w.today = "2026-06-01"
	k, err := w.Revoke(t.Context(), "acme", "core", "members", declare.By{Name: "eve", Key: "key-2", Reason: "was wrong"})
	if err != nil || k.Revoked.By != "eve" || k.Revoked.Event != k.Event || k.By != "bob" {
		t.Fatalf("%+v, %v", k, err)
	}
	if got := w.inForce(t, "members"); got != "" {
		t.Errorf("after its revocation: %q", got)
	}
	if state, err := w.State(t.Context(), k); state != "revoked" || err != nil {
		t.Errorf("state %s, %v", state, err)
	}
	if _, err := w.Revoke(t.Context(), "acme", "core", "members", bob); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	again := w.declare(t, "core", "no", "members")
	if again.Revoked != nil || again.Replaces != "" || w.inForce(t, "members") != "data.core=false" {
		t.Errorf("declared again: %+v", again)
	}
	if next := w.declare(t, "core", "yes", "members"); next.Replaces != again.Event {
		t.Errorf("it replaces %q, want %q", next.Replaces, again.Event)
	}
}

func TestContradictions(t *testing.T) {
	w := newWorld(t)
	values := func(name string, b bool) dataspace.Values {
		return dataspace.ValuesOf(map[string]dataspace.Value{name: dataspace.BoolOf(b)})
	}
	w.stated = []declare.Stated{{Place: "participant acme", Facts: values("exporter.ciio", true)}, {Place: "dataset members", Dataset: "members", Facts: values("data.core", true)}}
	for _, in := range []declare.Answer{
		{Fact: "ciio", Value: dataspace.BoolOf(false)},
		{Fact: "core", Value: dataspace.BoolOf(false), Dataset: "members"},
		{Fact: "core", Value: dataspace.BoolOf(false)},
	} {
		_, err := w.Declare(t.Context(), "acme", in, bob)
		if !errors.Is(err, dataspace.ErrConflict) || code(err) != "declaration.contradiction" || !strings.Contains(err.Error(), "declaration of") || !strings.Contains(err.Error(), map[bool]string{true: "participant acme", false: "dataset members"}[in.Fact == "ciio"]) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	w.declare(t, "core", "yes", "members")
	w.declare(t, "core", "no", "") // of all others
	w.declare(t, "ciio", "yes", "")
	check := func(dataset dataspace.DatasetID, v dataspace.Values) error {
		return w.Check(t.Context(), "acme", declare.Stated{Place: "the flow", Dataset: dataset, Facts: v})
	}
	for _, err := range []error{check("members", values("data.core", true)), check("other", values("data.core", false)), check("", values("data.state_secret", true))} {
		if err != nil {
			t.Error(err)
		}
	}
	for _, err := range []error{check("members", values("data.core", false)), check("other", values("data.core", true)), check("", values("exporter.ciio", false))} {
		if code(err) != "declaration.contradiction" || !strings.Contains(err.Error(), "the flow") || !strings.Contains(err.Error(), "bob") {
			t.Errorf("error %v", err)
		}
	}
}

// TestFill: open facts are filled, and reasons say on what they rest.
func TestFill(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"ciio", "core", "state_secret"} {
		w.declare(t, name, "no", "")
	}
	list, err := w.InForce(t.Context(), "acme", "members", w.today, w.today)
	if err != nil {
		t.Fatal(err)
	}
	f := dataspace.Facts{Known: dataspace.ValuesOf(map[string]dataspace.Value{"data.core": dataspace.BoolOf(true), "data.state_secret": dataspace.BoolOf(false)})}
	declare.Fill(&f, list)
	if ciio, known := f.Known.Bool("exporter.ciio"); ciio || !known {
		t.Error("an open fact is not filled")
	}
	if core, _ := f.Known.Bool("data.core"); !core {
		t.Error("a stated fact was changed")
	}
	var names []string
	for _, d := range f.Declared {
		names = append(names, d.Fact)
	}
	if !slices.Equal(names, []string{"data.state_secret", "exporter.ciio"}) {
		t.Errorf("the facts rest on %v", names)
	}
	d := dataspace.Decision{Reasons: []dataspace.Reason{{Rule: "a", Facts: map[string]any{"exporter.ciio": false, "purpose": "x"}}, {Rule: "b", Facts: map[string]any{"data.core": true}}}}
	declare.Cite(&d, f.Declared)
	if r := d.Reasons[0].Declared; len(r) != 1 || r[0] != (dataspace.Basis{Fact: "exporter.ciio", By: "bob", Until: "2027-02-28", Event: f.Declared[1].Event}) {
		t.Errorf("reason a rests on %+v", r)
	}
	if d.Reasons[1].Declared != nil {
		t.Errorf("reason b rests on %+v", d.Reasons[1].Declared)
	}
	// The document of facts has the declarations, and is the same after reading.
	doc, err := dataspace.NewDocument(f)
	if err != nil {
		t.Fatal(err)
	}
	var again dataspace.Facts
	if err := json.Unmarshal(doc, &again); err != nil {
		t.Fatal(err)
	}
	back, err := dataspace.NewDocument(again)
	if err != nil || string(back) != string(doc) || len(again.Declared) != 2 || !again.Declared[1].Value.Equal(dataspace.BoolOf(false)) {
		t.Errorf("read again: %s, %v", back, err)
	}
}

// TestForce is a property: whatever is declared, replaced and revoked, on
// whichever days, only the newest declaration is in force, never before it was
// made, never after its last day, and never once it was revoked.
func TestForce(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := newWorld(t)
		type told struct {
			value, live bool
			from, until string
		}
		last := map[dataspace.DatasetID]*told{}
		day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for range 30 {
			day = day.AddDate(0, 0, r.IntN(120))
			w.today = day.Format(time.DateOnly)
			dataset := []dataspace.DatasetID{"", "members"}[r.IntN(2)]
			if r.IntN(3) > 0 {
				in := declare.Answer{Fact: "data.core", Dataset: dataset, Value: dataspace.BoolOf(r.IntN(2) == 0)}
				if r.IntN(2) == 0 {
					in.Until = day.AddDate(0, 0, r.IntN(300)).Format(time.DateOnly)
				}
				k, err := w.Declare(t.Context(), "acme", in, bob)
				if err != nil {
					t.Fatal(err)
				}
				if year := day.AddDate(1, 0, 0).Format(time.DateOnly); k.Until >= year {
					t.Fatalf("made on %s it holds until %s", w.today, k.Until)
				}
				last[dataset] = &told{in.Value.Bool(), true, k.From, k.Until}
			} else if _, err := w.Revoke(t.Context(), "acme", "core", dataset, bob); err == nil {
				last[dataset].live = false
			} else if was := last[dataset]; was != nil && was.live {
				t.Fatalf("what is there cannot be revoked: %v", err)
			}
			for range 4 {
				at := day.AddDate(0, 0, r.IntN(800)-300).Format(time.DateOnly)
				of := []dataspace.DatasetID{"members", "other", ""}[r.IntN(3)]
				want := last[of]
				if want == nil {
					want = last[""]
				}
				list, err := w.InForce(t.Context(), "acme", of, at, at)
				if err != nil {
					t.Fatal(err)
				}
				if should := want != nil && want.live && want.from <= at && at <= want.until; should != (len(list) == 1) || should && list[0].Value.Bool() != want.value {
					t.Fatalf("seed %d: on %s of %q in force are %+v; the newest is %+v", seed, at, of, list, want)
				}
			}
		}
	}
}
