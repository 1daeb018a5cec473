package gate

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
)

// confirming holds the flags of confirm-items.
type confirming struct {
	client.ConfirmItems
	none     bool
	profiled string // file with the profile
}

func datasetConfirm(env *frame.Env, owner *string) *cobra.Command {
	var o confirming
	cmd := &cobra.Command{
		Use: "confirm-items ID", Short: "Confirm which items of a negative list a dataset matches", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Record which items of a pack's list a registered dataset matches, or that none does,
with the name of your key, the time and the reason. Every later flow of the dataset
uses this record while its columns and the list stay the same. When either changes,
the record no longer counts, and flows that depend on it wait for a person again.

The gateway profiles the dataset, unless --profile is given.`,
		Example: `  hutong dataset confirm-items members --of acme --pack cn/shanghai-negative-list --item SH-1a2b3c4d --reason "compared with the annex, 2026-06-01"
  hutong dataset confirm-items orders --of acme --pack cn/shanghai-negative-list --none --reason "no item names orders"`,
		RunE: func(cmd *cobra.Command, words []string) error {
			return confirmItems(cmd.Context(), env, *owner, words[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Pack, "pack", "", "id of the pack with the list")
	f.StringSliceVar(&o.Items, "item", nil, "id of an item that matches; may be repeated")
	f.BoolVar(&o.none, "none", false, "no item matches")
	f.StringVar(&o.Reason, "reason", "", "reason: what you compared")
	f.StringVar(&o.profiled, "profile", "", "profile of the dataset, as 'hutong profile --json' prints it")
	return cmd
}

func confirmItems(ctx context.Context, env *frame.Env, owner, id string, o confirming) error {
	if o.Pack == "" || o.Reason == "" || o.none == (len(o.Items) > 0) {
		return frame.Usagef("say --item for each that matches, or --none", "--pack, --reason, and either --item or --none are needed")
	}
	c, err := env.Client()
	if err != nil {
		return err
	}
	who, err := frame.Sole(ctx, c, owner, "of")
	if err != nil {
		return err
	}
	d, err := c.Datasets().Get(ctx, who, id)
	if err != nil {
		return err
	}
	in := o.ConfirmItems
	if in.Columns, err = o.columns(ctx, c, d); err != nil {
		return err
	}
	if in.Items == nil {
		in.Items = []string{}
	}
	if d, err = c.Datasets().ConfirmItems(ctx, who, id, in); err != nil {
		return err
	}
	m, err := frame.Wire[dataspace.ListMatch](d.Facts["list_match"])
	if err != nil {
		return err
	}
	return env.Print(d, func(w io.Writer) { printListMatch(env, w, d.ID, m) })
}

// columns returns the columns of the given profile, or those that the gateway
// finds now.
func (o confirming) columns(ctx context.Context, c *client.Client, d client.Dataset) (string, error) {
	if o.profiled == "" {
		found, err := c.Datasets().ProposeItems(ctx, d.Owner, d.ID, client.ItemQuery{Pack: o.Pack})
		return found.Columns, err
	}
	profile, err := input.ReadProfile(o.profiled)
	if err != nil {
		return "", err
	}
	columns, err := profile.ColumnsDigest()
	return string(columns), err
}

func printListMatch(env *frame.Env, w io.Writer, dataset string, m dataspace.ListMatch) {
	what := strings.Join(m.Items, ", ")
	if what == "" {
		what = env.Word("none", "无")
	}
	fmt.Fprintf(w, env.Word("dataset %s matches of the list of %s %s: %s\nconfirmed by %s at %s\n", "数据集 %s 命中 %s %s 清单数据项：%s\n由 %s 于 %s 确认\n"),
		dataset, m.Pack.ID, m.Pack.Version, what, m.By, m.At.Format(time.RFC3339))
}
