package vocab

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
)

var update = flag.Bool("update", false, "write vocabularies.json from the YAML files")

const compactFile = "../../words/vocabularies.json"

// listFile is a list as people write it. What the program does not use is for
// them.
type listFile struct {
	Vocabulary Name           `yaml:"vocabulary"`
	Title      dataspace.Text `yaml:"title"`
	None       *Word          `yaml:"none"`
	Words      []struct {
		Word    `yaml:",inline"`
		GBT4754 []struct {
			Code string `yaml:"code"`
			Name string `yaml:"name"`
		} `yaml:"gbt4754"`
		Match string `yaml:"match"`
	} `yaml:"words"`
	Lists []map[string]any `yaml:"lists"`
}

func (f *listFile) list() *List {
	l := &List{Vocabulary: f.Vocabulary, Title: f.Title, None: f.None}
	for _, w := range f.Words {
		l.Words = append(l.Words, w.Word)
	}
	return l
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("../../words/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestCompactVocabularies keeps the embedded JSON equal to the YAML that
// people read and edit.
func TestCompactVocabularies(t *testing.T) {
	var sectors listFile
	readYAML(t, "sectors.yaml", &sectors)
	var choices struct {
		Vocabularies []listFile `yaml:"vocabularies"`
	}
	readYAML(t, "choices.yaml", &choices)
	var regions struct {
		Vocabulary Name `yaml:"vocabulary"`
		Gazette    `yaml:",inline"`
	}
	readYAML(t, "regions.yaml", &regions)
	var places listFile
	readYAML(t, "jurisdictions.yaml", &places)
	all := collection{Lists: []*List{sectors.list(), places.list()}, Regions: &regions.Gazette}
	for i := range choices.Vocabularies {
		all.Lists = append(all.Lists, choices.Vocabularies[i].list())
	}
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(&all); err != nil {
		t.Fatal(err)
	}
	lines := strings.NewReplacer(`},{`, "},\n{", `],"`, "],\n\"").Replace(want.String())
	if *update {
		if err := os.WriteFile(compactFile, []byte(lines), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(compactFile); err != nil || string(have) != lines {
		t.Fatalf("vocabularies.json is stale (%v): go test ./internal/vocab -run TestCompactVocabularies -update", err)
	}
}

// Every word has names in both languages and is read back from each of them,
// unless several words share it and are then all named.
func TestEveryWordIsRead(t *testing.T) {
	shared := 0
	all := Standard()
	for _, n := range Names() {
		if len(all.Entries(n)) < 3 && !all.Open(n) || all.Title(n).EN == "" || all.Title(n).ZH == "" {
			t.Errorf("%s has %d words", n, len(all.Entries(n)))
		}
		for _, w := range all.Entries(n) {
			if !all.Has(n, w.Key) {
				t.Errorf("%s: %s is no key", n, w.Key)
			}
			for _, name := range append([]string{w.Key, w.EN, w.ZH, strings.ToUpper(w.EN), " " + w.ZH + " "}, w.Synonyms...) {
				key, several := all.read(n, name)
				switch {
				case name == "":
					t.Errorf("%s: %s has no name in a language", n, w.Key)
				case key == w.Key:
				case strings.Contains(strings.Join(several, " "), w.Key):
					shared++
				default:
					t.Errorf("%s: %q of %s is read as %q, or %v", n, name, w.Key, key, several)
				}
			}
		}
	}
	if shared == 0 {
		t.Error("no word is shared: the case of several is not tried")
	}
}
