package gate

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/clear"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/people"
)

// Counts makes "counts".
func Counts(env *frame.Env) *cobra.Command {
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
			c, err := env.Client()
			if err != nil {
				return err
			}
			if len(names) == 0 {
				var list []gateway.Participant
				if err := c.Call(cmd.Context(), http.MethodGet, "/participants", nil, &list); err != nil {
					return err
				}
				for _, p := range list {
					names = append(names, string(p.ID))
				}
			}
			out := make([]api.Counts, len(names))
			for i, name := range names {
				path := fmt.Sprintf("/counts?exporter=%s&flows=%d", frame.Esc(name), flows)
				if year != 0 {
					path += fmt.Sprintf("&year=%d", year)
				}
				if err := c.Call(cmd.Context(), http.MethodGet, path, nil, &out[i]); err != nil {
					return err
				}
			}
			var v any = out
			if len(out) == 1 && cmd.Flags().NArg() == 1 {
				v = out[0] // asked for one
			}
			return env.Print(v, func(w io.Writer) {
				for i, v := range out {
					if i > 0 {
						fmt.Fprintln(w)
					}
					printCounts(env, w, v)
				}
			})
		},
	}
	cmd.Flags().IntVar(&year, "year", 0, "default: this year")
	cmd.Flags().IntVar(&flows, "flows", 20, "list so many flows at most, newest first")
	cmd.AddCommand(countsCorrectCommand(env))
	return cmd
}

func countsCorrectCommand(env *frame.Env) *cobra.Command {
	in := api.Correct{Change: people.Totals{}}
	change := map[string]*int64{}
	cmd := &cobra.Command{
		Use: "correct PARTICIPANT", Short: "Correct a count by numbers, for a reason that is kept and logged",
		Long: `Correct a count by what the gateway cannot know: exports by other ways (added),
or a delivery that never arrived (taken away). It needs the role compliance.
Reason, numbers and the name of your key are kept, and committed to in the
evidence log.`,
		Example: `  hutong counts correct acme --non-sensitive 4200 --reason "paper files sent in May, register 2026-17"`,
		Args:    frame.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			for class, n := range change {
				if *n != 0 {
					in.Change[class] = *n
				}
			}
			if len(in.Change) == 0 {
				return frame.Usagef("give "+classFlags(), "nothing would change")
			}
			if strings.TrimSpace(in.Reason) == "" {
				return frame.Usagef("say with --reason what happened and where it is written", "a reason is needed")
			}
			c, err := env.Client()
			if err != nil {
				return err
			}
			in.Exporter = dataspace.ParticipantID(list[0])
			if in.Year == 0 {
				var now api.Counts
				if err := c.Call(cmd.Context(), http.MethodGet, "/counts?flows=0&exporter="+frame.Esc(list[0]), nil, &now); err != nil {
					return err
				}
				in.Year = now.Year
			}
			var v api.Counts
			if err := c.Call(cmd.Context(), http.MethodPost, "/counts/corrections", in, &v); err != nil {
				return err
			}
			return env.Print(v, func(w io.Writer) { printCounts(env, w, v) })
		},
	}
	fs := cmd.Flags()
	fs.IntVar(&in.Year, "year", 0, "default: this year")
	for i, class := range input.CountClasses() {
		usage := "people to add; negative: to take away"
		if i > 0 {
			usage = "the same, " + class.Text.EN
		}
		change[class.ID] = fs.Int64(input.ClassFlag(class.ID), 0, usage)
	}
	fs.StringVar(&in.Reason, "reason", "", "what happened, and where it is written (needed)")
	return cmd
}

// classFlags names the flags of all classes.
func classFlags() string {
	var names []string
	for _, c := range input.CountClasses() {
		names = append(names, "--"+input.ClassFlag(c.ID))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func printCounts(env *frame.Env, w io.Writer, v api.Counts) {
	fmt.Fprintf(w, env.Word("%s, %d\n", "%s，%d年\n"), v.Exporter, v.Year)
	rows := [][]string{}
	for _, class := range input.ClassesOf(v.Totals) {
		rows = append(rows, []string{env.Text(input.CountText(class)), frame.Thousands(v.Totals[class]) + env.Word(" people", " 人")})
	}
	frame.Grid(w, "  ", rows)
	if len(v.Thresholds) > 0 {
		fmt.Fprintln(w, env.Word("\nto the numbers of the law (! comes near)", "\n距法定数量（! 为临近）"))
		for _, o := range v.Thresholds {
			printOutlook(env, w, o)
		}
	}
	if len(v.Flows) > 0 {
		fmt.Fprintf(w, env.Word("\nflows (%d of %d)\n", "\n数据流转（%d/%d）\n"), len(v.Flows), v.FlowsInAll)
		rows := [][]string{{env.Word("day", "日期"), env.Word("flow", "流转"), env.Word("to", "接收方"), env.Word("state", "状态"), env.Word("people (sensitive)", "人数（敏感）"), env.Word("new", "新增")}}
		for _, f := range v.Flows {
			rows = append(rows, []string{f.On, string(f.Flow), f.To, string(f.State), peopleOf(f.People), peopleOf(f.New)})
		}
		frame.Grid(w, "  ", rows)
	}
	if len(v.Corrections) > 0 {
		fmt.Fprintln(w, env.Word("\ncorrections", "\n更正"))
		for _, c := range v.Corrections {
			var change []string
			for _, class := range input.ClassesOf(c.Change) {
				change = append(change, fmt.Sprintf("%+d", c.Change[class]))
			}
			fmt.Fprintf(w, "  %s %s %s\n", c.At.Format("2006-01-02"), strings.Join(change, " / "), frame.Printable(c.By))
			frame.Paragraph(w, "    ", "    ", frame.Printable(c.Reason))
		}
	}
}

// peopleOf are those of a flow in the first two classes; nothing where they are
// not known.
func peopleOf(t people.Totals) string {
	classes := input.ClassesOf(t)
	if len(classes) == 0 {
		return "–"
	}
	out := frame.Thousands(t[classes[0]])
	if len(classes) > 1 {
		out += fmt.Sprintf(" (%s)", frame.Thousands(t[classes[1]]))
	}
	return out
}

// printOutlook says how far a number of the law is, on what it rests, and when
// it would be reached.
func printOutlook(env *frame.Env, w io.Writer, o clear.Outlook) {
	mark := "·"
	switch {
	case o.Left == 0:
		mark = "▸"
	case len(o.Warn) > 0:
		mark = "!"
	}
	left := fmt.Sprintf(env.Word("%s left", "尚余 %s"), frame.Thousands(o.Left))
	if o.Left == 0 {
		left = env.Word("reached", "已达到")
	}
	fmt.Fprintf(w, "  %s %s %s / %s (%.1f %%), %s\n", mark, env.Text(input.CountText(o.Of)), frame.Thousands(o.Count), frame.Thousands(o.Value), o.Used, left)
	frame.Paragraph(w, "    ", "    ", env.Text(o.Text))
	note := ""
	if !o.Certain {
		note = env.Word(", may apply", "，可能适用")
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
		reached := env.Word("not reached this year", "年内不会达到")
		if p.Reached != "" {
			reached = env.Word("reached on ", "预计达到日 ") + p.Reached
		}
		paces = append(paces, fmt.Sprintf(env.Word("%.1f a day since %s: %s", "自%[2]s起每日 %.1[1]f 人：%[3]s"), p.PerDay, p.From, reached))
	}
	if len(paces) == 0 {
		paces = []string{env.Word("forecast: not enough data", "预测：数据不足")}
	}
	frame.Paragraph(w, "    ", "    ", strings.Join(paces, env.Word("; ", "；")))
}
