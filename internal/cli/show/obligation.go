package show

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// obligations shows the obligations that must be fulfilled before data leaves,
// then the later ones, then the fulfilled ones. Few obligations stop a
// delivery: the others have a line each, and --verbose shows them in full.
func obligations(env *frame.Env, w io.Writer, all []dataspace.Obligation, on string) {
	now, later, done := byTime(all, on)
	if len(now) > 0 {
		fmt.Fprintln(w, env.Word("\nobligations that stop the delivery now", "\n义务：交付前须履行"))
		for _, o := range now {
			if overdue(o, on) {
				fmt.Fprintf(w, "  %s\n", Overdue(env, o.Provisional))
			}
			Obligation(env, w, o)
		}
	}
	if len(later) > 0 {
		fmt.Fprintln(w, env.Word("\nobligations for later, or that go on", "\n义务：交付后履行或持续履行"))
		for _, o := range later {
			if env.Verbose {
				Obligation(env, w, o)
				continue
			}
			line := o.ID + env.Word(": ", "：") + env.Text(o.Text)
			if when := dueShort(env, o); when != "" {
				line = o.ID + env.Word(", ", "，") + when + strings.TrimPrefix(line, o.ID)
			}
			fmt.Fprintf(w, "  ☐ %s\n", frame.Shorten(line, frame.LineWidth-4))
		}
	}
	if len(done) > 0 {
		fmt.Fprintln(w, env.Word("\nobligations that are fulfilled", "\n义务：已履行"))
		for _, o := range done {
			Obligation(env, w, o)
			if env.Verbose && env.Lang != "zh" {
				frame.Paragraph(w, "    ", "    ", env.Text(o.Text))
			}
		}
	}
}

// byTime separates what must be fulfilled before data leaves, what comes later,
// the earliest first, and what is fulfilled.
func byTime(all []dataspace.Obligation, on string) (now, later, done []dataspace.Obligation) {
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
	slices.SortStableFunc(later, byDue)
	return now, later, done
}

func overdue(o dataspace.Obligation, on string) bool {
	return !o.Satisfied && o.Due != nil && *o.Due < on
}

// Overdue says that the day of an obligation has passed. A provisional day is only
// the earliest possible one.
func Overdue(env *frame.Env, provisional bool) string {
	if provisional {
		return env.Word("! may be overdue", "! 可能已逾期")
	}
	return env.Word("! overdue", "! 已逾期")
}

// due is the day of an obligation that has one.
func due(env *frame.Env, o dataspace.Obligation) string {
	if o.Provisional {
		return fmt.Sprintf(env.Word("due %s at the earliest", "期限最早为 %s"), *o.Due)
	}
	return env.Word("due ", "期限 ") + *o.Due
}

// byDue orders obligations with a day first, then those with a deadline in
// words.
func byDue(x, y dataspace.Obligation) int {
	rank := func(o dataspace.Obligation) string {
		switch {
		case o.Due != nil:
			return *o.Due
		case o.Deadline != nil:
			return "a" // after all days
		}
		return "b"
	}
	return strings.Compare(rank(x), rank(y))
}

// dueShort returns the day, or the first clause of the deadline in words.
func dueShort(env *frame.Env, o dataspace.Obligation) string {
	switch {
	case o.Due != nil:
		return due(env, o)
	case o.Until != nil:
		return env.Word("to be kept until ", "保存至") + *o.Until
	case o.Deadline != nil:
		text := env.Text(*o.Deadline)
		if i := strings.IndexAny(text, ";；。"); i >= 0 {
			text = text[:i]
		}
		return text
	}
	return ""
}

// Obligation prints what to do and by when. A fulfilled obligation has one
// line.
func Obligation(env *frame.Env, w io.Writer, o dataspace.Obligation) {
	if o.Satisfied {
		by := ""
		if o.By != nil && *o.By != "" {
			by = fmt.Sprintf(env.Word(" by %s", "（%s）"), *o.By)
		}
		if len(o.Through) > 0 {
			by += fmt.Sprintf(env.Word(" through %s", "，经由 %s"), strings.Join(o.Through, " → "))
		}
		if o.Until != nil {
			by += fmt.Sprintf(env.Word(", to be kept until %s", "，保存至%s"), *o.Until)
		}
		if env.Lang == "zh" {
			frame.Paragraph(w, "  ☑ ", "    ", o.ID+"："+env.Text(o.Text)+fulfilled(by))
			return
		}
		fmt.Fprintf(w, "  ☑ %s done%s\n", o.ID, by)
		return
	}
	var when []string
	if o.BeforeDelivery && (o.Due != nil || o.Deadline == nil || !strings.Contains(o.Deadline.EN, "before delivery")) {
		when = append(when, env.Word("before delivery", "交付前"))
	}
	switch {
	case o.Due != nil:
		when = append(when, due(env, o))
	case o.Deadline != nil:
		when = append(when, env.Text(*o.Deadline))
	}
	if o.Until != nil {
		when = append(when, env.Word("to be kept until ", "保存至")+*o.Until)
	}
	frame.Paragraph(w, "  ☐ ", "    ", o.ID+env.Word(": ", "：")+env.Text(o.Text))
	if len(when) > 0 {
		frame.Paragraph(w, "    ", "    ", strings.Join(when, env.Word("; ", "；")))
	}
	if len(o.Instruments) > 0 {
		fmt.Fprintf(w, "    %s%s\n", env.Word("by ", "凭 "), strings.Join(o.Instruments, env.Word(" or ", " 或 ")))
	}
}

// fulfilled says in Chinese how an obligation is fulfilled. Without a document the
// facts say that it is done, or that it is not needed: more is not known.
func fulfilled(by string) string {
	if by == "" {
		return "：据所述事实，已履行或者无须履行"
	}
	return "：已履行" + by
}

// Warning prints which document is concerned, by when to act, and why.
func Warning(env *frame.Env, w io.Writer, n dataspace.Warning) {
	if n.InstrumentKind == "" { // about a count
		frame.Paragraph(w, "  ! ", "    ", env.Text(n.Text)+env.Word(" · ", "，")+env.Article(n.Article, n.ArticleZH))
		return
	}
	what := env.Word("renew", "续期")
	if n.Kind == "refile" {
		what = env.Word("file again", "重新办理")
	}
	name := n.InstrumentKind
	if n.Kind == dataspace.WarnCount {
		what, name = env.Word("near", "临近"), n.Number
	}
	if n.Instrument != "" {
		name += " " + string(n.Instrument)
	}
	when := ""
	if n.Until != "" {
		when = fmt.Sprintf(env.Word(" (since %s, until %s)", "（%s起，至%s止）"), n.From, n.Until)
	}
	fmt.Fprintf(w, "  ! %s: %s%s\n", what, name, when)
	frame.Paragraph(w, "    ", "    ", env.Text(n.Text)+env.Word(" · ", "，")+env.Article(n.Article, n.ArticleZH))
}
