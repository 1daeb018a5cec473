package gate

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Declare makes "declare".
func Declare(env *frame.Env) *cobra.Command {
	var owner string
	cmd := frame.Group("declare", "Answer once a year what every flow would ask", declareSet(env, &owner), declareList(env, &owner), declareRevoke(env, &owner))
	cmd.Long = `Standing declarations: what a compliance officer states of a participant, or of its
datasets, for a year at most, with the reason on which it rests. Decisions take
facts that nobody else stated from the declarations in force, and say so. When a
declaration has ended or was revoked, the fact is open again.

It needs the role compliance. Each declaration and each revocation is in the
evidence log, and a waybill shows the declarations on which its decision rests.
A flow, a dataset or a participant of which something else is stated is refused.`
	cmd.Example = `  hutong declare list --of acme
  hutong declare set ciio no --of acme --reason "no notice of the authority, register of 12 March"
  hutong declare set core no --of acme --dataset members --reason "catalogue of data, edition 3"
  hutong declare revoke ciio --of acme --reason "notified as operator on 2 May"`
	cmd.PersistentFlags().StringVar(&owner, "of", "", "the participant that it is about")
	return cmd
}

func declareSet(env *frame.Env, owner *string) *cobra.Command {
	var in client.Declare
	var edition client.Edition
	cmd := &cobra.Command{
		Use: "set FACT VALUE", Short: "Declare a fact for a time", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Declare a fact of a participant or of its datasets. 'hutong declare list' names the
facts that can be declared. It replaces an earlier declaration of the same fact
about the same dataset.

Without --dataset, a fact about datasets is declared of all datasets of which
nothing was declared by itself, also of files that are sent and not registered.
Flows that wait are decided again.

A list that is not loaded may name the data of its sectors as important. There,
'no' counts only with the edition of the list that was looked at, and the day
(--edition, --looked-on).`,
		Example: `  hutong declare set ciio no --of acme --reason "no notice of the authority, register of 12 March"
  hutong declare set core no --of acme --dataset members --until 2026-12-31 --reason "catalogue of data, edition 3"
  hutong declare set important no --of acme --dataset members --edition "2025 edition" --looked-on 2026-11-12 --reason "compared with its annex"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if strings.TrimSpace(in.Reason) == "" {
				return frame.Usagef("say with --reason on what it rests", "a reason is needed")
			}
			who, err := frame.Sole(ctx, c, *owner, "of")
			if err != nil {
				return err
			}
			in.Fact, in.Value = words[0], words[1]
			if edition != (client.Edition{}) {
				in.Edition = &edition
			}
			out, err := c.Participants().Declare(ctx, who, in)
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { printDeclaration(env, w, out) })
		}),
	}
	cmd.Flags().StringVar(&in.Dataset, "dataset", "", "a registered dataset that it is about; default all of which nothing was declared")
	cmd.Flags().StringVar(&in.Until, "until", "", "last day, 2006-01-02; default as long as it may hold")
	cmd.Flags().StringVar(&in.Reason, "reason", "", "on what it rests (needed)")
	cmd.Flags().StringVar(&edition.Name, "edition", "", "the edition of the list that was looked at, of a fact about a list")
	cmd.Flags().StringVar(&edition.On, "looked-on", "", "the day on which it was looked at, 2006-01-02")
	return cmd
}

func declareRevoke(env *frame.Env, owner *string) *cobra.Command {
	var in client.Revoke
	cmd := &cobra.Command{
		Use: "revoke FACT", Short: "End a declaration before its last day", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `End a declaration at once. The fact is open again: a decision that needs it asks.
Flows that wait are decided again, and one that is agreed ends before its data
leaves if it may not leave without the declaration.`,
		Example: `  hutong declare revoke ciio --of acme --reason "notified as operator on 2 May"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if strings.TrimSpace(in.Reason) == "" {
				return frame.Usagef("say with --reason why", "a reason is needed")
			}
			who, err := frame.Sole(ctx, c, *owner, "of")
			if err != nil {
				return err
			}
			in.Fact = words[0]
			out, err := c.Participants().Revoke(ctx, who, in)
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { printDeclaration(env, w, out) })
		}),
	}
	cmd.Flags().StringVar(&in.Dataset, "dataset", "", "the dataset that the declaration names")
	cmd.Flags().StringVar(&in.Reason, "reason", "", "why (needed)")
	return cmd
}

func declareList(env *frame.Env, owner *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List declarations, and the facts that can be declared", Args: frame.Args(cobra.NoArgs),
		Long: `List the newest declaration of each fact, with who, when, why and until when, and
then the facts that can be declared and are not, with their questions. With --json:
the declarations.`,
		Example: `  hutong declare list --of acme
  hutong declare list --of acme --json`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			who, err := frame.Sole(ctx, c, *owner, "of")
			if err != nil {
				return err
			}
			list, err := c.Participants().Declarations(ctx, who)
			if err != nil {
				return err
			}
			t, err := input.TableAt(ctx, c)
			if err != nil {
				return err
			}
			return env.Print(list, func(w io.Writer) { printDeclarations(env, w, t, list) })
		}),
	}
}

func printDeclarations(env *frame.Env, w io.Writer, t *fact.Table, list []client.Declaration) {
	for _, d := range list {
		printDeclaration(env, w, d)
	}
	var open []*fact.Definition
	for i := range t.All() {
		d := t.At(i)
		if d.Standing != nil && !slices.ContainsFunc(list, func(one client.Declaration) bool { return one.Fact == d.Name && one.State == "in_force" }) {
			open = append(open, d)
		}
	}
	if len(open) == 0 {
		return
	}
	if len(list) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, env.Word("open (a declaration answers it)", "尚无声明（可作年度声明）"))
	for _, d := range open {
		about := env.Word("of the participant", "关于参与方")
		if d.Standing.About == fact.AboutDataset {
			about = env.Word("of a dataset or all", "关于某一或全部数据集")
		}
		form := d.Form()
		if d.Type == fact.Bool {
			form = env.Word("yes|no", "是|否")
		}
		fmt.Fprintf(w, "  ? %s (%s; %s)\n", d.Name, about, form)
		frame.Paragraph(w, "    ", "    ", env.Text(d.Ask))
	}
}

// declarationStates are the states in words.
var declarationStates = map[string]dataspace.Text{
	"in_force": {EN: "in force", ZH: "有效"},
	"ended":    {EN: "ended", ZH: "已到期"},
	"revoked":  {EN: "revoked", ZH: "已撤销"},
}

func printDeclaration(env *frame.Env, w io.Writer, d client.Declaration) {
	about := ""
	if d.Dataset != "" {
		about = env.Word(" of dataset ", "，数据集 ") + d.Dataset
	}
	value := fmt.Sprint(d.Value)
	if yes, ok := d.Value.(bool); ok {
		value = map[bool]string{true: env.Word("yes", "是"), false: env.Word("no", "否")}[yes]
	}
	fmt.Fprintf(w, env.Word("%s = %s%s: %s, from %s until %s\n", "%s = %s%s：%s，%s 至 %s\n"), d.Fact, value, about, env.Text(declarationStates[d.State]), d.From, d.Until)
	said(env, w, d.By, d.At, d.Reason)
	if e := d.Edition; e != nil {
		fmt.Fprintf(w, env.Word("  looked at: %s, on %s\n", "  核对的清单版本：%s，核对日期：%s\n"), frame.Printable(e.Name), e.On)
	}
	if d.Revoked != nil {
		fmt.Fprintln(w, env.Word("  revoked:", "  撤销："))
		said(env, w, d.Revoked.By, d.Revoked.At, d.Revoked.Reason)
	}
}

// said prints who said something, when and why.
func said(env *frame.Env, w io.Writer, by, at, reason string) {
	fmt.Fprintf(w, env.Word("  %s, %s\n", "  %s，%s\n"), frame.Printable(by), at)
	frame.Paragraph(w, "  ", "  ", frame.Printable(reason))
}
