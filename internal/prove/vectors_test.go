package prove_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

// vector is one case of testdata/vectors.json, for verifiers of others.
type vector struct {
	File  string   `json:"file"`
	Why   string   `json:"why"`
	Keys  []string `json:"keys"`           // trusted
	OK    bool     `json:"ok"`             // whether it verifies
	Code  string   `json:"code,omitempty"` // of the first check that fails
	Place string   `json:"place,omitempty"`
	Data  string   `json:"data,omitempty"` // the delivered file, where it is checked too
}

// fixed makes a gateway of keys that never change.
func fixed(id dataspace.GatewayID, seed byte) *gateway {
	key := func(n byte) ed25519.PrivateKey {
		return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed + n}, ed25519.SeedSize))
	}
	return &gateway{id: id, identity: key(1), log: key(2), witness: key(3)}
}

// fixedWaybill is a waybill without random bytes and present times.
func fixedWaybill(t *testing.T, p, c *gateway, flow dataspace.FlowID, change func(*docs)) (prove.Waybill, docs) {
	t.Helper()
	d := sampleDocs(t, p, c, flow, change)
	log := newForge(t, p.log, prove.LogName(p.id))
	log.add(3)
	w := prove.Waybill{Format: prove.WaybillFormat, Flow: flow, Role: dataspace.Provider, Gateway: p.id, Documents: map[dataspace.Digest]json.RawMessage{}}
	events := d.events(t, flow)
	var at []int64
	for i, e := range events {
		e.ID = dataspace.EventID(fmt.Sprintf("%s.%s.%d", flow, e.Kind, i))
		e.At = time.Date(2026, 5, 4, 1, 2, i, 345678000, time.UTC)
		openings := map[string]prove.Opening{}
		for name, doc := range e.Documents {
			var salt dataspace.Salt
			copy(salt[:], fmt.Sprintf("%s %d %s", flow, i, name))
			e.Salts[name] = salt
			openings[name] = prove.Opening{Salt: salt, Digest: doc.Digest()}
			w.Documents[doc.Digest()] = json.RawMessage(doc)
		}
		entry, err := prove.Entry(p.id, e)
		must(t, err)
		w.Entries = append(w.Entries, prove.WaybillEntry{Entry: string(entry), Openings: openings})
		at = append(at, log.size)
		log.addEntry(entry)
		log.add(1)
	}
	witness := value[tlog.Key](t)(tlog.NewKey(prove.WitnessName(c.id), tlog.CosignatureV1, c.witness.Public()))
	head := log.signed(log.size)
	head = head.With(value[tlog.Signature](t)(tlog.Cosign(witness, c.witness, head, 1777856530)))
	for i := range w.Entries {
		w.Entries[i].Proof = string(log.proof(at[i], log.size, head).Bytes())
	}
	return w, d
}

// vectors makes the cases and the files they are about.
func vectors(t *testing.T) ([]vector, map[string][]byte) {
	t.Helper()
	p, c := fixed("shanghai", 10), fixed("singapore", 20)
	pp, cp := p.party(t, ""), c.party(t, "")
	log := []string{pp.Log}
	all := []string{pp.Log, pp.Identity, cp.Witness, cp.Identity}
	good, d := fixedWaybill(t, p, c, "flow-one", nil)
	reviewed, _ := fixedWaybill(t, p, c, "flow-two", func(d *docs) { d.decision.Verdict = dataspace.HumanReview })
	prohibited, _ := fixedWaybill(t, p, c, "flow-three", func(d *docs) { d.decision.Verdict = dataspace.Prohibited })
	forged, _ := fixedWaybill(t, p, c, "flow-four", func(d *docs) {
		d.receipt = value[prove.Receipt](t)(prove.NewReceipt(d.linked(t)))
		sig := value[prove.Signature](t)(d.receipt.Sign(p.identity))
		d.receipt = d.receipt.With(sig, sig)
	})
	changed := func(from prove.Waybill, change func(w *prove.Waybill)) []byte {
		w := value[prove.Waybill](t)(prove.ParseWaybill(encode(t, from)))
		change(&w)
		return encode(t, w)
	}
	files := map[string][]byte{
		"good.waybill":       encode(t, good),
		"reviewed.waybill":   encode(t, reviewed),
		"prohibited.waybill": encode(t, prohibited),
		"forged.waybill":     encode(t, forged),
		"data.csv":           d.data,
		"flipped.waybill":    bytes.Replace(encode(t, good), []byte(`"rows":3`), []byte(`"rows":7`), 1),
		"spaced.waybill":     append([]byte(" "), encode(t, good)...),
		"removed.waybill":    changed(good, func(w *prove.Waybill) { remove(w, 1) }),
		"reordered.waybill": changed(good, func(w *prove.Waybill) {
			w.Entries[0], w.Entries[1] = w.Entries[1], w.Entries[0]
		}),
		"swapped.waybill": changed(good, func(w *prove.Waybill) {
			w.Entries[4].Openings = reviewed.Entries[5].Openings
			maps.Copy(w.Documents, reviewed.Documents)
		}),
		"uncosigned.waybill": changed(good, func(w *prove.Waybill) {
			for i := range w.Entries {
				p := value[tlog.Proof](t)(tlog.ParseProof([]byte(w.Entries[i].Proof)))
				p.Checkpoint.Signatures = p.Checkpoint.Signatures[:1]
				w.Entries[i].Proof = string(p.Bytes())
			}
		}),
	}
	return []vector{
		{File: "good.waybill", Why: "all holds", Keys: log, OK: true, Data: "data.csv"},
		{File: "good.waybill", Why: "all keys are trusted", Keys: all, OK: true},
		{File: "reviewed.waybill", Why: "a person allowed what the rules left open", Keys: log, OK: true},
		{File: "good.waybill", Why: "the log's key is not trusted", Keys: []string{cp.Log}, Code: "waybill.key", Place: "keys"},
		{File: "flipped.waybill", Why: "a document was changed", Keys: log, Code: "waybill.document"},
		{File: "spaced.waybill", Why: "a byte was added", Keys: log, Code: "waybill.form", Place: "file"},
		{File: "removed.waybill", Why: "the decision's entry was removed", Keys: log, Code: "waybill.missing", Place: "entries"},
		{File: "reordered.waybill", Why: "two entries were exchanged", Keys: log, Code: "waybill.order", Place: "entries[1]"},
		{File: "swapped.waybill", Why: "the receipt of another flow was put in", Keys: log, Code: "waybill.commitment", Place: "entries[4].openings.receipt"},
		{File: "uncosigned.waybill", Why: "the witness's cosignature was removed", Keys: log, Code: "waybill.cosignature", Place: "entries[0].proof"},
		{File: "prohibited.waybill", Why: "the decision forbids the flow", Keys: log, Code: "waybill.decision", Place: "entries[1].decision"},
		{File: "forged.waybill", Why: "the provider signed for both sides", Keys: log, Code: "waybill.receipt", Place: "entries[4].receipt"},
	}, files
}

// Other verifiers are tested with these vectors; they never change while the
// format keeps its version.
func TestVectors(t *testing.T) {
	cases, files := vectors(t)
	list, err := json.MarshalIndent(cases, "", "  ")
	must(t, err)
	files["vectors.json"] = append(list, '\n')
	for name, data := range files {
		path := filepath.Join("testdata", name)
		if *update {
			must(t, os.WriteFile(path, data, 0o644))
		}
		stored, err := os.ReadFile(path)
		must(t, err)
		if diff := cmp.Diff(string(stored), string(data)); diff != "" {
			t.Errorf("%s has changed (-stored +made):\n%s", name, diff)
		}
	}
	for _, v := range cases {
		t.Run(strings.ReplaceAll(v.Why, " ", "-"), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", v.File))
			must(t, err)
			report, err := prove.Verify(data, prove.Trust{Keys: v.Keys})
			if v.OK {
				must(t, err)
				if v.Data != "" {
					file, err := os.Open(filepath.Join("testdata", v.Data))
					must(t, err)
					defer func() { must(t, file.Close()) }()
					must(t, prove.VerifyFile(t.Context(), *report.Statement, file))
				}
				return
			}
			wantErr(t, err, dataspace.ErrEvidence, v.Code)
			if last := report.Lines[len(report.Lines)-1]; v.Place != "" && last.Place != v.Place {
				t.Fatalf("place %q, want %q", last.Place, v.Place)
			}
		})
	}
}

// FuzzVerify looks for a waybill that verifies and is not one of ours, and for
// panics.
func FuzzVerify(f *testing.F) {
	found, err := filepath.Glob(filepath.Join("testdata", "*.waybill"))
	must(f, err)
	good := map[string]bool{}
	keys := []string{}
	for _, path := range found {
		data, err := os.ReadFile(path)
		must(f, err)
		f.Add(data)
		good[string(data)] = true
	}
	list, err := os.ReadFile(filepath.Join("testdata", "vectors.json"))
	must(f, err)
	var cases []vector
	must(f, json.Unmarshal(list, &cases))
	keys = append(keys, cases[0].Keys...)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := prove.Verify(data, prove.Trust{Keys: keys}); err == nil && !good[string(data)] {
			t.Fatalf("verifies: %q", data)
		}
	})
}

// FuzzEntry checks that an accepted entry is its own encoding.
func FuzzEntry(f *testing.F) {
	entry, err := prove.Entry("shanghai", dataspace.Event{ID: "event-1", Kind: dataspace.EventStart, Flow: "flow-1", At: time.Unix(0, 0)})
	must(f, err)
	f.Add(entry)
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := prove.ParseEntry(data)
		if err != nil {
			return
		}
		again, err := dataspace.CanonicalJSON(body)
		must(t, err)
		if !bytes.Equal(again, data) {
			t.Fatalf("entry %q", data)
		}
	})
}

// FuzzAddCheckpoint looks for a request that the witness signs without the
// log's signature, and for panics.
func FuzzAddCheckpoint(f *testing.F) {
	log := newForge(f, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), "provider/log")
	log.add(9)
	f.Add(log.submission(0, 4))
	f.Add(log.submission(4, 9))
	f.Add([]byte("old 0\n\nprovider/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— x AAAAAAA=\n"))
	g := newGateway(f, "consumer", func(string) []string { return []string{log.signer.Key.String()} })
	f.Fuzz(func(t *testing.T, data []byte) {
		sig, err := g.w.Add(t.Context(), data)
		if err != nil {
			return
		}
		s, err := tlog.ParseSubmission(data)
		must(t, err)
		if _, ok := s.Checkpoint.By(log.signer.Key); !ok || len(sig.Bytes) != 72 {
			t.Fatalf("signed %q", data)
		}
	})
}
