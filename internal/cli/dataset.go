package cli

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"github.com/spf13/cobra"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

func (a *app) datasetCommand() *cobra.Command {
	var owner string
	path := func(id string) (string, error) {
		if owner == "" {
			return "", usagef("name the participant with --of", "whose dataset?")
		}
		return "/participants/" + esc(owner) + "/datasets/" + esc(id), nil
	}
	cmd := a.groupCommand("dataset", "What participants can send, and offer to be fetched", a.datasetAdd(&owner), a.datasetConfirm(&owner),
		&cobra.Command{Use: "list", Short: "List datasets", Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var list []gateway.Dataset
			if err := c.call(cmd.Context(), http.MethodGet, "/datasets?owner="+esc(owner), nil, &list); err != nil {
				return err
			}
			return a.list(list, "ID OF SECTOR PURPOSES SOURCE", func(row func(...any)) {
				for _, d := range list {
					row(d.ID, d.Owner, d.Facts.Sector, d.Purposes, d.Source)
				}
			})
		}},
		showCommand[gateway.Dataset](a, "dataset", path),
		a.removeCommand("dataset", path))
	cmd.PersistentFlags().StringVar(&owner, "of", "", "the participant whose it is")
	return cmd
}

func (a *app) datasetAdd(owner *string) *cobra.Command {
	var d gateway.Dataset
	var facts factFlags
	var columns columnFlags
	cmd := &cobra.Command{
		Use: "add ID SOURCE", Short: "Register a dataset", Args: args(cobra.ExactArgs(2)),
		Long: `Register a dataset with the facts about it that no profile finds. With
--offer it stands in the catalogue for that purpose, and peers may ask for it;
what of it leaves is still cleared for each who asks.`,
		Example: `  hutong dataset add tickets ./tickets.csv --of acme --offer business --sector digital_content --origin domestic --important no`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			who, err := a.sole(cmd.Context(), c, *owner, "of")
			if err != nil {
				return err
			}
			for _, p := range d.Purposes {
				if err := checkPurpose(p); err != nil {
					return err
				}
			}
			d.ID, d.Owner = dataspace.DatasetID(list[0]), who
			if d.Source, err = filepath.Abs(list[1]); err != nil {
				return err
			}
			if d.Facts, err = facts.facts(); err != nil {
				return err
			}
			if d.Columns, err = columns.plans(); err != nil {
				return err
			}
			var out gateway.Dataset
			if err := c.call(cmd.Context(), http.MethodPost, "/datasets", d, &out); err != nil {
				return err
			}
			return a.print(out, func(w io.Writer) { fmt.Fprintf(w, "dataset %s of %s is registered\n", out.ID, out.Owner) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.Title.EN, "title", "", "title")
	f.StringVar(&d.Title.ZH, "title-zh", "", "title in Chinese")
	f.StringSliceVar(&d.Purposes, "offer", nil, "purposes for which peers may ask for it")
	f.IntVar(&d.RetentionDays, "retention-days", 0, "after how many days the recipient must delete it")
	f.StringVar(&d.Format, "source-format", "", "csv, jsonl or parquet; default found out")
	f.StringVar(&d.Charset, "charset", "", "default found out")
	f.StringVar(&d.Delimiter, "delimiter", "", "of csv; default found out")
	facts.add(cmd)
	columns.add(cmd)
	return cmd
}

func (a *app) flowCommand() *cobra.Command {
	var owner, state string
	var limit int
	list := &cobra.Command{Use: "list", Short: "List flows, newest first", Long: "List flows, newest first. A verdict marked ≠ came out otherwise after an update of\nthe packs; 'hutong pack changes' says how.", Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		var out []flowRow
		if err := c.call(cmd.Context(), http.MethodGet, fmt.Sprintf("/flows?owner=%s&state=%s&limit=%d", esc(owner), esc(state), limit), nil, &out); err != nil {
			return err
		}
		return a.list(out, "ID STATE VERDICT FROM-TO DATASET UPDATED", func(row func(...any)) {
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
	return a.groupCommand("flow", "Flows: list, show, follow, review, stop, resume", list, a.flowShow(), a.flowFollow(),
		a.flowJudge("review", "Record a compliance officer's decision where the rules ask for a person",
			`  hutong flow review flow-… --approve --reason "annex of the list read; items not on it" --key-file li-wei.key`),
		a.flowJudge("accept", "Take or refuse an offer that the recipient's intake left to a person",
			`  hutong flow accept flow-… --approve --reason "agreed with the sender by phone"`),
		a.flowStop(), a.flowResume())
}
