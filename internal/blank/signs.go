package blank

import (
	"strconv"
	"strings"
)

// emptyBoxes are boxes that can be ticked, and what they become; fullBoxes are
// boxes that are ticked.
var (
	emptyBoxes = map[rune]rune{'□': '☑', '☐': '☑', '▢': '☑', '❏': '☑', '❑': '☑', '◻': '☑', '○': '●', '◯': '●', privateEmpty: '☑'}
	fullBoxes  = map[rune]bool{'☑': true, '☒': true, '🗹': true, '🗷': true, '●': true, privateFull: true}
)

// privateEmpty and privateFull stand for boxes of fonts of pictures.
const (
	privateEmpty = '\uf0a8'
	privateFull  = '\uf0fe'
	privateOther = '\uf000'
)

// symbol is the character for a sign of a font of pictures.
func symbol(font, code string) rune {
	n, err := strconv.ParseUint(code, 16, 32)
	if err != nil {
		return privateOther
	}
	n &= 0xff
	switch strings.ToLower(font) {
	case "wingdings":
		switch n {
		case 0xa8, 0x6f, 0x71, 0x72:
			return privateEmpty
		case 0xfe, 0xfd, 0x78:
			return privateFull
		}
	case "wingdings 2":
		switch n {
		case 0xa3, 0x2a, 0x30, 0x35:
			return privateEmpty
		case 0x52, 0x53, 0x54:
			return privateFull
		}
	}
	return privateOther
}

// closing are brackets by the one that opens.
var closing = map[rune]rune{'（': '）', '(': ')', '【': '】', '[': ']', '［': '］', '〔': '〕', '〖': '〗'}

func isClosing(r rune) bool {
	for _, c := range closing {
		if c == r {
			return true
		}
	}
	return false
}

func isSpace(r rune) bool {
	return r == ' ' || r == '\t' || r == '\u00a0' || r == '\u3000' || r >= '\u2000' && r <= '\u200a'
}

func isLine(r rune) bool { return r == '_' || r == '＿' }

// width is how much room a space takes, in narrow characters.
func width(r rune) int {
	switch r {
	case '\u3000':
		return 2
	case '\t':
		return 4
	}
	return 1
}

// ends reports whether a label cannot go on beyond the character.
func ends(r rune) bool {
	return strings.ContainsRune("。；;，,！？!?\n\t", r) || closing[r] != 0 || isClosing(r)
}
