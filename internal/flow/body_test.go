package flow_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// stored is a flow as a gateway wrote it before the stored form had a version.
const stored = `{"id":"flow-1","role":"provider","participant":"acme","peer":"sg","counterparty":"lion","dataset":"tickets",
"purpose":"business","format":"csv","asked":true,"state":"ending","verdict":"cleared","trouble":{"code":"c","message":"m"},"ends_as":"stopped",
"source":"/srv/a.csv","source_form":{"format":"csv"},"stamp":"s1","facts":{"sector":"x"},"own_columns":[{"name":"a","action":"drop"}],"retention_days":30,
"reservation":"flow-1","uncounted":true,"documents":{"plan":"sha256:0"},"events":["flow-1.profile.1"],
"review":{"approve":true,"reason":"r","by":"b","at":"2026-05-04T03:02:01Z","decision":"sha256:1"},
"rechecks":[{"at":"2026-05-04T03:02:01Z","on":"2026-05-04","rules":"sha256:2","decision":"sha256:1","old":{"verdict":"cleared","regimes":null},"new":{"verdict":"prohibited","regimes":null}}],
"done":[{"obligation":"o","on":"2026-05-04","reason":"r","by":"b","at":"2026-05-04T03:02:01Z"}],
"negotiation":"neg-1","agreement":"agr-1","transfer":"transfer-1","waybill":"/w","version":7,
"created":"2026-05-04T03:02:01Z","updated":"2026-05-04T03:02:02Z"}`

// Every member of an older form is read, and written again under its name.
func TestDecodeOld(t *testing.T) {
	f, err := flow.Decode([]byte(stored))
	if err != nil {
		t.Fatal(err)
	}
	if f.Local != "acme" || f.Dataset != "tickets" || f.EndsAs != dataspace.Stopped || f.Stamp != "s1" || !f.Uncounted || len(f.Events) != 1 ||
		!f.Review.Approve || len(f.Rechecks) != 1 || len(f.Done) != 1 || f.Transfer != "transfer-1" || f.Waybill != "/w" || f.Version != 7 {
		t.Errorf("read %+v", f)
	}
	again, err := flow.Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	var was, is map[string]any
	if err := errors.Join(json.Unmarshal([]byte(stored), &was), json.Unmarshal(again, &is)); err != nil {
		t.Fatal(err)
	}
	if is["body_version"] != 1.0 {
		t.Errorf("written in form %v", is["body_version"])
	}
	delete(is, "body_version")
	was["source"] = map[string]any{"kind": "file", "place": was["source"]} // it was the path of a file
	if diff := cmp.Diff(was, is); diff != "" {
		t.Errorf("-was +is\n%s", diff)
	}
}

// A form of a newer version is refused; a form of no version is an error.
func TestDecodeRefuses(t *testing.T) {
	newer := bytes.Replace([]byte(stored), []byte("{"), []byte(`{"body_version":2,`), 1)
	if _, err := flow.Decode(newer); !errors.Is(err, dataspace.ErrInvalid) || dataspace.Hint(err) == "" {
		t.Errorf("a newer form gave %v", err)
	}
	if _, err := flow.Decode([]byte(`{"id":`)); err == nil {
		t.Error("half a flow was read")
	}
}

func TestBodyRoundTrip(t *testing.T) {
	text := rapid.StringMatching(`[a-z0-9-]{0,12}`)
	rapid.Check(t, func(rt *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(rt, "at"), 0).UTC()
		f := flow.Flow{
			ID: dataspace.FlowID(text.Draw(rt, "id")), Role: dataspace.Consumer, Asked: rapid.Bool().Draw(rt, "asked"),
			Way:     flow.Way{Local: dataspace.ParticipantID(text.Draw(rt, "local")), Peer: dataspace.PeerName(text.Draw(rt, "peer"))},
			Subject: flow.Subject{Dataset: dataspace.DatasetID(text.Draw(rt, "dataset")), Purpose: text.Draw(rt, "purpose"), Format: text.Draw(rt, "format")},
			Course:  flow.Course{State: dataspace.Delivering, Trouble: &flow.Trouble{Code: text.Draw(rt, "code"), Retry: rapid.Bool().Draw(rt, "retry")}},
			Supply:  flow.Supply{Source: dataspace.FileSource(text.Draw(rt, "source")), RetentionDays: rapid.IntRange(0, 9999).Draw(rt, "days")},
			People:  flow.People{Reserved: dataspace.ReservationID(text.Draw(rt, "reserved")), Uncounted: rapid.Bool().Draw(rt, "uncounted")},
			Links:   flow.Links{Negotiation: dataspace.NegotiationID(text.Draw(rt, "negotiation")), Transfer: dataspace.TransferID(text.Draw(rt, "transfer"))},
			Outcome: flow.Outcome{Waybill: text.Draw(rt, "waybill"), Delivered: &flow.Delivered{Path: text.Draw(rt, "path"), At: at}},
			Mark:    flow.Mark{Version: rapid.Int64().Draw(rt, "version"), Created: at, Updated: at},
		}
		data, err := flow.Encode(f)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := flow.Decode(data)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(f, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}
