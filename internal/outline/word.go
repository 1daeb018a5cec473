package outline

import "unicode"

// Prose reports whether a text is a sentence rather than a name or a code:
// five words of letters, or ten Chinese characters.
func Prose(cell []byte) bool {
	words, han, inWord := 0, 0, false
	for _, r := range string(cell) {
		letter := unicode.IsLetter(r)
		if unicode.Is(unicode.Han, r) {
			han++
		} else if letter && !inWord {
			words++
		}
		inWord = letter || inWord && (r == '\'' || r == '-')
	}
	return words >= 5 || han >= 10
}

// Missing knows the words for a missing value. They are not null, but
// identify nobody and say nothing about the column.
func Missing(b []byte) bool {
	if len(b) > 14 {
		return false
	}
	switch string(b) {
	case "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "Null", "None", "none", "NONE", "nil", "-", "--", "---",
		`\N`, "?", ".", "/", "#N/A", "not_applicable", "Not Applicable", "unknown", "Unknown", "UNKNOWN",
		"无", "未知", "不详", "空", "暂无", "未填", "未填写":
		return true
	}
	return false
}
