package main

import (
	"fmt"
	"strconv"
	"strings"
)

// pythonList reads a list as Python writes it: texts in single or double quotes,
// numbers, None, nan, True and False.
func pythonList(s string) (out []string, err error) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "[") || !strings.HasSuffix(s, "]") {
		return nil, fmt.Errorf("%.20q is no list", s)
	}
	for rest := s[1 : len(s)-1]; ; {
		rest = strings.TrimLeft(rest, ", ")
		if rest == "" {
			return out, nil
		}
		if rest[0] == '\'' || rest[0] == '"' {
			text, to, err := pythonText(rest)
			if err != nil {
				return nil, err
			}
			out, rest = append(out, text), rest[to:]
			continue
		}
		to := strings.IndexByte(rest, ',')
		if to < 0 {
			to = len(rest)
		}
		word := strings.TrimSpace(rest[:to])
		if word == "None" || word == "nan" {
			word = ""
		}
		out, rest = append(out, word), rest[to:]
	}
}

// pythonText reads a text in quotes and gives the position behind it.
func pythonText(s string) (text string, to int, err error) {
	var out strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0]:
			return out.String(), i + 1, nil
		case c != '\\':
			out.WriteByte(c)
		default:
			i++
			if i == len(s) {
				return "", 0, fmt.Errorf("text ends with a backslash")
			}
			if n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]; n > 0 && i+n < len(s) {
				r, err := strconv.ParseUint(s[i+1:i+1+n], 16, 32)
				if err != nil {
					return "", 0, err
				}
				out.WriteRune(rune(r))
				i += n
				continue
			}
			if plain, ok := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r'}[s[i]]; ok {
				out.WriteByte(plain)
				continue
			}
			out.WriteByte(s[i])
		}
	}
	return "", 0, fmt.Errorf("text without an end: %.20q", s)
}
