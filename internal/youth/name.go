package youth

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"hutong/internal/columnname"
	"hutong/words"
)

// Kind says in which way a column tells how old somebody is.
type Kind uint8

// The kinds; None is of a column that does not.
const (
	None   Kind = iota
	Birth       // the day or the year of birth
	Age         // the age in years, or in months or days
	Group       // a range of ages; its numbers alone may be codes
	School      // the class or the school
)

// Student is the role beside which more words tell of a school.
const Student = "student"

// file is ages.yaml.
type file struct {
	SchemaVersion int      `json:"schema_version" yaml:"schema_version"`
	Births        list     `json:"births"`
	Ages          list     `json:"ages"`
	Schools       list     `json:"schools"`
	OfStudents    []string `json:"of_students" yaml:"of_students"`
	Around        list     `json:"around"`
	Groups        list     `json:"groups"`
	Grades        list     `json:"grades"`
	YoungSchools  []string `json:"young_schools" yaml:"young_schools"`
	HigherSchools []string `json:"higher_schools" yaml:"higher_schools"`
}

// list are words of one meaning.
type list struct {
	EN     []string `json:"en"`
	ZH     []string `json:"zh"`
	Pinyin []string `json:"pinyin"`
	Other  []string `json:"other,omitempty"` // of other languages
}

func (l list) all() []string { return slices.Concat(l.EN, l.ZH, l.Pinyin, l.Other) }

// lexicon are the words, ready to look up.
type lexicon struct {
	names    map[string]uint8 // what a word of a name says, as bits
	longest  int
	students map[string]bool
	grades   map[string]bool
	young    []string
	higher   []string
}

// The bits of what a word of a name can say.
const (
	saysBirth uint8 = 1 << iota
	saysAge
	saysSchool
	saysGroup
	saysNothing
)

var builtin = sync.OnceValue(func() *lexicon {
	var f file
	if err := json.Unmarshal(words.Ages, &f); err != nil {
		panic("the embedded words of ages: " + err.Error()) // a test reads the same bytes
	}
	x := &lexicon{names: map[string]uint8{}, students: map[string]bool{}, grades: map[string]bool{}, young: f.YoungSchools, higher: f.HigherSchools}
	for says, l := range map[uint8]list{saysBirth: f.Births, saysAge: f.Ages, saysSchool: f.Schools, saysGroup: f.Groups, saysNothing: f.Around} {
		for _, w := range l.all() {
			w = joined(w)
			x.names[w] |= says
			x.longest = max(x.longest, len(w))
		}
	}
	for _, w := range f.OfStudents {
		x.students[joined(w)] = true
	}
	for _, w := range f.Grades.all() {
		x.grades[w] = true
	}
	return x
})

// joined is a word without what separates its parts.
func joined(word string) string { return strings.Join(columnname.Parts(word), "") }

// longestName is the length of the longest name that is read.
const longestName = 120

// Name says in which way a column with the name tells how old somebody is. The
// name is without the words of a role, and without separators; student says that
// it had that of a student.
func Name(rest string, student bool) Kind {
	x := builtin()
	if len(rest) == 0 || len(rest) > longestName {
		return None
	}
	if student && x.students[rest] {
		return School
	}
	// says[i] is what the first i bytes can say: sets of bits, each for one way to
	// divide them into words.
	says := make([]map[uint8]bool, len(rest)+1)
	says[0] = map[uint8]bool{0: true}
	for i := range rest {
		if len(says[i]) == 0 {
			continue
		}
		for n := 1; n <= x.longest && i+n <= len(rest); n++ {
			word, ok := x.names[rest[i:i+n]]
			if !ok {
				continue
			}
			if says[i+n] == nil {
				says[i+n] = map[uint8]bool{}
			}
			for before := range says[i] {
				says[i+n][before|word] = true
			}
		}
	}
	best := None
	for of := range says[len(rest)] {
		best = max(best, kindOf(of))
	}
	return best
}

func kindOf(says uint8) Kind {
	switch {
	case says&saysBirth != 0:
		return Birth
	case says&saysAge != 0 && says&saysGroup != 0:
		return Group
	case says&saysAge != 0:
		return Age
	case says&saysSchool != 0:
		return School
	}
	return None
}
