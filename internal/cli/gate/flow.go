package gate

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// Flow makes "flow".
func Flow(env *frame.Env) *cobra.Command {
	var owner, state string
	var limit int
	list := &cobra.Command{Use: "list", Short: "List flows, newest first", Long: "List flows, newest first. A verdict marked ≠ came out otherwise after an update of\nthe packs; 'hutong pack changes' says how.", Args: frame.Args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := env.Client()
		if err != nil {
			return err
		}
		var out []flowRow
		if err := c.Call(cmd.Context(), http.MethodGet, fmt.Sprintf("/flows?owner=%s&state=%s&limit=%d", frame.Esc(owner), frame.Esc(state), limit), nil, &out); err != nil {
			return err
		}
		return env.List(out, "ID STATE VERDICT FROM-TO DATASET UPDATED", func(row func(...any)) {
			for _, f := range out {
				way := fmt.Sprintf("%s→%s/%s", f.Local, f.Peer, f.Counterparty)
				if f.Role == dataspace.Consumer {
					way = fmt.Sprintf("%s/%s→%s", f.Peer, f.Counterparty, f.Local)
				}
				row(f.ID, f.State, verdictMark(f), way, f.Dataset, f.Updated.Local().Format("2006-01-02 15:04:05"))
			}
		})
	}}
	list.Flags().StringVar(&owner, "of", "", "only this participant's")
	list.Flags().StringVar(&state, "state", "", "only in this state")
	list.Flags().IntVar(&limit, "limit", 100, "at most so many")
	return frame.Group("flow", "Flows: list, show, follow, review, stop, resume", list, flowShow(env), flowFollow(env),
		flowJudge(env, "review", "Record a compliance officer's decision where the rules ask for a person",
			`  hutong flow review flow-… --approve --reason "annex of the list read; items not on it" --key-file li-wei.key`),
		flowJudge(env, "accept", "Take or refuse an offer that the recipient's intake left to a person",
			`  hutong flow accept flow-… --approve --reason "agreed with the sender by phone"`),
		flowStop(env), flowResume(env))
}

type flowRow = flow.Flow

// oneFlow is the RunE of a command about one flow.
func oneFlow(env *frame.Env, run func(cmd *cobra.Command, c *frame.Client, id dataspace.FlowID) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, list []string) error {
		c, err := env.Client()
		if err != nil {
			return err
		}
		return run(cmd, c, dataspace.FlowID(list[0]))
	}
}

func flowShow(env *frame.Env) *cobra.Command {
	return &cobra.Command{Use: "show ID", Short: "Show a flow: its decision with articles, its plan, its evidence", Args: frame.Args(cobra.ExactArgs(1)),
		RunE: oneFlow(env, func(cmd *cobra.Command, c *frame.Client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodGet, "/flows/"+frame.Esc(id), nil, &f); err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) {
				printEnd(cmd.Context(), env, w, c, f)
				if f.State == dataspace.Completed {
					var d dataspace.Decision
					if err := c.Call(cmd.Context(), http.MethodGet, "/flows/"+frame.Esc(id)+"/documents/decision", nil, &d); err == nil {
						show.Decision(env, w, d, time.Now().Format(frame.Day))
					}
				}
				var p dataspace.Plan
				if err := c.Call(cmd.Context(), http.MethodGet, "/flows/"+frame.Esc(id)+"/documents/plan", nil, &p); err == nil {
					show.Plan(env, w, p)
				}
				if f.Delivered != nil {
					var today flow.Agenda
					if err := c.Call(cmd.Context(), http.MethodGet, "/obligations?fulfilled=true&flow="+frame.Esc(id), nil, &today); err == nil {
						fmt.Fprintf(w, env.Word("\nas of %s\n", "\n截至%s\n"), today.On)
						printAgenda(env, w, today)
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

func flowFollow(env *frame.Env) *cobra.Command {
	var waybill string
	cmd := &cobra.Command{Use: "follow ID", Short: "Follow a flow to its end; Ctrl-C leaves it running", Args: frame.Args(cobra.ExactArgs(1)),
		RunE: oneFlow(env, func(cmd *cobra.Command, c *frame.Client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodGet, "/flows/"+frame.Esc(id), nil, &f); err != nil {
				return err
			}
			return followTo(cmd.Context(), env, c, f, false, waybill)
		})}
	cmd.Flags().StringVar(&waybill, "waybill", "", "where the waybill is written; default <flow>.waybill here")
	return cmd
}

func flowJudge(env *frame.Env, verb, short, example string) *cobra.Command {
	var approve, reject bool
	var reason string
	cmd := &cobra.Command{Use: verb + " ID", Short: short, Example: example, Args: frame.Args(cobra.ExactArgs(1)),
		RunE: oneFlow(env, func(cmd *cobra.Command, c *frame.Client, id dataspace.FlowID) error {
			if approve == reject {
				return frame.Usagef("say --approve or --reject", "a decision is needed")
			}
			if reason == "" {
				return frame.Usagef("say on what the decision rests with --reason; it is kept as evidence", "a reason is needed")
			}
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodPost, "/flows/"+frame.Esc(id)+"/"+verb, api.Judgement{Approve: approve, Reason: reason}, &f); err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) {
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

func flowStop(env *frame.Env) *cobra.Command {
	var reason string
	cmd := &cobra.Command{Use: "stop ID", Short: "Stop a flow for good", Args: frame.Args(cobra.ExactArgs(1)),
		RunE: oneFlow(env, func(cmd *cobra.Command, c *frame.Client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodPost, "/flows/"+frame.Esc(id)+"/stop", api.StopFlow{Reason: reason}, &f); err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) { fmt.Fprintf(w, "flow %s is %s\n", f.ID, f.State) })
		})}
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func flowResume(env *frame.Env) *cobra.Command {
	return &cobra.Command{Use: "resume ID", Short: "Try or decide a flow again now", Args: frame.Args(cobra.ExactArgs(1)),
		RunE: oneFlow(env, func(cmd *cobra.Command, c *frame.Client, id dataspace.FlowID) error {
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodPost, "/flows/"+frame.Esc(id)+"/resume", nil, &f); err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) {
				fmt.Fprintf(w, "flow %s is %s\n→ hutong flow follow %s\n", f.ID, f.State, f.ID)
			})
		})}
}
