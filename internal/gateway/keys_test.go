package gateway_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

func keyOptions(t *testing.T) gateway.KeyOptions {
	dir := t.TempDir()
	return gateway.KeyOptions{Gateway: "shanghai", Dir: filepath.Join(dir, "keys"), CountDir: filepath.Join(dir, "apart"), Now: (&clock{}).always}
}

func TestKeysStay(t *testing.T) {
	opt := keyOptions(t)
	first, err := gateway.OpenKeys(opt)
	if err != nil {
		t.Fatal(err)
	}
	again, err := gateway.OpenKeys(opt)
	if err != nil {
		t.Fatal(err)
	}
	type view struct {
		Identity                   ed25519.PrivateKey
		Log, LogKey, Witness, WKey string
		SPKI                       dataspace.Digest
		Count, Pseudonym, Cert     []byte
		CountID                    string
	}
	of := func(k *gateway.Keys) view {
		p, err := k.PseudonymKey("singapore/reader")
		if err != nil {
			t.Fatal(err)
		}
		return view{k.Identity(), k.LogSigner(), k.LogVerifier(), k.WitnessSigner(), k.WitnessVerifier(), k.SPKI(), k.CountKey(), p, k.TLS().Certificate[0], k.CountKeyID()}
	}
	if diff := cmp.Diff(of(first), of(again)); diff != "" {
		t.Errorf("keys changed between two starts: %s", diff)
	}
	other, err := first.PseudonymKey("singapore/other")
	if err != nil || cmp.Equal(other, of(first).Pseudonym) || len(other) != 32 {
		t.Errorf("two recipients have one pseudonym key (%v)", err)
	}
	if _, err := os.Stat(filepath.Join(opt.Dir, "count.key")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the count key lies beside the others")
	}
	for _, dir := range []string{opt.Dir, opt.CountDir} {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) == 0 {
			t.Fatal(err, entries)
		}
		for _, e := range entries {
			if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v (%v)", e.Name(), info.Mode(), err)
			}
		}
	}
	for _, text := range []string{fmt.Sprint(first), fmt.Sprintf("%+v", first), fmt.Sprintf("%#v", first), first.LogValue().String()} {
		if text != "[keys]" {
			t.Errorf("keys print as %q", text)
		}
	}
}

// The log and witness keys must be what note and cosignature libraries read,
// and fit their verifiers.
func TestKeysSign(t *testing.T) {
	k := openKeys(t, "shanghai")
	checkpoint := &note.Note{Text: "shanghai/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"}
	logSigner, err := note.NewSigner(k.LogSigner())
	if err != nil {
		t.Fatal(err)
	}
	witness, err := fnote.NewSignerForCosignatureV1(k.WitnessSigner())
	if err != nil {
		t.Fatal(err)
	}
	msg, err := note.Sign(checkpoint, logSigner, witness)
	if err != nil {
		t.Fatal(err)
	}
	logVerifier, err := note.NewVerifier(k.LogVerifier())
	if err != nil {
		t.Fatal(err)
	}
	cosigned, err := torchwood.NewCosignatureVerifier(k.WitnessVerifier())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(msg, note.VerifierList(logVerifier, cosigned))
	if err != nil || len(n.Sigs) != 2 {
		t.Errorf("got %v (%v), want two signatures", n, err)
	}
	if logVerifier.Name() != "shanghai/log" || cosigned.Name() != "shanghai/witness" {
		t.Errorf("names are %q and %q", logVerifier.Name(), cosigned.Name())
	}
}

// A lost, swapped or foreign key is detected and never replaced by a new one.
func TestKeysHarm(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(t *testing.T, opt *gateway.KeyOptions)
		want error
		code string
		hint string
	}{
		"readable":      {func(t *testing.T, o *gateway.KeyOptions) { chmod(t, filepath.Join(o.Dir, "log.key"), 0o640) }, dataspace.ErrDenied, "key.permissions", "chmod 0600 "},
		"open-dir":      {func(t *testing.T, o *gateway.KeyOptions) { chmod(t, o.CountDir, 0o755) }, dataspace.ErrDenied, "key.permissions", "chmod 0700 "},
		"lost":          {func(t *testing.T, o *gateway.KeyOptions) { remove(t, filepath.Join(o.CountDir, "count.key")) }, dataspace.ErrNotFound, "key.missing", "backup"},
		"swapped":       {func(t *testing.T, o *gateway.KeyOptions) { swap(t, filepath.Join(o.Dir, "pseudonym.key")) }, dataspace.ErrConflict, "key.changed", "backup"},
		"broken":        {func(t *testing.T, o *gateway.KeyOptions) { write(t, filepath.Join(o.Dir, "tls.key"), "junk") }, dataspace.ErrInvalid, "key.form", "backup"},
		"other-gateway": {func(t *testing.T, o *gateway.KeyOptions) { o.Gateway = "singapore" }, dataspace.ErrConflict, "key.changed", "keeps its id"},
		"other-counts":  {func(t *testing.T, o *gateway.KeyOptions) { o.CountDir = t.TempDir(); chmod(t, o.CountDir, 0o700) }, dataspace.ErrNotFound, "key.missing", "backup"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := keyOptions(t)
			if _, err := gateway.OpenKeys(opt); err != nil {
				t.Fatal(err)
			}
			c.harm(t, &opt)
			_, err := gateway.OpenKeys(opt)
			var p *dataspace.Problem
			if !errors.Is(err, c.want) || !errors.As(err, &p) || p.Code != c.code || !strings.Contains(p.Hint, c.hint) {
				t.Errorf("got %v (%+v), want %s with %q", err, p, c.code, c.hint)
			}
		})
	}
}

// A first start that was interrupted continues with the keys it has made.
func TestKeysInterrupted(t *testing.T) {
	opt := keyOptions(t)
	k, err := gateway.OpenKeys(opt)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, filepath.Join(opt.Dir, "keys.json"))
	remove(t, filepath.Join(opt.CountDir, "count.key"))
	again, err := gateway.OpenKeys(opt)
	if err != nil {
		t.Fatal(err)
	}
	if k.LogSigner() != again.LogSigner() || cmp.Equal(k.CountKey(), again.CountKey()) {
		t.Error("a key that was made is lost, or one that was lost is back")
	}
}

// A new host or an old certificate gives a new certificate for the same key.
func TestCertificateAgain(t *testing.T) {
	opt := keyOptions(t)
	first, err := gateway.OpenKeys(opt)
	if err != nil {
		t.Fatal(err)
	}
	opt.Hosts = []string{"gateway.example", "192.0.2.7"}
	moved, err := gateway.OpenKeys(opt)
	if err != nil {
		t.Fatal(err)
	}
	opt.Now = func() time.Time { return day.AddDate(9, 6, 0) }
	later, err := gateway.OpenKeys(opt)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range []*gateway.Keys{moved, later} {
		leaf := k.TLS().Leaf
		for _, host := range []string{"gateway.example", "192.0.2.7", "localhost", "127.0.0.1", "::1"} {
			if err := leaf.VerifyHostname(host); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if k.SPKI() != first.SPKI() {
			t.Errorf("%d: the pinned key changed", i)
		}
	}
	if got := later.TLS().Leaf.NotAfter; got.Before(day.AddDate(19, 0, 0)) {
		t.Errorf("an old certificate stays: it ends at %s", got)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func swap(t *testing.T, path string) { t.Helper(); write(t, path, strings.Repeat("ab", 32)) }
