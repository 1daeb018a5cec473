package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// printObligations shows what must be done before anything leaves, then what
// comes after, then what is done. A decision asks for many things of which few
// stop it, so the others have a line each; --verbose says them in full.
func (a *app) printObligations(w io.Writer, all []dataspace.Obligation, on string) {
	var now, later, done []dataspace.Obligation
	for _, o := range all {
		switch {
		case o.Satisfied:
			done = append(done, o)
		case o.BeforeDelivery || overdue(o, on):
			now = append(now, o)
		default:
			later = append(later, o)
		}
	}
	if len(now) > 0 {
		fmt.Fprintln(w, a.word("\nobligations that stop the delivery now", "\n义务：交付前须履行"))
		for _, o := range now {
			if overdue(o, on) {
				fmt.Fprintf(w, "  %s\n", a.word("! overdue", "! 已逾期"))
			}
			a.printObligation(w, o)
		}
	}
	if len(later) > 0 {
		fmt.Fprintln(w, a.word("\nobligations for later, or that go on", "\n义务：交付后履行或持续履行"))
		slices.SortStableFunc(later, byDue)
		for _, o := range later {
			if a.verbose {
				a.printObligation(w, o)
				continue
			}
			line := o.ID + a.word(": ", "：") + a.text(o.Text)
			if when := a.dueShort(o); when != "" {
				line = o.ID + a.word(", ", "，") + when + strings.TrimPrefix(line, o.ID)
			}
			fmt.Fprintf(w, "  ☐ %s\n", shorten(line, lineWidth-4))
		}
	}
	if len(done) > 0 {
		fmt.Fprintln(w, a.word("\nobligations that are fulfilled", "\n义务：已履行"))
		for _, o := range done {
			a.printObligation(w, o)
			if a.verbose {
				a.paragraph(w, "    ", "    ", a.text(o.Text))
			}
		}
	}
}

func overdue(o dataspace.Obligation, on string) bool {
	return !o.Satisfied && o.Due != nil && *o.Due < on
}

// byDue puts what has a day first, then what has a deadline in words.
func byDue(x, y dataspace.Obligation) int {
	rank := func(o dataspace.Obligation) string {
		switch {
		case o.Due != nil:
			return *o.Due
		case o.Deadline != nil:
			return "a" // behind all days
		}
		return "b"
	}
	return strings.Compare(rank(x), rank(y))
}

// dueShort is the day, or the first clause of what the law says instead.
func (a *app) dueShort(o dataspace.Obligation) string {
	switch {
	case o.Due != nil:
		return a.word("due ", "期限 ") + *o.Due
	case o.Until != nil:
		return a.word("to be kept until ", "保存至") + *o.Until
	case o.Deadline != nil:
		text := a.text(*o.Deadline)
		if i := strings.IndexAny(text, ";；。"); i >= 0 {
			text = text[:i]
		}
		return text
	}
	return ""
}

// printObligation says what is to be done and by when; what is done needs no
// more words.
func (a *app) printObligation(w io.Writer, o dataspace.Obligation) {
	if o.Satisfied {
		by := ""
		if o.By != nil && *o.By != "" {
			by = fmt.Sprintf(a.word(" by %s", "（%s）"), *o.By)
		}
		if len(o.Through) > 0 {
			by += fmt.Sprintf(a.word(" through %s", "，经由 %s"), strings.Join(o.Through, " → "))
		}
		if o.Until != nil {
			by += fmt.Sprintf(a.word(", to be kept until %s", "，保存至%s"), *o.Until)
		}
		fmt.Fprintf(w, "  ☑ %s %s%s\n", o.ID, a.word("done", "已完成"), by)
		return
	}
	var when []string
	if o.BeforeDelivery && (o.Due != nil || o.Deadline == nil || !strings.Contains(o.Deadline.EN, "before delivery")) {
		when = append(when, a.word("before delivery", "交付前"))
	}
	switch {
	case o.Due != nil:
		when = append(when, a.word("due ", "期限 ")+*o.Due)
	case o.Deadline != nil:
		when = append(when, a.text(*o.Deadline))
	}
	if o.Until != nil {
		when = append(when, a.word("to be kept until ", "保存至")+*o.Until)
	}
	a.paragraph(w, "  ☐ ", "    ", o.ID+a.word(": ", "：")+a.text(o.Text))
	if len(when) > 0 {
		a.paragraph(w, "    ", "    ", strings.Join(when, a.word("; ", "；")))
	}
	if len(o.Instruments) > 0 {
		fmt.Fprintf(w, "    %s%s\n", a.word("by ", "凭 "), strings.Join(o.Instruments, a.word(" or ", " 或 ")))
	}
}
