package systest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
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
	"hutong/internal/papers"
)

// countryPacks is the law of a country that does not exist, with its own facts,
// identifiers, windows and papers. Nobody who wrote it changed Go code.
const countryPacks = "testdata/country"

// country is two gateways that know the law of the country.
type country struct {
	*timed
	folder string // of the signed packs
}

// TestCountryPack runs the cases of the country, and the mistakes that they must
// notice, as its author does.
func TestCountryPack(t *testing.T) {
	t.Parallel()
	from, err := filepath.Abs(countryPacks)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"pack", "check", from}, {"pack", "test", from}} {
		if out, err := exec.Command(program, words...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v, %s", words, err, out)
		}
	}
	out, err := exec.Command(program, "pack", "mutate", from, "--least", "95", "--json").Output()
	var reports []struct {
		Mutants, Killed int
	}
	if bad := json.Unmarshal(out, &reports); bad != nil || err != nil || len(reports) != 1 {
		t.Fatalf("mutate: %v, %v, %s", err, bad, out)
	}
	// A mistake in a pack with elements of its own leaves a pack that loads.
	if r := reports[0]; r.Mutants < 90 || r.Killed*100 < 95*r.Mutants {
		t.Errorf("%d of %d mistakes are noticed, want 95 of 100, and 90 or more made", r.Killed, r.Mutants)
	}
}

// TestCountry states the facts of the country to two running gateways, and sends
// on both sides of the end of its window.
func TestCountry(t *testing.T) {
	year := time.Now().Year() + 1
	folder, config := signPacks(t, countryPacks)
	c := &country{newTimed(t, time.Date(year, 2, 10, 6, 0, 0, 0, time.UTC), config...), folder}
	c.part("wrong values are refused", c.refused)
	c.part("stated by each side", c.stated)
	c.part("the window", c.window)
	c.part("to one recipient", c.pairOf)
	c.part("a broker", c.broker)
	c.part("what arrives", c.arrives)
	c.part("without the pack", c.without)
}

// islander is one row: a citizen by number. One of five is under 16. The check
// character is worked out here, not by the code under test.
func islander(year, i int) []string {
	number := fmt.Sprintf("KI%08d", 10000000+7919*i)
	sum := 0
	for k, c := range []byte(number) {
		v := int(c - '0')
		if c >= 'A' {
			v = int(c-'A') + 10
		}
		sum += v * (k + 2)
	}
	born := year - 40
	if i%5 == 0 {
		born = year - 10
	}
	return []string{
		number + string("0123456789X"[sum%11]),
		fmt.Sprintf("%d-03-04", born),
		fmt.Sprintf("AT-%03d-%c%c%c", 100+i, 'A'+i%26, 'A'+3*i%26, 'A'+7*i%26),
		[]string{"Aila", "Bwena", "Matoru", "Nuimene", "Tekabu", "Uanra"}[i%6],
		fmt.Sprintf("%d/%04d", 101+i%9, 1000+37*i),
	}
}

// islanders writes a table of the citizens from one number to before another,
// with headers in either language.
func (c *country) islanders(t *testing.T, from, to int, header ...string) string {
	t.Helper()
	if len(header) == 0 {
		header = []string{"citizen_no", "birth_date", "travel_document", "home_atoll", "household_book"}
	}
	list := cells{header}
	for i := from; i < to; i++ {
		list = append(list, islander(time.Now().Year()+1, i))
	}
	return list.write(t, filepath.Join(c.here.dir, fmt.Sprintf("islanders-%d-%d.csv", from, to)))
}

func (c *country) run(t *testing.T, g *gatewayProcess, words ...string) {
	t.Helper()
	if out, errs, code := g.command(words...); code != 0 {
		t.Fatalf("%v: exit %d, %s%s", words, code, out, errs)
	}
}

func (c *country) refused(t *testing.T) {
	path := c.islanders(t, 0, 3)
	for name, tt := range map[string]struct {
		g     *gatewayProcess
		words []string
		want  []string
	}{
		"no member of the list of the recipient": {c.far, []string{"participant", "add", "bad", "--name", "Bad", "--jurisdiction", "SG", "--set", "xa_data_act.recipient.category=thief"},
			[]string{"xa_data_act.recipient.category", "processor", "broker", "state_body", "other"}},
		"no member of the list of the dataset": {c.here, []string{"dataset", "add", "bad", path, "--of", acme, "--set", "xa_data_act.subjects=none,gold"},
			[]string{"xa_data_act.subjects", "fishing_grounds", "elder_knowledge", "health_posts", "none"}},
		"no truth": {c.here, []string{"participant", "add", "bad", "--name", "Bad", "--jurisdiction", "XA", "--set", "xa_data_act.exporter.registered=perhaps"},
			[]string{"xa_data_act.exporter.registered", "true", "false"}},
		"no day": {c.here, []string{"dataset", "add", "bad", path, "--of", acme, "--set", "xa_data_act.collected_on=May"},
			[]string{"xa_data_act.collected_on", "2006-01-02"}},
		"no such fact": {c.here, []string{"participant", "add", "bad", "--name", "Bad", "--jurisdiction", "XA", "--set", "xa_data_act.exporter.rank=3"},
			[]string{"xa_data_act.exporter.rank"}},
		"stated by the wrong side": {c.here, []string{"dataset", "add", "bad", path, "--of", acme, "--set", "xa_data_act.errand=study"},
			[]string{"xa_data_act.errand"}},
		"counted, not stated": {c.here, []string{"dataset", "add", "bad", path, "--of", acme, "--set", "xa_data_act.counts.citizens=3"},
			[]string{"xa_data_act.counts.citizens"}},
	} {
		out, errs, code := tt.g.command(tt.words...)
		if code == 0 {
			t.Errorf("%s is taken: %s", name, out)
		}
		for _, want := range tt.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s: %q is not in: %s", name, want, errs)
			}
		}
	}
}

// stated registers the parties by the command line.
func (c *country) stated(t *testing.T) {
	c.run(t, c.here, "participant", "add", "ailana", "--name", "Ailana Fishers", "--jurisdiction", "XA", "--set", "xa_data_act.exporter.registered=true")
	for id, category := range map[dataspace.ParticipantID]string{"clinic": "processor", "lab": "other", "dealer": "broker"} {
		c.far.call("POST", "/participants", gateway.Participant{ID: id, LegalName: dataspace.Text{EN: string(id)}, Jurisdiction: "SG",
			Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "shanghai"}}}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
				"foreign_authority": dataspace.BoolOf(false), "xa_data_act.recipient.category": dataspace.TextOf(category),
			})}, nil)
	}
}

// sendIslanders registers citizens as a dataset and sends it.
func (c *country) sendIslanders(t *testing.T, path, to string, words ...string) (flowView, dataspace.Facts) {
	t.Helper()
	id := fmt.Sprintf("%s-%s-%d", strings.TrimSuffix(filepath.Base(path), ".csv"), to, len(c.here.flows()))
	c.run(t, c.here, "dataset", "add", id, path, "--of", "ailana", "--sector", "retail", "--set", "xa_data_act.subjects=none", "--set", "xa_data_act.collected_on=2026-01-10")
	out, errs, code := c.here.command(append([]string{"send", id, "--from", "ailana", "--to", "singapore/" + to, "--purpose", "business", "--detach", "--set", "xa_data_act.errand=service"}, words...)...)
	list := c.here.flows()
	if code != 0 || len(list) == 0 || list[0].Dataset != dataspace.DatasetID(id) {
		t.Fatalf("send %s: exit %d, %s%s", id, code, out, errs)
	}
	f := c.here.settle(list[0].ID)
	if f.State == dataspace.Completed {
		_, _ = c.complete(f)
	}
	return f, c.decidedOn(t, f.ID)
}

// counted compares what a flow was decided on with numbers worked out by hand.
func counted(t *testing.T, what string, f dataspace.Facts, citizens, under16, toRecipient int64) {
	t.Helper()
	for name, want := range map[string]int64{"citizens": citizens, "under_16": under16, "citizens_to_recipient": toRecipient} {
		if got, ok := f.Known.Int("xa_data_act.counts." + name); !ok || got != want {
			t.Errorf("%s: %s is %d (%t), want %d", what, name, got, ok, want)
		}
	}
}

// open are the obligations of a decision that keep the data here.
func (c *country) open(id dataspace.FlowID) (out []string) {
	var d dataspace.Decision
	c.here.document(id, flow.DocDecision, &d)
	for _, o := range d.Obligations {
		if !o.Satisfied {
			out = append(out, string(o.ID))
		}
	}
	return out
}

// window sends over three months. The citizens are numbered; those whose number
// can be divided by five are under 16. The window reaches back to the same day
// three months earlier, that day included.
func (c *country) window(t *testing.T) {
	// 10 February: 0 to 29 to the clinic. 30 citizens; 0, 5, …, 25 are 6.
	f, facts := c.sendIslanders(t, c.islanders(t, 0, 30), "clinic")
	if f.State != dataspace.Completed || f.Verdict != dataspace.Cleared {
		t.Fatalf("%s, %s, %+v, open %v", f.State, f.Verdict, f.Trouble, c.open(f.ID))
	}
	counted(t, "February", facts, 30, 6, 30)
	for name, want := range map[string]string{
		"xa_data_act.exporter.registered": "true", "xa_data_act.recipient.category": "processor", "xa_data_act.subjects": "[none]",
		"xa_data_act.collected_on": "2026-01-10", "xa_data_act.errand": "service",
	} {
		if v := facts.Known.Of(name).String(); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	c.profiled(t, f.ID)
	c.signed(t, c.here, c.far, "singapore", "clinic", "xa_data_act.recipient.category", "processor")
	c.signed(t, c.far, c.here, "shanghai", "ailana", "xa_data_act.exporter.registered", "true")

	// 10 March: 25 to 34 to the lab, under headers in Chinese. 0 to 34 are 35
	// citizens, 25 to 29 once; 0, 5, …, 30 are 7; the lab has 10. The number keeps
	// its header: an element of a pack cannot say that it is the same number under
	// any header, so under 公民号 the same citizens would be others.
	c.move(28*24*time.Hour, 0)
	f, facts = c.sendIslanders(t, c.islanders(t, 25, 35, "citizen_no", "出生日期", "旅行证件号", "户籍环礁", "户籍簿号"), "lab")
	if f.State != dataspace.Completed {
		t.Fatalf("%s, %s, %+v, open %v", f.State, f.Verdict, f.Trouble, c.open(f.ID))
	}
	counted(t, "March", facts, 35, 7, 10)
	c.profiled(t, f.ID)

	// 10 April: 30 to 44 to the lab. 0 to 44 are 45 citizens, which is 40 or
	// more: a registered contract. 0, 5, …, 40 are 9; the lab would have 25 to
	// 44, which is 20.
	c.move(31*24*time.Hour, 0)
	third := c.islanders(t, 30, 45)
	c.needsContract(t, third, "April")

	// 10 May, 23:30 in the islands, 09:30 UTC: the window reaches back to 10
	// February, so the same numbers.
	c.move(30*24*time.Hour+3*time.Hour+30*time.Minute, 0)
	c.needsContract(t, third, "the last day of the window")

	// An hour later it is 11 May in the islands. 0 to 24 have left the window;
	// 25 to 29 have not, for they left again in March. 25 to 44 are 20 citizens;
	// 25, 30, 35, 40 are 4; the lab has the same 20.
	c.move(nextDay, 0)
	f, facts = c.sendIslanders(t, third, "lab")
	if f.State != dataspace.Completed || f.Verdict != dataspace.Cleared {
		t.Fatalf("%s, %s, %+v, open %v", f.State, f.Verdict, f.Trouble, c.open(f.ID))
	}
	counted(t, "the day after the window", facts, 20, 4, 20)
	if want := strconv.Itoa(time.Now().Year()+1) + "-05-11"; facts.On != want {
		t.Errorf("it was decided on %s, want %s: it is still 10 May in UTC", facts.On, want)
	}
}

// nextDay is from the last half hour of a day in the islands to the next day.
const nextDay = time.Hour

// needsContract sends, finds that a contract must be registered, and stops the
// flow, which lets its people go again.
func (c *country) needsContract(t *testing.T, path, when string) {
	t.Helper()
	f, facts := c.sendIslanders(t, path, "lab")
	if f.Verdict != dataspace.ActionRequired || f.State.Final() || !slices.Equal(c.open(f.ID), []string{"xa.contract_registered"}) {
		t.Fatalf("%s: %s, %s, %+v, open %v", when, f.State, f.Verdict, f.Trouble, c.open(f.ID))
	}
	counted(t, when, facts, 45, 9, 20)
	c.here.call("POST", "/flows/"+string(f.ID)+"/stop", client.StopFlow{Reason: "no contract"}, nil)
	c.here.settle(f.ID)
}

// profiled finds the identifiers of the country.
func (c *country) profiled(t *testing.T, id dataspace.FlowID) {
	t.Helper()
	var p dataspace.Profile
	c.here.document(id, flow.DocProfile, &p)
	want := []dataspace.ElementID{"xa_citizen_no", "date_of_birth", "xa_travel_document", "xa_home_atoll", "xa_household_no"}
	for i, col := range p.Columns {
		if col.Element == nil || *col.Element != want[i] || col.Band != dataspace.BandAccept {
			t.Errorf("column %s is %v (%s), want %s", col.Name, col.Element, col.Band, want[i])
		}
	}
	if p.Subjects.Distinct == nil || *p.Subjects.Distinct != p.Rows {
		t.Errorf("%v people in %d rows", p.Subjects.Distinct, p.Rows)
	}
}

// signed finds a fact in what the peer signed about a participant.
func (c *country) signed(t *testing.T, at, by *gatewayProcess, peer dataspace.PeerName, id dataspace.ParticipantID, name, want string) {
	t.Helper()
	var self client.Gateway
	by.call("GET", "/gateway", nil, &self)
	db := openDatabase(t, at.data)
	defer db.Close()
	var data []byte
	if err := db.QueryRow("SELECT signed FROM statement WHERE peer = ? AND participant = ?", peer, id).Scan(&data); err != nil {
		t.Fatal(err)
	}
	st, err := gateway.ParseStatement(data, self.Card.Identity)
	if err != nil {
		t.Fatal(err)
	}
	if got := st.Participant.Known.Of(name).String(); got != want {
		t.Errorf("%s signed %s as %q, want %q", peer, name, got, want)
	}
}

// pairOf sends to one recipient more than may go there, while the exporter may
// still send to others.
func (c *country) pairOf(t *testing.T) {
	// 11 May: 25 to 59 to the clinic. With those of the lab 25 to 59 are 35
	// citizens; 25, 30, …, 55 are 7. What the clinic had in February has left the
	// window, so it has these 35, which is 35 or more.
	f, facts := c.sendIslanders(t, c.islanders(t, 25, 60), "clinic")
	counted(t, "to the clinic", facts, 35, 7, 35)
	if f.Verdict != dataspace.ActionRequired || !slices.Equal(c.open(f.ID), []string{"xa.recipient_entered"}) {
		t.Fatalf("%s, %s, open %v", f.State, f.Verdict, c.open(f.ID))
	}
	c.instrument(papers.Paper{Owner: "ailana", Instrument: dataspace.Instrument{ID: "ENTRY-1", Kind: "xa.recipient_entry", EffectiveOn: time.Now().Add(c.ahead).UTC().AddDate(0, 0, -9).Format(time.DateOnly)}})
	c.here.call("POST", "/flows/"+string(f.ID)+"/resume", nil, nil)
	c.complete(f)
}

func (c *country) broker(t *testing.T) {
	f, facts := c.sendIslanders(t, c.islanders(t, 25, 45, "公民号", "出生日期", "旅行证件号", "户籍环礁", "户籍簿号"), "dealer")
	c.profiled(t, f.ID)
	if v := facts.Known.Of("xa_data_act.recipient.category").String(); v != "broker" || f.Verdict != dataspace.Prohibited || f.State == dataspace.Completed {
		t.Errorf("category %q: %s, %s", v, f.Verdict, f.State)
	}
}

// arrives sends from elsewhere to the islands: the far gateway decides by their
// import side.
func (c *country) arrives(t *testing.T) {
	c.run(t, c.here, "participant", "add", "harbour", "--name", "Harbour", "--jurisdiction", "HK")
	for id, category := range map[dataspace.ParticipantID]string{"atoll-bank": "processor", "ministry": "state_body"} {
		c.far.call("POST", "/participants", gateway.Participant{ID: id, LegalName: dataspace.Text{EN: string(id)}, Jurisdiction: "XA",
			Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "shanghai"}}}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
				"foreign_authority": dataspace.BoolOf(false), "xa_data_act.recipient.category": dataspace.TextOf(category),
			})}, nil)
	}
	for to, want := range map[dataspace.ParticipantID]string{"atoll-bank": "free", "ministry": "restricted"} {
		s := c.sending(c.islanders(t, 0, 5))
		s.From, s.To = "harbour", to
		f := c.here.settle(c.send(s).ID)
		var d dataspace.Decision
		c.here.document(f.ID, flow.DocDecision, &d)
		at := slices.IndexFunc(d.Regimes, func(r dataspace.RegimeOutcome) bool { return r.Jurisdiction == "XA" && r.Side == dataspace.ImportSide })
		if at < 0 || d.Regimes[at].Pathway != want {
			t.Errorf("to %s: %+v", to, d.Regimes)
		}
		if (f.State == dataspace.Completed) != (want == "free") {
			t.Errorf("to %s: %s, %+v", to, f.State, f.Trouble)
		}
	}
}

// without takes the pack away: its facts are refused, its columns are unknown.
func (c *country) without(t *testing.T) {
	c.here.kill()
	if err := os.RemoveAll(filepath.Join(c.folder, "xa")); err != nil {
		t.Fatal(err)
	}
	c.here.start()
	for _, words := range [][]string{
		{"participant", "add", "late", "--name", "Late", "--jurisdiction", "XA", "--set", "xa_data_act.exporter.registered=true"},
		{"dataset", "add", "late", c.islanders(t, 0, 5), "--of", "ailana", "--set", "xa_data_act.subjects=none"},
	} {
		out, errs, code := c.here.command(words...)
		if code == 0 || !strings.Contains(errs, words[len(words)-1][:strings.Index(words[len(words)-1], "=")]) || !strings.Contains(errs, "pack") {
			t.Errorf("%v: exit %d, %s%s", words, code, out, errs)
		}
	}
}
