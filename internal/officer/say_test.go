package officer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/files"
	"hutong/internal/gateway"
	"hutong/internal/memory"
	"hutong/internal/officer"
	"hutong/internal/profile"
	"hutong/internal/prove"
)

// resident makes a resident number with a valid check digit.
func resident(r *rand.Rand) string {
	b := fmt.Sprintf("%s%04d%02d%02d%03d", []string{"110105", "310115", "440106"}[r.IntN(3)], 1950+r.IntN(50), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(b[i]-'0') * w
	}
	return b + string("10X98765432"[sum%11])
}

// table writes a CSV file with a header and n rows.
func table(t *testing.T, header string, n int, row func(i int) string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "members.csv")
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range n {
		b.WriteString(row(i) + "\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, path string, kept officer.Kept) dataspace.Profile {
	t.Helper()
	src, err := files.Open(path, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := profile.Run(t.Context(), src, profile.Options{Dir: t.TempDir(), Key: make([]byte, 32), Say: kept.Say(element.Builtin()), Classes: []dataspace.CountClass{{ID: "all"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Census.Close(); err != nil {
		t.Error(err)
	}
	return r.Profile
}

// service has the dataset members of acme.
func service(t *testing.T) *officer.Service {
	t.Helper()
	s, _ := recording(t)
	return s
}

// recording is the service, and the evidence that it made.
func recording(t *testing.T) (*officer.Service, *[]dataspace.Event) {
	t.Helper()
	m := memory.New("here")
	if err := errors.Join(m.Register.InsertParticipant(t.Context(), gateway.Participant{ID: "acme"}), m.Register.InsertDataset(t.Context(), gateway.Dataset{Owner: "acme", ID: "members"})); err != nil {
		t.Fatal(err)
	}
	events, recorded := new([]dataspace.Event), 0
	t.Cleanup(func() {
		if pending, err := m.Evidence.Pending(context.Background(), 100); err != nil || recorded > 0 != (len(pending) > 0) || len(pending) > len(*events) {
			t.Errorf("%d events are stored, %d were made, and it was told %d times: %v", len(pending), len(*events), recorded, err)
		}
	})
	return officer.New(officer.Config{Store: m.Officer, Elements: element.Builtin, Now: func() time.Time { return time.Unix(1_800_000_000, 0) },
		Event: func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error) {
			e, err := prove.NewEvent(kind, "", time.Unix(1_800_000_000, 0), docs)
			*events = append(*events, e)
			return e, err
		},
		Recorded: func() { recorded++ },
	}), events
}

// Each statement, choice and withdrawal is an event with who and why, and what
// was looked at, without a value.
func TestEvidence(t *testing.T) {
	s, events := recording(t)
	ctx := t.Context()
	path := table(t, "ref,手机号", 200, func(i int) string { return fmt.Sprintf("X-%d,1390000%04d", 5000+i, 1000+7*i) })
	found := run(t, path, officer.Kept{})
	kept, err := s.State(ctx, "acme", "members", found, []officer.Saying{{Column: "ref", Says: dataspace.SaysNotPersonal}, {Column: "手机号", Says: dataspace.SaysConfirm}}, by)
	if err != nil {
		t.Fatal(err)
	}
	among := []dataspace.KeyCandidate{{Columns: []string{"手机号"}}}
	if kept, err = s.Choose(ctx, "acme", "members", officer.Choice{Columns: []string{"手机号"}, Among: among, Schema: kept.Columns[0].Schema}, by); err != nil {
		t.Fatal(err)
	}
	why := officer.By{Name: "carol", Reason: "asked again"}
	if _, err := s.Withdraw(ctx, "acme", "members", []string{"ref"}, officer.By{Name: "carol"}); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("withdraw without a reason: %v", err)
	}
	if _, err := s.Withdraw(ctx, "acme", "members", []string{"ref"}, why); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Unchoose(ctx, "acme", "members", "", why); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range *events {
		var of dataspace.Spoken
		doc := e.Documents[dataspace.DocStatement]
		if err := json.Unmarshal(doc, &of); err != nil {
			t.Fatal(err)
		}
		line := string(e.Kind)
		if st := of.Statement; st != nil {
			line += " " + st.Column + " " + string(st.Says) + " " + st.By + " " + st.Forms[0].Pattern
			if st.Schema == "" || st.Event != "" {
				t.Errorf("statement %+v", st)
			}
		}
		if k := of.Choice; k != nil {
			line += fmt.Sprint(" ", k.Columns, " ", k.By)
		}
		if w := of.Withdrawn; w != nil {
			line += " by " + w.By + ": " + w.Reason
			if w.Event != (*events)[0].ID && w.Event != (*events)[2].ID {
				t.Errorf("it takes back event %s", w.Event)
			}
		}
		if of.Owner != "acme" || of.Dataset != "members" || strings.Contains(string(doc), "1390000") || strings.Contains(string(doc), "X-5") {
			t.Errorf("%s", doc)
		}
		got = append(got, line)
	}
	want := []string{
		"statement ref not_personal bob A-9", "statement 手机号 confirm bob 9", "statement [手机号] bob",
		"withdrawal ref not_personal bob A-9 by carol: asked again", "withdrawal [手机号] bob by carol: asked again",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if kept.Columns[0].Event != (*events)[0].ID && kept.Columns[1].Event != (*events)[0].ID || kept.Keys[0].Event != (*events)[2].ID {
		t.Errorf("kept: %+v", kept)
	}
}

var by = officer.By{Name: "bob", Reason: "looked at the form"}

// furniture are product names under a header that says names of people.
func furniture(r *rand.Rand) string {
	return string([]rune("红白黑黄")[r.IntN(4)]) + []string{"木桌", "沙发", "灯具", "柜"}[r.IntN(4)]
}

func column(t *testing.T, p dataspace.Profile, name string) dataspace.ColumnProfile {
	t.Helper()
	c, ok := p.Column(name)
	if !ok {
		t.Fatalf("no column %s", name)
	}
	return c
}

// A statement changes what a column is used as, and leaves the finding.
func TestStatementBesideFinding(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	s := service(t)
	path := table(t, "姓名,数量,备注", 300, func(int) string { return fmt.Sprintf("%s,%d,%c", furniture(r), 1+r.IntN(9), 'a'+rune(r.IntN(3))) })
	found := run(t, path, officer.Kept{})
	if c := column(t, found, "姓名"); c.Element == nil || *c.Element != "person_name_zh" || !c.Personal {
		t.Fatalf("the test needs a wrong finding: %+v", c)
	}
	kept, err := s.State(t.Context(), "acme", "members", found, []officer.Saying{{Column: "姓名", Says: dataspace.SaysNotPersonal}}, by)
	if err != nil {
		t.Fatal(err)
	}
	p := run(t, path, kept)
	c := column(t, p, "姓名")
	if *c.Element != "person_name_zh" || !c.Personal || c.Said == nil || !c.Said.Holds() || c.Said.Statement.By != "bob" || *c.Said.Found != "person_name_zh" {
		t.Errorf("the finding or the statement: %+v", c)
	}
	if u := column(t, p.Used(), "姓名"); u.Element != nil || u.Personal || u.Band != dataspace.BandNone {
		t.Errorf("used as %+v", u)
	}
	if *found.Subjects.Distinct == 0 || *p.Subjects.Distinct != 0 {
		t.Errorf("people: %d before, %d after", *found.Subjects.Distinct, *p.Subjects.Distinct)
	}
	if !officer.Current(element.Builtin(), p, kept) || officer.Current(element.Builtin(), p, officer.Kept{}) || officer.Current(element.Builtin(), found, kept) {
		t.Error("whether a profile is of the present statements")
	}
	again := officer.Kept{Columns: slices.Clone(kept.Columns)}
	again.Columns[0].Reason, again.Columns[0].By = "looked once more", "carol"
	if !officer.Current(element.Builtin(), p, again) {
		t.Error("another reason changes what is decided")
	}
	kept, err = s.Withdraw(t.Context(), "acme", "members", []string{"姓名"}, by)
	if err != nil || len(kept.Columns) != 0 {
		t.Errorf("%+v, %v", kept, err)
	}
}

// Not personal on a column of valid identity numbers changes nothing.
func TestAttackOnProof(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	s := service(t)
	clean := table(t, "证件,说明", 300, func(i int) string { return fmt.Sprintf("%d,%s", 110105194912310000+i*10, furniture(r)) })
	ids := make([]string, 300)
	for i := range ids {
		ids[i] = resident(r)
	}
	bad := table(t, "证件,说明", 300, func(i int) string { return ids[i] + "," + furniture(r) })
	found := run(t, bad, officer.Kept{})
	says := func(says dataspace.Saying, e dataspace.ElementID) []officer.Saying {
		return []officer.Saying{{Column: "说明", Says: dataspace.SaysNotPersonal}, {Column: "证件", Says: says, Element: e}}
	}
	for _, try := range [][]officer.Saying{says(dataspace.SaysNotPersonal, ""), says(dataspace.SaysCorrect, "surrogate_key"), says(dataspace.SaysCorrect, "mobile_cn")} {
		_, err := s.State(t.Context(), "acme", "members", found, try, by)
		var p *dataspace.Problem
		if !errors.Is(err, dataspace.ErrConflict) || !errors.As(err, &p) || p.Code != "statement.proved" || !strings.Contains(p.Message, "cn_resident_id in 300 rows") {
			t.Errorf("%v: %v", try, err)
			continue
		}
		for _, id := range ids {
			if strings.Contains(err.Error(), id) {
				t.Fatal("the error has a value")
			}
		}
	}
	if kept, err := s.Kept(t.Context(), "acme", "members"); err != nil || len(kept.Columns) != 0 {
		t.Errorf("something was recorded: %+v, %v", kept, err)
	}
	// The statement is made while the column is clean, and the numbers come later.
	before := run(t, clean, officer.Kept{})
	for _, try := range []officer.Saying{{Column: "证件", Says: dataspace.SaysNotPersonal}, {Column: "证件", Says: dataspace.SaysCorrect, Element: "surrogate_key"}} {
		kept, err := s.State(t.Context(), "acme", "members", before, []officer.Saying{try}, by)
		if err != nil {
			t.Fatalf("%s on clean numbers: %v", try.Says, err)
		}
		if c := column(t, before, "证件"); c.Own != nil && len(c.Own.Contains) > 0 {
			t.Fatalf("the clean column is proved: %+v", c.Own)
		}
		kept.Columns[0].Type, kept.Columns[0].Forms = column(t, found, "证件").Type, column(t, found, "证件").Forms // whoever forges the binding
		p := run(t, bad, kept)
		c, u := column(t, p, "证件"), column(t, p.Used(), "证件")
		if u.Element == nil || *u.Element != "cn_resident_id" || !u.Personal || !u.Sensitive || c.Used != nil {
			t.Errorf("%s: used as %+v", try.Says, u)
		}
		if len(c.Said.Proved) != 1 || c.Said.Proved[0].Rows != 300 {
			t.Errorf("%s: proved against it: %+v", try.Says, c.Said.Proved)
		}
		if *p.Subjects.Distinct != *found.Subjects.Distinct {
			t.Errorf("%s: %d people instead of %d", try.Says, *p.Subjects.Distinct, *found.Subjects.Distinct)
		}
	}
}

// A few proved numbers inside of a column stay, whatever is said of the column.
func TestContainedStays(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	s := service(t)
	clean := table(t, "备注", 300, func(int) string { return "order of " + furniture(r) })
	mixed := table(t, "备注", 300, func(i int) string {
		if i%100 == 7 {
			return "order of " + resident(r)
		}
		return "order of " + furniture(r)
	})
	kept, err := s.State(t.Context(), "acme", "members", run(t, clean, officer.Kept{}), []officer.Saying{{Column: "备注", Says: dataspace.SaysNotPersonal}}, by)
	if err != nil {
		t.Fatal(err)
	}
	p := run(t, mixed, kept)
	c, u := column(t, p, "备注"), column(t, p.Used(), "备注")
	if !u.Personal || !slices.Equal(u.Contains, c.Contains) || len(u.Contains) != 1 || u.Contains[0].Rows != 3 || len(c.Said.Proved) != 1 {
		t.Errorf("used as %+v, said %+v", u, c.Said)
	}
	if _, err := s.State(t.Context(), "acme", "members", p, []officer.Saying{{Column: "备注", Says: dataspace.SaysNotPersonal}}, by); !errors.Is(err, dataspace.ErrConflict) || !strings.Contains(err.Error(), "cn_resident_id in 3 rows") {
		t.Errorf("said again: %v", err)
	}
	if _, err := s.State(t.Context(), "acme", "members", p, []officer.Saying{{Column: "备注", Says: dataspace.SaysCorrect, Element: "review_text"}}, by); err != nil {
		t.Errorf("corrected to a text that contains them: %v", err)
	}
}

// A statement is asked again only where the header or the forms changed.
func TestBinding(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	s := service(t)
	row := func(int) string { return fmt.Sprintf("%s,%d,A%05d", furniture(r), 1+r.IntN(9), r.IntN(99999)) }
	kept, err := s.State(t.Context(), "acme", "members", run(t, table(t, "姓名,数量,编号", 300, row), officer.Kept{}),
		[]officer.Saying{{Column: "姓名", Says: dataspace.SaysNotPersonal}, {Column: "编号", Says: dataspace.SaysCorrect, Element: "membership"}}, by)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, header string
		row          func(int) string
		changed      map[string]string // of the columns with a statement; "" holds
	}{
		{"other rows", "姓名,数量,编号", row, map[string]string{"姓名": "", "编号": ""}},
		{"other order and a new column", "新,编号,姓名", func(i int) string { return fmt.Sprintf("x%d,A%05d,%s", i, r.IntN(99999), furniture(r)) }, map[string]string{"姓名": "", "编号": ""}},
		{"one header", "名称,数量,编号", row, map[string]string{"编号": ""}},
		{"one shape", "姓名,数量,编号", func(i int) string { return fmt.Sprintf("%s,%d,%c-%d", furniture(r), r.IntN(9), 'A'+i%26, r.IntN(999)) }, map[string]string{"姓名": "", "编号": "forms"}},
		{"one type", "姓名,数量,编号", func(int) string { return fmt.Sprintf("%s,%d,%d", furniture(r), r.IntN(9), 10000+r.IntN(9999)) }, map[string]string{"姓名": "", "编号": "type"}},
		{"empty", "姓名,数量,编号", func(int) string { return ",1,A00001" }, map[string]string{"姓名": "", "编号": ""}},
	}
	for _, tc := range tests {
		p := run(t, table(t, tc.header, 300, tc.row), kept)
		got := map[string]string{}
		for _, c := range p.Columns {
			if c.Said == nil {
				continue
			}
			got[c.Name] = c.Said.Changed
			if c.Said.Changed != "" && c.Used != nil && *c.Used.Element != *c.Element {
				t.Errorf("%s: %s is used by a statement that does not hold", tc.name, c.Name)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(tc.changed) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.changed)
		}
	}
}

func TestStateRefuses(t *testing.T) {
	s := service(t)
	nothing := dataspace.Profile{Columns: []dataspace.ColumnProfile{{Name: "a", Type: "string", Band: dataspace.BandNone}}}
	for _, tc := range []struct {
		of   dataspace.DatasetID
		list []officer.Saying
		by   officer.By
		code string
	}{
		{"members", nil, by, "statement.column"},
		{"members", []officer.Saying{{Column: "b", Says: dataspace.SaysNotPersonal}}, by, "statement.column"},
		{"members", []officer.Saying{{Column: "a", Says: dataspace.SaysNotPersonal}, {Column: "a", Says: dataspace.SaysNotPersonal}}, by, "statement.column"},
		{"members", []officer.Saying{{Column: "a", Says: dataspace.SaysConfirm}}, by, "statement.element"},
		{"members", []officer.Saying{{Column: "a", Says: dataspace.SaysCorrect, Element: "nothing_known"}}, by, "statement.element"},
		{"members", []officer.Saying{{Column: "a", Says: dataspace.SaysNotPersonal, Element: "email"}}, by, "statement.element"},
		{"members", []officer.Saying{{Column: "a", Says: "perhaps"}}, by, "statement.element"},
		{"members", []officer.Saying{{Column: "a", Says: dataspace.SaysNotPersonal}}, officer.By{Name: "bob", Reason: " "}, "statement.reason"},
		{"other", []officer.Saying{{Column: "a", Says: dataspace.SaysNotPersonal}}, by, ""},
	} {
		_, err := s.State(t.Context(), "acme", tc.of, nothing, tc.list, tc.by)
		var p *dataspace.Problem
		if errors.As(err, &p); err == nil || tc.code != "" && (p == nil || p.Code != tc.code) || tc.code == "" && !errors.Is(err, dataspace.ErrNotFound) {
			t.Errorf("%v: %v, want %s", tc.list, err, tc.code)
		}
		if kept, err := s.Kept(t.Context(), "acme", "members"); err != nil || len(kept.Columns) > 0 {
			t.Fatalf("%v: recorded %v, %v", tc.list, kept, err)
		}
	}
	if _, err := s.Withdraw(t.Context(), "acme", "members", []string{"a"}, by); !errors.Is(err, dataspace.ErrNotFound) {
		t.Error(err)
	}
}

func TestChoose(t *testing.T) {
	s := service(t)
	among := []dataspace.KeyCandidate{{Role: "", Columns: []string{"phone"}}, {Role: "#2", Columns: []string{}}}
	for _, bad := range []struct {
		role    string
		columns []string
		by      officer.By
		code    string
	}{
		{"", []string{"name"}, by, "statement.key"},
		{"", []string{}, by, "statement.key"}, // the main person is nobody else
		{"#3", []string{}, by, "statement.key"},
		{"", []string{"phone"}, officer.By{Name: "bob"}, "statement.reason"},
	} {
		_, err := s.Choose(t.Context(), "acme", "members", officer.Choice{Role: bad.role, Columns: bad.columns, Among: among}, bad.by)
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Code != bad.code {
			t.Errorf("%q by %v: %v", bad.role, bad.columns, err)
		}
	}
	kept, err := s.Choose(t.Context(), "acme", "members", officer.Choice{Role: "#2", Columns: []string{}, Among: among, Schema: "x"}, by)
	if err != nil {
		t.Fatal(err)
	}
	if kept, err = s.Choose(t.Context(), "acme", "members", officer.Choice{Columns: []string{"phone"}, Among: among, Schema: "x"}, by); err != nil || len(kept.Keys) != 2 || kept.Keys[0].By != "bob" || kept.Keys[0].Schema != "x" {
		t.Fatalf("%+v, %v", kept, err)
	}
	p := dataspace.Profile{Choices: kept.Keys}
	if !officer.Current(element.Builtin(), p, kept) || officer.Current(element.Builtin(), p, officer.Kept{Keys: kept.Keys[:1]}) || officer.Current(element.Builtin(), dataspace.Profile{}, kept) {
		t.Error("whether a profile is of the present choices")
	}
	if kept, err = s.Unchoose(t.Context(), "acme", "members", "#2", by); err != nil || len(kept.Keys) != 1 {
		t.Errorf("%+v, %v", kept, err)
	}
	if _, err = s.Unchoose(t.Context(), "acme", "members", "#2", by); !errors.Is(err, dataspace.ErrNotFound) {
		t.Error(err)
	}
}
