package frame

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// Size writes bytes for people.
func Size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, i := float64(n), 0
	for v >= 1000 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

// Grid prints cells in columns. Unlike text/tabwriter it knows that a Chinese
// character is two columns wide.
func Grid(w io.Writer, indent string, rows [][]string) {
	var wide []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], displayWidth(c))
		}
	}
	for _, r := range rows {
		var b strings.Builder
		b.WriteString(indent)
		for i, c := range r {
			b.WriteString(c)
			b.WriteString(strings.Repeat(" ", wide[i]-displayWidth(c)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// displayWidth returns the number of terminal columns of s.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Shorten cuts s to a width, with an ellipsis.
func Shorten(s string, limit int) string {
	if displayWidth(s) <= limit {
		return s
	}
	var b strings.Builder
	n := 1 // the ellipsis
	for _, r := range s {
		if n += displayWidth(string(r)); n > limit {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// Printable replaces control characters in the names of a source before they
// reach the terminal.
func Printable(s string) string {
	for _, r := range s {
		if !strconv.IsPrint(r) {
			return strconv.QuoteToGraphic(s)
		}
	}
	return s
}

// Thousands writes a count with separators.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// wrapped breaks text into lines of a width, between words or, in Chinese,
// between characters.
func wrapped(text string, limit int) []string {
	var lines []string
	line, n := "", 0
	for _, part := range breakable(text) {
		w := displayWidth(part)
		if n > 0 && n+displayWidth(strings.TrimRight(part, " ")) > limit && !strings.ContainsAny(part[:1], ",.;:)") && !closes(part) {
			lines = append(lines, strings.TrimRight(line, " "))
			line, n = "", 0
		}
		line, n = line+part, n+w
	}
	if line = strings.TrimRight(line, " "); line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// closes reports whether a part begins with punctuation that may not begin a
// line.
func closes(part string) bool {
	return strings.ContainsRune("，。；：、）》」』？！", []rune(part)[0])
}

// breakable splits text into pieces that are not broken: words with the space
// after them, and single wide characters.
func breakable(text string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range text {
		if displayWidth(string(r)) == 2 {
			flush()
			out = append(out, string(r))
			continue
		}
		word.WriteRune(r)
		if r == ' ' {
			flush()
		}
	}
	flush()
	return out
}

// NamesOf turns identifiers into strings.
func NamesOf[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// LineWidth is the width of text.
const LineWidth = 96

// Paragraph prints text after a mark, its further lines indented.
func Paragraph(w io.Writer, mark, indent, text string) {
	for i, line := range wrapped(text, LineWidth-displayWidth(indent)) {
		if i == 0 {
			fmt.Fprintf(w, "%s%s\n", mark, line)
			continue
		}
		fmt.Fprintf(w, "%s%s\n", indent, line)
	}
}
