package gate

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
)

// Obligations makes "obligations".
func Obligations(env *frame.Env) *cobra.Command {
	var o client.AgendaFilter
	cmd := &cobra.Command{
		Use: "obligations", Short: "Duties of all flows that are still open, and their deadlines", Args: frame.Args(cobra.NoArgs),
		Long: `List the open obligations of all flows that stand or were delivered: overdue ones
first, then by day, then those without a day. The list also warns of legal documents
that will soon end or must be filed again. Each flow is decided again as of today, by
what this gateway knows; no peer is asked. Read the list every morning.`,
		Example: `  hutong obligations
  hutong obligations --exporter acme --due-before 2026-07-01 --json
  hutong obligations done flow-x2k cn.list.report --reason "handed in, receipt 17"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			out, err := c.Obligations().List(ctx, o)
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { printAgenda(env, w, out) })
		}),
	}
	cmd.Flags().StringVar(&o.Owner, "exporter", "", "only flows of this participant")
	cmd.Flags().StringVar(&o.Flow, "flow", "", "only this flow")
	cmd.Flags().StringVar(&o.DueBefore, "due-before", "", "only obligations due before this day, 2006-01-02")
	cmd.Flags().BoolVar(&o.Fulfilled, "all", false, "also list fulfilled obligations")
	cmd.AddCommand(obligationDone(env))
	return cmd
}

func obligationDone(env *frame.Env) *cobra.Command {
	var in client.Fulfilled
	cmd := &cobra.Command{
		Use: "done FLOW OBLIGATION", Short: "Record that a person fulfilled an obligation", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Record that a person fulfilled an obligation of a delivered flow, such as a notice
or a report. The person, the time and the reason become evidence; the decision stays
as it is. If a legal document fulfils the obligation, register it with
'hutong instrument add' instead.`,
		Example: `  hutong obligations done flow-x2k cn.list.report --reason "handed in, receipt 17" --on 2026-06-20`,
		RunE: func(cmd *cobra.Command, words []string) error {
			return fulfil(cmd.Context(), env, words[0], words[1], in)
		},
	}
	cmd.Flags().StringVar(&in.Reason, "reason", "", "how the obligation was fulfilled")
	cmd.Flags().StringVar(&in.On, "on", "", "day on which it was fulfilled; default: today")
	return cmd
}

func fulfil(ctx context.Context, env *frame.Env, flow, obligation string, in client.Fulfilled) error {
	if in.Reason == "" {
		return frame.Usagef("say with --reason how it was fulfilled; it is kept as evidence", "a reason is needed")
	}
	if _, err := frame.ParseDay("--on", in.On); err != nil {
		return err
	}
	c, err := env.Client()
	if err != nil {
		return err
	}
	f, err := c.Obligations().Fulfil(ctx, flow, obligation, in)
	if err != nil {
		return err
	}
	return env.Print(f, func(w io.Writer) {
		fmt.Fprintf(w, env.Word("recorded: %s of flow %s is done\n", "已记录：流转 %[2]s 的 %[1]s 已完成\n"), obligation, f.ID)
	})
}

func printAgenda(env *frame.Env, w io.Writer, g client.Agenda) {
	if len(g.Obligations) == 0 {
		fmt.Fprintln(w, env.Word("✓ nothing is open", "✓ 没有未完成的义务"))
	}
	last := ""
	var lasting []client.Duty
	for _, o := range g.Obligations {
		if !env.Verbose && o.Due == nil && !o.Overdue && !o.Satisfied && o.Done == nil {
			lasting = append(lasting, o)
			continue
		}
		if o.Flow != last {
			fmt.Fprintf(w, "%s  %s/%s", o.Flow, o.Participant, o.Dataset)
			if o.DeliveredOn != "" {
				fmt.Fprintf(w, env.Word("  delivered %s", "  %s 交付"), o.DeliveredOn)
			}
			fmt.Fprintln(w)
			last = o.Flow
		}
		if o.Overdue {
			fmt.Fprintf(w, "  %s\n", env.Word("! overdue", "! 已逾期"))
		}
		show.Obligation(env, w, obligationOf(o))
		if o.Done != nil {
			frame.Paragraph(w, "    ", "    ", fmt.Sprintf(env.Word("on %s, recorded by %s: %s", "%s，由%s记录：%s"), o.Done.On, o.Done.By, frame.Printable(o.Done.Reason)))
		}
	}
	printLasting(env, w, lasting)
	if len(g.Warnings) > 0 {
		fmt.Fprintln(w, env.Word("\nwarnings", "\n提示"))
	}
	for _, n := range g.Warnings {
		show.Warning(env, w, warningOf(n))
		fmt.Fprintf(w, env.Word("    %s of %s\n", "    %[2]s，%[1]s\n"), env.Count(int64(len(n.Flows)), "flow", "项流转"), n.Participant)
	}
}

// printLasting prints each duty without a day once, because many flows have the
// same duties.
func printLasting(env *frame.Env, w io.Writer, list []client.Duty) {
	if len(list) == 0 {
		return
	}
	flows, first := map[string]int64{}, []client.Duty{}
	for _, o := range list {
		if flows[o.ID]++; flows[o.ID] == 1 {
			first = append(first, o)
		}
	}
	fmt.Fprintln(w, env.Word("without a day (--verbose: by flow)", "没有期限的义务（--verbose 按流转列出）"))
	for _, o := range first {
		frame.Paragraph(w, "  ☐ ", "    ", fmt.Sprintf("%s: %s · %s", o.ID, env.Text(dataspace.Text(o.Text)), env.Count(flows[o.ID], "flow", "项流转")))
	}
}

// obligationOf converts a duty to the obligation type of decisions.
func obligationOf(d client.Duty) dataspace.Obligation {
	return dataspace.Obligation{
		ID: d.ID, Due: d.Due, Satisfied: d.Satisfied, By: d.By, BeforeDelivery: d.BeforeDelivery, Text: dataspace.Text(d.Text),
		Deadline: (*dataspace.Text)(d.Deadline), Instruments: d.Instruments, Until: d.Until, Through: d.Through,
	}
}

// warningOf converts a notice to the warning type of decisions.
func warningOf(n client.Notice) dataspace.Warning {
	return dataspace.Warning{
		Kind: n.Kind, Instrument: dataspace.InstrumentID(n.Instrument), InstrumentKind: n.InstrumentKind, Number: n.Number,
		From: n.From, Until: n.Until, Article: n.Article, ArticleZH: n.ArticleZH, Source: n.Source, Confidence: dataspace.Confidence(n.Confidence), Text: dataspace.Text(n.Text),
	}
}
