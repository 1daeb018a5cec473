package packs_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hutong/internal/pack"
	"hutong/packs"
)

var update = flag.Bool("update", false, "write SOURCES.md of each pack anew")

// minFoundings keeps the tests from passing over nothing.
const minFoundings = 90

func foundings(t *testing.T) map[string][]pack.Founding {
	t.Helper()
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	out, n := map[string][]pack.Founding{}, 0
	for _, p := range list {
		id := string(p.Ref().ID)
		out[id] = p.Foundings()
		n += len(out[id])
	}
	if n < minFoundings {
		t.Fatalf("only %d statements of law were found, at least %d are expected", n, minFoundings)
	}
	return out
}

// SOURCES.md names, for each statement of a pack, what it rests on. It is made
// from pack.yaml, so that the two cannot part.
func TestSourcesAreUpToDate(t *testing.T) {
	for id, list := range foundings(t) {
		var b bytes.Buffer
		fmt.Fprintf(&b, "# What %s rests on\n\nMade from pack.yaml by `go test ./packs -update`. *Facts* are rows of the project's facts of law; the tag says how\nwell the source was seen: VSS the official wording, SEC a secondary source, SEC-W a weak one, MEM memory only, DER derived.\n\n", id)
		b.WriteString("| statement | kind | article | tag | facts | source |\n|---|---|---|---|---|---|\n")
		for _, f := range list {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", f.ID, f.Kind, f.Article, f.Confidence, strings.Join(f.Facts, ", "), f.Source)
		}
		path := filepath.Join(filepath.FromSlash(id), "SOURCES.md")
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, b.Bytes()) {
			t.Errorf("%s is not what pack.yaml says: run go test ./packs -update (%v)", path, err)
		}
	}
}

var row = regexp.MustCompile(`(?m)^\| (\d+-\d+[a-z]?) \|`)

// Every row that a pack cites is among the facts, and every address of a pack
// is one of theirs: nothing was made up.
func TestFactsAndAddressesAreThere(t *testing.T) {
	var data []byte
	for _, name := range []string{"facts.md", "facts-2.md"} {
		part, err := os.ReadFile(filepath.Join("..", "..", "shared", "law", name))
		if err != nil {
			t.Skip("needs ../shared")
		}
		data = append(data, part...)
	}
	known := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(string(data), -1) {
		known[m[1]] = true
	}
	if len(known) < 700 {
		t.Fatalf("only %d rows of facts were read", len(known))
	}
	for id, list := range foundings(t) {
		for _, f := range list {
			if len(f.Facts) == 0 {
				t.Errorf("%s: %s rests on no fact", id, f.ID)
			}
			for _, fact := range f.Facts {
				if !known[fact] {
					t.Errorf("%s: %s cites the fact %s, which is not there", id, f.ID, fact)
				}
			}
			if !strings.Contains(string(data), f.Source) {
				t.Errorf("%s: %s has the address %s, which no fact has", id, f.ID, f.Source)
			}
		}
	}
}
