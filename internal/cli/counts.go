package cli

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/people"
	"hutong/internal/rules"
	"hutong/packs"
)

func (a *app) countsCommand() *cobra.Command {
	var year, flows int
	cmd := &cobra.Command{
		Use: "counts [PARTICIPANT...]", Short: "People exported since 1 January, and how far it is to each number of the law",
		Long: `People exported since 1 January, by sensitivity and by flow; how far it is to
each number at which the law changes the way, at which pace the year comes near
it, and when it would be reached. Without a participant: every one of this
gateway. A count is exact; the forecast only goes on as before.`,
		Example: `  hutong counts acme
  hutong counts --year 2025 --json
  hutong counts correct acme --sensitive -120 --reason "delivery F12 never arrived, see ticket 81"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, names []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			if len(names) == 0 {
				var list []gateway.Participant
				if err := c.call(cmd.Context(), http.MethodGet, "/participants", nil, &list); err != nil {
					return err
				}
				for _, p := range list {
					names = append(names, string(p.ID))
				}
			}
			out := make([]api.Counts, len(names))
			for i, name := range names {
				path := fmt.Sprintf("/counts?exporter=%s&flows=%d", esc(name), flows)
				if year != 0 {
					path += fmt.Sprintf("&year=%d", year)
				}
				if err := c.call(cmd.Context(), http.MethodGet, path, nil, &out[i]); err != nil {
					return err
				}
			}
			var v any = out
			if len(out) == 1 && cmd.Flags().NArg() == 1 {
				v = out[0] // asked for one
			}
			return a.print(v, func(w io.Writer) {
				for i, v := range out {
					if i > 0 {
						fmt.Fprintln(w)
					}
					a.printCounts(w, v)
				}
			})
		},
	}
	cmd.Flags().IntVar(&year, "year", 0, "default: this year")
	cmd.Flags().IntVar(&flows, "flows", 20, "list so many flows at most, newest first")
	cmd.AddCommand(a.countsCorrectCommand())
	return cmd
}

func (a *app) countsCorrectCommand() *cobra.Command {
	in := api.Correct{Change: people.Totals{}}
	change := map[string]*int64{}
	cmd := &cobra.Command{
		Use: "correct PARTICIPANT", Short: "Correct a count by numbers, for a reason that is kept and logged",
		Long: `Correct a count by what the gateway cannot know: exports by other ways (added),
or a delivery that never arrived (taken away). It needs the role compliance.
Reason, numbers and the name of your key are kept, and committed to in the
evidence log.`,
		Example: `  hutong counts correct acme --non-sensitive 4200 --reason "paper files sent in May, register 2026-17"`,
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			for class, n := range change {
				if *n != 0 {
					in.Change[class] = *n
				}
			}
			if len(in.Change) == 0 {
				return usagef("give "+classFlags(), "nothing would change")
			}
			if strings.TrimSpace(in.Reason) == "" {
				return usagef("say with --reason what happened and where it is written", "a reason is needed")
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			in.Exporter = dataspace.ParticipantID(list[0])
			if in.Year == 0 {
				var now api.Counts
				if err := c.call(cmd.Context(), http.MethodGet, "/counts?flows=0&exporter="+esc(list[0]), nil, &now); err != nil {
					return err
				}
				in.Year = now.Year
			}
			var v api.Counts
			if err := c.call(cmd.Context(), http.MethodPost, "/counts/corrections", in, &v); err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { a.printCounts(w, v) })
		},
	}
	fs := cmd.Flags()
	fs.IntVar(&in.Year, "year", 0, "default: this year")
	for i, class := range countClasses() {
		usage := "people to add; negative: to take away"
		if i > 0 {
			usage = "the same, " + class.Text.EN
		}
		change[class.ID] = fs.Int64(classFlag(class.ID), 0, usage)
	}
	fs.StringVar(&in.Reason, "reason", "", "what happened, and where it is written (needed)")
	return cmd
}

// countClasses are the classes that the packs of this program count by calendar
// years.
var countClasses = sync.OnceValue(func() []dataspace.CountClass {
	list, err := rules.DeclaredCounts(packs.FS)
	if err != nil {
		panic(err) // the packs are part of the program
	}
	return slices.DeleteFunc(list, func(c dataspace.CountClass) bool { return c.Months > 0 || c.Pair || c.Of.Stated })
})

// classFlag is the name of the flag of a class.
func classFlag(id string) string { return strings.ReplaceAll(id, "_", "-") }

// classFlags names the flags of all classes.
func classFlags() string {
	var names []string
	for _, c := range countClasses() {
		names = append(names, "--"+classFlag(c.ID))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// countText says in words what a class or the fact that stands for it counts.
func countText(name string) dataspace.Text {
	for _, c := range countClasses() {
		if c.ID == name || c.Fact == name {
			return c.Text
		}
	}
	return dataspace.Text{EN: name, ZH: name}
}

// classesOf are the classes of totals: those of the program first, then others by
// name.
func classesOf(t people.Totals) (out []string) {
	for _, c := range countClasses() {
		if _, ok := t[c.ID]; ok {
			out = append(out, c.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (a *app) printCounts(w io.Writer, v api.Counts) {
	fmt.Fprintf(w, a.word("%s, %d\n", "%s，%d年\n"), v.Exporter, v.Year)
	rows := [][]string{}
	for _, class := range classesOf(v.Totals) {
		rows = append(rows, []string{a.text(countText(class)), thousands(v.Totals[class]) + a.word(" people", " 人")})
	}
	grid(w, "  ", rows)
	if len(v.Thresholds) > 0 {
		fmt.Fprintln(w, a.word("\nto the numbers of the law (! comes near)", "\n距法定数量（! 为临近）"))
		for _, o := range v.Thresholds {
			a.printOutlook(w, o)
		}
	}
	if len(v.Flows) > 0 {
		fmt.Fprintf(w, a.word("\nflows (%d of %d)\n", "\n数据流转（%d/%d）\n"), len(v.Flows), v.FlowsInAll)
		rows := [][]string{{a.word("day", "日期"), a.word("flow", "流转"), a.word("to", "接收方"), a.word("state", "状态"), a.word("people (sensitive)", "人数（敏感）"), a.word("new", "新增")}}
		for _, f := range v.Flows {
			rows = append(rows, []string{f.On, string(f.Flow), f.To, string(f.State), peopleOf(f.People), peopleOf(f.New)})
		}
		grid(w, "  ", rows)
	}
	if len(v.Corrections) > 0 {
		fmt.Fprintln(w, a.word("\ncorrections", "\n更正"))
		for _, c := range v.Corrections {
			var change []string
			for _, class := range classesOf(c.Change) {
				change = append(change, fmt.Sprintf("%+d", c.Change[class]))
			}
			fmt.Fprintf(w, "  %s %s %s\n", c.At.Format("2006-01-02"), strings.Join(change, " / "), printable(c.By))
			a.paragraph(w, "    ", "    ", printable(c.Reason))
		}
	}
}

// peopleOf are those of a flow in the first two classes; nothing where they are
// not known.
func peopleOf(t people.Totals) string {
	classes := classesOf(t)
	if len(classes) == 0 {
		return "–"
	}
	out := thousands(t[classes[0]])
	if len(classes) > 1 {
		out += fmt.Sprintf(" (%s)", thousands(t[classes[1]]))
	}
	return out
}

// printOutlook says how far a number of the law is, on what it rests, and when
// it would be reached.
func (a *app) printOutlook(w io.Writer, o clear.Outlook) {
	mark := "·"
	switch {
	case o.Left == 0:
		mark = "▸"
	case len(o.Warn) > 0:
		mark = "!"
	}
	left := fmt.Sprintf(a.word("%s left", "尚余 %s"), thousands(o.Left))
	if o.Left == 0 {
		left = a.word("reached", "已达到")
	}
	fmt.Fprintf(w, "  %s %s %s / %s (%.1f %%), %s\n", mark, a.text(countText(o.Of)), thousands(o.Count), thousands(o.Value), o.Used, left)
	a.paragraph(w, "    ", "    ", a.text(o.Text))
	note := ""
	if !o.Certain {
		note = a.word(", may apply", "，可能适用")
	}
	fmt.Fprintf(w, "    %s [%s], %s%s\n    %s\n", o.Article, o.Confidence, o.Pack, note, o.Source)
	if o.Left == 0 {
		return
	}
	var paces []string
	for _, p := range []*clear.Pace{o.Year, o.Recent} {
		if p == nil {
			continue
		}
		reached := a.word("not reached this year", "年内不会达到")
		if p.Reached != "" {
			reached = a.word("reached on ", "预计达到日 ") + p.Reached
		}
		paces = append(paces, fmt.Sprintf(a.word("%.1f a day since %s: %s", "自%[2]s起每日 %.1[1]f 人：%[3]s"), p.PerDay, p.From, reached))
	}
	if len(paces) == 0 {
		paces = []string{a.word("forecast: not enough data", "预测：数据不足")}
	}
	a.paragraph(w, "    ", "    ", strings.Join(paces, a.word("; ", "；")))
}
