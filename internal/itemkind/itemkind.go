// Package itemkind holds the kinds of data on the lists of packs, as data: those
// that come with the program, and the form in which a pack declares its own.
package itemkind

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/words"
)

// Kind is a kind of data on a list.
type Kind struct {
	// ID is its word in items.csv. Conditions ask by list.<id> whether an item of
	// it was found in the data.
	ID   string         `yaml:"kind"`
	Text dataspace.Text `yaml:"text"` // what an annex calls it
	// Words are other words for it in an annex.
	Words []string `yaml:"words"`
	// Pathway is what each item of the kind demands; empty: each item says it.
	Pathway string `yaml:"pathway"`
}

// List is the kinds of one law.
type List []Kind

// Standard are the kinds of a pack that declares none.
var Standard = sync.OnceValue(func() List {
	var file struct {
		Kinds List `yaml:"item_kinds"`
	}
	if err := yaml.UnmarshalWithOptions(words.ItemKinds, &file, yaml.Strict()); err != nil {
		panic(err) // it is a part of the program, and a test reads it
	}
	return file.Kinds
})

// Lookup is the kind of an id.
func (l List) Lookup(id string) (Kind, bool) {
	return l.find(func(k *Kind) bool { return k.ID == id })
}

// Read is the kind that an annex means by a word.
func (l List) Read(word string) (Kind, bool) {
	return l.find(func(k *Kind) bool {
		return word != "" && (k.ID == word || k.Text.ZH == word || k.Text.EN == word || slices.Contains(k.Words, word))
	})
}

func (l List) find(is func(*Kind) bool) (Kind, bool) {
	for i := range l {
		if is(&l[i]) {
			return l[i], true
		}
	}
	return Kind{}, false
}

// Refuse says that a word is none of the kinds.
func (l List) Refuse(word string) string {
	ids := make([]string, len(l))
	for i := range l {
		ids[i] = l[i].ID
	}
	if len(ids) == 1 {
		return fmt.Sprintf("kind %q is not %s", word, ids[0])
	}
	return fmt.Sprintf("kind %q is neither %s", word, strings.Join(ids, " nor "))
}

// idForm is what the id of a kind looks like: conditions name it.
var idForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// maxKinds bounds a list of kinds.
const maxKinds = 32

// Wrong says what is wrong with kinds that a pack declares; empty if nothing is.
// The pathways are those that a kind can demand, and the names are taken by other
// names of the list in conditions.
func (l List) Wrong(pathways, names []string) string {
	if len(l) > maxKinds {
		return fmt.Sprintf("there are %d kinds, and at most %d can be declared", len(l), maxKinds)
	}
	seen := map[string]string{}
	for _, k := range l {
		if what := k.wrong(pathways, names); what != "" {
			return fmt.Sprintf("kind %q: %s", k.ID, what)
		}
		for _, word := range slices.Compact(slices.Sorted(slices.Values(append([]string{k.ID, k.Text.EN, k.Text.ZH}, k.Words...)))) {
			if other, twice := seen[word]; twice {
				return fmt.Sprintf("kind %q: the word %q means %q already", k.ID, word, other)
			}
			seen[word] = k.ID
		}
	}
	return ""
}

// wrong says what is wrong with one kind.
func (k *Kind) wrong(pathways, names []string) string {
	switch {
	case !idForm.MatchString(k.ID):
		return "its word has small letters, digits and _, and begins with a letter"
	case slices.Contains(names, k.ID):
		return fmt.Sprintf("list.%s has another meaning in conditions", k.ID)
	case k.Text.EN == "" || k.Text.ZH == "":
		return "it needs a text in both languages"
	case k.Pathway != "" && !slices.Contains(pathways, k.Pathway):
		return fmt.Sprintf("pathway %q is none of %s", k.Pathway, strings.Join(pathways, ", "))
	case slices.Contains(k.Words, ""):
		return "one of its words is empty"
	}
	return ""
}
