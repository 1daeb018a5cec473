package prove

import "crypto/ed25519"

// IdentityOf returns the key that a party signs receipts with.
func IdentityOf(p Party) (ed25519.PublicKey, error) {
	k, err := p.keys()
	if err != nil {
		return nil, err
	}
	return k.identity.Public(), nil
}
