package systest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/sample"
)

// TestScreen: a recipient whose name may be on a list gets nothing before an
// officer has said whether it is the same; the decision names list, edition and
// day.
func TestScreen(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	list, officer := filepath.Join(dir, "barred.csv"), filepath.Join(dir, "officer.key")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(officer, w.newKey(w.here, "eve", gateway.Compliance, "")+"\n")
	run, says := w.running("screen"), w.names
	load := func(text, edition, day string) {
		t.Helper()
		write(list, text)
		run(0, "import", list, "--id", "barred", "--authority", "an authority", "--edition", edition, "--day", day, "--key-file", officer)
	}
	send := func(dataset dataspace.DatasetID) flowView {
		t.Helper()
		s := w.sending(w.write(sample.Support))
		s.Dataset = dataset
		return w.send(s)
	}
	facts := func(f flowView) (out dataspace.Facts) {
		t.Helper()
		w.here.document(f.ID, flow.DocFacts, &out)
		return out
	}
	says(run(0, "check", "singapore/"+lion), "no list was imported")
	run(1, "import", officer, "--id", "barred", "--authority", "x", "--edition", "1", "--day", day(0), "--key-file", officer) // no list
	load("id,name\n1,Somebody Else\n", "2026-5", day(-9))
	if _, _, code := w.here.command("screen", "import", list, "--id", "barred", "--authority", "x", "--edition", "2", "--day", day(0)); code == 0 {
		t.Error("an operator imports a list")
	}
	f, _ := w.complete(send("clear"))
	if s := facts(f).Screened; len(s) != 1 || s[0].Edition != "2026-5" || s[0].Day != day(-9) || s[0].Result != "clear" || facts(f).Known.Of("recipient.restricted").String() != "false" {
		t.Errorf("screened %+v, restricted %s", s, facts(f).Known.Of("recipient.restricted"))
	}
	var d dataspace.Decision
	w.here.document(f.ID, flow.DocDecision, &d)
	for _, o := range d.Obligations {
		if o.ID == "cn.recipient.screen" && !o.Satisfied {
			t.Error("the recipient was compared, and the obligation is open")
		}
	}

	load("id,name\n1,LION\n", "2026-6", day(0)) // a name in another case
	f = send("possible")
	w.here.until(f.ID, dataspace.Checking)
	says(run(0, "check", "singapore/"+lion), "may be on it", "LION", "same_name")
	entry := ""
	for word := range strings.FieldsSeq(run(0, "check", "singapore/"+lion)) {
		if len(word) == 16 && strings.Trim(word, "0123456789abcdef") == "" {
			entry = word
		}
	}
	for deadline := time.Now().Add(flowTimeout); ; time.Sleep(50 * time.Millisecond) {
		got := w.here.flow(f.ID)
		if got.State == dataspace.Checking && got.Trouble != nil && got.Trouble.Code == "screen.possible" {
			break
		}
		if got.State.Final() || time.Now().After(deadline) {
			t.Fatalf("the flow is %s with %+v", got.State, got.Trouble)
		}
	}
	if left := w.delivered(lion); len(left) != 1 {
		t.Fatalf("delivered %v", left)
	}
	resolve := func(answer string) {
		t.Helper()
		run(0, "resolve", "singapore/"+lion, "--list", "barred", "--entry", entry, answer, "--reason", "register numbers compared", "--key-file", officer)
	}
	run(1, "remove", "barred", "--key-file", officer) // the flow would leave without an answer
	resolve("--other")
	f, _ = w.complete(f)
	if s := facts(f).Screened; len(s) != 1 || s[0].Edition != "2026-6" || s[0].Result != "clear" || len(s[0].Resolved) != 1 {
		t.Errorf("screened %+v", s)
	}
	resolve("--same")
	f = w.here.settle(send("listed").ID)
	if f.State != dataspace.Refused || f.Verdict != dataspace.Prohibited {
		t.Errorf("to a listed recipient: %s, %s", f.State, f.Verdict)
	}
	run(1, "remove", "barred", "--key-file", officer)

	// An entry that cannot be compared clears nobody, and nobody is found on a list by silence.
	resolve("--other")
	load("id,name\n1,红灯笼\n", "2026-7", day(0))
	f = send("apart")
	for deadline := time.Now().Add(flowTimeout); ; time.Sleep(50 * time.Millisecond) {
		got := w.here.flow(f.ID)
		if got.State == dataspace.Checking && got.Trouble != nil && got.Trouble.Code == "screen.not_compared" {
			break
		}
		if got.State.Final() || time.Now().After(deadline) {
			t.Fatalf("the flow is %s with %+v", got.State, got.Trouble)
		}
	}
	for word := range strings.FieldsSeq(run(0, "check", "singapore/"+lion)) {
		if len(word) == 16 && strings.Trim(word, "0123456789abcdef") == "" {
			entry = word
		}
	}
	resolve("--other")
	w.complete(f)
	instrument, screening := dataspace.EventInstrument, dataspace.EventScreening
	wantKinds(t, checkLog(t, w.here.data), "", []dataspace.EventKind{instrument, screening, screening, screening, screening, screening, screening, screening})
}
