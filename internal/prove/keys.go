package prove

import (
	"crypto"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// LogName is the origin of a gateway's log and the name of the key that signs
// its checkpoints. Do not rename: it is signed into every checkpoint.
func LogName(g dataspace.GatewayID) string { return string(g) + "/log" }

// WitnessName is the name of the key with which a gateway cosigns.
func WitnessName(g dataspace.GatewayID) string { return string(g) + "/witness" }

// IdentityName is the name of the key with which a gateway signs receipts.
func IdentityName(g dataspace.GatewayID) string { return string(g) + "/identity" }

// Party is one side of a delivery as the waybill names it.
type Party struct {
	Gateway     dataspace.GatewayID     `json:"gateway"`
	Participant dataspace.ParticipantID `json:"participant"`
	Identity    string                  `json:"identity"` // vkey that signs receipts
	Log         string                  `json:"log"`      // vkey that signs checkpoints
	Witness     string                  `json:"witness"`  // vkey that cosigns the other side's
}

// Parties is the document "parties": the two sides and the keys with which they
// sign. The log commits to it together with the agreement, so that nobody can
// replace the keys afterwards.
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
