package dossier_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/dossier"
)

// approved is what the version before questions read words (main at 9ff2f6e)
// approved: a dossier of each kind, with the digests of its files.
type approved struct {
	Flow  dossier.Flow   `json:"flow"`
	Kinds []approvedKind `json:"kinds"`
}

type approvedKind struct {
	Kind     dossier.Kind                `json:"kind"`
	Answers  dossier.Answers             `json:"answers"`
	Approval dossier.Approval            `json:"approval"`
	Files    map[string]dataspace.Digest `json:"files"`
}

func earlier(t *testing.T) approved { return approvedIn(t, "testdata/approved.json") }

func approvedIn(t *testing.T, path string) (out approved) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Kinds) < minKinds {
		t.Fatalf("%d kinds were approved earlier, want %d or more", len(out.Kinds), minKinds)
	}
	return out
}

// reading reads answers as the command and the gateway do.
func reading(t *testing.T, a dossier.Answers) func(*dossier.Library) (dossier.Answers, error) {
	t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return func(l *dossier.Library) (dossier.Answers, error) { return l.ParseAnswers(text) }
}

// What was approved before questions changed stays approved, with the same bytes.
func TestEarlierApprovalsStand(t *testing.T) {
	was := earlier(t)
	unread := 0
	for _, k := range was.Kinds {
		l, in, err := load(t).Answered(dossier.Input{Kind: k.Kind, Flow: was.Flow, Approval: &k.Approval}, reading(t, k.Answers))
		if err != nil {
			t.Fatalf("%s: %v", k.Kind, err)
		}
		d := write(t, l, in)
		if d.Draft || d.Digest != k.Approval.Digest {
			t.Errorf("%s is a draft again", k.Kind)
		}
		got := map[string]dataspace.Digest{}
		for _, f := range d.Files {
			got[f.Name] = dataspace.DigestOf(f.Data)
		}
		if diff := cmp.Diff(k.Files, got); diff != "" {
			t.Errorf("%s has other bytes: %s", k.Kind, diff)
		}
		unread += len(d.Unread)
		text, err := json.Marshal(k.Answers)
		if err != nil {
			t.Fatal(err)
		}
		if asks := strings.Contains(string(text), `"country":`); asks != slices.Contains(d.Unread, "export.scenarios[1].recipients[0].country") {
			t.Errorf("%s: unread are %v", k.Kind, d.Unread)
		}
	}
	if unread == 0 {
		t.Error("no answer of an earlier time is unread, so the test shows nothing")
	}
}

// What was approved before documents got their look of today (main at 27583d8)
// stays approved, with the same bytes, and also where today's kind would refuse the
// case. With a form, a copy or another flow it is a draft: nobody approved these.
func TestApprovalsOfAnEarlierLookStand(t *testing.T) {
	was := approvedIn(t, "testdata/approved-look.json")
	for _, k := range was.Kinds {
		in := dossier.Input{Kind: k.Kind, Flow: was.Flow, Approval: &k.Approval}
		l, now, err := load(t).Answered(in, reading(t, k.Answers))
		if err != nil {
			t.Fatalf("%s: %v", k.Kind, err)
		}
		d := write(t, l, now)
		if d.Draft {
			t.Errorf("%s is a draft again", k.Kind)
		}
		got := map[string]dataspace.Digest{}
		for _, f := range d.Files {
			got[f.Name] = dataspace.DigestOf(f.Data)
		}
		if diff := cmp.Diff(k.Files, got); diff != "" {
			t.Errorf("%s has other bytes: %s", k.Kind, diff)
		}
		if k.Kind == undertakingKind {
			continue // today it does not fit the flow
		}
		in.Forms = []dossier.GivenForm{given(t, "commitment")}
		if l, now, err = load(t).Answered(in, reading(t, k.Answers)); err != nil || !write(t, l, now).Draft {
			t.Errorf("%s with a form that nobody approved: %v", k.Kind, err)
		}
	}
}

// An edit of what was approved is asked for words of the lists. With them it is a
// draft, until it is approved anew.
func TestEditAfterEarlierApproval(t *testing.T) {
	was := earlier(t)
	k := was.Kinds[slices.IndexFunc(was.Kinds, func(k approvedKind) bool { return k.Kind == report })]
	in := dossier.Input{Kind: k.Kind, Flow: was.Flow, Approval: &k.Approval}
	edit := func(over string) dossier.Answers {
		var a dossier.Answers
		if err := json.Unmarshal([]byte(over), &a); err != nil {
			t.Fatal(err)
		}
		out := maps.Clone(k.Answers)
		list := maps.Clone(out["list"].(map[string]any))
		maps.Copy(list, a["list"].(map[string]any))
		out["list"] = list
		delete(out, "export") // its countries are no words
		return out
	}
	if _, _, err := load(t).Answered(in, reading(t, edit(`{"list": {"edition": "2026"}}`))); !errors.Is(err, dataspace.ErrInvalid) || dataspace.Hint(err) == "" || !strings.Contains(err.Error(), "list.sector: the answer is none of the sectors") {
		t.Errorf("an edit with the old word: %v", err)
	}
	l, now, err := load(t).Answered(in, reading(t, edit(`{"list": {"edition": "2026", "sector": "酒店", "scenario": "some scenario"}}`)))
	if err != nil {
		t.Fatal(err)
	}
	d := write(t, l, now)
	if !d.Draft || len(d.Unread) > 0 {
		t.Errorf("draft %v, unread %v", d.Draft, d.Unread)
	}
	now.Approval = &dossier.Approval{Digest: d.Digest, By: "Li", On: "2026-07-01", Reason: "read"}
	if l, now, err = load(t).Answered(now, reading(t, now.Answers)); err != nil || write(t, l, now).Draft {
		t.Errorf("approved anew and still a draft: %v", err)
	}
	// A new approval is for the questions of today: nothing of an earlier time helps.
	in.Approval = nil
	if _, _, err := load(t).Answered(in, reading(t, k.Answers)); err == nil {
		t.Error("without an approval the old words are taken")
	}
}

// A known word that cannot be read is asked for, and what it was shown as is part
// of what is approved.
func TestUnreadKnownWord(t *testing.T) {
	l := load(t)
	in := dossier.Input{Kind: report, Flow: flowOf()}
	digest := func(sector string) dataspace.Digest {
		in.Flow.Facts.Known.Set("sector", dataspace.TextOf(sector))
		d, err := l.Digest(in)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	good := digest("accommodation")
	digest("hotell")
	d := write(t, l, in)
	if !slices.Equal(d.Unread, []string{"list.sector"}) || !slices.ContainsFunc(d.Missing, func(m dossier.Missing) bool { return m.Question == "list.sector" }) {
		t.Errorf("unread %v, missing %v", d.Unread, d.Missing)
	}
	if good == d.Digest {
		t.Error("both have the same digest")
	}
}
