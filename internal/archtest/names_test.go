package archtest_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestNames: no law and no jurisdiction is named by an identifier either. What a
// law counts or asks for has a name in its pack.
func TestNames(t *testing.T) {
	files, err := readTree(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	for _, f := range files {
		names += len(f.names)
	}
	if names < minNames {
		t.Errorf("read %d identifiers, at least %d should be there", names, minNames)
	}
	for _, finding := range checkNames(files, lawNamed) {
		t.Error(finding)
	}
}

// camelWord is one word of an identifier: TrialUSPersons14 has four.
var camelWord = regexp.MustCompile(`[A-Z]+[A-Z][a-z]|[A-Z]?[a-z]+|[A-Z]+|[0-9]+`)

// wordsOf divides an identifier into its words. An abbreviation ends before the
// capital of the word after it.
func wordsOf(name string) []string {
	var out []string
	for name != "" {
		at := camelWord.FindStringIndex(name)
		if at == nil {
			break
		}
		word := name[at[0]:at[1]]
		if n := len(word); n > 2 && word[n-1] >= 'a' && word[n-2] <= 'Z' && word[n-3] <= 'Z' {
			at[1] -= 2
			word = word[:n-2]
		}
		out = append(out, word)
		name = name[at[1]:]
	}
	return out
}

// namesLaw reports whether an identifier holds words that name a law or a
// jurisdiction.
func namesLaw(name string) bool {
	words := wordsOf(name)
	for i, w := range words {
		if slices.Contains(placeCodes, w) {
			return true
		}
		for _, law := range lawWords {
			phrase := strings.Fields(law)
			if len(words)-i < len(phrase) {
				continue
			}
			if slices.EqualFunc(words[i:i+len(phrase)], phrase, strings.EqualFold) {
				return true
			}
		}
	}
	return false
}

// checkNames lists the identifiers that name law, but for exceptions, and the
// exceptions that are not needed.
func checkNames(files []*source, except map[string]string) []string {
	var out []string
	used := map[string]bool{}
	for _, f := range files {
		if f.test || lawFree.MatchString(f.path) {
			continue
		}
		for name, line := range f.names {
			if !namesLaw(name) {
				continue
			}
			excused := false
			for _, what := range []string{f.dir() + "." + name, f.dir(), name} {
				if reason, ok := except[what]; ok && strings.TrimSpace(reason) != "" {
					used[what], excused = true, true
				}
			}
			if !excused {
				out = append(out, fmt.Sprintf("%s: line %d: the identifier %s names a law or jurisdiction: that belongs in a rule pack", f.path, line, name))
			}
		}
	}
	for what := range except {
		if !used[what] {
			out = append(out, fmt.Sprintf("%s names no law any more: take it out of the exceptions", what))
		}
	}
	slices.Sort(out)
	return out
}

func TestNamesFind(t *testing.T) {
	for _, name := range []string{"USPersons", "countUSPersons", "CIIO", "isCIIO", "FactNonSensitive", "ImportantItem", "ImportantData", "CentralBody", "DOJRule", "GDPRSpecial", "Under14", "under14Rows", "Sensitive35273", "validMobileCN", "readPIPL", "HKOnly"} {
		files, err := readTree(fstest.MapFS{"internal/x/a.go": {Data: []byte("// Package x is for a test.\npackage x\nvar " + name + " int\n")}})
		if err != nil {
			t.Fatal(err)
		}
		if found := checkNames(files, nil); len(found) != 1 || !strings.Contains(found[0], name) {
			t.Errorf("%s: found %q", name, found)
		}
	}
	if found := checkNames(nil, map[string]string{"Under14": "It was there once."}); len(found) != 1 {
		t.Errorf("an exception that is not needed: %q", found)
	}
}

// What only looks like a name of law must not be found.
func TestNamesLeave(t *testing.T) {
	const text = "// Package x is for a test.\npackage x\nvar thus, status, USB, Focus, sourceUS2, SGML, hkdf, under, decode14, Europe, Chinese int\n"
	files, err := readTree(fstest.MapFS{
		"internal/x/a.go":      {Data: []byte(text)},
		"internal/x/a_test.go": {Data: []byte("package x\nvar Under14 int\n")},
		"internal/x/b.go":      {Data: []byte("package x\nvar CIIO int\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := checkNames(files, map[string]string{"internal/x.CIIO": "A reason."}); len(found) > 0 {
		t.Errorf("found %q in what is allowed", found)
	}
	for name, want := range map[string]string{"TrialUSPersons14": "Trial US Persons 14", "CIIO": "CIIO", "under14Rows": "under 14 Rows", "HTTPServer": "HTTP Server", "a_b": "a b"} {
		if got := strings.Join(wordsOf(name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, list := range []map[string]string{tooMany, lawNamed} {
		for what, reason := range maps.All(list) {
			if !strings.HasSuffix(reason, ".") || len(strings.Fields(reason)) < 5 {
				t.Errorf("%s: %q is no sentence that gives a reason", what, reason)
			}
		}
	}
}
