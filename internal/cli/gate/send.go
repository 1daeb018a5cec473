package gate

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// Send makes "send".
func Send(env *frame.Env) *cobra.Command {
	var facts input.Facts
	var columns input.Columns
	var from, to, purpose, format, dataset, waybill string
	var retention int
	var detach bool
	var form flow.SourceForm
	cmd := &cobra.Command{
		Use: "send SOURCE", Short: "Send a dataset to a recipient behind a peer", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Send a dataset the whole way: profile, clear, agree, deliver, prove.
SOURCE is a file or directory on the gateway's machine, or the id of a dataset
registered with 'hutong dataset add'. The gateway does the work; this command
follows it. Ctrl-C leaves the flow running.

Exit codes: 0 delivered and proved, 3 not cleared (refused, action needed, or a
person must decide), 5 peer unreachable.`,
		Example: `  hutong send tickets.csv --to singapore/lion --purpose business --sector digital_content \
      --origin domestic --important no --core=false --state-secret=false \
      --basis consent --separate-consent --notice-given`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := input.CheckPurpose(purpose); err != nil {
				return err
			}
			peer, recipient, err := address(to, "PEER/PARTICIPANT")
			if err != nil {
				return err
			}
			c, err := env.Client()
			if err != nil {
				return err
			}
			in := api.Send{Peer: peer, To: dataspace.ParticipantID(recipient), Purpose: purpose, Format: format, RetentionDays: retention}
			if in.From, err = sole(cmd.Context(), env, c, from, "from"); err != nil {
				return err
			}
			if in.Columns, err = columns.Plans(); err != nil {
				return err
			}
			if err := chooseSource(env, cmd, c, &in, list[0], dataset, form, &facts); err != nil {
				return err
			}
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodPost, "/flows/send", in, &f); err != nil {
				return err
			}
			return followTo(cmd.Context(), env, c, f, detach, waybill)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&from, "from", "", "the sending participant; default the only one")
	fs.StringVar(&to, "to", "", "the recipient: PEER/PARTICIPANT")
	fs.StringVar(&purpose, "purpose", "", "what for: "+strings.Join(flow.Purposes, ", "))
	fs.StringVar(&format, "format", "", "of the delivered file: "+strings.Join(flow.Formats, ", ")+"; default csv")
	fs.StringVar(&dataset, "dataset", "", "what the dataset is called; default from the file's name")
	fs.StringVar(&waybill, "waybill", "", "where the waybill is written; default <flow>.waybill here")
	fs.IntVar(&retention, "retention-days", 0, "after how many days the recipient must delete it")
	fs.BoolVar(&detach, "detach", false, "do not follow the flow")
	fs.StringVar(&form.Format, "source-format", "", "csv, jsonl or parquet; default found out")
	fs.StringVar(&form.Charset, "charset", "", "utf-8, gb18030, utf-16le, ...; default found out")
	fs.StringVar(&form.Delimiter, "delimiter", "", "of csv; default found out")
	facts.Add(cmd)
	columns.Add(cmd)
	_ = cmd.MarkFlagRequired("to")      // the flag exists
	_ = cmd.MarkFlagRequired("purpose") // the flag exists
	return cmd
}

// chooseSource fills in what is sent: a file or directory if there is one of that
// name, else the registered dataset of that id.
func chooseSource(env *frame.Env, cmd *cobra.Command, c *frame.Client, in *api.Send, name, dataset string, form flow.SourceForm, facts *input.Facts) error {
	_, statErr := os.Stat(name)
	if statErr != nil && dataspace.CheckName("dataset", name) == nil {
		var d gateway.Dataset
		if err := c.Call(cmd.Context(), http.MethodGet, "/participants/"+frame.Esc(in.From)+"/datasets/"+frame.Esc(name), nil, &d); err == nil {
			in.Dataset = d.ID
			return nil
		}
	}
	if statErr != nil {
		return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "source.none", Place: name, Message: "there is no such file, directory or registered dataset",
			Hint: "'hutong dataset list' shows what is registered"}
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	in.Source, in.SourceForm = path, &form
	if dataset == "" {
		dataset = datasetName(path)
	}
	in.Dataset = dataspace.DatasetID(dataset)
	f, err := facts.Read()
	in.Facts = &f
	return err
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// datasetName makes a dataset id of a path.
func datasetName(path string) string {
	base := filepath.Base(path)
	base = strings.TrimSuffix(base, filepath.Ext(base))
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(base), "-"), "-")
	if len(name) > 60 {
		name = strings.Trim(name[:60], "-")
	}
	if len(name) < 2 {
		name = "dataset"
	}
	return name
}
