package cli

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

type flowRow = flow.Flow

// oneFlow is the RunE of a command about one flow.
func (a *app) oneFlow(run func(cmd *cobra.Command, c *client, id dataspace.FlowID) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, list []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return run(cmd, c, dataspace.FlowID(list[0]))
	}
}

func (a *app) flowShow() *cobra.Command {
	return &cobra.Command{Use: "show ID", Short: "Show a flow: its decision with articles, its plan, its evidence", Args: args(cobra.ExactArgs(1)),
		RunE: a.oneFlow(func(cmd *cobra.Command, c *client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodGet, "/flows/"+esc(id), nil, &f); err != nil {
				return err
			}
			return a.print(f, func(w io.Writer) {
				a.printEnd(cmd.Context(), w, c, f)
				if f.State == dataspace.Completed {
					var d dataspace.Decision
					if err := c.call(cmd.Context(), http.MethodGet, "/flows/"+esc(id)+"/documents/decision", nil, &d); err == nil {
						a.printDecision(w, d, clock.Process().Now().Format(day))
					}
				}
				var p dataspace.Plan
				if err := c.call(cmd.Context(), http.MethodGet, "/flows/"+esc(id)+"/documents/plan", nil, &p); err == nil {
					a.printPlan(w, p)
				}
				if f.Delivered != nil {
					var today flow.Agenda
					if err := c.call(cmd.Context(), http.MethodGet, "/obligations?fulfilled=true&flow="+esc(id), nil, &today); err == nil {
						fmt.Fprintf(w, a.word("\nas of %s\n", "\n截至%s\n"), today.On)
						a.printAgenda(w, today)
					}
				}
				if f.Review != nil {
					fmt.Fprintf(w, "review by %s: approve=%v, %s\n", f.Review.By, f.Review.Approve, f.Review.Reason)
				}
				for _, name := range slices.Sorted(maps.Keys(f.Documents)) {
					fmt.Fprintf(w, "  %-10s %s\n", name, f.Documents[name].Short())
				}
			})
		})}
}

func (a *app) flowFollow() *cobra.Command {
	var waybill string
	cmd := &cobra.Command{Use: "follow ID", Short: "Follow a flow to its end; Ctrl-C leaves it running", Args: args(cobra.ExactArgs(1)),
		RunE: a.oneFlow(func(cmd *cobra.Command, c *client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodGet, "/flows/"+esc(id), nil, &f); err != nil {
				return err
			}
			return a.followTo(cmd.Context(), c, f, false, waybill)
		})}
	cmd.Flags().StringVar(&waybill, "waybill", "", "where the waybill is written; default <flow>.waybill here")
	return cmd
}

func (a *app) flowJudge(verb, short, example string) *cobra.Command {
	var approve, reject bool
	var reason string
	cmd := &cobra.Command{Use: verb + " ID", Short: short, Example: example, Args: args(cobra.ExactArgs(1)),
		RunE: a.oneFlow(func(cmd *cobra.Command, c *client, id dataspace.FlowID) error {
			if approve == reject {
				return usagef("say --approve or --reject", "a decision is needed")
			}
			if reason == "" {
				return usagef("say on what the decision rests with --reason; it is kept as evidence", "a reason is needed")
			}
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodPost, "/flows/"+esc(id)+"/"+verb, api.Judgement{Approve: approve, Reason: reason}, &f); err != nil {
				return err
			}
			return a.print(f, func(w io.Writer) {
				fmt.Fprintf(w, "recorded; flow %s is %s\n", f.ID, f.State)
				if !f.State.Final() {
					fmt.Fprintf(w, "→ hutong flow follow %s\n", f.ID)
				}
			})
		})}
	cmd.Flags().BoolVar(&approve, "approve", false, "let it go on")
	cmd.Flags().BoolVar(&reject, "reject", false, "end it")
	cmd.Flags().StringVar(&reason, "reason", "", "on what the decision rests")
	return cmd
}

func (a *app) flowStop() *cobra.Command {
	var reason string
	cmd := &cobra.Command{Use: "stop ID", Short: "Stop a flow for good", Args: args(cobra.ExactArgs(1)),
		RunE: a.oneFlow(func(cmd *cobra.Command, c *client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodPost, "/flows/"+esc(id)+"/stop", api.StopFlow{Reason: reason}, &f); err != nil {
				return err
			}
			return a.print(f, func(w io.Writer) { fmt.Fprintf(w, "flow %s is %s\n", f.ID, f.State) })
		})}
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func (a *app) flowResume() *cobra.Command {
	return &cobra.Command{Use: "resume ID", Short: "Try or decide a flow again now", Args: args(cobra.ExactArgs(1)),
		RunE: a.oneFlow(func(cmd *cobra.Command, c *client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodPost, "/flows/"+esc(id)+"/resume", nil, &f); err != nil {
				return err
			}
			return a.print(f, func(w io.Writer) {
				fmt.Fprintf(w, "flow %s is %s\n→ hutong flow follow %s\n", f.ID, f.State, f.ID)
			})
		})}
}
