package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

func (a *app) obligationsCommand() *cobra.Command {
	var exporter, due, id string
	var all bool
	cmd := &cobra.Command{
		Use: "obligations", Short: "What is still to be done over all flows, and by when", Args: args(cobra.NoArgs),
		Long: `List what the law still asks for over all flows that stand or were delivered,
overdue first, then by day, and once what has no day; and warn of legal
documents that will soon end or must be filed again. Each flow is decided anew
as of today, on what is known here; no peer is asked. Ask for it every morning.`,
		Example: `  hutong obligations
  hutong obligations --exporter acme --due-before 2026-07-01 --json
  hutong obligations done flow-x2k cn.list.report --reason "handed in, receipt 17"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			query := url.Values{"owner": {exporter}, "flow": {id}, "due_before": {due}, "fulfilled": {fmt.Sprint(all)}}
			var out flow.Agenda
			if err := c.call(cmd.Context(), http.MethodGet, "/obligations?"+query.Encode(), nil, &out); err != nil {
				return err
			}
			return a.print(out, func(w io.Writer) { a.printAgenda(w, out) })
		},
	}
	cmd.Flags().StringVar(&exporter, "exporter", "", "only flows of this participant")
	cmd.Flags().StringVar(&id, "flow", "", "only this flow")
	cmd.Flags().StringVar(&due, "due-before", "", "only what is due before this day, 2006-01-02")
	cmd.Flags().BoolVar(&all, "all", false, "also what is fulfilled")
	cmd.AddCommand(a.obligationDone())
	return cmd
}

func (a *app) obligationDone() *cobra.Command {
	var in api.Fulfilled
	cmd := &cobra.Command{
		Use: "done FLOW OBLIGATION", Short: "Record that an obligation was fulfilled that no document fulfils", Args: args(cobra.ExactArgs(2)),
		Long: `Record that a person fulfilled an obligation of a delivered flow, such as a notice
or a report. Who, when and why become evidence; the decision stays what it is.
What an instrument fulfils is registered with 'hutong instrument add' instead.`,
		Example: `  hutong obligations done flow-x2k cn.list.report --reason "handed in, receipt 17" --on 2026-06-20`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if in.Reason == "" {
				return usagef("say with --reason how it was fulfilled; it is kept as evidence", "a reason is needed")
			}
			if _, err := dayFlag("--on", in.On); err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodPost, "/flows/"+esc(list[0])+"/obligations/"+esc(list[1])+"/done", in, &f); err != nil {
				return err
			}
			return a.print(f, func(w io.Writer) {
				fmt.Fprintf(w, a.word("recorded: %s of flow %s is done\n", "已记录：流转 %[2]s 的 %[1]s 已完成\n"), list[1], f.ID)
			})
		},
	}
	cmd.Flags().StringVar(&in.Reason, "reason", "", "how it was fulfilled")
	cmd.Flags().StringVar(&in.On, "on", "", "day on which it was done; default today")
	return cmd
}

func (a *app) printAgenda(w io.Writer, g flow.Agenda) {
	if len(g.Obligations) == 0 {
		fmt.Fprintln(w, a.word("✓ nothing is open", "✓ 没有未完成的义务"))
	}
	var last dataspace.FlowID
	var lasting []flow.Duty
	for _, o := range g.Obligations {
		if !a.verbose && o.Due == nil && !o.Overdue && !o.Satisfied && o.Done == nil {
			lasting = append(lasting, o)
			continue
		}
		if o.Flow != last {
			fmt.Fprintf(w, "%s  %s/%s", o.Flow, o.Participant, o.Dataset)
			if o.DeliveredOn != "" {
				fmt.Fprintf(w, a.word("  delivered %s", "  %s 交付"), o.DeliveredOn)
			}
			fmt.Fprintln(w)
			last = o.Flow
		}
		if o.Overdue {
			fmt.Fprintf(w, "  %s\n", a.word("! overdue", "! 已逾期"))
		}
		a.printObligation(w, o.Obligation)
		if o.Done != nil {
			a.paragraph(w, "    ", "    ", fmt.Sprintf(a.word("on %s, recorded by %s: %s", "%s，由%s记录：%s"), o.Done.On, o.Done.By, printable(o.Done.Reason)))
		}
	}
	a.printLasting(w, lasting)
	if len(g.Warnings) > 0 {
		fmt.Fprintln(w, a.word("\nwarnings", "\n提示"))
	}
	for _, n := range g.Warnings {
		a.printWarning(w, n.Warning)
		fmt.Fprintf(w, a.word("    %s of %s\n", "    %[2]s，%[1]s\n"), a.count(int64(len(n.Flows)), "flow", "项流转"), n.Participant)
	}
}

// printLasting says once what has no day: the same duties stand for flow after
// flow.
func (a *app) printLasting(w io.Writer, list []flow.Duty) {
	if len(list) == 0 {
		return
	}
	flows, first := map[string]int64{}, []flow.Duty{}
	for _, o := range list {
		if flows[o.ID]++; flows[o.ID] == 1 {
			first = append(first, o)
		}
	}
	fmt.Fprintln(w, a.word("without a day (--verbose: by flow)", "没有期限的义务（--verbose 按流转列出）"))
	for _, o := range first {
		a.paragraph(w, "  ☐ ", "    ", fmt.Sprintf("%s: %s · %s", o.ID, a.text(o.Text), a.count(flows[o.ID], "flow", "项流转")))
	}
}

// printWarning says which document is concerned, by when to act, and why.
func (a *app) printWarning(w io.Writer, n dataspace.Warning) {
	if n.InstrumentKind == "" { // about a count
		a.paragraph(w, "  ! ", "    ", a.text(n.Text)+" · "+n.Article)
		return
	}
	what := a.word("renew", "续期")
	if n.Kind == "refile" {
		what = a.word("file again", "重新办理")
	}
	name := n.InstrumentKind
	if n.Kind == dataspace.WarnCount {
		what, name = a.word("near", "临近"), n.Number
	}
	if n.Instrument != "" {
		name += " " + string(n.Instrument)
	}
	when := ""
	if n.Until != "" {
		when = fmt.Sprintf(a.word(" (since %s, until %s)", "（%s起，至%s止）"), n.From, n.Until)
	}
	fmt.Fprintf(w, "  ! %s: %s%s\n", what, name, when)
	a.paragraph(w, "    ", "    ", a.text(n.Text)+" · "+n.Article)
}
