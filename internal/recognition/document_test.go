package recognition_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/recognition"
)

func keyOf(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func public(n byte) string {
	return base64.StdEncoding.EncodeToString(keyOf(n).Public().(ed25519.PublicKey))
}

// papers is an agreement without signatures.
func papers() string {
	return `# what we agreed on
format: hutong recognition v1
id: xx-yy/papers
title: {en: Papers, zh: 文件互认}
parties:
- name: {en: Authority of X, zh: 甲方}
  jurisdiction: XX
  key: ` + public(1) + `
- name: {en: Authority of Y, zh: 乙方}
  jurisdiction: YY
  key: ` + public(2) + `
entries:
- id: xy.direct
  of: {jurisdiction: YY, kind: y.paper}
  satisfies: {jurisdiction: XX, side: export, demand: xx.sign}
  from: 2026-01-01
  to: 2027-12-31
  scope: {sectors: [retail], max_people: 1000}
  article: cl. 1
  source: https://example.org/agreement
  text: {en: The paper of Y counts, zh: 乙方文件有效}
- id: xy.onward
  of: {jurisdiction: XX, certification: seal}
  counts_as: {jurisdiction: YY, kind: y.paper}
  onward: true
  article: cl. 2
  source: https://example.org/agreement
  text: {en: The seal of X counts as the paper, zh: 甲方印章视同文件}
`
}

func parse(t testing.TB, text string) *recognition.Document {
	t.Helper()
	d, err := recognition.Parse("recognition.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func trust(x, y byte) recognition.Trust {
	return recognition.Trust{"XX": {keyOf(x).Public().(ed25519.PublicKey)}, "YY": {keyOf(y).Public().(ed25519.PublicKey)}}
}

// TestSignAndVerify: both sign, one after the other, in the same file.
func TestSignAndVerify(t *testing.T) {
	text := []byte(papers())
	for n := byte(1); n <= 2; n++ {
		d := parse(t, string(text))
		if _, err := d.Verify(trust(1, 2)); !errors.Is(err, dataspace.ErrDenied) {
			t.Fatalf("before party %d signed: %v", n, err)
		}
		if err := d.Sign(keyOf(n)); err != nil {
			t.Fatal(err)
		}
		var err error
		if text, err = d.Encode(text); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.HasPrefix(string(text), papers()) || strings.Count(string(text), "signatures:") != 1 {
		t.Errorf("the document did not stay as it was:\n%s", text)
	}
	d := parse(t, string(text))
	a, err := d.Verify(trust(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	ref, err := d.Ref()
	if err != nil {
		t.Fatal(err)
	}
	if a.Ref != ref || a.Ref.ID != "xx-yy/papers" || len(a.Ref.SHA256) != 64 || len(a.Entries) != 2 {
		t.Errorf("agreement %+v, ref %+v", a, ref)
	}
	unsigned, err := parse(t, papers()).Ref()
	if err != nil || unsigned != ref {
		t.Errorf("signing changed the digest: %v %v %v", unsigned, ref, err)
	}
	if _, err := d.Verify(d.AsWritten()); err != nil {
		t.Errorf("as written: %v", err)
	}
	if got, err := recognition.LoadAll(fstest.MapFS{"a.yaml": {Data: text}, "notes.txt": {Data: []byte("x")}}, trust(1, 2)); err != nil || len(got) != 1 {
		t.Errorf("LoadAll: %v %v", got, err)
	}
	for name, tr := range map[string]recognition.Trust{"x-unknown": trust(3, 2), "y-unknown": trust(1, 3), "crossed": trust(2, 1), "nobody": nil} {
		if _, err := d.Verify(tr); !errors.Is(err, dataspace.ErrDenied) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := recognition.LoadAll(fstest.MapFS{"a.yaml": {Data: text}}, tr); !errors.Is(err, dataspace.ErrDenied) {
			t.Errorf("%s: LoadAll: %v", name, err)
		}
	}
	for _, change := range [][2]string{{"max_people: 1000", "max_people: 1001"}, {"xx.sign", "xx.seal"}, {"2027-12-31", "2028-12-31"}, {"onward: true", "onward: false"}} {
		changed := parse(t, strings.Replace(string(text), change[0], change[1], 1))
		if _, err := changed.Verify(trust(1, 2)); !errors.Is(err, dataspace.ErrDenied) {
			t.Errorf("%s after signing: %v", change[1], err)
		}
	}
}

// TestSignJSON: an agreement may be JSON too, and its digest is the same.
func TestSignJSON(t *testing.T) {
	d := parse(t, papers())
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for n := byte(1); n <= 2; n++ {
		j := parse(t, string(raw))
		if err := j.Sign(keyOf(n)); err != nil {
			t.Fatal(err)
		}
		if raw, err = j.Encode(raw); err != nil {
			t.Fatal(err)
		}
	}
	a, err := parse(t, string(raw)).Verify(trust(1, 2))
	if err != nil || raw[0] != '{' {
		t.Fatalf("%v\n%s", err, raw)
	}
	if ref, err := d.Ref(); err != nil || a.Ref != ref {
		t.Errorf("digest as JSON %v, as YAML %v, %v", a.Ref, ref, err)
	}
}

// TestSigningAgain: a party that signs after a change removes the signature of
// the other on the earlier content.
func TestSigningAgain(t *testing.T) {
	d := parse(t, papers())
	for n := byte(1); n <= 2; n++ {
		if err := d.Sign(keyOf(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Sign(keyOf(1)); err != nil || len(d.Signatures) != 2 {
		t.Errorf("signed twice: %v, %d signatures", err, len(d.Signatures))
	}
	d.Entries[0].To = "2030-01-01"
	if err := d.Sign(keyOf(1)); err != nil || len(d.Signatures) != 1 {
		t.Errorf("signed after a change: %v, %d signatures", err, len(d.Signatures))
	}
	if err := d.Sign(keyOf(3)); !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("a stranger signed: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"format":            {"recognition v1", "recognition v2", "format"},
		"id":                {"id: xx-yy/papers", "id: Papers", "is not a path"},
		"title":             {", zh: 文件互认", "", "both languages"},
		"name":              {", zh: 甲方", "", "both languages"},
		"jurisdiction":      {"jurisdiction: XX\n", "jurisdiction: Xx\n", "two capital letters"},
		"key":               {public(1), "AAAA", "32 bytes"},
		"one-key":           {public(2), public(1), "the same key"},
		"entry-id":          {"id: xy.direct", "id: direct", "of the form"},
		"twice":             {"id: xy.onward", "id: xy.direct", "twice"},
		"of-nothing":        {", kind: y.paper}\n  satisfies", "}\n  satisfies", "either kind or certification"},
		"of-both":           {"certification: seal", "certification: seal, kind: x.p", "either kind or certification"},
		"leads-nowhere":     {"  satisfies: {jurisdiction: XX, side: export, demand: xx.sign}\n", "", "either satisfies or counts_as"},
		"no-demand":         {", demand: xx.sign", "", "no demand"},
		"no-side":           {"side: export", "side: both", "neither export nor import"},
		"no-kind":           {"{jurisdiction: YY, kind: y.paper}\n  onward", "{jurisdiction: YY}\n  onward", "no kind"},
		"onward-demand":     {"  from: 2026", "  onward: true\n  from: 2026", "onward needs counts_as"},
		"third-of":          {"of: {jurisdiction: YY", "of: {jurisdiction: ZZ", "two parties"},
		"third-to":          {"satisfies: {jurisdiction: XX", "satisfies: {jurisdiction: ZZ", "two parties"},
		"own":               {"satisfies: {jurisdiction: XX", "satisfies: {jurisdiction: YY", "two parties"},
		"date":              {"2026-01-01", "2026-02-30", "2006-01-02"},
		"dates":             {"to: 2027-12-31", "to: 2025-12-31", "ends before"},
		"people":            {"max_people: 1000", "max_people: -1", "not a number of people"},
		"article":           {"article: cl. 1", "article: ''", "article"},
		"source":            {"https://example.org/agreement", "somewhere", "is not an address"},
		"text":              {", zh: 乙方文件有效", "", "both languages"},
		"unknown-key":       {"onward: true", "onwards: true", "onwards"},
		"alias":             {"jurisdiction: XX\n", "jurisdiction: &a XX\n", "anchors"},
		"unknown-scope-key": {"sectors: [retail]", "sector: [retail]", "sector"},
	}
	for name, tt := range tests {
		text := strings.Replace(papers(), tt.old, tt.new, 1)
		if text == papers() {
			t.Fatalf("%s: nothing replaced", name)
		}
		_, err := recognition.Parse("r.yaml", []byte(text))
		if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if _, err := recognition.Parse("r.yaml", bytes.Repeat([]byte("#"), 5<<20)); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("huge: %v", err)
	}
	if _, err := recognition.LoadAll(os.DirFS("none"), nil); err == nil {
		t.Error("no folder is no error")
	}
}

// TestRoundTrip: every signed agreement verifies after writing and reading.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, err := recognition.Parse("r.yaml", []byte(papers()))
		if err != nil {
			t.Fatal(err)
		}
		d.Title.EN = rapid.StringMatching(`[a-zA-Z:#'"{}\[\]&*!|>%@,\\ \-—。]{1,30}`).Draw(t, "title")
		d.Entries[0].Scope.MaxPeople = rapid.Int64Range(0, 1<<50).Draw(t, "people")
		for n := byte(1); n <= 2; n++ {
			if err := d.Sign(keyOf(n)); err != nil {
				t.Fatal(err)
			}
		}
		out, err := d.Encode([]byte(papers())) // the title differs from that of the text
		if err != nil {
			t.Fatal(err)
		}
		again, err := recognition.Parse("r.json", out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if _, err := again.Verify(trust(1, 2)); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(papers()))
	f.Add([]byte(`{"format":"hutong recognition v1"}`))
	f.Add([]byte(papers() + "signatures:\n- {key: a, signature: b}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := recognition.Parse("r.yaml", data)
		if err != nil {
			return
		}
		if _, err := d.Verify(trust(1, 2)); err == nil {
			t.Fatal("fuzzing found a signature")
		}
		ref, err := d.Ref()
		if err != nil {
			t.Fatal(err)
		}
		out, err := d.Encode(data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := recognition.Parse("r.yaml", out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if other, err := again.Ref(); err != nil || other != ref {
			t.Fatalf("%v became %v: %v", ref, other, err)
		}
	})
}
