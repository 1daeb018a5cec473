package frame

import "strings"

// Nearest returns the name closest to s, or "" when none is close.
func Nearest(s string, names []string) string {
	best, limit := "", 1+len(s)/3
	for _, n := range names {
		// When two names are equally near, the better one begins with s, or s
		// only adds letters to it.
		if d := distance(s, n); d <= limit || d == limit+1 &&
			(strings.HasPrefix(n, s) && !strings.HasPrefix(best, s) || best != "" && within(n, s) && !within(best, s)) {
			best, limit = n, d-1
		}
	}
	return best
}

// within reports whether s is n with added letters.
func within(n, s string) bool {
	for i := 0; i < len(s) && n != ""; i++ {
		if s[i] == n[0] {
			n = n[1:]
		}
	}
	return n == ""
}

// distance is the number of single-character edits between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		last := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			last, row[j] = row[j], min(row[j]+1, row[j-1]+1, last+cost)
		}
	}
	return row[len(b)]
}
