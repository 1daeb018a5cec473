package gate

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// datasetColumn makes "dataset column".
func datasetColumn(env *frame.Env, owner *string) *cobra.Command {
	cmd := frame.Group("column", "Say what columns are, beside what a profile finds",
		columnSay(env, owner, dataspace.SaysConfirm), columnCorrect(env, owner), columnSay(env, owner, dataspace.SaysNotPersonal),
		columnWithdraw(env, owner), columnList(env, owner), columnExport(env, owner))
	cmd.Long = `A person's word on columns of a registered dataset, with the name of the key, the
time and the reason. It needs the role compliance. It stands in profile, plan and
waybill beside the finding, and decisions use it. It is bound to the name and the
forms of the column, and holds for each later flow; when they change, the profile
says that this column must be looked at again.

A value that proves itself stays, whatever a person says: a statement against it
is refused, with the element and the number of rows.

Flows of the dataset that wait are decided again at once. A flow that is already
agreed ends before its data leaves, if the statement changes what it was decided
on.`
	cmd.Example = `  hutong profile members --of acme
  hutong dataset column correct members vip membership --of acme --reason "asked the shop: the number of the card"
  hutong dataset column list members --of acme`
	return cmd
}

// columnSay makes "confirm" and "not-personal".
func columnSay(env *frame.Env, owner *string, says dataspace.Saying) *cobra.Command {
	var reason string
	cmd := &cobra.Command{Args: frame.Args(cobra.MinimumNArgs(2))}
	if says == dataspace.SaysConfirm {
		cmd.Use, cmd.Short = "confirm ID COLUMN...", "Confirm what was found in columns"
		cmd.Long = "Confirm, for columns that the profile asks about, that they are what was found.\nThe gateway reads the dataset once."
		cmd.Example = `  hutong dataset column confirm members 手机号 --of acme --reason "compared with the form of the shop"`
	} else {
		cmd.Use, cmd.Short = "not-personal ID COLUMN...", "Say that columns hold no personal data"
		cmd.Long = "Say that columns hold no personal data. If it is known what they are, use correct.\nThe gateway reads the dataset once."
		cmd.Example = `  hutong dataset column not-personal orders ref --of acme --reason "numbers of shelves, see the plan of the warehouse"`
	}
	cmd.RunE = atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
		in := client.Say{Reason: reason}
		for _, name := range words[1:] {
			in.Columns = append(in.Columns, client.SayColumn{Column: name, Says: string(says)})
		}
		return say(ctx, env, c, *owner, words[0], in)
	})
	cmd.Flags().StringVar(&reason, "reason", "", "what you looked at (needed)")
	return cmd
}

func columnCorrect(env *frame.Env, owner *string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "correct ID COLUMN ELEMENT", Short: "Say that a column is another element", Args: frame.Args(cobra.ExactArgs(3)),
		Long: `Say that a column is another element than was found. Whether it is personal
follows from the element. The gateway reads the dataset once.`,
		Example: `  hutong dataset column correct members vip membership --of acme --reason "asked the shop: the number of the card"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			one := client.SayColumn{Column: words[1], Says: string(dataspace.SaysCorrect), Element: words[2]}
			return say(ctx, env, c, *owner, words[0], client.Say{Reason: reason, Columns: []client.SayColumn{one}})
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "what you looked at (needed)")
	return cmd
}

func say(ctx context.Context, env *frame.Env, c *client.Client, owner, id string, in client.Say) error {
	if strings.TrimSpace(in.Reason) == "" {
		return frame.Usagef("say with --reason what you looked at", "a reason is needed")
	}
	owner, err := frame.Sole(ctx, c, owner, "of")
	if err != nil {
		return err
	}
	out, err := c.Datasets().Say(ctx, owner, id, in)
	if err != nil {
		return err
	}
	return env.Print(out, func(w io.Writer) { printStatements(env, w, id, out) })
}

func columnWithdraw(env *frame.Env, owner *string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "withdraw ID COLUMN...", Short: "Take back what was said of columns", Args: frame.Args(cobra.MinimumNArgs(2)),
		Long:    "Take back what was said of columns. Decisions use what was found again. The\nevidence of earlier flows keeps the statement, and the log has who took it back and\nwhy.",
		Example: `  hutong dataset column withdraw members vip --of acme --reason "the shop has new cards"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if strings.TrimSpace(reason) == "" {
				return frame.Usagef("say with --reason why", "a reason is needed")
			}
			who, err := frame.Sole(ctx, c, *owner, "of")
			if err != nil {
				return err
			}
			out, err := c.Datasets().Withdraw(ctx, who, words[0], client.WithdrawColumns{Columns: words[1:], Reason: reason})
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { printStatements(env, w, words[0], out) })
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why (needed)")
	return cmd
}

func columnList(env *frame.Env, owner *string) *cobra.Command {
	return &cobra.Command{
		Use: "list ID", Short: "List what people say of the columns of a dataset", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "List what people say of the columns of a dataset, with who, when and why.\n'hutong profile' shows whether it still holds.",
		Example: `  hutong dataset column list members --of acme`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			out, err := statementsOf(ctx, c, *owner, words[0])
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { printStatements(env, w, words[0], out) })
		}),
	}
}

func columnExport(env *frame.Env, owner *string) *cobra.Command {
	return &cobra.Command{
		Use: "export ID", Short: "Write statements as rows for tests and fitting", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Write what people say of columns as CSV, one column a row: header, type, forms,
found, says, element. It holds no value, no reason and nobody's name, so it can be
given to those who improve the recognition. element is empty for a column that is
not personal. With --json: the whole statements.`,
		Example: `  hutong dataset column export members --of acme > members-columns.csv`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			out, err := statementsOf(ctx, c, *owner, words[0])
			if err != nil {
				return err
			}
			return env.Print(out.Columns, func(w io.Writer) { writeRows(w, out.Columns) })
		}),
	}
}

func statementsOf(ctx context.Context, c *client.Client, owner, id string) (client.Statements, error) {
	owner, err := frame.Sole(ctx, c, owner, "of")
	if err != nil {
		return client.Statements{}, err
	}
	return c.Datasets().Statements(ctx, owner, id)
}

// writeRows writes statements as rows for tests. The output is held in memory,
// so that writing does not fail.
func writeRows(w io.Writer, list []client.Statement) {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"header", "type", "forms", "found", "says", "element"}) // Flush reports nothing that Print does not
	for _, s := range list {
		_ = out.Write([]string{s.Column, s.Type, formsText(s.Forms), textOf(s.Found), s.Says, textOf(s.Element)})
	}
	out.Flush()
}

func textOf(id *string) string {
	if id == nil {
		return ""
	}
	return *id
}

// formsText writes forms as "A9 6-8 98%; 9 11 2%".
func formsText(list []client.Form) string {
	out := make([]string, len(list))
	for i, f := range list {
		length := fmt.Sprint(f.Least)
		if f.Most != f.Least {
			length += fmt.Sprintf("-%d", f.Most)
		}
		out[i] = fmt.Sprintf("%s %s %.0f%%", f.Pattern, length, 100*f.Share)
	}
	return strings.Join(out, "; ")
}

func printStatements(env *frame.Env, w io.Writer, id string, s client.Statements) {
	if len(s.Columns) == 0 {
		fmt.Fprintf(w, env.Word("nobody says anything of the columns of %s\n", "无人对 %s 的列作出说明\n"), id)
		return
	}
	for _, c := range s.Columns {
		what := map[string]string{
			string(dataspace.SaysConfirm):     env.Word("is ", "确认为 ") + textOf(c.Element),
			string(dataspace.SaysCorrect):     env.Word("is ", "更正为 ") + textOf(c.Element),
			string(dataspace.SaysNotPersonal): env.Word("holds no personal data", "不含个人信息"),
		}[c.Says]
		found := textOf(c.Found)
		if found == "" {
			found = env.Word("nothing", "无")
		}
		fmt.Fprintf(w, env.Word("%s %s (found: %s)\n  %s, %s\n", "%s %s（发现：%s）\n  %s，%s\n"), frame.Printable(c.Column), what, found, frame.Printable(c.By), c.At)
		frame.Paragraph(w, "  ", "  ", frame.Printable(c.Reason))
	}
}
