package gateway

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"hutong/internal/dataspace"
)

// KeyOptions says where the keys are and to whom they belong.
type KeyOptions struct {
	Gateway dataspace.GatewayID // in the names of log and witness key; never changes
	Dir     string
	// CountDir holds the count key, separate from the data it protects: a
	// person who has both can test whether a given person was exported. Empty:
	// Dir.
	CountDir string
	Hosts    []string // names and addresses in the certificate besides loopback
	Now      func() time.Time
}

// Keys holds a gateway's secrets. They leave the process only through the
// methods below, and printing a Keys shows none of them.
type Keys struct {
	identity  ed25519.PrivateKey
	log       string // note signer
	witness   string // note signer
	tls       tls.Certificate
	spki      dataspace.Digest
	count     []byte
	pseudonym []byte

	logVerifier, witnessVerifier string
}

// OpenKeys loads the keys of a gateway and creates them on first use. Files
// have mode 0600 in directories of mode 0700; wider modes are refused. A
// missing key that existed before is never replaced: new keys would break the
// log, count people twice and change every pseudonym.
func OpenKeys(opt KeyOptions) (*Keys, error) {
	if err := dataspace.CheckName("gateway", string(opt.Gateway)); err != nil {
		return nil, err
	}
	if opt.CountDir == "" {
		opt.CountDir = opt.Dir
	}
	for _, dir := range []string{opt.Dir, opt.CountDir} {
		if err := secureDir(dir); err != nil {
			return nil, err
		}
	}
	known, err := readManifest(opt.Dir)
	if err != nil {
		return nil, err
	}
	k, err := loadKeys(opt, known == nil)
	if err != nil {
		return nil, err
	}
	// The manifest is written last: while it is absent, a first start that
	// crashed may continue to create keys.
	if known == nil {
		err = writeManifest(opt.Dir, k.manifest(opt.Gateway))
	} else {
		err = k.manifest(opt.Gateway).same(*known, opt.Dir)
	}
	if err != nil {
		return nil, err
	}
	if k.tls, err = certificate(opt, k.tls.PrivateKey.(*ecdsa.PrivateKey)); err != nil {
		return nil, err
	}
	return k, nil
}

func loadKeys(opt KeyOptions, create bool) (*Keys, error) {
	k := &Keys{}
	files := []struct {
		dir, name string
		make      func() ([]byte, error)
		use       func([]byte) error
	}{
		{opt.Dir, "identity.key", newSecret, func(b []byte) error {
			seed, err := readSecret(b)
			if err == nil {
				k.identity = ed25519.NewKeyFromSeed(seed)
			}
			return err
		}},
		{opt.Dir, "log.key", newNoteKey(opt.Gateway, "log"), func(b []byte) (err error) {
			k.log, k.logVerifier, err = readNoteKey(b)
			return err
		}},
		{opt.Dir, "witness.key", newNoteKey(opt.Gateway, "witness"), func(b []byte) (err error) {
			if k.witness, k.witnessVerifier, err = readNoteKey(b); err == nil {
				k.witnessVerifier, err = fnote.VKeyToCosignatureV1(k.witnessVerifier)
			}
			return err
		}},
		{opt.Dir, "tls.key", newTLSKey, func(b []byte) error {
			key, err := readTLSKey(b)
			if err == nil {
				k.tls.PrivateKey = key
				k.spki, err = spkiOf(key.Public())
			}
			return err
		}},
		{opt.Dir, "pseudonym.key", newSecret, func(b []byte) (err error) {
			k.pseudonym, err = readSecret(b)
			return err
		}},
		{opt.CountDir, "count.key", newSecret, func(b []byte) (err error) {
			k.count, err = readSecret(b)
			return err
		}},
	}
	for _, f := range files {
		path := filepath.Join(f.dir, f.name)
		data, err := loadFile(path, create, f.make)
		if err != nil {
			return nil, err
		}
		if err := f.use(data); err != nil {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "key.form", Place: path,
				Message: "the file does not hold the key it should", Err: err, Hint: "restore it from a backup"}
		}
	}
	return k, nil
}

// Identity signs: tokens, cards, statements, receipts.
func (k *Keys) Identity() ed25519.PrivateKey { return k.identity }

// IdentityPublic is the public key that peers pin.
func (k *Keys) IdentityPublic() ed25519.PublicKey { return k.identity.Public().(ed25519.PublicKey) }

// LogSigner is the log's key in the format of golang.org/x/mod/sumdb/note
// (note.NewSigner). Its name, "<gateway>/log", is the log's origin.
func (k *Keys) LogSigner() string { return k.log }

// LogKey signs checkpoints of this gateway's log.
func (k *Keys) LogKey() ed25519.PrivateKey { return noteSeed(k.log) }

// WitnessKey cosigns the checkpoints of peers.
func (k *Keys) WitnessKey() ed25519.PrivateKey { return noteSeed(k.witness) }

// noteSeed returns the private key of a note signer that readNoteKey has
// checked.
func noteSeed(skey string) ed25519.PrivateKey {
	parts := strings.SplitN(skey, "+", 5) // base64 may hold a plus
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil {
		panic(err) // readNoteKey has read it
	}
	return ed25519.NewKeyFromSeed(raw[1:])
}

// LogVerifier is the public half for note.NewVerifier.
func (k *Keys) LogVerifier() string { return k.logVerifier }

// WitnessSigner is the key with which this gateway cosigns the logs of peers,
// for NewSignerForCosignatureV1 of transparency-dev/formats/note. Its name is
// "<gateway>/witness".
func (k *Keys) WitnessSigner() string { return k.witness }

// WitnessVerifier is the public half as a cosignature/v1 key (type 4), for
// NewVerifierForCosignatureV1 or torchwood.NewCosignatureVerifier.
func (k *Keys) WitnessVerifier() string { return k.witnessVerifier }

// TLS is the certificate of this gateway.
func (k *Keys) TLS() tls.Certificate { return k.tls }

// ServerTLS is the TLS configuration of the server for peers.
func (k *Keys) ServerTLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{k.tls}}
}

// SPKI is the SHA-256 of the certificate's public key, which peers pin.
func (k *Keys) SPKI() dataspace.Digest { return k.spki }

// CountKey is the key of the hashes of people, 32 bytes. Do not store it beside
// them.
func (k *Keys) CountKey() []byte { return append([]byte(nil), k.count...) }

// CountKeyID identifies a count key and does not reveal it.
func (k *Keys) CountKeyID() string { return checkValue(k.count) }

// PseudonymKey derives the key, 32 bytes, for the pseudonyms of one recipient.
// Two recipients therefore cannot join their tables. Name the recipient by
// "<gateway>/<participant>", which never changes.
func (k *Keys) PseudonymKey(recipient string) ([]byte, error) {
	if recipient == "" {
		return nil, fmt.Errorf("derive pseudonym key: a recipient is needed: %w", dataspace.ErrInvalid)
	}
	key, err := hkdf.Key(sha256.New, k.pseudonym, nil, "hutong pseudonym 1\x00"+recipient, 32)
	if err != nil {
		return nil, fmt.Errorf("derive pseudonym key: %w", err)
	}
	return key, nil
}

// String keeps keys out of messages.
func (k *Keys) String() string { return "[keys]" }

// GoString keeps keys out of %#v.
func (k *Keys) GoString() string { return "[keys]" }

// LogValue keeps keys out of logs.
func (k *Keys) LogValue() slog.Value { return slog.StringValue("[keys]") }

func newSecret() ([]byte, error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	return []byte(hex.EncodeToString(b) + "\n"), nil
}

func readSecret(data []byte) ([]byte, error) {
	b, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(b) != 32 {
		// The cause is left out: it would show a byte of the key.
		return nil, errors.New("expected 64 hexadecimal digits")
	}
	return b, nil
}

func newNoteKey(gateway dataspace.GatewayID, use string) func() ([]byte, error) {
	return func() ([]byte, error) {
		skey, _, err := note.GenerateKey(rand.Reader, string(gateway)+"/"+use)
		return []byte(skey + "\n"), err
	}
}

// readNoteKey returns the signer and verifier strings of a note key.
func readNoteKey(data []byte) (skey, vkey string, err error) {
	skey = strings.TrimSpace(string(data))
	signer, err := note.NewSigner(skey)
	if err != nil {
		return "", "", errors.New("expected a note signer key")
	}
	parts := strings.SplitN(skey, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", "", errors.New("expected an Ed25519 note signer key")
	}
	public := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	vkey, err = note.NewEd25519VerifierKey(signer.Name(), public)
	return skey, vkey, err
}

// checkValue identifies a secret and does not reveal it.
func checkValue(secret []byte) string {
	sum, err := hkdf.Key(sha256.New, secret, nil, "hutong check value 1", 8)
	if err != nil {
		panic(err) // 8 bytes are never too many
	}
	return hex.EncodeToString(sum)
}
