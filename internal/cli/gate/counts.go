package gate

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
)

// counting holds the flags that select the counts to show.
type counting struct{ year, flows int }

// Counts makes "counts".
func Counts(env *frame.Env) *cobra.Command {
	var o counting
	cmd := &cobra.Command{
		Use: "counts [PARTICIPANT...]", Short: "People exported since 1 January, and the distance to each number of the law",
		Long: `Show how many people's data was exported since 1 January, by sensitivity and by
flow. For each number at which the law asks for another pathway, show how far it is
and when it would be reached at the pace of this year. Without a participant, show
all participants of this gateway. A count is exact; the forecast assumes the same
pace.`,
		Example: `  hutong counts acme
  hutong counts --year 2025 --json
  hutong counts correct acme --sensitive -120 --reason "delivery F12 never arrived, see ticket 81"`,
		Args: cobra.ArbitraryArgs,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, names []string) error {
			return showCounts(ctx, env, c, names, o)
		}),
	}
	cmd.Flags().IntVar(&o.year, "year", 0, "default: this year")
	cmd.Flags().IntVar(&o.flows, "flows", 20, "list at most this number of flows, newest first")
	cmd.AddCommand(countsCorrect(env))
	return cmd
}

// showCounts prints the counts of the participants named, or of all.
func showCounts(ctx context.Context, env *frame.Env, c *client.Client, names []string, o counting) error {
	one := len(names) == 1
	if len(names) == 0 {
		list, err := client.Collect(c.Participants().List(ctx))
		if err != nil {
			return err
		}
		for _, p := range list {
			names = append(names, p.ID)
		}
	}
	out := make([]client.YearCounts, len(names))
	for i, name := range names {
		var err error
		if out[i], err = c.Counts().Year(ctx, name, o.year, o.flows); err != nil {
			return err
		}
	}
	if one {
		return env.Print(out[0], func(w io.Writer) { printCounts(env, w, out[0]) })
	}
	return env.Print(out, func(w io.Writer) {
		for i, v := range out {
			if i > 0 {
				fmt.Fprintln(w)
			}
			printCounts(env, w, v)
		}
	})
}

// correction holds the flags of correct.
type correction struct {
	year   int
	change map[string]*int64 // by class
	reason string
}

func countsCorrect(env *frame.Env) *cobra.Command {
	o := correction{change: map[string]*int64{}}
	cmd := &cobra.Command{
		Use: "correct PARTICIPANT", Short: "Correct a count by numbers, for a reason that is kept and logged",
		Long: `Correct a count by what the gateway cannot know: exports by other ways (added),
or a delivery that never arrived (taken away). It needs the role compliance.
Reason, numbers and the name of your key are kept, and committed to in the
evidence log.`,
		Example: `  hutong counts correct acme --non-sensitive 4200 --reason "paper files sent in May, register 2026-17"`,
		Args:    frame.Args(cobra.ExactArgs(1)),
		RunE:    func(cmd *cobra.Command, words []string) error { return correct(cmd.Context(), env, words[0], o) },
	}
	fs := cmd.Flags()
	fs.IntVar(&o.year, "year", 0, "default: this year")
	for i, class := range input.CountClasses() {
		usage := "people to add; negative: to take away"
		if i > 0 {
			usage = "the same, " + class.Text.EN
		}
		o.change[class.ID] = fs.Int64(input.ClassFlag(class.ID), 0, usage)
	}
	fs.StringVar(&o.reason, "reason", "", "reason, and where it is documented (needed)")
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

func correct(ctx context.Context, env *frame.Env, exporter string, o correction) error {
	change := client.Totals{}
	for class, n := range o.change {
		if *n != 0 {
			change[class] = *n
		}
	}
	if len(change) == 0 {
		return frame.Usagef("give "+classFlags(), "nothing would change")
	}
	if strings.TrimSpace(o.reason) == "" {
		return frame.Usagef("say with --reason what happened and where it is written", "a reason is needed")
	}
	c, err := env.Client()
	if err != nil {
		return err
	}
	if o.year == 0 {
		now, err := c.Counts().Year(ctx, exporter, 0, 0)
		if err != nil {
			return err
		}
		o.year = now.Year
	}
	v, err := c.Counts().Correct(ctx, client.Correct{Exporter: exporter, Year: o.year, Change: change, Reason: o.reason})
	if err != nil {
		return err
	}
	return env.Print(v, func(w io.Writer) { printCounts(env, w, v) })
}

func printCounts(env *frame.Env, w io.Writer, v client.YearCounts) {
	fmt.Fprintf(w, env.Word("%s, %d\n", "%s，%d年\n"), v.Exporter, v.Year)
	var rows [][]string
	for _, class := range input.ClassesOf(v.Totals) {
		rows = append(rows, []string{env.Text(input.CountText(class)), frame.Thousands(v.Totals[class]) + env.Word(" people", " 人")})
	}
	frame.Grid(w, "  ", rows)
	if len(v.Thresholds) > 0 {
		fmt.Fprintln(w, env.Word("\nhow far it is to the numbers of the law (! comes near)", "\n距法定数量（! 为临近）"))
		for _, o := range v.Thresholds {
			printOutlook(env, w, o)
		}
	}
	if len(v.Flows) > 0 {
		fmt.Fprintf(w, env.Word("\nflows (%d of %d)\n", "\n数据流转（%d/%d）\n"), len(v.Flows), v.FlowsInAll)
		rows := [][]string{{env.Word("day", "日期"), env.Word("flow", "流转"), env.Word("to", "接收方"), env.Word("state", "状态"), env.Word("people (sensitive)", "人数（敏感）"), env.Word("new", "新增")}}
		for _, f := range v.Flows {
			rows = append(rows, []string{f.On, f.Flow, f.To, f.State, people(f.People), people(f.New)})
		}
		frame.Grid(w, "  ", rows)
	}
	if len(v.Corrections) > 0 {
		fmt.Fprintln(w, env.Word("\ncorrections", "\n更正"))
		for _, c := range v.Corrections {
			var parts []string
			for _, class := range input.ClassesOf(c.Change) {
				parts = append(parts, fmt.Sprintf("%+d", c.Change[class]))
			}
			fmt.Fprintf(w, "  %s %s %s\n", c.At.Format(frame.Day), strings.Join(parts, " / "), frame.Printable(c.By))
			frame.Paragraph(w, "    ", "    ", frame.Printable(c.Reason))
		}
	}
}

// people returns the people of a flow in the first two classes, empty if they
// are not known.
func people(t client.Totals) string {
	if t == nil {
		return "–"
	}
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

// printOutlook shows how far a number of the law is, the rule behind it, and
// when it would be reached.
func printOutlook(env *frame.Env, w io.Writer, o client.Outlook) {
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
	frame.Paragraph(w, "    ", "    ", env.Text(dataspace.Text(o.Text)))
	note := ""
	if !o.Certain {
		note = env.Word(", may apply", "，可能适用")
	}
	fmt.Fprintf(w, "    %s %s, %s%s\n    %s\n", env.Article(o.Article, o.ArticleZH), show.Sure(env, dataspace.Confidence(o.Confidence)), o.Pack, note, o.Source)
	if o.Left == 0 {
		return
	}
	var paces []string
	for _, p := range []*client.Pace{o.Year, o.Recent} {
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
