package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"hutong/bench/draw"
	"hutong/internal/latin"
)

// How many cells of each kind the model learns from, and is measured on.
const (
	latinCells = 60_000
	latinHeld  = 6_000
	latinRuns  = 4
)

// cell is a cell of which the kind is known.
type cell struct {
	kind latin.Kind
	text string
}

// cellMaker makes cells of all kinds from the words of one split.
type cellMaker struct {
	*latinWords
	*rand.Rand
}

// writeLatin learns what cells in Latin letters name.
func writeLatin(file string, l *library, forms *scripts) error {
	fit, held, err := l.latinWords()
	if err != nil {
		return err
	}
	a, b, err := l.banks()
	if err != nil {
		return err
	}
	fit.chinese(a, forms)
	held.chinese(b, forms)
	if err := os.WriteFile(file, learnLatin(cellMaker{fit, rand.New(rand.NewPCG(seedFit, 2))}), 0o644); err != nil {
		return err
	}
	return measureLatin(os.Stderr, file, cellMaker{held, rand.New(rand.NewPCG(seedMeasure, 2))})
}

func (m cellMaker) cells(n int) []cell {
	out := make([]cell, 0, n*(latin.Kinds+1)) // names of people differ most
	for range n {
		out = append(out, cell{latin.Person, m.cased(m.person())}, cell{latin.Person, m.cased(m.person())}, cell{latin.Place, m.cased(m.place())}, cell{latin.Organisation, m.cased(m.organisation())}, cell{latin.Thing, m.cased(m.thing())})
	}
	return out
}

// cased writes some cells in draw.Capitals or in small letters, and some with a mark
// after them or cut off.
func (m cellMaker) cased(s string) string {
	switch p := m.Float64(); {
	case p < .015:
		s += fmt.Sprintf(" (%d)", 1+m.IntN(20))
	case p < .025:
		s += m.one([]string{"*", "+", " *", "."})
	case p < .035 && len(s) > 13:
		s = s[:11] + "…"
	}
	switch p := m.Float64(); {
	case p < .15:
		return strings.ToUpper(s)
	case p < .22:
		return strings.ToLower(s)
	}
	return s
}

func (m cellMaker) one(list []string) string { return draw.Pick(m.Rand, list) }

func (m cellMaker) initial() string { return strings.ToUpper(m.one(m.first)[:1]) }

// person makes a name in one of the forms in which tables have names. Given and
// family name are mostly of one country.
func (m cellMaker) person() string {
	of := m.countries[m.IntN(len(m.countries))]
	switch m.IntN(8) {
	case 0, 1:
		of = country{m.first, m.last}
	case 2:
		if len(m.anyNames) > 0 {
			of = country{m.anyNames, m.anyNames}
		}
	case 3, 4, 5:
		of = m.countries[m.IntN(max(1, m.wide))]
	}
	name := m.named(of)
	if m.IntN(25) == 0 {
		name = strings.ReplaceAll(name, " ", m.one([]string{"_", "_", ".", "-"}))
	}
	return name
}

func (m cellMaker) named(of country) string {
	first, last := m.one(of.first), m.one(of.last)
	if !strings.ContainsAny(first[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		return first + " " + last
	}
	switch p := m.IntN(100); {
	case p < 38:
		return first + " " + last
	case p < 46:
		return last + ", " + first
	case p < 50:
		return last + " " + first
	case p < 54:
		return first + " " + m.initial() + ". " + last
	case p < 57:
		return last + ", " + first + " " + m.initial()
	case p < 61:
		return first + " " + m.one(of.first) + " " + last
	case p < 66:
		return first[:1] + m.one([]string{". ", " ", "."}) + last
	case p < 69:
		return first[:1] + " " + m.initial() + " " + last
	case p < 72:
		return last + " " + first[:1] + m.one([]string{"", "."})
	case p < 75:
		return first + " " + last + "-" + m.one(of.last)
	case p < 76:
		return m.one(titles) + first + " " + last
	case p < 78:
		return m.one(titles) + first[:1] + " " + m.one([]string{"", "", m.initial() + " "}) + last
	case p < 80:
		return first + " " + last + m.one([]string{" Jr.", " Jr", " II", " III", " Sr."})
	case p < 83:
		return first + m.one([]string{" & ", " and "}) + m.one(of.first) + " " + last
	case p < 93:
		return first
	}
	return last
}

var titles = []string{"Mr ", "Mrs ", "Ms ", "Miss ", "Dr ", "Dr. ", "Mr. ", "Mrs. ", "Prof. ", "Sir ", "Capt. "}

// calendar are days and months, of which some are names of people.
var calendar = strings.Fields("January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Fri Sat Sun")

// shortStates are states as newspapers abbreviate them.
var shortStates = strings.Split("Ala.,Ariz.,Ark.,Calif.,Colo.,Conn.,Del.,Fla.,Ga.,Ill.,Ind.,Kan.,Ky.,La.,Mass.,Md.,Mich.,Minn.,Miss.,Mo.,Mont.,N.C.,N.D.,N.H.,N.J.,N.M.,N.Y.,Neb.,Nev.,Okla.,Ore.,Pa.,R.I.,S.C.,S.D.,Tenn.,Va.,Vt.,W.Va.,Wash.,Wis.,Wyo.,Ont.,Que.,B.C.", ",")

func (m cellMaker) place() string {
	name := m.one(m.cities)
	switch p := m.IntN(100); {
	case p < 40:
		return name
	case p < 62:
		return m.one(m.large)
	case p < 68:
		return name + ", " + m.one(m.states)
	case p < 70:
		return name + ", " + m.one(shortStates)
	case p < 73:
		return name + ", " + m.one(m.countryNames)
	case p < 74:
		return name + " (" + m.one(m.countryNames) + ")"
	case p < 79:
		return name + m.one([]string{" County", " District", " Province", " Parish", " Municipality", " Region", " Township", " City"})
	case p < 83:
		return m.one([]string{"North ", "South ", "East ", "West ", "New ", "Lake ", "Port ", "Mount ", "Upper ", "Central ", "Greater "}) + name
	case p < 86:
		return name + m.one([]string{" Airport", " Park", " Beach", " Bay", " Harbour", " Island", " Valley", " Hills"})
	case p < 92:
		return m.one(m.states)
	}
	return m.one(m.countryNames)
}

func (m cellMaker) organisation() string {
	switch p := m.IntN(100); {
	case p < 30:
		return titled(m.one(m.banks))
	case p < 60:
		return m.one(m.vendors)
	case p < 80:
		return m.one(m.firms)
	}
	name := m.one(m.last)
	switch m.IntN(5) {
	case 0:
		name = m.one(m.cities)
	case 1:
		name = titled(m.one(m.common))
	case 2:
		name += m.one([]string{" & ", " and ", ", "}) + m.one(m.last)
	}
	return name + " " + m.one(strings.Fields("Inc. Ltd LLC GmbH Group Company Corporation Partners Holdings Services Systems Industries Solutions Bank Foundation Institute Association Society University College Press Records Technologies Media Studios Motors Foods")) + m.one([]string{"", "", "", " Inc", " Ltd.", ", Inc.", " International"})
}

// thing makes what is nobody's name and no place: words, titles, kinds of
// things.
func (m cellMaker) thing() string {
	switch p := m.IntN(100); {
	case p < 45:
		return m.one(m.listed)
	case p < 60:
		return m.one(m.common)
	case p < 65:
		return titled(m.one(m.common))
	case p < 85:
		out := []string{m.one(m.common)}
		for range 1 + m.IntN(3) {
			if m.IntN(3) == 0 {
				out = append(out, m.one(strings.Fields("of the in and a for to with on from")))
			}
			out = append(out, m.one(m.common))
		}
		if m.IntN(3) > 0 {
			for i := range out {
				if len(out[i]) > 3 || i == 0 {
					out[i] = titled(out[i])
				}
			}
		}
		return strings.Join(out, m.one([]string{" ", " ", " ", "_", "-"}))
	case p < 88: // a model: a word and a code
		return titled(m.one(m.common)) + " " + draw.Letters(m.Rand, 1+m.IntN(2), draw.Capitals) + draw.Digits(m.Rand, 1+m.IntN(2))
	case p < 91:
		return m.one(calendar)
	case p < 94:
		return draw.Letters(m.Rand, 2+m.IntN(5), draw.Capitals)
	}
	return m.one(m.words)
}

// titled writes each word with a capital.
func titled(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		r := []rune(w)
		words[i] = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return strings.Join(words, " ")
}

// learnLatin fits a log-linear model. Words are left out now and then, so that
// it learns to do without.
func learnLatin(m cellMaker) []byte {
	cells := m.cells(latinCells)
	w, past := make([]float64, latin.Size*latin.Kinds), make([]float64, latin.Size*latin.Kinds)
	weights := balance(cells)
	var store []uint32
	for run := range latinRuns {
		m.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
		lost, right := 0.0, 0
		for _, c := range cells {
			store = latin.Features(store[:0], []byte(c.text))
			if len(store) == 0 {
				continue
			}
			if m.IntN(4) == 0 {
				store = slices.DeleteFunc(store, func(uint32) bool { return m.IntN(3) == 0 })
			}
			p := probabilities(w, store)
			truth := int(c.kind - latin.Thing)
			lost -= math.Log(max(1e-9, p[truth]))
			if p[truth] > .5 {
				right++
			}
			for k := range p {
				g := p[k]
				if k == truth {
					g--
				}
				g *= weights[c.kind][words(c.text)]
				for _, at := range store {
					i := int(at)*latin.Kinds + k
					past[i] += g * g
					w[i] -= .12 * (g + 2e-4*w[i]) / math.Sqrt(1+past[i])
				}
			}
		}
		fmt.Fprintf(os.Stderr, "latin, run %d: loss %.3f, right %.3f\n", run, lost/float64(len(cells)), float64(right)/float64(len(cells)))
	}
	out := make([]byte, len(w))
	for i, x := range w {
		out[i] = byte(int8(max(-127, min(127, math.Round(x*latin.Unit)))))
	}
	return out
}

// words is the number of words of a cell, up to three.
func words(text string) int { return min(3, len(strings.Fields(text))) }

// balance weighs cells so that each kind is as frequent among cells of one, two
// and more words: how many words the cells of a column have is one piece of
// evidence, and not one for each cell.
func balance(cells []cell) map[latin.Kind][4]float64 {
	counts := map[latin.Kind][4]float64{}
	for _, c := range cells {
		n := counts[c.kind]
		n[words(c.text)]++
		counts[c.kind] = n
	}
	out := map[latin.Kind][4]float64{}
	for k, n := range counts {
		var w [4]float64
		for i := range n {
			sum := 0.0
			for _, o := range counts {
				sum += o[i]
			}
			w[i] = min(4, sum/latin.Kinds/max(1, n[i]))
		}
		out[k] = w
	}
	return out
}

func probabilities(w []float64, list []uint32) (p [latin.Kinds]float64) {
	for k := range p {
		for _, at := range list {
			p[k] += w[int(at)*latin.Kinds+k]
		}
	}
	return softmax(p)
}

// softmax makes probabilities of logarithms.
func softmax(p [latin.Kinds]float64) [latin.Kinds]float64 {
	most, total := slices.Max(p[:]), 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - most)
		total += p[k]
	}
	for k := range p {
		p[k] /= total
	}
	return p
}

// measureLatin prints what cells of words that were not learnt from are taken
// for.
func measureLatin(out io.Writer, file string, m cellMaker) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	model, err := latin.New(data)
	if err != nil {
		return err
	}
	var taken [latin.Kinds + 1][latin.Kinds + 1]int
	wrong := map[latin.Kind]int{}
	for _, c := range m.cells(latinHeld) {
		k, _ := model.Weigh([]byte(c.text))
		taken[c.kind][k]++
		if k != c.kind && wrong[c.kind] < 12 {
			wrong[c.kind]++
			fmt.Fprintf(os.Stderr, "%s taken for %s: %s\n", c.kind, k, c.text)
		}
	}
	fmt.Fprintf(out, "| cells of | %s |\n|---|--:|--:|--:|--:|--:|\n", "unknown | thing | person | place | organisation")
	for k := latin.Thing; k <= latin.Organisation; k++ {
		fmt.Fprintf(out, "| %s |", k)
		sum := 0
		for _, n := range taken[k] {
			sum += n
		}
		for _, n := range taken[k] {
			fmt.Fprintf(out, " %.3f |", float64(n)/float64(sum))
		}
		fmt.Fprintln(out)
	}
	return nil
}

// heldPart reports whether a word is only for measuring: one in eight.
func heldPart(word string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(word))) // never fails
	return h.Sum32()%8 == 0
}
