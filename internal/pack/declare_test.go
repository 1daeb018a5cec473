package pack_test

import (
	"crypto/ed25519"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/fact"
	"hutong/internal/pack"
)

// declared is a tree of packs that declare facts.
func declared(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"xx/made/pack.yaml", "xx/over/pack.yaml"} {
		data, err := os.ReadFile("testdata/declared/" + name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

func edit(t *testing.T, files fstest.MapFS, name, old, now string) {
	t.Helper()
	text := string(files[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, now, 1))}
}

// TestDeclaredFacts: conditions name the facts of their own pack, and those of
// the pack that it overlays, wherever that was loaded.
func TestDeclaredFacts(t *testing.T) {
	list, err := pack.LoadAll(declared(t))
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	made, over := list[0], list[1]
	own := made.Facts().Len() - fact.Standard().Len()
	if own != 7 || over.Facts().Len() != made.Facts().Len()+1 || over.Base() != made {
		t.Errorf("%d facts of its own, %d in the overlay", own, over.Facts().Len())
	}
	if n, ok := over.Name("xx_made.recipient.category"); !ok || n.Kind != pack.FactName || n.Type.String() != "string" {
		t.Errorf("in the overlay: %v %v", n, ok)
	}
	if _, ok := made.Name("xx_over.zone"); ok {
		t.Error("a pack names the facts of what lies over it")
	}
	var reads []string
	for _, r := range over.Compiled() {
		reads = append(reads, r.Facts()...)
	}
	if got := strings.Join(reads, " "); got != "exporter.jurisdiction xx_made.recipient.category xx_over.zone" {
		t.Errorf("the overlay reads %s", got)
	}

	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	sig, err := pack.Sign(over, key)
	if err != nil {
		t.Fatal(err)
	}
	alone := declared(t)
	delete(alone, "xx/made/pack.yaml")
	alone["xx/over/pack.sig"] = &fstest.MapFile{Data: sig}
	public := key.Public().(ed25519.PublicKey)
	signed, err := pack.LoadAllSigned(alone, public, made)
	if err != nil || len(signed) != 1 || signed[0].Base() != made {
		t.Errorf("over a pack of elsewhere: %v", err)
	}
	if _, err := pack.LoadAllSigned(alone, public); err == nil || !strings.Contains(err.Error(), "xx_made") {
		t.Errorf("over no pack: %v", err)
	}
}

// TestDeclaredFactsRefused: what does not fit is refused with its place.
func TestDeclaredFactsRefused(t *testing.T) {
	const file = "xx/made/pack.yaml"
	for name, tt := range map[string]struct{ old, now, want string }{
		"other-name":     {"- name: xx_made.rank", "- name: rank", `facts[2] rank: the name of a fact of this pack begins with "xx_made."`},
		"standard":       {"- name: xx_made.rank", "- name: sector", "declared already by the standard table"},
		"twice":          {"- name: xx_made.rank", "- name: xx_made.marks", "declared already by " + file + ": facts[2]"},
		"unknown-key":    {"    type: int\n", "    kind: int\n", "unknown field"},
		"pack":           {"    type: int\n", "    type: int\n    pack: cn/national\n", "unknown field"},
		"type-of-use":    {"'xx_made.rank > 3", `'xx_made.rank == "x"`, "condition does not compile"},
		"undeclared":     {"'xx_made.rank > 3", "'xx_made.height > 3", "undeclared reference"},
		"counts-no-fact": {"fact: xx_made.counts.under_16", "fact: xx_made.counts.under_17", "is no fact that counts such people"},
		"counts-stated":  {"fact: xx_made.devices", "fact: xx_made.rank", "is no fact that counts such people"},
	} {
		t.Run(name, func(t *testing.T) {
			files := declared(t)
			edit(t, files, file, tt.old, tt.now)
			_, err := pack.Load(files, "xx/made")
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := pack.Load(fs.FS(declared(t)), "xx/made"); err != nil {
		t.Error(err)
	}
}

// TestMergeKeepsFactsOfCounts: a newer pack that says nothing of counts keeps
// those of the older one, with the facts that they need.
func TestMergeKeepsFactsOfCounts(t *testing.T) {
	old, err := pack.Load(declared(t), "xx/made")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"xx/made/pack.yaml": {Data: []byte(`id: xx/made
jurisdiction: XX
title: {en: a, zh: 甲}
authority: {en: a, zh: 甲}
version: 1.1.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "XX"'}
rules: []
`)}}
	newer, err := pack.Load(files, "xx/made")
	if err != nil {
		t.Fatal(err)
	}
	merged, err := pack.Merge([]*pack.Pack{old}, []*pack.Pack{newer})
	if err != nil || len(merged) != 1 || merged[0] != newer {
		t.Fatal(merged, err)
	}
	all, err := merged[0].DeclareFacts(fact.Standard())
	if err != nil || all.Len() != fact.Standard().Len()+2 {
		t.Fatal(err)
	}
	for _, name := range []string{"xx_made.counts.under_16", "xx_made.devices"} {
		if _, ok := all.Lookup(name); !ok {
			t.Errorf("%s is gone", name)
		}
	}
}
