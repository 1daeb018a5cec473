package examine

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hutong/internal/pack"
)

// flip is a condition with one change, and the change in words.
type flip struct {
	what   string
	source string
}

// flipped lists for each operator of conditions those that could be confused
// with it.
var flipped = map[string][]string{
	"<": {"<=", ">="}, "<=": {"<", ">"}, ">": {">=", "<="}, ">=": {">", "<"},
	"==": {"!="}, "!=": {"=="}, "&&": {"||"}, "||": {"&&"}, "!": {""},
}

// flips are all conditions that differ from source by one mistake: a wrong
// operator, a number too large or too small by one, a missing member of a list,
// the negation of the whole.
func flips(source string) []flip {
	if source == "" {
		return nil
	}
	var out []flip
	seen := map[string]int{}
	add := func(t token, instead, what string) {
		if seen[what]++; seen[what] > 1 {
			what = fmt.Sprintf("%s (%d)", what, seen[what])
		}
		out = append(out, flip{what, source[:t.at] + instead + source[t.at+len(t.text):]})
	}
	for _, t := range tokens(source) {
		for _, other := range flipped[t.text] {
			add(t, other, strings.TrimRight(t.text+" -> "+other, " "))
		}
		if n, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			for _, other := range []int64{n - 1, n + 1} {
				add(t, strconv.FormatInt(other, 10), fmt.Sprintf("%d -> %d", n, other))
			}
		}
		if t.member {
			add(t, "", "without "+strings.Trim(t.text, ", "))
		} else if day := strings.Trim(t.text, `"'`); pack.ValidDay(day) {
			for _, other := range []string{dayAfter(day, -1), dayAfter(day, 1)} {
				add(t, `"`+other+`"`, day+" -> "+other)
			}
		}
	}
	if negated := "!(" + source + ")"; !strings.HasPrefix(source, "!(") {
		out = append(out, flip{"negated", negated})
	}
	return out
}

// token is a part of a condition that can be wrong.
type token struct {
	at     int
	text   string
	member bool // of a list with others; text then includes the comma after it
}

// tokens finds the operators, numbers and members of lists in a condition that
// compiles. It does not parse the whole language: a changed condition must
// compile again to count.
func tokens(source string) []token {
	var out []token
	list := -1 // where the innermost list began in out, or -1
	for i := 0; i < len(source); {
		switch c := source[i]; {
		case c == '"' || c == '\'':
			end := i + 1 + strings.IndexByte(source[i+1:], c) + 1
			if end <= i+1 {
				return out
			}
			out = append(out, token{i, source[i:end], list >= 0})
			i = end
		case c == '[':
			list = len(out)
			i++
		case c == ']':
			if list >= 0 {
				out = append(out[:list], members(source, out[list:], i)...)
			}
			list = -1
			i++
		case i+1 < len(source) && flipped[source[i:i+2]] != nil:
			out = append(out, token{i, source[i : i+2], false})
			i += 2
		case c == '<' || c == '>' || c == '!':
			out = append(out, token{i, source[i : i+1], false})
			i++
		case c >= '0' && c <= '9' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			end := i + 1
			for end < len(source) && (source[end] == '_' || source[end] == '.' || source[end] >= '0' && source[end] <= '9' ||
				source[end] >= 'a' && source[end] <= 'z' || source[end] >= 'A' && source[end] <= 'Z') {
				end++
			}
			if c >= '0' && c <= '9' {
				out = append(out, token{i, source[i:end], false})
			}
			i = end
		default:
			i++
		}
	}
	return out
}

// members extends the texts of a list that ends at end by their commas, so that
// each can be removed. A list of one has none to remove.
func members(source string, texts []token, end int) []token {
	if len(texts) < 2 {
		return nil
	}
	for i := range texts {
		if i+1 < len(texts) {
			texts[i].text = source[texts[i].at:texts[i+1].at]
			continue
		}
		start := strings.LastIndexByte(source[:texts[i].at], ',')
		if start < 0 {
			return nil // texts without commas are not a list
		}
		texts[i] = token{start, source[start:end], true}
	}
	return texts
}

// dayAfter is the day n days after a valid one.
func dayAfter(day string, n int) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.AddDate(0, 0, n).Format(time.DateOnly)
}
