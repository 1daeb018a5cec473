package prove

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"hutong/internal/dataspace"
)

// StatementType is the value of Statement.Type.
const StatementType = "hutong-receipt/1"

// statementMedia is the payload type of a receipt's DSSE envelope.
const statementMedia = "application/vnd.hutong.receipt+json"

// Statement is what both sides state about one delivery: the same bytes, signed
// by each. Digests are SHA-256 in lower-case hexadecimal.
type Statement struct {
	Type            string                `json:"type"` // StatementType
	Agreement       dataspace.AgreementID `json:"agreement"`
	ProviderGateway dataspace.GatewayID   `json:"provider_gateway"`
	ConsumerGateway dataspace.GatewayID   `json:"consumer_gateway"`
	ProviderFlow    dataspace.FlowID      `json:"provider_flow"`
	ConsumerFlow    dataspace.FlowID      `json:"consumer_flow"`
	Profile         dataspace.Digest      `json:"profile_sha256"`  // of the profile document
	Decision        dataspace.Digest      `json:"decision_sha256"` // of the provider's decision document
	Plan            dataspace.Digest      `json:"plan_sha256"`     // of the plan document
	Format          string                `json:"format"`          // of the file: csv, jsonl, parquet
	Root            string                `json:"root"`            // RFC 6962 Merkle root over the file's leaves, hexadecimal
	LeafSize        int64                 `json:"leaf_size"`       // bytes of each leaf but the last
	Leaves          int64                 `json:"leaves"`
	Size            int64                 `json:"size"` // bytes
	Rows            int64                 `json:"rows"`
	Started         string                `json:"started"`  // RFC 3339, UTC
	Finished        string                `json:"finished"` // RFC 3339, UTC
}

func (s Statement) check() error {
	root, err := hex.DecodeString(s.Root)
	switch {
	case s.Type != StatementType:
		return fmt.Errorf("receipt of type %q: %w", s.Type, dataspace.ErrInvalid)
	case s.Agreement == "" || s.ProviderGateway == "" || s.ConsumerGateway == "" || s.ProviderFlow == "" || s.ConsumerFlow == "":
		return fmt.Errorf("receipt does not say between whom: %w", dataspace.ErrInvalid)
	case err != nil || len(root) != sha256.Size || hex.EncodeToString(root) != s.Root:
		return fmt.Errorf("receipt has no Merkle root: %w", dataspace.ErrInvalid)
	case s.LeafSize <= 0 || s.Size < 0 || s.Rows < 0 || s.Leaves != (s.Size+s.LeafSize-1)/s.LeafSize:
		return fmt.Errorf("receipt has counts that do not fit together: %w", dataspace.ErrInvalid)
	}
	started, err1 := time.Parse(time.RFC3339, s.Started)
	finished, err2 := time.Parse(time.RFC3339, s.Finished)
	if err1 != nil || err2 != nil || finished.Before(started) {
		return fmt.Errorf("receipt has times that do not fit: %w", dataspace.ErrInvalid)
	}
	return nil
}

// Signature is one signature of a DSSE envelope.
type Signature struct {
	KeyID string `json:"keyid"` // SHA-256 of the raw public key, hexadecimal
	Sig   string `json:"sig"`   // standard base64
}

// Receipt is a DSSE envelope over the canonical JSON of a Statement. The
// provider signs first, the consumer second.
type Receipt struct {
	Payload     string      `json:"payload"` // standard base64
	PayloadType string      `json:"payloadType"`
	Signatures  []Signature `json:"signatures"`
}

// NewReceipt wraps a statement that is not signed yet. It returns ErrInvalid if
// the statement contradicts itself.
func NewReceipt(s Statement) (Receipt, error) {
	if err := s.check(); err != nil {
		return Receipt{}, err
	}
	payload, err := dataspace.CanonicalJSON(s)
	if err != nil {
		return Receipt{}, fmt.Errorf("encode receipt: %w", err)
	}
	return Receipt{Payload: base64.StdEncoding.EncodeToString(payload), PayloadType: statementMedia, Signatures: []Signature{}}, nil
}

// Sign returns the signature of the receipt's payload by an Ed25519 key. Check
// the Statement first: a signature states that it is true.
func (r Receipt) Sign(key crypto.Signer) (Signature, error) {
	payload, err := r.payload()
	if err != nil {
		return Signature{}, err
	}
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return Signature{}, fmt.Errorf("sign receipt: not an Ed25519 key: %w", dataspace.ErrInvalid)
	}
	sig, err := key.Sign(nil, pae(r.PayloadType, payload), crypto.Hash(0))
	if err != nil {
		return Signature{}, fmt.Errorf("sign receipt: %w", err)
	}
	return Signature{KeyID: keyID(pub), Sig: base64.StdEncoding.EncodeToString(sig)}, nil
}

// With returns the receipt with exactly these signatures, the provider's
// first.
func (r Receipt) With(provider, consumer Signature) Receipt {
	r.Signatures = []Signature{provider, consumer}
	return r
}

// VerifyBy reports whether sig is a signature of the receipt by key.
func (r Receipt) VerifyBy(sig Signature, key ed25519.PublicKey) error {
	payload, err := r.payload()
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(sig.Sig)
	if err != nil || sig.KeyID != keyID(key) || !ed25519.Verify(key, pae(r.PayloadType, payload), raw) {
		return fmt.Errorf("receipt is not signed by key %.12s: %w", keyID(key), dataspace.ErrEvidence)
	}
	return nil
}

// Statement reads what is signed. It verifies no signature.
func (r Receipt) Statement() (Statement, error) {
	var s Statement
	payload, err := r.payload()
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(payload, &s); err != nil {
		return s, fmt.Errorf("read receipt: %w: %w", err, dataspace.ErrInvalid)
	}
	if again, err := dataspace.CanonicalJSON(s); err != nil || !bytes.Equal(again, payload) {
		return s, fmt.Errorf("read receipt: not in canonical form: %w", dataspace.ErrInvalid)
	}
	return s, s.check()
}

// Verify checks both signatures and returns the statement.
func (r Receipt) Verify(provider, consumer ed25519.PublicKey) (Statement, error) {
	s, err := r.Statement()
	if err != nil {
		return s, err
	}
	if len(r.Signatures) != 2 {
		return s, fmt.Errorf("receipt has %d signatures, not two: %w", len(r.Signatures), dataspace.ErrEvidence)
	}
	for i, key := range []ed25519.PublicKey{provider, consumer} {
		if err := r.VerifyBy(r.Signatures[i], key); err != nil {
			return s, fmt.Errorf("%s: %w", []dataspace.Role{dataspace.Provider, dataspace.Consumer}[i], err)
		}
	}
	return s, nil
}

func (r Receipt) payload() ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(r.Payload)
	if err != nil || r.PayloadType != statementMedia {
		return nil, fmt.Errorf("read receipt: not a receipt's envelope: %w", dataspace.ErrInvalid)
	}
	return raw, nil
}

// pae is the pre-authentication encoding of DSSE: what is signed.
func pae(kind string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(payload), payload)
}

func keyID(pub ed25519.PublicKey) string {
	sum := sha256.Sum256(pub)
	return hex.EncodeToString(sum[:])
}
