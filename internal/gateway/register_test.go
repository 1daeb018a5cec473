package gateway_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// newService is a gateway that does not listen.
func newService(t *testing.T, running func(context.Context, dataspace.ParticipantID) (int, error)) (*gateway.Service, *clock) {
	t.Helper()
	c := &clock{}
	s, err := gateway.New(gateway.Config{Gateway: "shanghai", Name: "Shanghai", Jurisdiction: "CN", URL: "https://127.0.0.1:8443",
		Keys: openKeys(t, "shanghai"), Store: openStore(t), Now: c.now, Running: running})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestParticipants(t *testing.T) {
	busy := 1
	s, clock := newService(t, func(context.Context, dataspace.ParticipantID) (int, error) { return busy, nil })
	ctx := t.Context()
	p, err := s.Register(ctx, participant("acme"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Register(ctx, p); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("got %v for an id that is taken", err)
	}
	clock.add(time.Hour)
	p.Known.Set("sector", dataspace.TextOf("digital_content"))
	changed, err := s.ChangeParticipant(ctx, p)
	if err != nil || !changed.Created.Equal(day) || !changed.Updated.Equal(day.Add(time.Hour)) {
		t.Errorf("got %+v (%v)", changed, err)
	}
	got, err := s.Participant(ctx, "acme")
	if diff := cmp.Diff(changed, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := s.Participant(ctx, "nobody"); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := s.ChangeParticipant(ctx, participant("nobody")); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v", err)
	}

	// It can be removed only when it has no running flow and owns nothing.
	wantProblem(t, s.RemoveParticipant(ctx, "acme"), dataspace.ErrConflict, "participant.busy")
	busy = 0
	dataset := gateway.Dataset{ID: "support", Owner: "acme", Source: dataspace.FileSource("/data/support.csv")}
	if _, err := s.AddDataset(ctx, dataset); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.RemoveParticipant(ctx, "acme"), dataspace.ErrConflict, "participant.owns")
	if err := s.RemoveDataset(ctx, "acme", "support"); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveParticipant(ctx, "acme"); err != nil {
		t.Error(err)
	}
	if list, err := s.Participants(ctx); err != nil || len(list) != 0 {
		t.Errorf("got %v %v", list, err)
	}
}

// All errors are reported together, each with its field.
func TestParticipantChecked(t *testing.T) {
	s, _ := newService(t, nil)
	minus := int64(-1)
	_, err := s.Register(t.Context(), gateway.Participant{ID: "A", Jurisdiction: "Chinna", Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "?"}}}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"registered_in":      dataspace.TextOf("Shangai"),
		"onward_to":          dataspace.ListOf("HK", "Atlantis"),
		"certifications":     dataspace.ListOf("ISO 1"),
		"sector":             dataspace.TextOf("Big Data"),
		"subjects_processed": dataspace.MaybeInt(&minus),
	})})
	if !errors.Is(err, dataspace.ErrInvalid) {
		t.Fatalf("got %v", err)
	}
	for _, field := range []string{"participant name", "legal_name", "jurisdiction", "registered_in", "onward_to", "certifications", "sector", "subjects_processed", "peer name"} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("nothing is said about %s: %v", field, err)
		}
	}
}

func TestIntake(t *testing.T) {
	i := gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "shanghai", Purposes: []string{"business"}}, {Peer: "hongkong"}}}
	for _, c := range []struct {
		peer    dataspace.PeerName
		purpose string
		want    bool
	}{{"shanghai", "business", true}, {"shanghai", "hr_employees", false}, {"hongkong", "hr_employees", true}, {"elsewhere", "business", false}} {
		if got := i.Accepts(c.peer, c.purpose); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
	if (gateway.Intake{}).Accepts("shanghai", "business") {
		t.Error("an empty intake accepts")
	}
}

func TestDatasets(t *testing.T) {
	s, _ := newService(t, nil)
	ctx := t.Context()
	d := gateway.Dataset{ID: "support", Owner: "acme", Title: dataspace.Text{EN: "Support", ZH: "客服"}, Source: dataspace.FileSource("/data/support.csv"), Purposes: []string{"business"},
		Facts: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"origin":                   dataspace.TextOf("domestic"),
			"important":                dataspace.TextOf("no"),
			"core":                     dataspace.BoolOf(false),
			"consent.basis":            dataspace.TextOf("consent"),
			"consent.separate_consent": dataspace.BoolOf(false),
		})}}
	if _, err := s.AddDataset(ctx, d); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v for an owner who is not there", err)
	}
	for _, id := range []string{"acme", "other"} {
		if _, err := s.Register(ctx, participant(id)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := s.AddDataset(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddDataset(ctx, d); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("got %v for an id that is taken", err)
	}
	// The same id of another owner is another dataset.
	twin := d
	twin.Owner = "other"
	if _, err := s.AddDataset(ctx, twin); err != nil {
		t.Error(err)
	}
	got, err := s.Dataset(ctx, "acme", "support")
	if diff := cmp.Diff(d, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	d.Source = dataspace.FileSource("/data/moved.csv")
	if d, err = s.ChangeDataset(ctx, d); err != nil {
		t.Fatal(err)
	}
	list, err := s.Datasets(ctx, "acme")
	if diff := cmp.Diff([]gateway.Dataset{d}, list); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if list, err := s.Datasets(ctx, ""); err != nil || len(list) != 2 {
		t.Errorf("got %v %v, want both", list, err)
	}
	bad := gateway.Dataset{ID: "x y", Owner: "acme", Source: dataspace.FileSource("relative"), RetentionDays: -1,
		Facts: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"act":                   dataspace.TextOf("fax"),
			"origin":                dataspace.TextOf("moon"),
			"important":             dataspace.TextOf("maybe"),
			"important_notified_on": dataspace.TextOf("soon"),
			"consent.basis":         dataspace.TextOf("luck"),
		})}}
	_, err = s.AddDataset(ctx, bad)
	for _, field := range []string{"dataset name", "source", "retention_days", "facts.act", "facts.origin", "facts.important", "facts.important_notified_on", "facts.consent.basis"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("nothing is said about %s: %v", field, err)
		}
	}
	for _, f := range []dataspace.DatasetFacts{{Known: dataspace.ValuesOf(map[string]dataspace.Value{"list_confirmed": dataspace.BoolOf(true)})}, {ListMatch: &dataspace.ListMatch{By: "somebody"}}} {
		passing := d
		passing.ID, passing.Facts = "passing", f
		_, err := s.AddDataset(ctx, passing)
		wantProblem(t, err, dataspace.ErrInvalid, "dataset.list")
	}
	if err := s.RemoveDataset(ctx, "acme", "nothing"); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestSetup(t *testing.T) {
	s, clock := newService(t, nil)
	ctx := t.Context()
	old, _, err := s.NewSetup(ctx)
	if err != nil {
		t.Fatal(err)
	}
	token, expires, err := s.NewSetup(ctx)
	if err != nil || !expires.Equal(day.Add(time.Hour)) {
		t.Fatal(err, expires)
	}
	for name, token := range map[string]string{"replaced": old, "made-up": "hutong_setup_x", "empty": ""} {
		_, _, err := s.Setup(ctx, token, "first")
		wantProblem(t, err, dataspace.ErrUnauthenticated, "setup.link")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	clock.add(time.Hour)
	_, _, err = s.Setup(ctx, token, "first")
	wantProblem(t, err, dataspace.ErrUnauthenticated, "setup.link")
	clock.add(-time.Second)
	secret, key, err := s.Setup(ctx, token, "first")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = s.Setup(ctx, token, "second"); err == nil {
		t.Error("a set-up link was good twice")
	}
	if _, _, err := s.NewSetup(ctx); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("got %v for a gateway with an operator", err)
	}
	who, err := s.Login(ctx, secret)
	if err != nil || who != (gateway.Principal{Key: key.ID, Name: "first", Role: gateway.Operator}) {
		t.Errorf("got %+v (%v)", who, err)
	}
	wantProblem(t, s.RemoveKey(ctx, key.ID), dataspace.ErrConflict, "key.last_operator")
}

func TestAPIKeys(t *testing.T) {
	s, _ := newService(t, nil)
	ctx := t.Context()
	if _, _, err := s.NewKey(ctx, "member", gateway.ParticipantMember, "acme"); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v for a participant that is not there", err)
	}
	if _, err := s.Register(ctx, participant("acme")); err != nil {
		t.Fatal(err)
	}
	secret, key, err := s.NewKey(ctx, "member", gateway.ParticipantMember, "acme")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(secret, "hutong_") || len(secret) < 50 {
		t.Errorf("the secret is %d long", len(secret))
	}
	who, err := s.Login(ctx, secret)
	if err != nil || who.Participant != "acme" || !who.Sees("acme") || who.Sees("other") || who.Sees("") {
		t.Errorf("got %+v (%v)", who, err)
	}
	list, err := s.Keys(ctx)
	if diff := cmp.Diff([]gateway.APIKey{key}, list, cmpopts.IgnoreFields(gateway.APIKey{}, "Hash")); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if list[0].Hash != [32]byte{} {
		t.Error("the list shows hashes")
	}
	for _, bad := range []string{"", "hutong_", secret + "a", secret[:len(secret)-1], strings.ToUpper(secret), strings.Repeat("hutong_", 1000)} {
		_, err := s.Login(ctx, bad)
		wantProblem(t, err, dataspace.ErrUnauthenticated, "key.unknown")
	}
	for _, bad := range []struct {
		role        gateway.Role
		participant dataspace.ParticipantID
	}{{"root", ""}, {gateway.Operator, "acme"}, {gateway.ParticipantMember, ""}} {
		if _, _, err := s.NewKey(ctx, "x", bad.role, bad.participant); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%+v: got %v", bad, err)
		}
	}
	wantProblem(t, s.RemoveParticipant(ctx, "acme"), dataspace.ErrConflict, "participant.owns")
	if err := s.RemoveKey(ctx, key.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Login(ctx, secret); !errors.Is(err, dataspace.ErrUnauthenticated) {
		t.Errorf("got %v for a key that is gone", err)
	}
}

// The operator and the compliance officer have separate permissions.
func TestRoles(t *testing.T) {
	may := func(role gateway.Role, p gateway.Permission) bool { return gateway.Principal{Role: role}.May(p) }
	for _, role := range gateway.Roles() {
		if may(role, gateway.ReviewFlows) && may(role, gateway.WritePeers) {
			t.Errorf("%s can both review flows and admit peers", role)
		}
		if !may(role, gateway.ReadFlows) {
			t.Errorf("%s cannot see flows", role)
		}
	}
	for _, p := range gateway.Auditor.Permissions() {
		if !strings.HasSuffix(string(p), ".read") {
			t.Errorf("an auditor can %s", p)
		}
	}
	if len(gateway.Role("root").Permissions()) != 0 || (gateway.Principal{Role: "root"}).Sees("acme") {
		t.Error("an unknown role can do something")
	}
	member := gateway.Principal{Role: gateway.ParticipantMember, Participant: "acme"}
	for _, c := range []struct {
		p     gateway.Permission
		owner dataspace.ParticipantID
		want  error
	}{{gateway.ReadFlows, "acme", nil}, {gateway.ReadFlows, "other", dataspace.ErrNotFound}, {gateway.WritePeers, "acme", dataspace.ErrDenied}} {
		if err := member.Check(c.p, c.owner); !errors.Is(err, c.want) {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	if !slices.Contains(gateway.Compliance.Permissions(), gateway.CorrectCounts) {
		t.Error("nobody answers for the counts")
	}
}

// If two callers change a peer at the same time, one gets an error.
func TestPeerVersions(t *testing.T) {
	store := openStore(t)
	ctx := t.Context()
	p := gateway.Peer{Name: "sg", Card: gateway.Card{Gateway: "singapore"}, Version: 1}
	if err := store.ReplacePeer(ctx, p); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := store.InsertPeer(ctx, p); err != nil {
		t.Fatal(err)
	}
	if err := store.ReplacePeer(ctx, p); err != nil {
		t.Fatal(err)
	}
	if err := store.ReplacePeer(ctx, p); !errors.Is(err, dataspace.ErrStale) {
		t.Errorf("got %v for an old version", err)
	}
	if got, err := store.PeerByGateway(ctx, "singapore"); err != nil || got.Version != 2 {
		t.Errorf("got %+v (%v)", got, err)
	}
	if err := store.RemovePeer(ctx, "sg"); err != nil {
		t.Error(err)
	}
	if err := store.RemovePeer(ctx, "sg"); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// The dataset keeps who matched it with a list, when and why. Registering a
// dataset cannot set this.
func TestConfirmItems(t *testing.T) {
	s, clock := newService(t, nil)
	ctx := t.Context()
	if _, err := s.Register(ctx, participant("acme")); err != nil {
		t.Fatal(err)
	}
	match := dataspace.ListMatch{Pack: dataspace.PackRef{ID: "xx/list", Version: "1.0.0", SHA256: "aa"}, Items: []string{"A1"},
		Columns: dataspace.Digest(strings.Repeat("a", 64)), Reason: "read the annex", By: "Li Wei"}
	for _, f := range []dataspace.DatasetFacts{{Known: dataspace.ValuesOf(map[string]dataspace.Value{"list_confirmed": dataspace.BoolOf(true)})}, {ListMatch: &match}} {
		_, err := s.AddDataset(ctx, gateway.Dataset{ID: "members", Owner: "acme", Source: dataspace.FileSource("/data/m.csv"), Facts: f})
		wantProblem(t, err, dataspace.ErrInvalid, "dataset.list")
	}
	if _, err := s.AddDataset(ctx, gateway.Dataset{ID: "members", Owner: "acme", Source: dataspace.FileSource("/data/m.csv"), Facts: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"list_items": dataspace.ListOf("old"),
		"sector":     dataspace.TextOf("retail"),
	})}}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*dataspace.ListMatch){
		"reason": func(m *dataspace.ListMatch) { m.Reason = " " }, "by": func(m *dataspace.ListMatch) { m.By = "" }, "columns": func(m *dataspace.ListMatch) { m.Columns = "x" },
	} {
		m := match
		change(&m)
		if _, err := s.ConfirmItems(ctx, "acme", "members", m); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.ConfirmItems(ctx, "acme", "nothing", match); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	clock.add(time.Hour)
	if _, err := s.ConfirmItems(ctx, "acme", "members", match); err != nil {
		t.Fatal(err)
	}
	d, err := s.Dataset(ctx, "acme", "members")
	match.At = day.Add(time.Hour)
	if diff := cmp.Diff(dataspace.DatasetFacts{ListMatch: &match, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"sector": dataspace.TextOf("retail"),
	})}, d.Facts); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
