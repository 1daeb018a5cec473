// Package bounds reads from the text of a regular expression what all its matches
// have: their lengths, their first bytes, digits.
package bounds

import (
	"regexp/syntax"
	"unicode/utf8"
)

// Bounds is what the text of a regular expression says about all its matches.
type Bounds struct {
	Min, Max int       // bytes; Max is -1 where there is none
	First    [256]bool // bytes that a match can begin with
	Digit    bool      // every match has a digit
	Plain    bool      // letters and digits of ASCII only
}

// Of reads the bounds of a regular expression.
func Of(source string) (Bounds, error) {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return Bounds{}, err
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return Bounds{}, err
	}
	b := Bounds{Plain: true}
	b.firstBytes(prog, prog.Start, make([]bool, len(prog.Inst)))
	for i := range prog.Inst {
		b.Plain = b.Plain && plainInst(&prog.Inst[i])
	}
	b.Min, b.Max = lengths(re)
	b.Digit = needsDigit(re)
	return b, nil
}

// firstBytes follows the program to the first character of a match.
func (b *Bounds) firstBytes(prog *syntax.Prog, at int, seen []bool) {
	if seen[at] {
		return
	}
	seen[at] = true
	in := &prog.Inst[at]
	switch in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		b.firstBytes(prog, int(in.Out), seen)
		b.firstBytes(prog, int(in.Arg), seen)
	case syntax.InstCapture, syntax.InstEmptyWidth, syntax.InstNop:
		b.firstBytes(prog, int(in.Out), seen)
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		for c := range utf8.RuneSelf {
			b.First[c] = b.First[c] || in.MatchRune(rune(c))
		}
		for c := utf8.RuneSelf; c < 256 && !plainInst(in); c++ {
			b.First[c] = true // some character of more than one byte is possible
		}
	}
}

// plainInst reports whether an instruction matches nothing but letters and
// digits of ASCII.
func plainInst(in *syntax.Inst) bool {
	switch in.Op {
	case syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return false
	case syntax.InstRune, syntax.InstRune1:
		if in.MatchRune('\u017F') || in.MatchRune('\u212A') {
			return false // because of case folding
		}
		for i := 0; i < len(in.Rune); i += 2 {
			from, to := in.Rune[i], in.Rune[min(i+1, len(in.Rune)-1)]
			for r := from; r <= to; r++ {
				if !plainRune(r) {
					return false
				}
			}
		}
	}
	return true
}

func plainRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// lengths are those of the shortest and the longest match in bytes.
func lengths(re *syntax.Regexp) (shortest, longest int) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			shortest += utf8.RuneLen(r)
		}
		return shortest, shortest
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return 0, 0
		}
		return utf8.RuneLen(re.Rune[0]), utf8.RuneLen(re.Rune[len(re.Rune)-1])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, utf8.UTFMax
	case syntax.OpCapture:
		return lengths(re.Sub[0])
	case syntax.OpStar:
		return repeated(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return repeated(re.Sub[0], 1, -1)
	case syntax.OpQuest:
		return repeated(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		return repeated(re.Sub[0], re.Min, re.Max)
	case syntax.OpConcat:
		endless := false
		for _, sub := range re.Sub {
			s, l := lengths(sub)
			shortest, longest, endless = shortest+s, longest+l, endless || l < 0
		}
		if endless {
			longest = -1
		}
		return shortest, longest
	case syntax.OpAlternate:
		shortest, longest = lengths(re.Sub[0])
		endless := longest < 0
		for _, sub := range re.Sub[1:] {
			s, l := lengths(sub)
			shortest, longest, endless = min(shortest, s), max(longest, l), endless || l < 0
		}
		if endless {
			longest = -1
		}
		return shortest, longest
	}
	return 0, 0
}

func repeated(re *syntax.Regexp, atLeast, most int) (shortest, longest int) {
	s, l := lengths(re)
	if most < 0 || l < 0 {
		return s * atLeast, -1
	}
	return s * atLeast, l * most
}

// needsDigit reports whether every match has a digit of ASCII.
func needsDigit(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if r >= '0' && r <= '9' {
				return true
			}
		}
	case syntax.OpCharClass:
		return len(re.Rune) > 0 && re.Rune[0] >= '0' && re.Rune[len(re.Rune)-1] <= '9'
	case syntax.OpCapture, syntax.OpPlus:
		return needsDigit(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min > 0 && needsDigit(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if needsDigit(sub) {
				return true
			}
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if !needsDigit(sub) {
				return false
			}
		}
		return true
	}
	return false
}
