package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/gateway"
)

// Bodies as an older version stored them, when facts were fields.
const (
	oldParticipant = `{"id":"acme","legal_name":{"en":"Acme","zh":"甲"},"jurisdiction":"CN","registered_in":"CN-SH","exports_from":"CN-SH","sector":"retail","group":"g","ciio":false,"state_organ":true,"foreign_authority":false,"subjects_processed":12,"certifications":["global_cbpr"],"onward_to":["HK"],"intake":{"accept":[{"peer":"far"}]},"inbox":"/in","created":"2026-06-15T10:00:00Z","updated":"2026-06-15T10:00:00Z"}`
	oldDataset     = `{"id":"d","owner":"acme","title":{"en":"","zh":""},"source":"/d.csv","facts":{"act":"transfer","sector":"retail","necessity_shown":true,"hr_basis":{"labour_rules":true},"origin":"domestic","list_items":["A1"],"government_related":false,"storage":{"place":"SG","until":"2027-01-01"},"events":[{"kind":"control","on":"2026-02-02"}],"important":"notified","important_notified_on":"2026-01-01","core":false,"us_persons":{"personal_health":0},"consent":{"basis":"contract"}},"created":"2026-06-15T10:00:00Z","updated":"2026-06-15T10:00:00Z"}`
)

// TestOlderBodies: rows that an older version stored keep their meaning.
func TestOlderBodies(t *testing.T) {
	p, err := gateway.DecodeParticipant([]byte(oldParticipant))
	if err != nil {
		t.Fatal(err)
	}
	exporter := dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.id": dataspace.TextOf("acme"), "exporter.jurisdiction": dataspace.TextOf("CN"), "exporter.registered_in": dataspace.TextOf("CN-SH"),
		"exporter.exports_from": dataspace.TextOf("CN-SH"), "exporter.ciio": dataspace.BoolOf(false), "exporter.state_organ": dataspace.BoolOf(true),
		"exporter.subjects_processed": dataspace.IntOf(12), "sector": dataspace.TextOf("retail"),
	})
	if diff := cmp.Diff(exporter, p.Exporter(fact.Standard())); diff != "" {
		t.Error(diff)
	}
	recipient := dataspace.ValuesOf(map[string]dataspace.Value{
		"recipient.id": dataspace.TextOf("acme"), "recipient.jurisdiction": dataspace.TextOf("CN"), "recipient.registered_in": dataspace.TextOf("CN-SH"),
		"recipient.foreign_authority": dataspace.BoolOf(false), "recipient.certifications": dataspace.ListOf("global_cbpr"),
		"recipient.onward_to": dataspace.ListOf("HK"), "recipient.same_group": dataspace.BoolOf(true),
	})
	if diff := cmp.Diff(recipient, p.Recipient(fact.Standard(), "g")); diff != "" {
		t.Error(diff)
	}
	d, err := gateway.DecodeDataset([]byte(oldDataset))
	if err != nil {
		t.Fatal(err)
	}
	facts := dataspace.ValuesOf(map[string]dataspace.Value{
		"act": dataspace.TextOf("transfer"), "sector": dataspace.TextOf("retail"), "necessity_shown": dataspace.BoolOf(true),
		"hr_basis.labour_rules": dataspace.BoolOf(true), "origin": dataspace.TextOf("domestic"), "data.list_items": dataspace.ListOf("A1"),
		"data.government_related": dataspace.BoolOf(false), "storage.place": dataspace.TextOf("SG"), "storage.until": dataspace.TextOf("2027-01-01"),
		"data.important": dataspace.TextOf("notified"), "data.important_notified_on": dataspace.TextOf("2026-01-01"), "data.core": dataspace.BoolOf(false),
		"data.us_persons.personal_health": dataspace.IntOf(0), "consent.basis": dataspace.TextOf("contract"),
	})
	if diff := cmp.Diff(facts, fact.Standard().OfDataset(d.Facts.Known)); diff != "" || len(d.Facts.Events) != 1 {
		t.Error(diff, d.Facts.Events)
	}
	// The source was the path of a file.
	dataset := strings.Replace(oldDataset, `"/d.csv"`, `{"kind":"file","place":"/d.csv"}`, 1)
	for was, now := range map[string]any{oldParticipant: p, dataset: d} {
		if diff := sameJSON(t, was, now); diff != "" {
			t.Error(diff)
		}
	}
}

// sameJSON compares a document with what a value is encoded as.
func sameJSON(t *testing.T, was string, now any) string {
	t.Helper()
	data, err := json.Marshal(now)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if json.Unmarshal([]byte(was), &a) != nil || json.Unmarshal(data, &b) != nil {
		t.Fatal("no JSON")
	}
	return cmp.Diff(a, b)
}
