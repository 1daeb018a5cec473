package cellkind

import "hutong/internal/element"

// classifyDate distinguishes dates and timestamps from other text that begins
// with a digit.
func classifyDate(b []byte) Kind {
	_, rest, ok := element.ParseDate(b)
	switch {
	case !ok:
		return Text
	case len(rest) == 0:
		return Date
	case element.IsTimestamp(b):
		return Timestamp
	}
	return Text
}
