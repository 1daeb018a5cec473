package element

import (
	"hutong/internal/label"
	"hutong/internal/telephone"
)

// labelled proves a number of which the words beside it say what it is: a
// telephone number in any form, or a card number of any issuer. The run
// b[i:end] is its first group.
func labelled(b []byte, i, end int) (k kind, from, to int) {
	if i == end || i == 0 && end == len(b) || !is(b[i], digit) || i > 0 && b[i-1] != '+' && is(b[i-1], alnum|localPart) {
		return 0, 0, 0
	}
	if to := label.CardSpan(b, i); to > 0 && label.Of(b, i, to) == label.Card {
		return kCard, i, to
	}
	from = i
	if i > 0 && (b[i-1] == '(' || b[i-1] == '+') {
		from--
	}
	to = telephone.Span(b, from)
	if to == 0 || label.Of(b, from, to) != label.Telephone {
		return 0, 0, 0
	}
	if _, _, dated := ParseDate(b[i:to]); dated {
		return 0, 0, 0
	}
	return kPhone, from, to
}
