package profile

import "hutong/internal/element"

// classifyDate distinguishes dates and timestamps from other text that begins
// with a digit.
func classifyDate(b []byte) cellKind {
	_, rest, ok := element.ParseDate(b)
	switch {
	case !ok:
		return textCell
	case len(rest) == 0:
		return dateCell
	case element.IsTimestamp(b):
		return timestampCell
	}
	return textCell
}
