package prove

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// Trust is what a verifier knows from other sources.
type Trust struct {
	// Keys are vkeys that their owners confirmed. The key of the waybill's log
	// must be among them. A key of another name matters only if that name is in
	// the waybill: then the two keys must be equal.
	Keys []string
	// Heads are checkpoints of any log, seen elsewhere. A checkpoint of the
	// same log and size with another root proves a fork.
	Heads []tlog.Checkpoint
}

// verifier holds the results of the steps of Verify.
type verifier struct {
	trust   map[string][]tlog.Key // by name
	seen    []tlog.Checkpoint
	w       Waybill
	entries []openEntry
	parties Parties
	us      partyKeys // whose log it is
	them    partyKeys
	cosign  tlog.Signature
	head    tlog.SignedCheckpoint
	report  Report
}

type openEntry struct {
	EntryBody
	place string
	docs  map[string]dataspace.Document
	proof tlog.Proof
}

// Verify checks a waybill offline and uses nothing but the trusted keys. The
// report says line by line what was proved, up to and including the first check
// that fails; the error then wraps ErrEvidence and names its place.
func Verify(data []byte, trust Trust) (Report, error) {
	v := &verifier{trust: map[string][]tlog.Key{}, seen: trust.Heads}
	for _, k := range trust.Keys {
		key, err := tlog.ParseKey(k)
		if err != nil {
			return Report{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "key.form", Message: "a trusted key cannot be read", Place: "key", Hint: "give the whole key as its owner shows it: name+id+base64", Err: err}
		}
		v.trust[key.Name()] = append(v.trust[key.Name()], key)
	}
	var err error
	if v.w, err = ParseWaybill(data); err != nil {
		err = problem("waybill.form", "file", "this is not a whole, unchanged waybill", err)
		v.failed(err)
		return v.report, err
	}
	v.report.Flow, v.report.Gateway = v.w.Flow, v.w.Gateway
	v.ok("file", text("The file is a complete waybill in canonical form.", "文件是完整、规范格式的运单。"))
	for _, step := range []func() error{
		v.readEntries, v.openDocuments, v.readParties, v.checkKeys, v.checkCheckpoint, v.checkInclusion, v.checkOrder, v.checkSaid, v.checkDeclared, v.checkDecision, v.checkReceipt,
	} {
		if err := step(); err != nil {
			v.failed(err)
			return v.report, err
		}
	}
	v.report.OK = true
	return v.report, nil
}

// readEntries parses entries and proofs.
func (v *verifier) readEntries() error {
	if v.w.Role != dataspace.Provider && v.w.Role != dataspace.Consumer || v.w.Flow == "" {
		return problem("waybill.form", "role", "the waybill does not say whose it is", nil)
	}
	ids := map[dataspace.EventID]bool{}
	for i, e := range v.w.Entries {
		place := fmt.Sprintf("entries[%d]", i)
		body, err := ParseEntry([]byte(e.Entry))
		if err != nil {
			return problem("waybill.entry", place+".entry", "the log entry cannot be read", err)
		}
		said := (body.Kind == dataspace.EventStatement || body.Kind == dataspace.EventDeclaration) && body.Flow == ""
		if body.Flow != v.w.Flow && !said || body.Gateway != v.w.Gateway {
			return problem("waybill.entry", place+".entry", "the log entry belongs to another flow or gateway", nil)
		}
		if ids[body.ID] {
			return problem("waybill.entry", place+".entry", "the same event stands in the waybill twice", nil)
		}
		ids[body.ID] = true
		proof, err := tlog.ParseProof([]byte(e.Proof))
		if err != nil {
			return problem("waybill.proof", place+".proof", "the proof of the log cannot be read", err)
		}
		if i > 0 && proof.Index <= v.entries[i-1].proof.Index {
			return problem("waybill.order", place, "the entries are not in the order of the log", nil)
		}
		v.entries = append(v.entries, openEntry{EntryBody: body, place: place, proof: proof})
	}
	if len(v.entries) == 0 {
		return problem("waybill.missing", "entries", "the waybill has no log entries", nil)
	}
	return nil
}

// openDocuments checks every document against the commitments in the entries.
func (v *verifier) openDocuments() error {
	used := map[dataspace.Digest]bool{}
	for i := range v.entries {
		e, openings := &v.entries[i], v.w.Entries[i].Openings
		e.docs = map[string]dataspace.Document{}
		for _, name := range names(openings) {
			if _, ok := e.Commitments[name]; !ok {
				return problem("waybill.commitment", e.place+".openings."+name, "the log entry does not commit to this document", nil)
			}
		}
		for _, name := range names(e.Commitments) {
			place := e.place + ".openings." + name
			o, ok := openings[name]
			raw, ok2 := v.w.Documents[o.Digest]
			if !ok || !ok2 {
				return problem("waybill.missing", place, "a document that the log entry commits to is missing", nil)
			}
			doc := dataspace.Document(raw)
			if doc.Digest() != o.Digest {
				return problem("waybill.document", "documents."+string(o.Digest), "the document is not the one it is said to be", nil)
			}
			if dataspace.Commit(o.Salt, doc) != e.Commitments[name] {
				return problem("waybill.commitment", place, "the document is not the one that the log entry commits to", nil)
			}
			used[o.Digest] = true
			e.docs[name] = doc
		}
	}
	for _, digest := range names(byString(v.w.Documents)) {
		if !used[dataspace.Digest(digest)] {
			return problem("waybill.document", "documents."+digest, "no log entry commits to this document", nil)
		}
	}
	v.ok("documents", text(
		fmt.Sprintf("All %d documents are the ones that the %d log entries commit to.", len(used), len(v.entries)),
		fmt.Sprintf("%d 份文件均与 %d 条日志记录的承诺一致。", len(used), len(v.entries))))
	return nil
}

// readParties takes the keys of both sides from the agreement's entry.
func (v *verifier) readParties() error {
	i := v.last(dataspace.EventAgreement)
	if i < 0 {
		return problem("waybill.missing", "entries", "there is no log entry of an agreement", nil)
	}
	doc := v.entries[i].docs[DocParties]
	place := v.entries[i].place + "." + DocParties
	if err := strict(doc, &v.parties); err != nil {
		return problem("waybill.missing", place, "the agreement's entry does not say who the two sides are", err)
	}
	us, err := v.parties.Side(v.w.Role).keys()
	if err != nil {
		return problem("waybill.key", place, "a key of the "+string(v.w.Role)+" cannot be read", err)
	}
	them, err := v.parties.Side(v.w.Role.Opposite()).keys()
	if err != nil {
		return problem("waybill.key", place, "a key of the "+string(v.w.Role.Opposite())+" cannot be read", err)
	}
	if v.parties.Side(v.w.Role).Gateway != v.w.Gateway || v.parties.Provider.Gateway == v.parties.Consumer.Gateway {
		return problem("waybill.key", place, "the two sides are not those of this waybill", nil)
	}
	v.us, v.them = us, them
	return nil
}

// checkKeys compares the keys with those that the caller trusts.
func (v *verifier) checkKeys() error {
	for _, k := range []tlog.Key{v.us.log, v.us.identity, v.us.witness, v.them.log, v.them.identity, v.them.witness} {
		trusted, known := v.trust[k.Name()]
		switch {
		case slices.ContainsFunc(trusted, k.Equal):
			v.report.Keys = append(v.report.Keys, KeyUse{Key: k.String(), Fingerprint: k.Fingerprint(), Trusted: true})
		case known || k.Equal(v.us.log):
			return unknownKey(k)
		default:
			v.report.Keys = append(v.report.Keys, KeyUse{Key: k.String(), Fingerprint: k.Fingerprint()})
		}
	}
	v.ok("keys", text("The key of the log is one that you trust: "+v.us.log.Name()+".", "日志密钥是您信任的密钥："+v.us.log.Name()+"。"))
	return nil
}

func unknownKey(k tlog.Key) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrEvidence, Code: "waybill.key", Place: "keys",
		Message: fmt.Sprintf("key %s with fingerprint %s is not among the keys that you trust", k.Name(), k.Fingerprint()),
		Hint:    fmt.Sprintf("compare the fingerprint with the gateway's operator; if it is right, add --key '%s'", k),
	}
}

// checkCheckpoint verifies the one checkpoint that all proofs refer to.
func (v *verifier) checkCheckpoint() error {
	v.head = v.entries[0].proof.Checkpoint
	for _, e := range v.entries[1:] {
		if !bytes.Equal(e.proof.Checkpoint.Bytes(), v.head.Bytes()) {
			return problem("waybill.fork", e.place+".proof", "the proofs lead to different checkpoints", nil)
		}
	}
	place := v.entries[0].place + ".proof"
	if v.head.Origin != v.us.log.Name() || v.head.Text != fmt.Sprintf("%s\n%d\n%s\n", v.head.Origin, v.head.Size, v.head.Root) {
		return problem("waybill.proof", place, "the checkpoint is of another log", nil)
	}
	if _, ok := v.head.By(v.us.log); !ok {
		return problem("waybill.signature", place, "the checkpoint is not signed by the log "+v.us.log.Name(), nil)
	}
	var ok bool
	if v.cosign, ok = v.head.By(v.them.witness); !ok {
		return problem("waybill.cosignature", place, "the checkpoint is not cosigned by the other side's witness "+v.them.witness.Name(), nil)
	}
	// The order is fixed, so that there is one encoding.
	if sigs := v.head.Signatures; len(sigs) != 2 || sigs[0].Name != v.us.log.Name() || sigs[1].Name != v.them.witness.Name() {
		return problem("waybill.signature", place, "the checkpoint has other signatures than those of the log and the other side, in this order", nil)
	}
	for _, c := range v.seen {
		if c.Origin == v.head.Origin && c.Size == v.head.Size && c.Root != v.head.Root {
			return problem("waybill.fork", place, fmt.Sprintf("the log has signed another tree of %d entries: it is forked", c.Size), nil)
		}
	}
	v.report.Checkpoint, v.report.Cosigned = v.head.Checkpoint, v.cosign.Time()
	at := v.cosign.Time().Format("2006-01-02 15:04:05 UTC")
	v.ok("checkpoint", text(
		fmt.Sprintf("Log %s with %d entries is signed by its gateway, and cosigned by the other side's witness %s at %s.", v.head.Origin, v.head.Size, v.them.witness.Name(), at),
		fmt.Sprintf("日志 %s（共 %d 条）由其网关签名，并由对方见证者 %s 于 %s 会签。", v.head.Origin, v.head.Size, v.them.witness.Name(), at)))
	return nil
}

// checkInclusion verifies that each entry is in the log.
func (v *verifier) checkInclusion() error {
	for i, e := range v.entries {
		if err := e.proof.Verify([]byte(v.w.Entries[i].Entry)); err != nil {
			return problem("waybill.proof", e.place+".proof", "the log does not have this entry where it is said to be", err)
		}
	}
	v.ok("entries", text(
		fmt.Sprintf("All %d entries of flow %s are in the log.", len(v.entries), v.w.Flow),
		fmt.Sprintf("流转 %s 的 %d 条记录全部在日志中。", v.w.Flow, len(v.entries))))
	return nil
}

// last returns the place of the last entry of a kind, or -1.
func (v *verifier) last(kind dataspace.EventKind) int {
	for i := len(v.entries) - 1; i >= 0; i-- {
		if v.entries[i].Kind == kind {
			return i
		}
	}
	return -1
}

// doc returns a document of an entry and reads it strictly into dst if dst is
// not nil.
func (v *verifier) doc(entry int, name string, dst any) (dataspace.Document, error) {
	e := v.entries[entry]
	doc, ok := e.docs[name]
	if !ok {
		return nil, problem("waybill.missing", e.place, fmt.Sprintf("the entry %q does not commit to the document %q", e.Kind, name), nil)
	}
	if dst == nil {
		return doc, nil
	}
	if err := json.Unmarshal(doc, dst); err != nil {
		return nil, problem("waybill.document", e.place+"."+name, "the document cannot be read", err)
	}
	return doc, nil
}

// strict reads a document that must equal its own encoding.
func strict(doc dataspace.Document, dst any) error {
	if len(doc) == 0 {
		return dataspace.ErrNotFound
	}
	if err := json.Unmarshal(doc, dst); err != nil {
		return fmt.Errorf("%w: %w", err, dataspace.ErrInvalid)
	}
	again, err := dataspace.CanonicalJSON(dst)
	if err != nil || !bytes.Equal(again, doc) {
		return fmt.Errorf("unknown fields: %w", dataspace.ErrInvalid)
	}
	return nil
}

func byString[V any](m map[dataspace.Digest]V) map[string]V {
	out := make(map[string]V, len(m))
	for k, x := range m {
		out[string(k)] = x
	}
	return out
}

func (v *verifier) identities() (provider, consumer ed25519.PublicKey) {
	if v.w.Role == dataspace.Provider {
		return v.us.identity.Public(), v.them.identity.Public()
	}
	return v.them.identity.Public(), v.us.identity.Public()
}
