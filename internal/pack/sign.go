package pack

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"

	"golang.org/x/mod/semver"

	"hutong/internal/dataspace"
)

// signatureContext separates signatures over packs from all others made with
// the same key. It is part of the public format: do not change.
const signatureContext = "hutong rule pack v1\n"

// signedBytes is what a signature covers: identity and digest of the pack.
func signedBytes(ref dataspace.PackRef) []byte {
	return fmt.Appendf(nil, "%s%s\n%s\n%s\n", signatureContext, ref.ID, ref.Version, ref.SHA256)
}

// Sign makes the content of a pack's SignatureFile. The signer must hold an
// Ed25519 key.
func Sign(p *Pack, signer crypto.Signer) ([]byte, error) {
	if _, ok := signer.Public().(ed25519.PublicKey); !ok {
		return nil, fmt.Errorf("sign pack %s: key is not Ed25519: %w", p.doc.ID, dataspace.ErrInvalid)
	}
	sig, err := signer.Sign(nil, signedBytes(p.Ref()), crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("sign pack %s: %w", p.doc.ID, err)
	}
	return []byte(base64.StdEncoding.EncodeToString(sig) + "\n"), nil
}

// LoadSigned loads a pack from a folder whose SignatureFile verifies with the
// key. It fails with ErrDenied if the signature is missing or wrong. A
// calendar that the pack names must be in fsys.
func LoadSigned(fsys fs.FS, dir string, verifyKey ed25519.PublicKey) (*Pack, error) {
	return (&loader{fsys: fsys}).signed(dir, verifyKey)
}

func (l *loader) signed(dir string, verifyKey ed25519.PublicKey) (*Pack, error) {
	if len(verifyKey) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("load pack %s: verification key has the wrong size: %w", dir, dataspace.ErrInvalid)
	}
	p, err := l.load(dir)
	if err != nil {
		return nil, err
	}
	refuse := func(message string) error {
		return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "pack.signature", Place: path.Join(dir, SignatureFile),
			Message: message, Hint: "have the pack signed again with the key this gateway trusts for packs"}
	}
	data, err := fs.ReadFile(l.fsys, path.Join(dir, SignatureFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse(fmt.Sprintf("pack %s is not signed", p.doc.ID))
	}
	if err != nil {
		return nil, fmt.Errorf("open signature of pack %s: %w", p.doc.ID, err)
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(string(bytes.TrimSpace(data)))
	if err != nil || !ed25519.Verify(verifyKey, signedBytes(p.Ref()), sig) {
		return nil, refuse(fmt.Sprintf("signature of pack %s %s does not verify", p.doc.ID, p.doc.Version))
	}
	return p, nil
}

// Merge replaces an embedded pack by a signed one with the same id if that is
// newer, and leaves out the older one. It refuses two packs of one version with
// different bytes. A newer pack without counts or zones may be from a time when
// packs did not declare them, and keeps those of the older one. Otherwise people
// would not be counted, and days would begin at another midnight.
func Merge(embedded, signed []*Pack) ([]*Pack, error) {
	newest := map[dataspace.PackID]*Pack{}
	for _, p := range append(append([]*Pack{}, embedded...), signed...) {
		old, ok := newest[p.doc.ID]
		if !ok {
			newest[p.doc.ID] = p
			continue
		}
		switch semver.Compare("v"+p.doc.Version, "v"+old.doc.Version) {
		case 1:
			if p.doc.Counts == nil {
				p.keepCounts(old)
			}
			if p.doc.Zones == nil {
				p.zones = old.zones
			}
			newest[p.doc.ID] = p
		case 0:
			if p.sha256 != old.sha256 {
				return nil, problem("pack.version", string(p.doc.ID),
					fmt.Sprintf("two packs claim version %s with digests %s and %s", p.doc.Version, old.sha256.Short(), p.sha256.Short()), dataspace.ErrConflict)
			}
		}
	}
	out := make([]*Pack, 0, len(newest))
	for _, p := range newest {
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].doc.ID < out[j].doc.ID })
	return out, nil
}
