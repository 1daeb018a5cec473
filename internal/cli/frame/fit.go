package frame

import "strings"

// ScreenWidth is the width of a first screen: what every terminal shows without
// wrapping.
const ScreenWidth = 80

// Fit breaks text into at most a number of lines of ScreenWidth, after a mark
// of the same width as the indent of its further lines. Text that does not fit
// ends in an ellipsis.
func Fit(mark, text string, lines int) []string {
	limit := ScreenWidth - displayWidth(mark)
	all := wrapped(text, limit-2) // closing punctuation may stand after that
	if len(all) > lines {
		last := strings.TrimRight(all[lines-1], " ，。；：、,.;:")
		all = append(all[:lines-1], Shorten(last, limit-1)+"…")
		if strings.HasSuffix(all[lines-1], "……") {
			all[lines-1] = strings.TrimSuffix(all[lines-1], "…")
		}
	}
	for i, line := range all {
		all[i] = Shorten(line, limit)
	}
	indent := strings.Repeat(" ", displayWidth(mark))
	for i := range all {
		if i == 0 {
			all[i] = mark + all[i]
			continue
		}
		all[i] = indent + all[i]
	}
	return all
}

// FitBefore shortens text so that it fits into one line between a mark and a
// tail.
func FitBefore(mark, text, tail string) string {
	return mark + Shorten(text, ScreenWidth-displayWidth(mark)-displayWidth(tail)) + tail
}
