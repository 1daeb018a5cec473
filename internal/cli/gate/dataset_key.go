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
)

// datasetKey makes "dataset key".
func datasetKey(env *frame.Env, owner *string) *cobra.Command {
	cmd := frame.Group("key", "Choose by which columns people are told apart", candidateList(env, owner), choiceAdd(env, owner), choiceRemove(env, owner))
	cmd.Long = `By which columns the people of a registered dataset are told apart, for each role
of a row. Without a choice the profile decides, and counts upwards where it is in
doubt. A choice needs the role compliance and a reason. It stands in profile and
waybill, and holds for each later flow while the columns are there.

Names do not split a chosen key: a telephone that a person chose as the key is one
person. The number of an identity document is always of a person of its own.`
	cmd.Example = `  hutong dataset key list members --of acme
  hutong dataset key choose members --of acme --by vip --reason "each member has one number"`
	return cmd
}

func candidateList(env *frame.Env, owner *string) *cobra.Command {
	return &cobra.Command{
		Use: "list ID", Short: "Count the people by each key, with what speaks for and against it", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Count the people of a dataset by each key that could tell them apart. The gateway
reads the dataset as for a profile, and once more. The mark before a key: ▸ it is
what is counted now. Values with several names may be shared by several people, or be names that
are written in several ways.`,
		Example: `  hutong dataset key list members --of acme`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			who, err := frame.Sole(ctx, c, *owner, "of")
			if err != nil {
				return err
			}
			list, err := c.Datasets().KeyCandidates(ctx, who, words[0])
			if err != nil {
				return err
			}
			return env.Print(list, func(w io.Writer) { printCandidates(env, w, list) })
		}),
	}
}

// choosing holds the flags of choose and withdraw.
type choosing struct {
	client.ChooseKey
	main bool
}

func (o *choosing) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Role, "role", "", "role as 'key list' names it; default whom the table is about")
	f.StringVar(&o.Reason, "reason", "", "why, and where it is written (needed)")
	f.BoolVar(&o.Recount, "recount", false, "correct this year's count by the difference, if the dataset has left in it")
}

func (o *choosing) check() error {
	if strings.TrimSpace(o.Reason) == "" {
		return frame.Usagef("say with --reason why", "a reason is needed")
	}
	return nil
}

func choiceAdd(env *frame.Env, owner *string) *cobra.Command {
	var o choosing
	cmd := &cobra.Command{
		Use: "choose ID", Short: "Choose by which columns the people of a role are told apart", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Choose by which columns the people of a role are told apart, or, with --main, that
the columns of the role are about the main person of the row. It says how many
people the dataset has before and after. With --recount the count of this year is
corrected by the difference, up or down, with the reason.`,
		Example: `  hutong dataset key choose members --of acme --by vip --reason "each member has one number"
  hutong dataset key choose members --of acme --role '#2' --main --reason "phone_2 is the second telephone of the member" --recount`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if o.main == (len(o.Columns) > 0) {
				return frame.Usagef("give one of both", "either --by or --main is needed")
			}
			if err := o.check(); err != nil {
				return err
			}
			if o.Columns == nil {
				o.Columns = []string{}
			}
			return chosen(ctx, env, c, *owner, func(who string) (client.KeyChosen, error) {
				return c.Datasets().ChooseKey(ctx, who, words[0], o.ChooseKey)
			})
		}),
	}
	o.add(cmd)
	cmd.Flags().StringSliceVar(&o.Columns, "by", nil, "columns of the key")
	cmd.Flags().BoolVar(&o.main, "main", false, "the columns of the role are about the main person of the row")
	return cmd
}

func choiceRemove(env *frame.Env, owner *string) *cobra.Command {
	var o choosing
	cmd := &cobra.Command{
		Use: "withdraw ID", Short: "Take back the choice of a key", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "Take back the choice of a key for a role. The profile decides again.",
		Example: `  hutong dataset key withdraw members --of acme --reason "the number is given to families"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return chosen(ctx, env, c, *owner, func(who string) (client.KeyChosen, error) {
				return c.Datasets().UnchooseKey(ctx, who, words[0], client.UnchooseKey{Role: o.Role, Reason: o.Reason, Recount: o.Recount})
			})
		}),
	}
	o.add(cmd)
	return cmd
}

func chosen(ctx context.Context, env *frame.Env, c *client.Client, owner string, do func(who string) (client.KeyChosen, error)) error {
	who, err := frame.Sole(ctx, c, owner, "of")
	if err != nil {
		return err
	}
	out, err := do(who)
	if err != nil {
		return err
	}
	return env.Print(out, func(w io.Writer) { printChosen(env, w, out) })
}

func printChosen(env *frame.Env, w io.Writer, k client.KeyChosen) {
	fmt.Fprintf(w, env.Word("people: %s before, %s now\n", "个人：此前 %s 人，现为 %s 人\n"), frame.Thousands(k.Before), frame.Thousands(k.After))
	if k.Corrected == 0 {
		return
	}
	for _, class := range input.ClassesOf(k.Change) {
		fmt.Fprintf(w, env.Word("%d is corrected: %s %+d\n", "已更正 %d 年计数：%s %+d\n"), k.Corrected, env.Text(input.CountText(class)), k.Change[class])
	}
}

func printCandidates(env *frame.Env, w io.Writer, list []client.KeyCandidate) {
	if len(list) == 0 {
		fmt.Fprintln(w, env.Word("no column tells people apart", "没有可区分个人的列"))
		return
	}
	rows := [][]string{{"", "ROLE", "KEY", "PEOPLE", "FOR AND AGAINST"}}
	if env.Lang == "zh" {
		rows[0] = []string{"", "角色", "标识", "人数", "利弊"}
	}
	for _, c := range list {
		mark := ""
		if c.Holds {
			mark = "▸"
		}
		role := c.Role
		if role == "" {
			role = env.Word("main", "主体")
		}
		key := env.Word("the main person", "即主体")
		if len(c.Columns) > 0 {
			key = frame.Shorten(frame.Printable(strings.Join(c.Columns, " + ")), 32)
		}
		rows = append(rows, []string{mark, role, key, frame.Thousands(c.People), speaks(env, c)})
	}
	frame.Grid(w, "", rows)
}

// speaks says what speaks for and against a key.
func speaks(env *frame.Env, c client.KeyCandidate) string {
	var out []string
	add := func(n int64, en, zh string) {
		if n > 0 {
			out = append(out, fmt.Sprintf(env.Word(en, zh), frame.Thousands(n)))
		}
	}
	if c.Chosen {
		out = append(out, env.Word("chosen", "已选定"))
	}
	add(c.Values, "%s values", "%s 个不同值")
	add(c.Proved, "%s rows proved", "%s 行可自证")
	add(c.Shared, "%s with several names", "%s 个对应多个姓名")
	add(c.Empty, "%s rows empty", "%s 行为空")
	add(c.Placeholders, "%s rows placeholders", "%s 行为占位值")
	add(c.Unread, "%s rows unread", "%s 行无法读取")
	return strings.Join(out, ", ")
}
