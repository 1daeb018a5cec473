package recognition

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
)

// signatureContext separates signatures of agreements from all others made with
// the same key. It is part of the public format: do not change it.
const signatureContext = Format + "\n"

func (d *Document) message() ([]byte, error) {
	raw, err := d.content()
	return append([]byte(signatureContext), raw...), err
}

// Sign adds or renews the signature of the party whose key the signer has. It
// removes signatures of other content. ErrDenied when the key belongs to
// neither party.
func (d *Document) Sign(signer crypto.Signer) error {
	public, ok := signer.Public().(ed25519.PublicKey)
	if !ok {
		return fmt.Errorf("sign agreement %s: key is not Ed25519: %w", d.ID, dataspace.ErrInvalid)
	}
	key := base64.StdEncoding.EncodeToString(public)
	if !slices.ContainsFunc(d.Parties, func(p Party) bool { return p.Key == key }) {
		return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "recognition.party", Place: d.ID,
			Message: "the key belongs to neither party", Hint: "each party signs with the secret half of its key under parties"}
	}
	message, err := d.message()
	if err != nil {
		return err
	}
	sig, err := signer.Sign(nil, message, crypto.Hash(0))
	if err != nil {
		return fmt.Errorf("sign agreement %s: %w", d.ID, err)
	}
	signed, err := d.Signed()
	if err != nil {
		return err
	}
	var kept []Signature
	for i, p := range d.Parties {
		if p.Key == key {
			kept = append(kept, Signature{Key: key, Signature: base64.StdEncoding.EncodeToString(sig)})
			continue
		}
		at := slices.IndexFunc(d.Signatures, func(s Signature) bool { return s.Key == p.Key })
		if signed[i] && at >= 0 {
			kept = append(kept, d.Signatures[at])
		}
	}
	d.Signatures = kept
	return nil
}

// signatureBlock is the part of a YAML document that Encode replaces.
var signatureBlock = regexp.MustCompile(`(?m)^signatures:[^\n]*\n?(^(?:[ \t-][^\n]*)?\n)*`)

// Encode writes the document again with its signatures. The rest of a YAML
// document stays as in original, including comments.
func (d *Document) Encode(original []byte) ([]byte, error) {
	if text := bytes.TrimSpace(original); len(text) > 0 && text[0] != '{' {
		out := signatureBlock.ReplaceAll(original, nil)
		out = append(bytes.TrimRight(out, "\n"), "\nsignatures:\n"...)
		for _, s := range d.Signatures {
			out = fmt.Appendf(out, "- {key: %q, signature: %q}\n", s.Key, s.Signature)
		}
		if d.same(out) {
			return out, nil
		}
	}
	out, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode agreement %s: %w", d.ID, err)
	}
	return append(out, '\n'), nil
}

// same reports whether data parses to the document.
func (d *Document) same(data []byte) bool {
	again, err := Parse(d.ID, data)
	if err != nil {
		return false
	}
	a, err := dataspace.CanonicalJSON(d)
	if err != nil {
		return false
	}
	b, err := dataspace.CanonicalJSON(again)
	return err == nil && bytes.Equal(a, b)
}

// Trust holds the keys of the authorities that may bind a jurisdiction.
type Trust map[dataspace.Jurisdiction][]ed25519.PublicKey

// AsWritten trusts the keys in a document. It shows that both have signed, not
// who they are.
func (d *Document) AsWritten() Trust {
	out := Trust{}
	for _, p := range d.Parties {
		if key, err := publicKey(p.Key); err == nil {
			out[p.Jurisdiction] = append(out[p.Jurisdiction], key)
		}
	}
	return out
}

// Verify returns the agreement if both parties have signed it and the key of
// each is trusted for its jurisdiction. ErrDenied otherwise.
func (d *Document) Verify(trust Trust) (agreed.Agreement, error) {
	refuse := func(message, hint string) (agreed.Agreement, error) {
		return agreed.Agreement{}, &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "recognition.signature", Place: d.ID, Message: message, Hint: hint}
	}
	signed, err := d.Signed()
	if err != nil {
		return agreed.Agreement{}, err
	}
	for i, p := range d.Parties {
		if !signed[i] {
			return refuse(fmt.Sprintf("party %d (%s) has not signed the present content", i+1, p.Jurisdiction), "'hutong recognition sign' adds a signature; both are needed")
		}
		key, err := publicKey(p.Key)
		if err != nil {
			return agreed.Agreement{}, err
		}
		if !slices.ContainsFunc(trust[p.Jurisdiction], func(k ed25519.PublicKey) bool { return k.Equal(key) }) {
			return refuse(fmt.Sprintf("the key of party %d is not trusted for %s", i+1, p.Jurisdiction), "name the authority's public key; first compare it over another channel")
		}
	}
	ref, err := d.Ref()
	if err != nil {
		return agreed.Agreement{}, err
	}
	return agreed.Agreement{Ref: ref, Entries: slices.Clone(d.Entries)}, nil
}

// LoadAll reads and verifies every agreement of a folder: files that end in
// .yaml, .yml or .json. If one does not verify, it returns an error.
func LoadAll(fsys fs.FS, trust Trust) ([]agreed.Agreement, error) {
	list, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("list agreements: %w", err)
	}
	var out []agreed.Agreement
	for _, f := range list {
		if ext := path.Ext(f.Name()); f.IsDir() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
			continue
		}
		data, err := fs.ReadFile(fsys, f.Name())
		if err != nil {
			return nil, fmt.Errorf("read agreement: %w", err)
		}
		d, err := Parse(f.Name(), data)
		if err != nil {
			return nil, err
		}
		a, err := d.Verify(trust)
		if err != nil {
			return nil, fmt.Errorf("verify agreement %s: %w", f.Name(), err)
		}
		out = append(out, a)
	}
	return out, nil
}
