package gate

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// Obligations makes "obligations".
func Obligations(env *frame.Env) *cobra.Command {
	var exporter, due, id string
	var all bool
	cmd := &cobra.Command{
		Use: "obligations", Short: "What is still to be done over all flows, and by when", Args: frame.Args(cobra.NoArgs),
		Long: `List what the law still asks for over all flows that stand or were delivered,
overdue first, then by day, and once what has no day; and warn of legal
documents that will soon end or must be filed again. Each flow is decided anew
as of today, on what is known here; no peer is asked. Ask for it every morning.`,
		Example: `  hutong obligations
  hutong obligations --exporter acme --due-before 2026-07-01 --json
  hutong obligations done flow-x2k cn.list.report --reason "handed in, receipt 17"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			query := url.Values{"owner": {exporter}, "flow": {id}, "due_before": {due}, "fulfilled": {fmt.Sprint(all)}}
			var out flow.Agenda
			if err := c.Call(cmd.Context(), http.MethodGet, "/obligations?"+query.Encode(), nil, &out); err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { printAgenda(env, w, out) })
		},
	}
	cmd.Flags().StringVar(&exporter, "exporter", "", "only flows of this participant")
	cmd.Flags().StringVar(&id, "flow", "", "only this flow")
	cmd.Flags().StringVar(&due, "due-before", "", "only what is due before this day, 2006-01-02")
	cmd.Flags().BoolVar(&all, "all", false, "also what is fulfilled")
	cmd.AddCommand(obligationDone(env))
	return cmd
}

func obligationDone(env *frame.Env) *cobra.Command {
	var in api.Fulfilled
	cmd := &cobra.Command{
		Use: "done FLOW OBLIGATION", Short: "Record that an obligation was fulfilled that no document fulfils", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Record that a person fulfilled an obligation of a delivered flow, such as a notice
or a report. Who, when and why become evidence; the decision stays what it is.
What an instrument fulfils is registered with 'hutong instrument add' instead.`,
		Example: `  hutong obligations done flow-x2k cn.list.report --reason "handed in, receipt 17" --on 2026-06-20`,
		RunE: func(cmd *cobra.Command, list []string) error {
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
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodPost, "/flows/"+frame.Esc(list[0])+"/obligations/"+frame.Esc(list[1])+"/done", in, &f); err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) {
				fmt.Fprintf(w, env.Word("recorded: %s of flow %s is done\n", "已记录：流转 %[2]s 的 %[1]s 已完成\n"), list[1], f.ID)
			})
		},
	}
	cmd.Flags().StringVar(&in.Reason, "reason", "", "how it was fulfilled")
	cmd.Flags().StringVar(&in.On, "on", "", "day on which it was done; default today")
	return cmd
}

func printAgenda(env *frame.Env, w io.Writer, g flow.Agenda) {
	if len(g.Obligations) == 0 {
		fmt.Fprintln(w, env.Word("✓ nothing is open", "✓ 没有未完成的义务"))
	}
	var last dataspace.FlowID
	var lasting []flow.Duty
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
		show.Obligation(env, w, o.Obligation)
		if o.Done != nil {
			frame.Paragraph(w, "    ", "    ", fmt.Sprintf(env.Word("on %s, recorded by %s: %s", "%s，由%s记录：%s"), o.Done.On, o.Done.By, frame.Printable(o.Done.Reason)))
		}
	}
	printLasting(env, w, lasting)
	if len(g.Warnings) > 0 {
		fmt.Fprintln(w, env.Word("\nwarnings", "\n提示"))
	}
	for _, n := range g.Warnings {
		show.Warning(env, w, n.Warning)
		fmt.Fprintf(w, env.Word("    %s of %s\n", "    %[2]s，%[1]s\n"), env.Count(int64(len(n.Flows)), "flow", "项流转"), n.Participant)
	}
}

// printLasting says once what has no day: the same duties stand for flow after
// flow.
func printLasting(env *frame.Env, w io.Writer, list []flow.Duty) {
	if len(list) == 0 {
		return
	}
	flows, first := map[string]int64{}, []flow.Duty{}
	for _, o := range list {
		if flows[o.ID]++; flows[o.ID] == 1 {
			first = append(first, o)
		}
	}
	fmt.Fprintln(w, env.Word("without a day (--verbose: by flow)", "没有期限的义务（--verbose 按流转列出）"))
	for _, o := range first {
		frame.Paragraph(w, "  ☐ ", "    ", fmt.Sprintf("%s: %s · %s", o.ID, env.Text(o.Text), env.Count(flows[o.ID], "flow", "项流转")))
	}
}
