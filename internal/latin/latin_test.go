package latin_test

import (
	"strings"
	"testing"

	"hutong/internal/latin"
	"hutong/words"
)

// TestWeigh: words that tell kinds apart, in several forms.
func TestWeigh(t *testing.T) {
	for kind, list := range map[latin.Kind]string{
		latin.Person:       "Margaret Holloway|HOLLOWAY, MARGARET|M. Holloway|Holloway M|Mr P Whitfield|Dr Karin Lindqvist|Giulia Ferretti|Zhang Xiaoling|Nguyen Thi Hoa|Steven_King|Henrik|José Luis Ortega|O'Connor, Sean",
		latin.Place:        "Marrakesh|GOTHENBURG|Knox County|Lake Geneva|San Pedro de Atacama|Winterthur, Switzerland|Tulsa, OK|Zhengzhou|Bergen (Norway)",
		latin.Organisation: "Deutsche Bank|Nordwind Logistics GmbH|Whitfield & Sons Ltd|BANK OF COMMUNICATIONS|University of Leeds|Cobalt Technologies",
		latin.Thing:        "Blue Shirt|stainless steel|out of stock|Thursday|chocolate cake|acute bronchitis|High-speed_drill|The Last Harvest of the Sun",
		latin.Unknown:      "|x|12 34 56|A1-3329|1BoatSLRHtKNngkdXEeobR76b53LETtpyT|中文|Анна|JFK|2024-01-02|a@b.com|" + strings.Repeat("word ", 17),
	} {
		for _, cell := range strings.Split(list, "|") {
			if got, odds := latin.Builtin().Weigh([]byte(cell)); got != kind {
				t.Errorf("%q is taken for %s instead of %s: %v", cell, got, kind, odds)
			}
		}
	}
}

// TestCould: a word that is a name of people and of places could name both.
func TestCould(t *testing.T) {
	for _, cell := range []string{"Victoria", "Smith"} {
		if m := latin.Builtin(); !m.Could([]byte(cell), latin.Person) {
			t.Errorf("%s is no person", cell)
		}
	}
	if latin.Builtin().Could([]byte("stainless steel"), latin.Person) || latin.Builtin().Could(nil, latin.Person) {
		t.Error("could be a person")
	}
}

func TestForeign(t *testing.T) {
	for cell, want := range map[string]bool{"": false, "Ærø €5 – ½": false, "A中": true, "Анна": true, "\xff": false} {
		if got := latin.Foreign([]byte(cell)); got != want {
			t.Errorf("%q: %v", cell, got)
		}
	}
}

// TestCertain: the odds of a certain cell are those of its kind.
func TestCertain(t *testing.T) {
	if o := latin.Certain(latin.Place); o[latin.Place-latin.Thing]*10 < -latin.Part || o[0] > -3*latin.Part {
		t.Error(o)
	}
}

func TestNew(t *testing.T) {
	if _, err := latin.New(words.Latin[1:]); err == nil {
		t.Error("no error")
	}
}

func FuzzFeatures(f *testing.F) {
	f.Add([]byte("O’Brien, J. (2)"))
	f.Fuzz(func(t *testing.T, cell []byte) {
		for _, at := range latin.Features(nil, cell) {
			if at >= latin.Size {
				t.Fatalf("%q: %d", cell, at)
			}
		}
		kind, odds := latin.Builtin().Weigh(cell)
		for _, o := range odds {
			if (o == 0) != (kind == latin.Unknown) {
				t.Fatalf("%q: %s %v", cell, kind, odds)
			}
		}
	})
}
