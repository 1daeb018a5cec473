// Package citation writes the citations of rule packs as Chinese texts have
// them. A pack says how its laws are called there and how their paragraphs are
// counted; this package knows no law. A name that no pack describes stays as it
// is written, and an unknown level keeps its parentheses.
package citation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Law says how a law is cited in Chinese.
type Law struct {
	// Name is the short name in the citations of the pack, such as "PIPL".
	Name string `yaml:"name"`
	// Title is what Chinese texts call it: the official title if it is Chinese.
	Title string `yaml:"title"`
	// Levels are the words for what parentheses after the number of an article
	// count, the outer first. Without them nobody has said what they count.
	Levels []string `yaml:"levels"`
	// Items are the articles of one paragraph, whose only parentheses count the
	// last of Levels.
	Items []string `yaml:"items"`
	// Parts are other parts of the law, such as an annex, and their Chinese names.
	Parts map[string]string `yaml:"parts"`
}

// Laws are the laws that a pack cites. They are immutable and safe for
// concurrent use.
type Laws struct {
	list []Law
	memo sync.Map // article → Chinese
}

// New checks laws, and adds those of a pack below that the list does not name.
// Below may be nil.
func New(list []Law, below *Laws) (*Laws, error) {
	seen := map[string]bool{}
	for _, l := range list {
		switch {
		case l.Name == "" || l.Title == "":
			return nil, fmt.Errorf("law %q needs a name and a title", l.Name+l.Title)
		case seen[l.Name]:
			return nil, fmt.Errorf("law %q is there twice", l.Name)
		case len(l.Items) > 0 && len(l.Levels) == 0:
			return nil, fmt.Errorf("law %q has items but no levels", l.Name)
		}
		seen[l.Name] = true
	}
	if below != nil {
		list = slices.Clone(list)
		for _, l := range below.list {
			if !seen[l.Name] {
				list = append(list, l)
			}
		}
	}
	return &Laws{list: list}, nil
}

// Chinese is a citation as a Chinese text has it; empty if that is the citation
// itself. Without laws, only the words for articles are Chinese.
func (l *Laws) Chinese(article string) string {
	if l == nil {
		l = &Laws{}
	}
	if known, ok := l.memo.Load(article); ok {
		return known.(string)
	}
	parts := strings.Split(article, "; ")
	for i, p := range parts {
		parts[i] = l.one(p)
	}
	out := strings.Join(parts, "；")
	if strings.Join(parts, "; ") == article {
		out = ""
	}
	l.memo.Store(article, out)
	return out
}

// one is the citation of one law.
func (l *Laws) one(text string) string {
	var law Law
	for _, x := range l.list {
		if rest, ok := strings.CutPrefix(text, x.Name); ok && len(x.Name) > len(law.Name) && (rest == "" || strings.HasPrefix(rest, ", ")) {
			law = x
		}
	}
	var segments []string
	if law.Name != "" {
		segments = strings.Split(text[len(law.Name):], ", ")[1:]
	} else {
		all := strings.Split(text, ", ")
		law.Title, segments = all[0], all[1:]
		if !hasNumber(segments) {
			return text // nothing in it has a Chinese form
		}
	}
	return law.Title + law.places(segments)
}

var (
	numbered = regexp.MustCompile(`^(arts?|ss?|regs?)\.? (\d.*)$`)
	number   = regexp.MustCompile(`^(\d+[A-Z]*)(-\d+[A-Z]*)?((?:\([0-9a-zA-Z]+\))*)(-\([0-9a-zA-Z]+\))?( .*)?$`)
	inside   = regexp.MustCompile(`\(([0-9a-zA-Z]+)\)`)
)

func hasNumber(segments []string) bool {
	for _, s := range segments {
		if numbered.MatchString(s) {
			return true
		}
	}
	return false
}

// places writes what follows the name of a law: articles, and other parts.
func (l *Law) places(segments []string) string {
	var b strings.Builder
	many, counting, begun := false, false, false // the word was plural; numbers go on; there were numbers
	for i, s := range segments {
		m := numbered.FindStringSubmatch(s)
		switch {
		case m != nil:
			many, counting, s = strings.HasSuffix(m[1], "s") && m[1] != "s", true, m[2]
			many, begun = many || m[1] == "ss", true
			b.WriteString(l.join(i, false) + l.article(s, many))
		case begun && number.MatchString(s):
			b.WriteString(l.join(i, counting) + l.article(s, many))
			counting = true
		case counting && strings.HasPrefix(s, "("):
			b.WriteString("、" + s)
		default:
			counting = false
			part := l.part(s)
			if i == 0 && part == s && l.join(i, false) == "" {
				b.WriteString(" ") // between Chinese and other letters
			}
			b.WriteString(l.join(i, false) + part)
		}
	}
	return b.String()
}

// part is another part of the law in Chinese, or as it is written.
func (l *Law) part(s string) string {
	if zh, ok := l.Parts[s]; ok {
		return zh
	}
	return s
}

// join is what stands before a place: nothing after a Chinese title, a space
// after another.
func (l *Law) join(i int, goesOn bool) string {
	switch {
	case i > 0 && goesOn:
		return "、"
	case i > 0:
		return "，"
	case ascii(l.Title[len(l.Title)-1:]):
		return " "
	}
	return ""
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// article writes one article: 第五条第一款第二项 if the law says how it counts,
// else 第5条(1)(2).
func (l *Law) article(text string, many bool) string {
	m := number.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	first, last, parens, to, more := m[1], m[2], m[3], m[4], m[5]
	if zh, ok := l.Parts[strings.TrimSpace(more)]; ok {
		more = zh
	}
	levels, known := l.levels(first, parens, to)
	digits := func(n string) string {
		if known && !ascii(l.Title) {
			return numeral(n)
		}
		return n
	}
	switch {
	case last != "" && many:
		return "第" + digits(first) + "条至第" + digits(last[1:]) + "条" + parens + to + more
	case last != "":
		return "第" + first + last + "条" + parens + to + more
	case !known:
		return "第" + first + "条" + parens + to + more
	}
	return "第" + digits(first) + "条" + levels + more
}

// levels writes what stands in parentheses, and reports whether the law says
// what each of them counts.
func (l *Law) levels(article, parens, to string) (string, bool) {
	all := inside.FindAllStringSubmatch(parens, -1)
	words := l.Levels
	if len(all) == 1 && len(words) > 0 {
		for _, n := range l.Items {
			if n == article {
				words = words[len(words)-1:]
			}
		}
	}
	if len(all) > len(words) {
		return "", false
	}
	var b strings.Builder
	for i, n := range all {
		if numeral(n[1]) == n[1] { // a letter
			return "", false
		}
		b.WriteString("第" + numeral(n[1]) + words[i])
	}
	if to != "" {
		n := strings.Trim(to, "-()")
		if len(all) == 0 || numeral(n) == n {
			return "", false
		}
		b.WriteString("至第" + numeral(n) + words[len(all)-1])
	}
	return b.String(), true
}

// numeral writes a number below a thousand in Chinese; other text stays.
func numeral(s string) string {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return s
		}
		n = n*10 + int(r-'0')
	}
	if len(s) == 0 || len(s) > 3 || s[0] == '0' {
		return s
	}
	digit := func(n int) string { return string([]rune("零一二三四五六七八九")[n]) }
	hundreds, tens, ones := n/100, n/10%10, n%10
	var b strings.Builder
	if hundreds > 0 {
		b.WriteString(digit(hundreds) + "百")
	}
	switch {
	case tens > 1, tens == 1 && hundreds > 0:
		b.WriteString(digit(tens) + "十")
	case tens == 1:
		b.WriteString("十")
	case hundreds > 0 && ones > 0:
		b.WriteString("零")
	}
	if ones > 0 {
		b.WriteString(digit(ones))
	}
	return b.String()
}
