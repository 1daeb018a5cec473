package prove_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

// raced is set where the race detector makes everything ten times slower.
var raced bool

var update = flag.Bool("update", false, "write the test vectors anew")

// deliver runs the evidence of one flow through both gateways and returns the
// provider's waybill.
func deliver(t testing.TB, p, c *gateway, d docs, flow dataspace.FlowID) prove.Waybill {
	t.Helper()
	events := d.events(t, flow)
	p.record(t, events...)
	index := p.await(t, events...)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	must(t, p.l.AwaitCosigned(ctx, index, c.w.Key()))
	w, err := p.l.Build(ctx, flow, dataspace.Provider, c.w.Key())
	must(t, err)
	return w
}

func encode(t testing.TB, w prove.Waybill) []byte {
	t.Helper()
	data, err := w.Bytes()
	must(t, err)
	return data
}

// all is trust in every key of both sides.
func all(t testing.TB, p, c *gateway) prove.Trust {
	t.Helper()
	a, b := p.party(t, ""), c.party(t, "")
	return prove.Trust{Keys: []string{a.Log, a.Witness, a.Identity, b.Log, b.Witness, b.Identity}}
}

func TestWaybillVerifies(t *testing.T) {
	p, c := pair(t)
	noise := event(t, dataspace.EventInstrument, "")
	p.record(t, noise)
	d := sampleDocs(t, p, c, "flow-1", nil)
	w := deliver(t, p, c, d, "flow-1")
	data, err := w.Bytes()
	must(t, err)

	report, err := prove.Verify(data, prove.Trust{Keys: []string{p.l.Key()}})
	must(t, err)
	if !report.OK || len(report.Lines) < 7 {
		t.Fatalf("report %+v", report)
	}
	trusted := 0
	for _, k := range report.Keys {
		if k.Trusted {
			trusted++
		}
	}
	if len(report.Keys) != 6 || trusted != 1 {
		t.Fatalf("keys %+v, want six, one of them trusted", report.Keys)
	}
	if _, err := prove.Verify(data, all(t, p, c)); err != nil {
		t.Fatal(err)
	}
	must(t, prove.VerifyFile(t.Context(), *report.Statement, bytes.NewReader(d.data)))
	wantErr(t, prove.VerifyFile(t.Context(), *report.Statement, strings.NewReader("mail\na***\nc***\n")), dataspace.ErrEvidence, "waybill.file")
	wantErr(t, prove.VerifyFile(t.Context(), *report.Statement, strings.NewReader("mail\n")), dataspace.ErrEvidence, "waybill.file")
}

// The consumer can make a waybill from its own log.
func TestConsumersWaybill(t *testing.T) {
	p, c := pair(t)
	d := sampleDocs(t, p, c, "flow-1", nil)
	events := d.events(t, "flow-1-there")[1:]
	c.record(t, events...)
	index := c.await(t, events...)
	must(t, c.l.AwaitCosigned(t.Context(), index, p.w.Key()))
	data, err := c.l.Waybill(t.Context(), "flow-1-there", d.parties, dataspace.Consumer)
	must(t, err)
	_, err = prove.Verify(data, prove.Trust{Keys: []string{c.l.Key()}})
	must(t, err)
	_, err = prove.Verify(data, prove.Trust{Keys: []string{p.l.Key()}})
	wantErr(t, err, dataspace.ErrEvidence, "waybill.key")
}

func TestUnknownKeyIsShown(t *testing.T) {
	p, c := pair(t)
	data := encode(t, deliver(t, p, c, sampleDocs(t, p, c, "flow-1", nil), "flow-1"))
	key, err := tlog.ParseKey(p.l.Key())
	must(t, err)
	_, err = prove.Verify(data, prove.Trust{})
	wantErr(t, err, dataspace.ErrEvidence, "waybill.key")
	if !strings.Contains(err.Error(), key.Fingerprint()) || !strings.Contains(dataspace.Hint(err), "--key '"+p.l.Key()+"'") {
		t.Fatalf("error %q, hint %q", err, dataspace.Hint(err))
	}
	// A different key with the same name makes the verification fail.
	for _, name := range []string{prove.IdentityName(c.id), prove.WitnessName(c.id), prove.IdentityName(p.id)} {
		alg := tlog.Ed25519
		if strings.HasSuffix(name, "/witness") {
			alg = tlog.CosignatureV1
		}
		k := value[tlog.Key](t)(tlog.NewKey(name, alg, newKey(t).Public()))
		_, err = prove.Verify(data, prove.Trust{Keys: []string{p.l.Key(), k.String()}})
		wantErr(t, err, dataspace.ErrEvidence, "waybill.key")
	}
	_, err = prove.Verify(data, prove.Trust{Keys: []string{"nonsense"}})
	wantErr(t, err, dataspace.ErrInvalid, "key.form")
}

// One changed bit anywhere is detected, whatever keys the verifier trusts.
func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	p, c := pair(t)
	data := encode(t, deliver(t, p, c, sampleDocs(t, p, c, "flow-1", nil), "flow-1"))
	trust := prove.Trust{Keys: []string{p.l.Key()}}
	_, err := prove.Verify(data, trust)
	must(t, err)
	var flips atomic.Int64
	var wg sync.WaitGroup
	const workers = 2
	for worker := range workers {
		wg.Go(func() {
			data := bytes.Clone(data)
			for i := worker; i < len(data); i += workers {
				for bit := range 8 {
					// Two bits of each byte are tried, one more for many bytes,
					// all if requested.
					if raced && bit != i%8 {
						continue
					}
					if bit != i%8 && bit != (i+3)%8 && (bit != (i+5)%8 || i%3 != 0 && i%5 != 0) && os.Getenv("HUTONG_ALL_BITS") == "" {
						continue
					}
					data[i] ^= 1 << bit
					if _, err := prove.Verify(data, trust); !errors.Is(err, dataspace.ErrEvidence) {
						t.Errorf("bit %d of byte %d flipped: %v\n%q", bit, i, err, data[max(0, i-40):min(len(data), i+40)])
						return
					}
					data[i] ^= 1 << bit
					flips.Add(1)
				}
			}
		})
	}
	wg.Wait()
	for i := 0; i < len(data); i += 31 { // one byte removed, one byte added
		for _, other := range [][]byte{append(bytes.Clone(data[:i]), data[i+1:]...), append(append(bytes.Clone(data[:i]), ' '), data[i:]...), data[:i]} {
			if _, err := prove.Verify(other, trust); !errors.Is(err, dataspace.ErrEvidence) {
				t.Fatalf("changed at byte %d: %v", i, err)
			}
		}
	}
	t.Logf("%d bits of %d bytes", flips.Load(), len(data))
	if flips.Load() < 20000 && (!raced || flips.Load() < int64(len(data))) {
		t.Fatalf("only %d bits flipped", flips.Load())
	}
}

// Each way to change a waybill is detected with the right code.
func TestTamperedWaybills(t *testing.T) {
	p, c := pair(t)
	good := deliver(t, p, c, sampleDocs(t, p, c, "flow-1", nil), "flow-1")
	second := deliver(t, p, c, sampleDocs(t, p, c, "flow-2", nil), "flow-2")
	key := func(w prove.Waybill, entry int, name string) dataspace.Digest {
		return w.Entries[entry].Openings[name].Digest
	}
	proof := func(t *testing.T, w prove.Waybill, entry int) tlog.Proof {
		return value[tlog.Proof](t)(tlog.ParseProof([]byte(w.Entries[entry].Proof)))
	}
	setAll := func(w *prove.Waybill, change func(tlog.Proof) tlog.Proof) {
		for i := range w.Entries {
			p, _ := tlog.ParseProof([]byte(w.Entries[i].Proof))
			w.Entries[i].Proof = string(change(p).Bytes())
		}
	}
	for name, test := range map[string]struct {
		change func(t *testing.T, w *prove.Waybill)
		code   string
	}{
		"removed-profile":  {func(_ *testing.T, w *prove.Waybill) { remove(w, 0) }, "waybill.missing"},
		"removed-decision": {func(_ *testing.T, w *prove.Waybill) { remove(w, 1) }, "waybill.missing"},
		"removed-receipt":  {func(_ *testing.T, w *prove.Waybill) { remove(w, len(w.Entries)-1) }, "waybill.missing"},
		"removed-all":      {func(_ *testing.T, w *prove.Waybill) { w.Entries = []prove.WaybillEntry{} }, "waybill.missing"},
		"reordered":        {func(_ *testing.T, w *prove.Waybill) { w.Entries[0], w.Entries[1] = w.Entries[1], w.Entries[0] }, "waybill.order"},
		"doubled":          {func(_ *testing.T, w *prove.Waybill) { w.Entries = append(w.Entries, w.Entries[4]) }, "waybill.entry"},
		"entry-of-another-flow": {func(_ *testing.T, w *prove.Waybill) {
			w.Entries[4] = second.Entries[4]
			maps.Copy(w.Documents, second.Documents)
		}, "waybill.entry"},
		"document-of-another-flow": {func(_ *testing.T, w *prove.Waybill) {
			w.Documents[key(*w, 1, "facts")] = second.Documents[key(second, 1, "facts")]
		}, "waybill.document"},
		"opening-of-another-flow": {func(_ *testing.T, w *prove.Waybill) {
			w.Entries[1].Openings["facts"] = second.Entries[1].Openings["facts"]
			w.Documents[key(second, 1, "facts")] = second.Documents[key(second, 1, "facts")]
			delete(w.Documents, key(good, 1, "facts"))
		}, "waybill.commitment"},
		"receipt-of-another-flow": {func(_ *testing.T, w *prove.Waybill) {
			w.Entries[4].Openings = maps.Clone(second.Entries[4].Openings)
			w.Documents[key(second, 4, "receipt")] = second.Documents[key(second, 4, "receipt")]
		}, "waybill.commitment"},
		"document-removed": {func(_ *testing.T, w *prove.Waybill) { delete(w.Documents, key(*w, 0, "profile")) }, "waybill.missing"},
		"opening-removed":  {func(_ *testing.T, w *prove.Waybill) { delete(w.Entries[2].Openings, "plan") }, "waybill.missing"},
		"document-added": {func(_ *testing.T, w *prove.Waybill) {
			w.Documents[dataspace.DigestOf([]byte("{}"))] = json.RawMessage("{}")
		}, "waybill.document"},
		"opening-added": {func(_ *testing.T, w *prove.Waybill) { w.Entries[0].Openings["more"] = w.Entries[0].Openings["profile"] }, "waybill.commitment"},
		"other-role":    {func(_ *testing.T, w *prove.Waybill) { w.Role = dataspace.Consumer }, "waybill.key"},
		"no-role":       {func(_ *testing.T, w *prove.Waybill) { w.Role = "" }, "waybill.form"},
		"missing-cosignature": {func(t *testing.T, w *prove.Waybill) {
			setAll(w, func(p tlog.Proof) tlog.Proof { p.Checkpoint.Signatures = p.Checkpoint.Signatures[:1]; return p })
		}, "waybill.cosignature"},
		"missing-log-signature": {func(t *testing.T, w *prove.Waybill) {
			setAll(w, func(p tlog.Proof) tlog.Proof { p.Checkpoint.Signatures = p.Checkpoint.Signatures[1:]; return p })
		}, "waybill.signature"},
		"foreign-cosignature": {func(t *testing.T, w *prove.Waybill) {
			k := value[tlog.Key](t)(tlog.NewKey(prove.WitnessName(c.id), tlog.CosignatureV1, p.witness.Public()))
			setAll(w, func(x tlog.Proof) tlog.Proof {
				x.Checkpoint.Signatures[1] = value[tlog.Signature](t)(tlog.Cosign(k, p.witness, x.Checkpoint, 1))
				return x
			})
		}, "waybill.cosignature"},
		"signatures-exchanged": {func(_ *testing.T, w *prove.Waybill) {
			setAll(w, func(p tlog.Proof) tlog.Proof {
				slices.Reverse(p.Checkpoint.Signatures)
				return p
			})
		}, "waybill.signature"},
		"more-signatures": {func(t *testing.T, w *prove.Waybill) {
			setAll(w, func(p tlog.Proof) tlog.Proof { p.Checkpoint = p.Checkpoint.With(p.Checkpoint.Signatures[0]); return p })
		}, "waybill.signature"},
		"two-checkpoints": {func(t *testing.T, w *prove.Waybill) {
			w.Entries[2].Proof = swapHead(t, w.Entries[2].Proof, second.Entries[0].Proof)
		}, "waybill.fork"},
		"proof-of-another-entry": {func(t *testing.T, w *prove.Waybill) {
			a, b := proof(t, *w, 3), proof(t, *w, 4)
			a.Hashes, b.Hashes = b.Hashes, a.Hashes
			w.Entries[3].Proof, w.Entries[4].Proof = string(a.Bytes()), string(b.Bytes())
		}, "waybill.proof"},
		"proof-cut": {func(t *testing.T, w *prove.Waybill) {
			a := proof(t, *w, 0)
			a.Hashes = a.Hashes[1:]
			w.Entries[0].Proof = string(a.Bytes())
		}, "waybill.proof"},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := prove.ParseWaybill(encode(t, good))
			must(t, err)
			test.change(t, &w)
			report, err := prove.Verify(encode(t, w), prove.Trust{Keys: []string{p.l.Key()}})
			wantErr(t, err, dataspace.ErrEvidence, test.code)
			if last := report.Lines[len(report.Lines)-1]; report.OK || last.OK || last.Text.EN == "" || strings.Contains(last.Text.ZH, "waybill.") {
				t.Fatalf("report %+v", report)
			}
		})
	}
}

func remove(w *prove.Waybill, i int) {
	gone := w.Entries[i]
	w.Entries = append(append([]prove.WaybillEntry{}, w.Entries[:i]...), w.Entries[i+1:]...)
	for _, o := range gone.Openings {
		used := false
		for _, e := range w.Entries {
			for _, other := range e.Openings {
				used = used || other.Digest == o.Digest
			}
		}
		if !used {
			delete(w.Documents, o.Digest)
		}
	}
}

func swapHead(t *testing.T, proof, from string) string {
	t.Helper()
	a, b := value[tlog.Proof](t)(tlog.ParseProof([]byte(proof))), value[tlog.Proof](t)(tlog.ParseProof([]byte(from)))
	a.Checkpoint = b.Checkpoint
	return string(a.Bytes())
}

// Documents that were logged but contradict each other prove nothing: a gateway
// does not even issue such a waybill.
func TestContradictionsAreNotIssued(t *testing.T) {
	t.Parallel()
	p, c := pair(t)
	other := dataspace.DigestOf([]byte("other"))
	tests := map[string]struct {
		change func(*docs)
		code   string
	}{
		"other-facts":     {func(d *docs) { d.decision.FactsSHA256 = other }, "waybill.link"},
		"prohibited":      {func(d *docs) { d.decision.Verdict = dataspace.Prohibited }, "waybill.decision"},
		"action-required": {func(d *docs) { d.decision.Verdict = dataspace.ActionRequired }, "waybill.decision"},
		"review-denied": {func(d *docs) {
			d.decision.Verdict = dataspace.HumanReview
			d.review = map[string]any{"approve": false, "reason": "no", "decision": other}
		}, "waybill.decision"},
		"review-of-another-decision": {func(d *docs) {
			d.decision.Verdict = dataspace.HumanReview
			d.review = map[string]any{"approve": true, "reason": "yes", "decision": other}
		}, "waybill.decision"},
		"other-plan":      {func(d *docs) { d.statement.Plan = other }, "waybill.link"},
		"other-decision":  {func(d *docs) { d.statement.Decision = other }, "waybill.link"},
		"other-profile":   {func(d *docs) { d.statement.Profile = other }, "waybill.link"},
		"other-agreement": {func(d *docs) { d.statement.Agreement = "urn:uuid:other" }, "waybill.link"},
		"other-flow":      {func(d *docs) { d.statement.ProviderFlow = "flow-other" }, "waybill.link"},
		"other-gateway":   {func(d *docs) { d.statement.ConsumerGateway = "third" }, "waybill.link"},
		"forged-receipt": {func(d *docs) { // the provider signs for both
			d.receipt = value[prove.Receipt](t)(prove.NewReceipt(d.linked(t)))
			sig := value[prove.Signature](t)(d.receipt.Sign(p.identity))
			d.receipt = d.receipt.With(sig, sig)
		}, "waybill.receipt"},
		"receipt-signed-once": {func(d *docs) {
			d.receipt = value[prove.Receipt](t)(prove.NewReceipt(d.linked(t)))
			d.receipt.Signatures = append(d.receipt.Signatures, value[prove.Signature](t)(d.receipt.Sign(p.identity)))
		}, "waybill.receipt"},
		"hidden-proof": {func(d *docs) { // a statement cannot remove what proves itself
			c := &d.profile.Columns[0]
			c.Own = &dataspace.Hits{Contains: []dataspace.Contained{{Element: "email", Rows: 3}}}
			c.Said = &dataspace.Said{Statement: dataspace.Statement{Column: "mail", Says: dataspace.SaysNotPersonal, By: "officer"}, Found: c.Element}
			c.Used = &dataspace.UsedColumn{Band: dataspace.BandNone}
		}, "waybill.said"},
		"fewer-rows": {func(d *docs) {
			c := &d.profile.Columns[0]
			c.Contains = []dataspace.Contained{{Element: "hkid", Rows: 3}}
			c.Said = &dataspace.Said{Statement: dataspace.Statement{Column: "mail", Says: dataspace.SaysConfirm, By: "officer"}}
			c.Used = &dataspace.UsedColumn{Element: c.Element, Contains: []dataspace.Contained{{Element: "hkid", Rows: 2}}}
		}, "waybill.said"},
		"used-unsaid": {func(d *docs) { d.profile.Columns[0].Used = &dataspace.UsedColumn{Band: dataspace.BandNone} }, "waybill.said"},
		"used-by-a-stale-word": {func(d *docs) {
			c := &d.profile.Columns[0]
			c.Said = &dataspace.Said{Statement: dataspace.Statement{Column: "mail", Says: dataspace.SaysNotPersonal, By: "officer"}, Changed: "forms"}
			c.Used = &dataspace.UsedColumn{Band: dataspace.BandNone}
		}, "waybill.said"},
		"swapped-keys": {func(d *docs) {
			d.parties.Provider.Identity, d.parties.Consumer.Identity = d.parties.Consumer.Identity, d.parties.Provider.Identity
		}, "waybill.key"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			flow := dataspace.FlowID("flow-" + name)
			events := sampleDocs(t, p, c, flow, test.change).events(t, flow)
			p.record(t, events...)
			must(t, p.l.AwaitCosigned(t.Context(), p.await(t, events...), c.w.Key()))
			_, err := p.l.Build(t.Context(), flow, dataspace.Provider, c.w.Key())
			wantErr(t, err, dataspace.ErrEvidence, test.code)
		})
	}
	t.Run("no-review", func(t *testing.T) {
		d := sampleDocs(t, p, c, "flow-none", func(d *docs) { d.decision.Verdict = dataspace.HumanReview })
		d.review = nil
		events := d.events(t, "flow-none")
		p.record(t, events...)
		must(t, p.l.AwaitCosigned(t.Context(), p.await(t, events...), c.w.Key()))
		_, err := p.l.Build(t.Context(), "flow-none", dataspace.Provider, c.w.Key())
		wantErr(t, err, dataspace.ErrEvidence, "waybill.missing")
	})
	t.Run("reviewed", func(t *testing.T) {
		d := sampleDocs(t, p, c, "flow-reviewed", func(d *docs) { d.decision.Verdict = dataspace.HumanReview })
		deliver(t, p, c, d, "flow-reviewed")
	})
	t.Run("decided-twice", func(t *testing.T) { // first action required, then cleared
		d := sampleDocs(t, p, c, "flow-twice", nil)
		first := d.decision
		first.Verdict = dataspace.ActionRequired
		events := d.events(t, "flow-twice")
		p.record(t, events[0], event(t, dataspace.EventDecision, "flow-twice", "facts", d.facts, "decision", first))
		p.record(t, events[1:]...)
		must(t, p.l.AwaitCosigned(t.Context(), p.await(t, events...), c.w.Key()))
		w, err := p.l.Build(t.Context(), "flow-twice", dataspace.Provider, c.w.Key())
		must(t, err)
		if len(w.Entries) != 6 {
			t.Fatalf("%d entries, want 6", len(w.Entries))
		}
	})
}

// linked is the statement as sampleDocs will complete it.
func (d *docs) linked(t testing.TB) prove.Statement {
	t.Helper()
	d.decision.FactsSHA256 = digest(t, d.facts)
	s := d.statement
	s.Profile, s.Decision, s.Plan = digest(t, d.profile), digest(t, d.decision), digest(t, d.plan)
	return s
}

// A log that shows different histories to the witness and to others is detected
// by a verifier that has seen both.
func TestForkSeenElsewhere(t *testing.T) {
	p, c := pair(t)
	data := encode(t, deliver(t, p, c, sampleDocs(t, p, c, "flow-1", nil), "flow-1"))
	report, err := prove.Verify(data, prove.Trust{Keys: []string{p.l.Key()}})
	must(t, err)
	other := newForge(t, p.log, prove.LogName(p.id))
	other.add(int(report.Checkpoint.Size))
	_, err = prove.Verify(data, prove.Trust{Keys: []string{p.l.Key()}, Heads: []tlog.Checkpoint{report.Checkpoint}})
	must(t, err)
	_, err = prove.Verify(data, prove.Trust{Keys: []string{p.l.Key()}, Heads: []tlog.Checkpoint{other.head(other.size)}})
	wantErr(t, err, dataspace.ErrEvidence, "waybill.fork")
}

// The log is forked: it signed everything, but the witness never saw it.
func TestForkedLogMakesNoWaybill(t *testing.T) {
	p, c := pair(t)
	good := deliver(t, p, c, sampleDocs(t, p, c, "flow-1", nil), "flow-1")
	fork := newForge(t, p.log, prove.LogName(p.id))
	for _, e := range good.Entries {
		fork.addEntry([]byte(e.Entry))
	}
	fork.add(3)
	head := fork.signed(fork.size)
	real := value[tlog.Proof](t)(tlog.ParseProof([]byte(good.Entries[0].Proof)))
	for name, c := range map[string]tlog.SignedCheckpoint{"log-only": head, "old-cosignature": head.With(real.Checkpoint.Signatures[1])} {
		t.Run(name, func(t *testing.T) {
			w := value[prove.Waybill](t)(prove.ParseWaybill(encode(t, good)))
			for i := range w.Entries {
				w.Entries[i].Proof = string(fork.proof(int64(i), fork.size, c).Bytes())
			}
			_, err := prove.Verify(encode(t, w), prove.Trust{Keys: []string{p.l.Key()}})
			wantErr(t, err, dataspace.ErrEvidence, "waybill.cosignature")
		})
	}
}

// A document that is not in canonical form gives no waybill: whoever encodes it
// again gets other bytes than those that the log commits to.
func TestBuildRefusesOtherForms(t *testing.T) {
	p, c := pair(t)
	events := sampleDocs(t, p, c, "flow-1", nil).events(t, "flow-1")
	loose := append([]byte(" "), events[1].Documents["decision"]...)
	events[1].Documents["decision"] = loose
	p.record(t, events...)
	index := p.await(t, events...)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	must(t, p.l.AwaitCosigned(ctx, index, c.w.Key()))
	_, err := p.l.Build(ctx, "flow-1", dataspace.Provider, c.w.Key())
	wantErr(t, err, dataspace.ErrInvalid, "")
}

func TestBuildWaitsForTheWitness(t *testing.T) {
	p := newGateway(t, "provider", nil)
	c := newGateway(t, "consumer", nil)
	events := sampleDocs(t, p, c, "flow-1", nil).events(t, "flow-1")
	p.record(t, events...)
	p.await(t, events...)
	_, err := p.l.Build(t.Context(), "flow-1", dataspace.Provider, c.w.Key())
	wantErr(t, err, dataspace.ErrNotFound, "")
	_, err = p.l.Build(t.Context(), "flow-none", dataspace.Provider, c.w.Key())
	wantErr(t, err, dataspace.ErrNotFound, "")
}
