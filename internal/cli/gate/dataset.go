package gate

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/fact"
	"hutong/internal/vocab"
)

// Dataset makes "dataset".
func Dataset(env *frame.Env) *cobra.Command {
	var owner string
	r := resource{
		noun: "dataset", command: "hutong dataset", example: "tickets --of acme",
		removed: "Flows already begun keep their\nsource; the file or directory stays.",
	}
	unowned := func() error {
		if owner == "" {
			return frame.Usagef("name the participant with --of", "the owner of the dataset is not named")
		}
		return nil
	}
	show := func(ctx context.Context, c *client.Client, id string) (client.Dataset, error) {
		if err := unowned(); err != nil {
			return client.Dataset{}, err
		}
		return c.Datasets().Get(ctx, owner, id)
	}
	remove := func(ctx context.Context, c *client.Client, id string) error {
		if err := unowned(); err != nil {
			return err
		}
		return c.Datasets().Remove(ctx, owner, id)
	}
	cmd := frame.Group("dataset", "Datasets that participants can send or offer",
		datasetAdd(env, &owner), datasetConfirm(env, &owner), datasetColumn(env, &owner), datasetKey(env, &owner), datasetList(env, &owner), showCommand(env, r, show), removeCommand(env, r, remove))
	cmd.Long = `Datasets are the files and directories that a participant registered, with the
facts about them that no profile finds. 'hutong send' takes them by their id, and
peers may ask for those that are offered.`
	cmd.Example = `  hutong dataset add tickets ./tickets.csv --of acme --offer business
  hutong dataset list`
	cmd.PersistentFlags().StringVar(&owner, "of", "", "the participant that owns it")
	return cmd
}

func datasetAdd(env *frame.Env, owner *string) *cobra.Command {
	var d client.Dataset
	var facts input.Facts
	var columns input.Columns
	cmd := &cobra.Command{
		Use: "add ID SOURCE", Short: "Register a dataset", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Register a dataset with the facts about it that no profile finds. With
--offer the catalogue lists it for that purpose, and peers may ask for it. The
gateway still clears it for each peer that asks.`,
		Example: `  hutong dataset add tickets ./tickets.csv --of acme --offer business --sector digital_content --origin domestic --important no`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			var err error
			if d.Owner, err = frame.Sole(ctx, c, *owner, "of"); err != nil {
				return err
			}
			for i := range d.Purposes {
				if err := input.Word(vocab.Purposes, "--offer", &d.Purposes[i]); err != nil {
					return err
				}
			}
			d.ID = words[0]
			path, err := filepath.Abs(words[1])
			if err != nil {
				return err
			}
			d.Source = client.File(path)
			if d.Facts, err = readFacts(ctx, c, &facts); err != nil {
				return err
			}
			if d.Columns, err = readColumns(&columns); err != nil {
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
	f.StringVar(&d.Format, "source-format", "", "csv, jsonl or parquet; default: detected")
	f.StringVar(&d.Charset, "charset", "", "charset of a text file: utf-8, gb18030, big5, shift_jis, euc-kr, ...; default: detected")
	f.StringVar(&d.Delimiter, "delimiter", "", "delimiter of a CSV file; default: detected")
	input.AddDialect(f, &d.Dialect)
	input.AddLayout(f, &d.Header, &d.Skip)
	f.StringVar(&d.System, "system", "", "the exporter's system that numbered the people: one person has one number in it; default: this dataset alone")
	facts.AddDataset(cmd)
	columns.Add(cmd)
	return cmd
}

func addDataset(ctx context.Context, env *frame.Env, c *client.Client, d client.Dataset) error {
	out, err := c.Datasets().Add(ctx, d)
	if err != nil {
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
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := client.Collect(c.Datasets().List(ctx, client.DatasetFilter{Owner: *owner}))
			if err != nil {
				return err
			}
			return env.List(list, "ID OF SECTOR PURPOSES SOURCE", func(row func(...any)) {
				for _, d := range list {
					row(d.ID, d.Owner, factText(d.Facts, d.Unread, "sector"), d.Purposes, d.Source.String())
				}
			})
		}),
	}
}

// readFacts returns the facts of the flags in the form of the API.
func readFacts(ctx context.Context, c *client.Client, f *input.Facts) (client.Facts, error) {
	t, err := tableFor(ctx, c, f)
	if err != nil {
		return nil, err
	}
	facts, err := f.Read(t)
	if err != nil {
		return nil, err
	}
	return frame.Wire[client.Facts](facts)
}

// tableFor returns the table of the facts of the gateway, if the given facts
// can be read only with it.
func tableFor(ctx context.Context, c *client.Client, f *input.Facts) (*fact.Table, error) {
	if !f.NeedTable() {
		return fact.Standard(), nil
	}
	return input.TableAt(ctx, c)
}

// readColumns returns the choices of the flags in the form of the API.
func readColumns(f *input.Columns) ([]client.ColumnPlan, error) {
	plans, err := f.Plans()
	if err != nil {
		return nil, err
	}
	return frame.Wire[[]client.ColumnPlan](plans)
}

// factText returns a fact that is a text, empty if it is unknown. A word that
// cannot be read any more is unknown, and is shown with a question mark.
func factText(f client.Facts, unread []string, name string) string {
	s, _ := f[name].(string)
	if slices.Contains(unread, name) {
		s = "? " + s
	}
	return s
}
