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
)

// Screen makes "screen".
func Screen(env *frame.Env) *cobra.Command {
	r := resource{noun: "list", command: "hutong screen", example: "barred", removed: "Recipients are not compared with it any more."}
	remove := func(ctx context.Context, c *client.Client, id string) error { return c.Screens().Remove(ctx, id) }
	cmd := frame.Group("screen", "Lists of barred recipients, and who may be on them",
		screenImport(env), screenList(env), screenCheck(env), screenResolve(env), removeCommand(env, r, remove))
	cmd.Long = `An authority may publish a list of recipients to whom nothing may be provided. A
compliance officer imports the list; from then on the recipient of each flow is
compared with it before delivery. A name that may be one of the list stops the flow
until an officer has said whether it is the same.`
	cmd.Example = `  hutong screen import barred.csv --id barred --authority "the authority" --edition 2026-6 --day 2026-06-01 --key-file officer.key
  hutong screen check far/lion
  hutong screen resolve far/lion --list barred --entry 0f3c2a… --other --reason "another register number" --key-file officer.key`
	return cmd
}

func screenImport(env *frame.Env) *cobra.Command {
	var l client.ScreenList
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Import an edition of a list", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Import an edition of a list, in the place of the one before. FILE is CSV with a header
(id, name, and alias columns; one cell may have several names between ;) or JSON Lines
({"id": "1", "names": ["…", "…"]}). Give names in every script that the list has.`,
		Example: `  hutong screen import barred.csv --id barred --authority "the authority" --edition 2026-6 --day 2026-06-01 --key-file officer.key`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			up, file, err := input.OpenUpload(words[0])
			if err != nil {
				return frame.Unreadable(words[0], err)
			}
			defer file.Close() // only read
			out, err := c.Screens().Import(ctx, l, up, file)
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) {
				fmt.Fprintf(w, env.Word("list %s, edition %s of %s: %d entries, for %s\n", "名单 %s，版本 %s（%s）：%d 条，用于 %s\n"), out.ID, out.Edition, out.Day, out.Entries, out.Fact)
			})
		}),
	}
	f := cmd.Flags()
	f.StringVar(&l.ID, "id", "", "name of the list here, such as barred")
	f.StringVar(&l.Fact, "fact", "recipient.restricted", "the yes-or-no fact about the recipient that the list answers")
	f.StringVar(&l.Authority, "authority", "", "who publishes it")
	f.StringVar(&l.Edition, "edition", "", "its edition, as the authority names it")
	f.StringVar(&l.Day, "day", "", "2006-01-02, the day of the edition")
	return cmd
}

func screenList(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the lists", Args: frame.Args(cobra.NoArgs),
		Long:    "List the lists of barred recipients, with edition and day.",
		Example: `  hutong screen list`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := c.Screens().List(ctx)
			if err != nil {
				return err
			}
			return env.List(list, "ID FACT EDITION DAY ENTRIES BY", func(row func(...any)) {
				for _, l := range list {
					row(l.ID, l.Fact, l.Edition, l.Day, l.Entries, l.By)
				}
			})
		}),
	}
}

// ofRecipient reads PEER/PARTICIPANT.
func ofRecipient(s string) (peer, participant string, err error) {
	peer, participant, ok := strings.Cut(s, "/")
	if !ok || peer == "" || participant == "" {
		return "", "", frame.Usagef("write PEER/PARTICIPANT, such as far/lion", "%q names no recipient", s)
	}
	return peer, participant, nil
}

func screenCheck(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "check PEER/PARTICIPANT", Short: "Compare a recipient with the lists", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Compare the names of a recipient, as its gateway states them, with all lists. Width,
case, accents, punctuation, words for kinds of company, traditional and simplified
characters make no difference.`,
		Example: `  hutong screen check far/lion`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			peer, participant, err := ofRecipient(words[0])
			if err != nil {
				return err
			}
			list, err := c.Screens().Check(ctx, peer, participant)
			if err != nil {
				return err
			}
			return env.Print(list, func(w io.Writer) { printScreenings(env, w, words[0], list) })
		}),
	}
}

// resultWord is the result of a comparison in words.
func resultWord(env *frame.Env, result string) string {
	switch result {
	case "clear":
		return env.Word("not on it", "不在名单上")
	case "listed":
		return env.Word("on it", "在名单上")
	case "possible":
		return env.Word("may be on it: say whether they are the same", "可能在名单上：请确认是否为同一主体")
	}
	return env.Word("not compared: the recipient has no name in the script of some entries; say whether it is one of them", "无法比对：接收方没有与部分条目相同文字的名称，请确认是否为其中之一")
}

func printScreenings(env *frame.Env, w io.Writer, who string, list []client.Screening) {
	if len(list) == 0 {
		fmt.Fprintln(w, env.Word("no list was imported", "尚未导入名单"))
	}
	for _, s := range list {
		fmt.Fprintf(w, env.Word("%s, edition %s of %s: %s\n", "%s，版本 %s（%s）：%s\n"), s.List.ID, s.List.Edition, s.List.Day, resultWord(env, s.Result))
		for _, m := range s.Matches {
			mark := " "
			if slices.Contains(s.Open, m.Key) {
				mark = "?"
			}
			fmt.Fprintf(w, "  %s %s  %s  %s  %s\n", mark, m.Key, m.ID, strings.Join(m.Names, " · "), m.Likeness)
		}
		if len(s.Open) > 0 {
			fmt.Fprintf(w, "  hutong screen resolve %s --list %s --entry %s --other --reason …\n", who, s.List.ID, s.Open[0])
		}
	}
}

func screenResolve(env *frame.Env) *cobra.Command {
	var in client.ScreenAnswer
	var other bool
	cmd := &cobra.Command{
		Use: "resolve PEER/PARTICIPANT", Short: "Say whether an entry is the recipient", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Say as a compliance officer whether an entry that looks like a recipient is the same.
--other holds as long as the entry and the names of the recipient stay what they are,
--same until somebody says --other. Both are kept as evidence. Flows that wait are
decided again. The key of a whole edition, where 'hutong screen check' shows one,
stands for the entries that cannot be compared with the recipient.`,
		Example: `  hutong screen resolve far/lion --list barred --entry 0f3c2a… --other --reason "another register number" --key-file officer.key`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			peer, participant, err := ofRecipient(words[0])
			if err != nil {
				return err
			}
			if in.Same == other {
				return frame.Usagef("say --same or --other", "it is not said whether they are the same")
			}
			list, err := c.Screens().Resolve(ctx, peer, participant, in)
			if err != nil {
				return err
			}
			return env.Print(list, func(w io.Writer) { printScreenings(env, w, words[0], list) })
		}),
	}
	f := cmd.Flags()
	f.StringVar(&in.List, "list", "", "the list")
	f.StringVar(&in.Entry, "entry", "", "key of the entry, as 'hutong screen check' shows it")
	f.BoolVar(&in.Same, "same", false, "the entry is the recipient")
	f.BoolVar(&other, "other", false, "the entry is somebody else")
	f.StringVar(&in.Reason, "reason", "", "why (needed)")
	return cmd
}
