package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"hutong/bench/draw"
	"hutong/internal/columnname"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/odds"
)

// column is a made column whose element is known; none for "".
type column struct {
	element dataspace.ElementID
	style   string // of its name
	script  string // of its name
	name    string
	counted *odds.Column
}

// generator makes tables from the words and pairs of one split.
type generator struct {
	*bank
	known  *element.Taxonomy
	model  *odds.Model
	forms  *scripts
	random *rand.Rand
	named  map[dataspace.ElementID][]string // names of fields that are the element
	kinds  []string                         // of makers, sorted
}

// shortWord is the number of characters from which a label is a sentence.
const shortWord = 8

// newGenerator sorts pairs into names of each element and names of none.
func newGenerator(b *bank, list []pair, forms *scripts, seed uint64) *generator {
	g := &generator{bank: b, known: element.Builtin(), forms: forms, random: rand.New(rand.NewPCG(seed, 1)), named: map[dataspace.ElementID][]string{}}
	g.model = odds.New(g.known, odds.Builtin())
	b.columns = slices.DeleteFunc(b.columns, func(c []string) bool { // it is of an element
		of, _ := strong(g.known, c[0])
		return len(of) > 0
	})
	g.kinds = slices.Sorted(maps.Keys(makers))
	for _, p := range list {
		of, some := strong(g.known, p.label)
		own, hinted := strong(g.known, p.name)
		switch {
		case len(of) > 0 && (len(own) == 0 || len(overlap(of, own)) > 0):
			for _, id := range of {
				g.named[id] = append(g.named[id], p.name)
			}
		case !some && len(own) == 0:
			b.columnNames = append(b.columnNames, p.name)
			if hinted {
				continue
			}
			b.columnNames = append(b.columnNames, p.label)
			if len([]rune(p.label)) <= shortWord {
				b.words = append(b.words, p.label)
			}
			b.identifier = append(b.identifier, p.name)
		}
	}
	return g
}

// styles of names, with their share in hundredths.
var styles = []struct {
	name  string
	share int
}{{"good", 34}, {"field", 10}, {"traditional", 6}, {"pinyin", 10}, {"initials", 8}, {"none", 27}, {"wrong", 5}}

// table makes columns with one style of names. Every third table is about
// people, and so mostly of elements.
func (g *generator) table() []column {
	r := g.random
	at, style := r.IntN(100), ""
	for _, s := range styles {
		if at -= s.share; at < 0 {
			style = s.name
			break
		}
	}
	share := 0.12
	if r.IntN(3) == 0 {
		share = .7
	}
	n := 8 + r.IntN(8)
	if r.IntN(3) == 0 {
		n = 8 + r.IntN(493)
	}
	out := make([]column, 5+r.IntN(8))
	for i := range out {
		c := column{style: style}
		switch {
		case r.Float64() < share:
			kind := draw.Pick(r, g.kinds)
			c.element = dataspace.ElementID(kind)
			c.name, c.style = g.name(c.element, style)
			c.counted = g.count(g.values(draw.Pick(r, makers[kind]), n))
		case len(g.columns) > 0 && r.IntN(2) == 0:
			real := draw.Pick(r, g.columns)
			c.name = real[0]
			c.counted = g.count(real[1:])
			if g.blank(style) {
				c.name = fmt.Sprintf("c%d", i)
			}
		default:
			c.name = draw.Pick(r, g.columnNames)
			if g.blank(style) {
				c.name = fmt.Sprintf("c%d", i)
			}
			c.counted = g.count(g.values(draw.Pick(r, nothings), n))
		}
		c.script = script(c.name)
		g.model.Name(c.counted, c.name)
		out[i] = c
	}
	return out
}

func (g *generator) blank(style string) bool { return style == "none" }

func script(name string) string {
	if columnname.HasChinese(name) {
		return "Chinese"
	}
	return "Latin"
}

// name makes a name for an element.
func (g *generator) name(id dataspace.ElementID, style string) (name, used string) {
	r := g.random
	e, _ := g.known.Lookup(id)
	none := []string{"c", "f", "col_", "字段", "column_"}
	switch {
	case style == "none":
		return draw.Pick(r, none) + strconv.Itoa(r.IntN(40)), style
	case style == "wrong":
		return draw.Pick(r, g.columnNames), style
	case style == "field" && len(g.named[id]) > 0:
		return draw.Pick(r, g.named[id]), style
	}
	chinese := slices.DeleteFunc(slices.Clone(e.Headers.ZH), func(w string) bool { return !columnname.HasChinese(w) })
	if len(chinese) > 0 {
		word := draw.Pick(r, chinese)
		syllables := g.forms.pinyin(word)
		switch style {
		case "traditional":
			return g.forms.traditionalForm(word), style
		case "pinyin":
			return draw.Pick(r, []string{strings.Join(syllables, ""), strings.Join(syllables, "_"), "tbr_" + strings.Join(syllables, "")}), style
		case "initials":
			return initials(syllables), style
		}
	}
	word := draw.Pick(r, slices.Concat(e.Headers.EN, chinese))
	switch {
	case r.IntN(4) == 0 && columnname.HasChinese(word):
		word = draw.Pick(r, []string{"客户", "投保人", "员工", "患者"}) + word
	case r.IntN(4) == 0:
		word = draw.Pick(r, []string{"customer_", "user_", "contact_", "emp_"}) + word
	}
	return word, "good"
}

// values makes values with 0, 5 or 20 percent of dirt; some columns repeat few
// of them.
func (g *generator) values(make maker, n int) []string {
	r := g.random
	dirt := draw.Pick(r, []float64{0, 0, .05, .2})
	other := draw.Pick(r, nothings)
	var out []string
	for range n {
		v := make(r, g.bank)
		if r.Float64() < dirt {
			switch r.IntN(4) {
			case 0:
				v = other(r, g.bank)
			case 1:
				v = draw.Pick(r, []string{"待补充", "test", "见备注", "0", "xx"})
			case 2:
				if len(v) > 2 && v[len(v)-1] < 0x80 {
					v = v[:len(v)-1]
				}
			default:
				v = " " + v + " "
			}
		}
		out = append(out, v)
	}
	return out
}

// count does what package profile does with the cells of a column.
func (g *generator) count(values []string) *odds.Column {
	c := &odds.Column{}
	g.model.Begin(c)
	different := map[string]int64{}
	var order []string
	sequence, last := true, int64(0)
	for i, v := range values {
		v = strings.TrimSpace(v)
		if v == "" {
			continue
		}
		c.Values++
		if different[v]++; different[v] == 1 {
			order = append(order, v)
		}
		n, err := strconv.ParseInt(v, 10, 64)
		sequence = sequence && err == nil && (i == 0 || n == last+1)
		last = n
		if _, err := strconv.ParseFloat(v, 64); err == nil && strings.Contains(v, ".") {
			c.Decimals++
		} else if v[0] < '0' || v[0] > '9' {
			c.Texts++
		}
	}
	c.Sequential, c.Distinct = sequence, len(order)
	var scratch odds.Scratch
	for _, v := range order {
		c.Add(g.model.Try(&scratch, []byte(v)), different[v])
	}
	return c
}

// tables makes n tables.
func (g *generator) tables(n int) [][]column {
	out := make([][]column, n)
	for i := range out {
		out[i] = g.table()
	}
	return out
}
