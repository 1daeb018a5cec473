package gate

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// Flow makes "flow".
func Flow(env *frame.Env) *cobra.Command {
	cmd := frame.Group("flow", "Flows: list, show, follow, review, stop, resume",
		flowList(env), flowShow(env), flowFollow(env), flowReview(env), flowAccept(env), flowStop(env), flowResume(env))
	cmd.Long = `A flow is one dataset on its way to one recipient for one purpose. 'hutong send'
and 'hutong fetch' create flows. A flow continues after the command that began it
has ended.`
	cmd.Example = `  hutong flow list
  hutong flow show flow-…
  hutong flow follow flow-…`
	return cmd
}

func flowList(env *frame.Env) *cobra.Command {
	var o client.FlowFilter
	cmd := &cobra.Command{
		Use: "list", Short: "List flows, newest first", Args: frame.Args(cobra.NoArgs),
		Long: "List flows, newest first. The mark ≠ means that an update of the packs changed\nthe verdict; 'hutong pack changes' shows how.",
		Example: `  hutong flow list
  hutong flow list --of acme --state waiting_action --json`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error { return listFlows(ctx, env, c, o) }),
	}
	cmd.Flags().StringVar(&o.Owner, "of", "", "only flows of this participant")
	frame.AddChoice(cmd.Flags(), &o.State, "state", "", "only in this state", dataspace.FlowStateNames()...)
	cmd.Flags().IntVar(&o.Limit, "limit", 100, "list at most this number")
	return cmd
}

func listFlows(ctx context.Context, env *frame.Env, c *client.Client, o client.FlowFilter) error {
	list, err := client.Collect(c.Flows().List(ctx, o))
	if err != nil {
		return err
	}
	return env.List(list, "ID STATE VERDICT FROM-TO DATASET UPDATED", func(row func(...any)) {
		for _, f := range list {
			way := fmt.Sprintf("%s→%s/%s", f.Participant, f.Peer, f.Counterparty)
			if f.Role == client.Consumer {
				way = fmt.Sprintf("%s/%s→%s", f.Peer, f.Counterparty, f.Participant)
			}
			row(f.ID, f.State, verdictMark(f), way, f.Dataset, f.Updated.Local().Format("2006-01-02 15:04:05"))
		}
	})
}

// verdictMark returns the verdict of a flow, and the verdict by the current
// packs if that is different.
func verdictMark(f client.Flow) string {
	n := len(f.Rechecks)
	if n == 0 || f.Rechecks[n-1].Back || f.Rechecks[n-1].Decision != f.Documents[flow.DocDecision] {
		return f.Verdict
	}
	if now := f.Rechecks[n-1].New.Verdict; now != f.Verdict {
		return f.Verdict + "≠" + now
	}
	return f.Verdict + "≠"
}

func flowShow(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a flow: its decision with articles, its plan, its evidence", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Show how far a flow has come and, as far as they exist: the first screen of the
decision, what was delivered, what is still to be done, and who reviewed it. With
--long: every article and source, the plan for each column, and the digests of the
documents.`,
		Example: `  hutong flow show flow-…
  hutong flow show flow-… --long
  hutong flow show flow-… --json`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			f, err := c.Flows().Get(ctx, words[0])
			if err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) { printFlow(ctx, env, w, c, f) })
		}),
	}
}

// flowDocument reads a document of a flow and reports whether one can be read.
// The rest of the flow is shown in any case.
func flowDocument(ctx context.Context, c *client.Client, id, name string, into any) bool {
	return c.Flows().Document(ctx, id, name, into) == nil
}

func printFlow(ctx context.Context, env *frame.Env, w io.Writer, c *client.Client, f client.Flow) {
	printEnd(ctx, env, w, c, f)
	var d dataspace.Decision
	if f.State == client.Completed && flowDocument(ctx, c, f.ID, flow.DocDecision, &d) {
		result(ctx, env, w, c, f, d)
	}
	if f.Delivered != nil {
		if today, err := c.Obligations().List(ctx, client.AgendaFilter{Flow: f.ID, Fulfilled: true}); err == nil {
			fmt.Fprintf(w, env.Word("\nas of %s\n", "\n截至%s\n"), today.On)
			printAgenda(env, w, today)
		}
	}
	if f.Review != nil {
		what := env.Word("refused", "拒绝")
		if f.Review.Approve {
			what = env.Word("approved", "同意")
		}
		fmt.Fprintf(w, env.Word("%s by %s: %s\n", "人工复核：%s（%s）：%s\n"), what, frame.Printable(f.Review.By), frame.Printable(f.Review.Reason))
	}
	if !env.Long && !env.Verbose {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(f.Documents)) {
		fmt.Fprintf(w, "  %-10s %s\n", name, dataspace.Digest(f.Documents[name]).Short())
	}
}

func flowFollow(env *frame.Env) *cobra.Command {
	var waybill string
	cmd := &cobra.Command{
		Use: "follow ID", Short: "Follow a flow to its end; Ctrl-C leaves it running", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Show the progress of a flow until it has ended or waits for a person, and write its
waybill. Ctrl-C leaves the flow running.

Exit codes: as 'hutong send'.`,
		Example: `  hutong flow follow flow-…
  hutong flow follow flow-… --waybill tickets.waybill`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			end := ending{waybill: waybill}
			if err := end.check(); err != nil {
				return err
			}
			f, err := c.Flows().Get(ctx, words[0])
			if err != nil {
				return err
			}
			return followTo(ctx, env, c, f, end)
		}),
	}
	cmd.Flags().StringVar(&waybill, "waybill", "", "where the waybill is written; default <flow>.waybill here")
	return cmd
}

// judgement holds the flags of review and accept.
type judgement struct {
	approve, reject bool
	reason          string
}

func (o *judgement) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.approve, "approve", false, "accept it")
	cmd.Flags().BoolVar(&o.reject, "reject", false, "refuse it")
	cmd.Flags().StringVar(&o.reason, "reason", "", "reason of the decision")
}

func flowReview(env *frame.Env) *cobra.Command {
	var o judgement
	cmd := &cobra.Command{
		Use: "review ID", Short: "Record a compliance officer's decision where the rules ask for a person", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Decide about a flow whose verdict is human review. It needs the role compliance.
Your decision, its reason and the name of your key become evidence. The computed
decision stays as it is.`,
		Example: `  hutong flow review flow-… --approve --reason "annex of the list read; items not on it" --key-file li-wei.key`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			return judgeFlow(ctx, env, c.Flows().Review, words[0], o)
		}),
	}
	o.add(cmd)
	return cmd
}

func flowAccept(env *frame.Env) *cobra.Command {
	var o judgement
	cmd := &cobra.Command{
		Use: "accept ID", Short: "Accept or refuse an offer that a person must answer", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Answer an offer of another gateway that the participant does not accept
automatically. The answer and its reason are kept as evidence.`,
		Example: `  hutong flow accept flow-… --approve --reason "agreed with the sender by phone"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			return judgeFlow(ctx, env, c.Flows().Accept, words[0], o)
		}),
	}
	o.add(cmd)
	return cmd
}

// judge sends a judgement to the gateway.
type judge func(ctx context.Context, id string, in client.Judgement) (client.Flow, error)

func judgeFlow(ctx context.Context, env *frame.Env, record judge, id string, o judgement) error {
	if o.approve == o.reject {
		return frame.Usagef("say --approve or --reject", "a decision is needed")
	}
	if o.reason == "" {
		return frame.Usagef("say on what the decision rests with --reason; it is kept as evidence", "a reason is needed")
	}
	f, err := record(ctx, id, client.Judgement{Approve: o.approve, Reason: o.reason})
	if err != nil {
		return err
	}
	return env.Print(f, func(w io.Writer) {
		fmt.Fprintf(w, env.Word("recorded; flow %s is %s\n", "已记录；流转 %s：%s\n"), f.ID, stateName(env, f.State))
		if !f.Final() {
			fmt.Fprintf(w, "→ hutong flow follow %s\n", f.ID)
		}
	})
}

func flowStop(env *frame.Env) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "stop ID", Short: "Stop a flow for good", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Stop a flow for good, also while its data is on the way. Data that was delivered
before cannot be taken back.`,
		Example: `  hutong flow stop flow-… --reason "wrong recipient"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			f, err := c.Flows().Stop(ctx, words[0], reason)
			if err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) {
				fmt.Fprintf(w, env.Word("flow %s is %s\n", "流转 %s：%s\n"), f.ID, stateName(env, f.State))
			})
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func flowResume(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "resume ID", Short: "Try or decide a flow again now", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Try again now a flow that waits for its next attempt, or decide a flow again after
a document was registered. A flow that has ended stays as it is.`,
		Example: `  hutong flow resume flow-…`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			f, err := c.Flows().Resume(ctx, words[0])
			if err != nil {
				return err
			}
			return env.Print(f, func(w io.Writer) {
				fmt.Fprintf(w, env.Word("flow %s is %s\n→ hutong flow follow %s\n", "流转 %s：%s\n→ hutong flow follow %s\n"), f.ID, stateName(env, f.State), f.ID)
			})
		}),
	}
}
