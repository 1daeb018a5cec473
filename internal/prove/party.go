package prove

import "crypto/ed25519"

// IdentityOf returns the key with which a party signs receipts.
func IdentityOf(p Party) (ed25519.PublicKey, error) {
	k, err := p.keys()
	if err != nil {
		return nil, err
	}
	return k.identity.Public(), nil
}
