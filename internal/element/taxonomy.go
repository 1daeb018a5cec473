package element

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"hutong/internal/dataspace"
)

// taxonomyJSON is elements.yaml in a form that loads in a millisecond or two;
// TestCompactTaxonomy writes it (-update) and compares the two.
//
//go:embed elements.json
var taxonomyJSON []byte

// Linkage says whether an element is about a natural person.
type Linkage string

// The linkages. Context is decided by the table around the column.
const (
	PersonalYes     Linkage = "yes"
	PersonalNo      Linkage = "no"
	PersonalContext Linkage = "context"
)

// IDClass says how an element tells people apart (GB/T 37964).
type IDClass string

// The classes.
const (
	Direct    IDClass = "direct"
	Quasi     IDClass = "quasi"
	Attribute IDClass = "attribute"
	NoID      IDClass = "none"
)

// Element is one entry of the taxonomy. Its legal flags are a draft reading
// and are judged by whoever uses them.
type Element struct {
	ID       dataspace.ElementID `json:"id"`
	Name     dataspace.Text      `json:"name"`
	Group    string              `json:"group"`
	Personal Linkage             `json:"personal"`
	// Sensitive is "no", "context" or "yes:<category>" by the newest
	// classification.
	Sensitive string `json:"sensitive"`
	// Sensitive35273 says whether the older, wider classification lists it.
	Sensitive35273 bool    `json:"sensitive_35273,omitempty"`
	IDClass        IDClass `json:"idclass"`
	Level          int     `json:"level"`
	// DOJ is the category of 28 CFR 202; empty when none.
	DOJ         string `json:"doj,omitempty"`
	GDPRSpecial bool   `json:"gdpr_special,omitempty"`
	// SingleFPR is the chance that one random value of the right shape
	// passes; 0 where nobody measured it.
	SingleFPR float64 `json:"single_fpr,omitempty"`
	Check     string  `json:"check,omitempty"` // what the check rests on, in words
	Headers   Headers `json:"headers"`
}

// Headers are the column names that point to an element.
type Headers struct {
	EN     []string `json:"en,omitempty"`
	ZH     []string `json:"zh,omitempty"`
	Pinyin []string `json:"pinyin,omitempty"`
}

// AlwaysSensitive reports whether the element is sensitive by the newest
// classification wherever it is linked to a person, whatever stands beside it.
func (e *Element) AlwaysSensitive() bool { return strings.HasPrefix(e.Sensitive, "yes:") }

// FreeText reports whether values of the element are what people write. They
// may be about anybody, and no check finds out that they are not.
func (e *Element) FreeText() bool { return e.ID == "review_text" }

type taxonomy struct {
	Classifications []Classification `json:"classifications"`
	List            []Element        `json:"elements"`
	byID            map[dataspace.ElementID]int
}

var loadTaxonomy = sync.OnceValue(func() taxonomy {
	var t taxonomy
	if err := json.Unmarshal(taxonomyJSON, &t); err != nil {
		panic("element: embedded taxonomy: " + err.Error()) // a test loads it
	}
	t.byID = make(map[dataspace.ElementID]int, len(t.List))
	for i := range t.List {
		t.byID[t.List[i].ID] = i
	}
	return t
})

// Lookup finds an element by its id.
func Lookup(id dataspace.ElementID) (Element, bool) {
	t := loadTaxonomy()
	i, ok := t.byID[id]
	if !ok {
		return Element{}, false
	}
	return t.List[i], true
}

// All lists the taxonomy in its own order.
func All() []Element { return slices.Clone(loadTaxonomy().List) }
