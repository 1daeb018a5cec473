package tlog_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	xtlog "golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// ok is for calls that cannot fail in a test.
func ok[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func private(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

// tree is a Merkle tree made by code that is not under test.
type tree struct{ hashes []xtlog.Hash }

func (tr *tree) ReadHashes(at []int64) ([]xtlog.Hash, error) {
	out := make([]xtlog.Hash, len(at))
	for i, x := range at {
		out[i] = tr.hashes[x]
	}
	return out, nil
}

func newTree(t *rapid.T, n int64) *tree {
	tr := &tree{}
	for i := range n {
		h := ok(xtlog.StoredHashes(i, entry(i), tr))
		tr.hashes = append(tr.hashes, h...)
	}
	return tr
}

func entry(i int64) []byte { return fmt.Appendf(nil, "entry %d", i) }

func (tr *tree) head(n int64) tlog.Checkpoint {
	return tlog.Checkpoint{Origin: "a/log", Size: uint64(n), Root: tlog.Hash(ok(xtlog.TreeHash(n, tr)))}
}

func (tr *tree) signed(n int64) tlog.SignedCheckpoint {
	s := ok(tlog.NewSigner("a/log", private(1)))
	h := tr.head(n)
	return ok(tlog.ParseCheckpoint(ok(note.Sign(&note.Note{Text: fmt.Sprintf("a/log\n%d\n%s\n", h.Size, h.Root)}, s))))
}

func own[P ~[]xtlog.Hash](p P) (out []tlog.Hash) {
	for _, h := range p {
		out = append(out, tlog.Hash(h))
	}
	return out
}

func TestInclusion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 80).Draw(t, "size")
		i := rapid.Int64Range(0, n-1).Draw(t, "index")
		tr := newTree(t, n)
		p := tlog.Proof{Index: uint64(i), Hashes: own(ok(xtlog.ProveRecord(n, i, tr))), Checkpoint: tr.signed(n)}
		again := ok(tlog.ParseProof(p.Bytes()))
		if !bytes.Equal(again.Bytes(), p.Bytes()) {
			t.Fatal("proof does not survive its encoding")
		}
		if err := again.Verify(entry(i)); err != nil {
			t.Fatal(err)
		}
		if err := again.Verify(entry(i + 1)); !errors.Is(err, dataspace.ErrEvidence) {
			t.Fatalf("another entry: %v", err)
		}
		if len(again.Hashes) > 0 {
			h := rapid.IntRange(0, len(again.Hashes)-1).Draw(t, "hash")
			again.Hashes[h][rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
			if err := again.Verify(entry(i)); !errors.Is(err, dataspace.ErrEvidence) {
				t.Fatalf("changed hash: %v", err)
			}
		}
		p.Index = uint64(n)
		if err := p.Verify(entry(i)); !errors.Is(err, dataspace.ErrEvidence) {
			t.Fatalf("index beyond the tree: %v", err)
		}
	})
}

func TestConsistency(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 80).Draw(t, "size")
		m := rapid.Int64Range(0, n).Draw(t, "old")
		tr := newTree(t, n)
		var proof []tlog.Hash
		if m > 0 {
			proof = own(ok(xtlog.ProveTree(n, m, tr)))
		}
		from, to := tr.head(m), tr.head(n)
		if err := tlog.CheckConsistency(from, to, proof); err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckConsistency(from, to, append(proof, tlog.Hash{})); !errors.Is(err, dataspace.ErrEvidence) {
			t.Fatalf("longer proof: %v", err)
		}
		if m == 0 {
			return
		}
		other := from
		other.Root[0] ^= 1
		if err := tlog.CheckConsistency(other, to, proof); !errors.Is(err, dataspace.ErrEvidence) {
			t.Fatalf("other old root: %v", err)
		}
		other = to
		other.Root[0] ^= 1
		if err := tlog.CheckConsistency(from, other, proof); !errors.Is(err, dataspace.ErrEvidence) {
			t.Fatalf("other new root: %v", err)
		}
		if m < n {
			if err := tlog.CheckConsistency(to, from, proof); !errors.Is(err, dataspace.ErrEvidence) {
				t.Fatalf("smaller tree: %v", err)
			}
		}
	})
}

func TestRootBuilder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 200).Draw(t, "leaves")
		var b tlog.RootBuilder
		for i := range n {
			b.Add(entry(i))
		}
		if want := newTree(t, n).head(n).Root; b.Root() != want || b.Size() != uint64(n) {
			t.Fatalf("root %s, want %s", b.Root(), want)
		}
	})
}

// The other implementations of C2SP read the forms that we parse and sign.
func TestInterop(t *testing.T) {
	s := ok(tlog.NewSigner("a/log", private(1)))
	v := ok(note.NewVerifier(s.Key.String()))
	if v.KeyHash() != s.KeyHash() || v.Name() != s.Name() {
		t.Fatal("other key id than note has")
	}
	w := ok(tlog.NewKey("b/witness", tlog.CosignatureV1, private(2).Public()))
	tv := ok(torchwood.NewCosignatureVerifier(w.String()))
	if tv.KeyHash() != w.KeyHash() || tv.String() != w.String() {
		t.Fatal("other key id than torchwood has")
	}
	c := (&tree{}).signed(0)
	sig := ok(tlog.Cosign(w, private(2), c, 1700000000))
	if !sig.Time().Equal(time.Unix(1700000000, 0)) {
		t.Fatalf("cosigned at %v", sig.Time())
	}
	both := c.With(sig)
	n := ok(note.Open(both.Bytes(), note.VerifierList(v, tv)))
	if len(n.Sigs) != 2 || len(n.UnverifiedSigs) != 0 {
		t.Fatalf("%d signatures verify, want 2", len(n.Sigs))
	}
	theirs := ok(torchwood.NewCosignatureSigner("b/witness", private(2)))
	signed := ok(note.Sign(&note.Note{Text: c.Text}, s, theirs))
	parsed := ok(tlog.ParseCheckpoint(signed))
	if _, by := parsed.By(w); !by {
		t.Fatal("their cosignature does not verify")
	}
	name, secret, err := tlog.ParseSecret("PRIVATE+KEY+a/log+00000000+" + b64(append([]byte{1}, private(1).Seed()...)))
	if err != nil || name != "a/log" || !secret.Public().(ed25519.PublicKey).Equal(private(1).Public()) {
		t.Fatalf("secret of %q: %v", name, err)
	}
}

func b64(b []byte) string {
	return ok(tlog.NewKey("x", 1, ed25519.PublicKey(b[1:]))).String()[len("x+00000000+"):]
}

func TestMalformed(t *testing.T) {
	good := string((&tree{}).signed(0).Bytes())
	proof := string(tlog.Proof{Checkpoint: (&tree{}).signed(0)}.Bytes())
	key := ok(tlog.NewKey("a/log", tlog.Ed25519, private(1).Public())).String()
	for name, bad := range map[string]string{
		"empty":            "",
		"no-signature":     good[:strings.Index(good, "\n\n")+2],
		"size-zeroes":      strings.Replace(good, "\n0\n", "\n00\n", 1),
		"size-sign":        strings.Replace(good, "\n0\n", "\n+0\n", 1),
		"size-huge":        strings.Replace(good, "\n0\n", "\n9223372036854775808\n", 1),
		"root-of-nothing":  strings.Replace(good, "47DEQ", "57DEQ", 1),
		"control":          strings.Replace(good, "a/log", "a\x01log", 1),
		"not-utf8":         strings.Replace(good, "a/log", "a\xfflog", 1),
		"trailing":         good + "\n",
		"no-last-newline":  strings.TrimSuffix(good, "\n"),
		"signature-dash":   strings.Replace(good, "— ", "- ", 1),
		"signature-base64": strings.Replace(good, "=\n\n", "\n\n", 1),
		"too-long":         good + strings.Repeat("— a/log AAAAAAAA\n", 5000),
	} {
		if _, err := tlog.ParseCheckpoint([]byte(bad)); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("checkpoint %s: %v", name, err)
		}
	}
	for name, bad := range map[string]string{
		"header":     strings.Replace(proof, "@v1", "@v2", 1),
		"extra":      strings.Replace(proof, "index", "extra AAAA\nindex", 1),
		"index":      strings.Replace(proof, "index 0", "index 00", 1),
		"hash":       strings.Replace(proof, "index 0\n", "index 0\nAAAA\n", 1),
		"many":       strings.Replace(proof, "index 0\n", "index 0\n"+strings.Repeat(tlog.Hash{}.String()+"\n", 64), 1),
		"no-end":     "c2sp.org/tlog-proof@v1\nindex 0\n",
		"checkpoint": "c2sp.org/tlog-proof@v1\nindex 0\n\nx",
	} {
		if _, err := tlog.ParseProof([]byte(bad)); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("proof %s: %v", name, err)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "id": strings.Replace(key, "+", "+0", 1), "case": strings.ToUpper(key), "cut": key[:len(key)-1], "type": "a/log+00000000+" + b64Zero(), "spaced": "a log" + key[5:],
	} {
		if _, err := tlog.ParseKey(bad); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("key %s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "old", "old x\n\n", "old 1\n", "old 01\n\n" + good, "old 1\nAAAA\n\n" + good, "old 1\n\nx"} {
		if _, err := tlog.ParseSubmission([]byte(bad)); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("submission %q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "PRIVATE+KEY+a", "PRIVATE+KEY+a+0+AAAA", "PRIVATE+KEY+a+0+" + b64Zero()} {
		if _, _, err := tlog.ParseSecret(bad); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("secret %q: %v", bad, err)
		}
	}
}

func b64Zero() string { return strings.Repeat("A", 44) }

func TestOnly(t *testing.T) {
	c := (&tree{}).signed(0)
	w := ok(tlog.NewKey("b/witness", tlog.CosignatureV1, private(2).Public()))
	l := ok(tlog.NewKey("a/log", tlog.Ed25519, private(1).Public()))
	both := c.With(ok(tlog.Cosign(w, private(2), c, 5))).With(c.Signatures[0])
	only := ok(both.Only(l, w))
	if len(only.Signatures) != 2 || len(c.Signatures) != 1 {
		t.Fatalf("%d signatures", len(only.Signatures))
	}
	if _, err := c.Only(l, w); !errors.Is(err, dataspace.ErrEvidence) {
		t.Fatalf("missing cosignature: %v", err)
	}
	if _, err := tlog.Cosign(l, private(1), c, 5); !errors.Is(err, dataspace.ErrInvalid) {
		t.Fatalf("log key cosigns: %v", err)
	}
	if _, err := tlog.NewKey("x", tlog.Ed25519, "no key"); !errors.Is(err, dataspace.ErrInvalid) {
		t.Fatalf("no key: %v", err)
	}
	if !strings.HasPrefix(l.Fingerprint(), "SHA256:") || len(l.Fingerprint()) != 50 {
		t.Fatalf("fingerprint %s", l.Fingerprint())
	}
}

// FuzzParse checks that what a parser accepts encodes to the same bytes.
func FuzzParse(f *testing.F) {
	c := (&tree{}).signed(0)
	f.Add(c.Bytes())
	f.Add(tlog.Proof{Checkpoint: c, Hashes: []tlog.Hash{{}}}.Bytes())
	f.Add(tlog.Submission{Checkpoint: c, Proof: []tlog.Hash{{}}}.Bytes())
	f.Add([]byte(ok(tlog.NewKey("a/log", tlog.Ed25519, private(1).Public())).String()))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := tlog.ParseCheckpoint(data); err == nil && !bytes.Equal(c.Bytes(), data) {
			t.Fatalf("checkpoint %q", data)
		}
		if p, err := tlog.ParseProof(data); err == nil && !bytes.Equal(p.Bytes(), data) {
			t.Fatalf("proof %q", data)
		}
		if s, err := tlog.ParseSubmission(data); err == nil && !bytes.Equal(s.Bytes(), data) {
			t.Fatalf("submission %q", data)
		}
		if k, err := tlog.ParseKey(string(data)); err == nil && k.String() != string(data) {
			t.Fatalf("key %q", data)
		}
	})
}
