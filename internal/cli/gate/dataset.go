package gate

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Dataset makes "dataset".
func Dataset(env *frame.Env) *cobra.Command {
	var owner string
	r := resource{
		noun: "dataset", command: "hutong dataset", example: "tickets --of acme",
		removed: "Flows already begun keep their\nsource; the file or directory stays.",
		path: func(id string) (string, error) {
			if owner == "" {
				return "", frame.Usagef("name the participant with --of", "whose dataset?")
			}
			return "/participants/" + frame.Esc(owner) + "/datasets/" + frame.Esc(id), nil
		},
	}
	cmd := frame.Group("dataset", "What participants can send, and offer to be fetched",
		datasetAdd(env, &owner), datasetConfirm(env, &owner), datasetList(env, &owner), showCommand[gateway.Dataset](env, r), removeCommand(env, r))
	cmd.Long = `Datasets are the files and directories that a participant registered, with the
facts about them that no profile finds. 'hutong send' takes them by their id, and
peers may ask for those that are offered.`
	cmd.Example = `  hutong dataset add tickets ./tickets.csv --of acme --offer business
  hutong dataset list`
	cmd.PersistentFlags().StringVar(&owner, "of", "", "the participant whose it is")
	return cmd
}

func datasetAdd(env *frame.Env, owner *string) *cobra.Command {
	var d gateway.Dataset
	var facts input.Facts
	var columns input.Columns
	cmd := &cobra.Command{
		Use: "add ID SOURCE", Short: "Register a dataset", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Register a dataset with the facts about it that no profile finds. With
--offer it stands in the catalogue for that purpose, and peers may ask for it;
what of it leaves is still cleared for each who asks.`,
		Example: `  hutong dataset add tickets ./tickets.csv --of acme --offer business --sector digital_content --origin domestic --important no`,
		RunE: atGateway(env, func(ctx context.Context, c *frame.Client, words []string) error {
			var err error
			if d.Owner, err = sole(ctx, c, *owner, "of"); err != nil {
				return err
			}
			for _, p := range d.Purposes {
				if err := input.CheckPurpose(p); err != nil {
					return err
				}
			}
			d.ID = dataspace.DatasetID(words[0])
			if d.Source, err = filepath.Abs(words[1]); err != nil {
				return err
			}
			if d.Facts, err = facts.Read(); err != nil {
				return err
			}
			if d.Columns, err = columns.Plans(); err != nil {
				return err
			}
			return addDataset(ctx, env, c, d)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&d.Title.EN, "title", "", "title")
	f.StringVar(&d.Title.ZH, "title-zh", "", "title in Chinese")
	f.StringSliceVar(&d.Purposes, "offer", nil, "purposes for which peers may ask for it")
	f.IntVar(&d.RetentionDays, "retention-days", 0, "after how many days the recipient must delete it")
	f.StringVar(&d.Format, "source-format", "", "csv, jsonl or parquet; default found out")
	f.StringVar(&d.Charset, "charset", "", "default found out")
	f.StringVar(&d.Delimiter, "delimiter", "", "of csv; default found out")
	facts.AddDataset(cmd)
	columns.Add(cmd)
	return cmd
}

func addDataset(ctx context.Context, env *frame.Env, c *frame.Client, d gateway.Dataset) error {
	var out gateway.Dataset
	if err := c.Call(ctx, http.MethodPost, "/datasets", d, &out); err != nil {
		return err
	}
	return env.Print(out, func(w io.Writer) { fmt.Fprintf(w, "dataset %s of %s is registered\n", out.ID, out.Owner) })
}

func datasetList(env *frame.Env, owner *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List datasets", Args: frame.Args(cobra.NoArgs),
		Long: "List the datasets that are registered, of one participant or of all, with the\npurposes for which peers may ask for them.",
		Example: `  hutong dataset list
  hutong dataset list --of acme --json`,
		RunE: atGateway(env, func(ctx context.Context, c *frame.Client, _ []string) error {
			var list []gateway.Dataset
			if err := c.Call(ctx, http.MethodGet, "/datasets?owner="+frame.Esc(*owner), nil, &list); err != nil {
				return err
			}
			return env.List(list, "ID OF SECTOR PURPOSES SOURCE", func(row func(...any)) {
				for _, d := range list {
					row(d.ID, d.Owner, d.Facts.Known.Text("sector"), d.Purposes, d.Source)
				}
			})
		}),
	}
}
