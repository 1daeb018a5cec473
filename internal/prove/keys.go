package prove

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// LogName is the origin of a gateway's log and the name of the key that signs
// its checkpoints. Do not rename: it is signed into every checkpoint.
func LogName(g dataspace.GatewayID) string { return "hutong." + string(g) + "/log" }

// WitnessName is the name of the key with which a gateway cosigns.
func WitnessName(g dataspace.GatewayID) string { return "hutong." + string(g) + "/witness" }

// IdentityName is the name of the key with which a gateway signs receipts.
func IdentityName(g dataspace.GatewayID) string { return "hutong." + string(g) + "/identity" }

// Keys are the private keys a gateway proves with. Each has one use only:
// C2SP forbids sharing a cosigner's key.
type Keys struct {
	Log     crypto.Signer // checkpoints
	Witness crypto.Signer // cosignatures
}

// OpenKeys reads the keys of log and witness from dir, and makes those that
// are not there yet. The files are PKCS #8 in PEM, readable by their owner
// only.
func OpenKeys(dir string) (Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Keys{}, fmt.Errorf("open evidence keys: %w", err)
	}
	log, err := openKey(filepath.Join(dir, "log.pem"))
	if err != nil {
		return Keys{}, err
	}
	witness, err := openKey(filepath.Join(dir, "witness.pem"))
	if err != nil {
		return Keys{}, err
	}
	return Keys{Log: log, Witness: witness}, nil
}

func openKey(path string) (crypto.Signer, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("make key %s: %w", filepath.Base(path), err)
		}
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open key %s: %w", filepath.Base(path), err)
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("open key %s: not a private key in PEM: %w", filepath.Base(path), dataspace.ErrInvalid)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("open key %s: %w", filepath.Base(path), err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("open key %s: not an Ed25519 key: %w", filepath.Base(path), dataspace.ErrInvalid)
	}
	return private, nil
}

// makeKey writes a new key so that it is there whole or not at all, and never
// replaces one.
func makeKey(path string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	err = errors.Join(pem.Encode(tmp, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Party is one side of a delivery as the waybill names it.
type Party struct {
	Gateway     dataspace.GatewayID     `json:"gateway"`
	Participant dataspace.ParticipantID `json:"participant"`
	Identity    string                  `json:"identity"` // vkey that signs receipts
	Log         string                  `json:"log"`      // vkey that signs checkpoints
	Witness     string                  `json:"witness"`  // vkey that cosigns the other side's
}

// Parties is the document "parties": who the two sides are and with which
// keys they sign. It is committed to together with the agreement, so that the
// keys cannot be exchanged afterwards.
type Parties struct {
	Provider Party `json:"provider"`
	Consumer Party `json:"consumer"`
}

// Side returns the party of a role.
func (p Parties) Side(r dataspace.Role) Party {
	if r == dataspace.Provider {
		return p.Provider
	}
	return p.Consumer
}

// partyKeys are the parsed keys of a Party.
type partyKeys struct{ identity, log, witness tlog.Key }

// keys parses the party's keys and checks their names and types.
func (p Party) keys() (partyKeys, error) {
	var k partyKeys
	for _, v := range []struct {
		dst  *tlog.Key
		text string
		name string
		alg  tlog.Alg
	}{
		{&k.identity, p.Identity, IdentityName(p.Gateway), tlog.Ed25519},
		{&k.log, p.Log, LogName(p.Gateway), tlog.Ed25519},
		{&k.witness, p.Witness, WitnessName(p.Gateway), tlog.CosignatureV1},
	} {
		key, err := tlog.ParseKey(v.text)
		if err != nil {
			return k, fmt.Errorf("read key %s: %w", v.name, err)
		}
		if key.Name() != v.name || key.Alg() != v.alg {
			return k, fmt.Errorf("read key %s: named %q: %w", v.name, key.Name(), dataspace.ErrInvalid)
		}
		*v.dst = key
	}
	return k, nil
}

// IdentityKey is the vkey of a gateway's identity.
func IdentityKey(g dataspace.GatewayID, pub crypto.PublicKey) (string, error) {
	k, err := tlog.NewKey(IdentityName(g), tlog.Ed25519, pub)
	return k.String(), err
}

// LogKey is the vkey of a gateway's log.
func LogKey(g dataspace.GatewayID, pub crypto.PublicKey) (string, error) {
	k, err := tlog.NewKey(LogName(g), tlog.Ed25519, pub)
	return k.String(), err
}

// WitnessKey is the vkey with which a gateway cosigns.
func WitnessKey(g dataspace.GatewayID, pub crypto.PublicKey) (string, error) {
	k, err := tlog.NewKey(WitnessName(g), tlog.CosignatureV1, pub)
	return k.String(), err
}
