package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// address splits PEER/NAME.
func address(s, what string) (dataspace.PeerName, string, error) {
	peer, name, ok := strings.Cut(s, "/")
	if !ok || peer == "" || name == "" {
		return "", "", usagef("write it as "+what, "%q is not %s", s, what)
	}
	return dataspace.PeerName(peer), name, nil
}

// sole is the participant to act for: the one named, or the only one there is.
func (a *app) sole(ctx context.Context, c *client, named, flag string) (dataspace.ParticipantID, error) {
	if named != "" {
		return dataspace.ParticipantID(named), nil
	}
	var list []gateway.Participant
	if err := c.call(ctx, http.MethodGet, "/participants", nil, &list); err != nil {
		return "", err
	}
	if len(list) == 1 {
		return list[0].ID, nil
	}
	if len(list) == 0 {
		return "", usagef("admit one with 'hutong participant add'", "no participant stands behind this gateway")
	}
	return "", usagef("name it with --"+flag, "%d participants stand behind this gateway", len(list))
}

func (a *app) sendCommand() *cobra.Command {
	var facts factFlags
	var columns columnFlags
	var from, to, purpose, format, dataset, waybill string
	var retention int
	var detach bool
	var form flow.SourceForm
	cmd := &cobra.Command{
		Use: "send SOURCE", Short: "Send a dataset to a recipient behind a peer", Args: args(cobra.ExactArgs(1)),
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
			if err := checkPurpose(purpose); err != nil {
				return err
			}
			peer, recipient, err := address(to, "PEER/PARTICIPANT")
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			in := api.Send{Peer: peer, To: dataspace.ParticipantID(recipient), Purpose: purpose, Format: format, RetentionDays: retention}
			if in.From, err = a.sole(cmd.Context(), c, from, "from"); err != nil {
				return err
			}
			if in.Columns, err = columns.plans(); err != nil {
				return err
			}
			if err := a.source(cmd, c, &in, list[0], dataset, form, &facts); err != nil {
				return err
			}
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodPost, "/flows/send", in, &f); err != nil {
				return err
			}
			return a.followTo(cmd.Context(), c, f, detach, waybill)
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
	facts.add(cmd)
	columns.add(cmd)
	_ = cmd.MarkFlagRequired("to")      // the flag exists
	_ = cmd.MarkFlagRequired("purpose") // the flag exists
	return cmd
}

// source fills in what is sent: a file or directory if there is one of that
// name, else the registered dataset of that id.
func (a *app) source(cmd *cobra.Command, c *client, in *api.Send, name, dataset string, form flow.SourceForm, facts *factFlags) error {
	_, statErr := os.Stat(name)
	if statErr != nil && dataspace.CheckName("dataset", name) == nil {
		var d gateway.Dataset
		if err := c.call(cmd.Context(), http.MethodGet, "/participants/"+esc(in.From)+"/datasets/"+esc(name), nil, &d); err == nil {
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
	f, err := facts.facts()
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

func (a *app) fetchCommand() *cobra.Command {
	var as, purpose, waybill string
	var detach bool
	cmd := &cobra.Command{
		Use: "fetch PEER/PARTICIPANT/DATASET", Short: "Fetch a dataset from a participant behind a peer", Args: args(cobra.ExactArgs(1)),
		Long: "Ask for a dataset of another side's catalogue. The provider profiles and clears it for you, offers what may leave, and delivers that.",
		Example: `  hutong catalogue shanghai/acme
  hutong fetch shanghai/acme/tickets --purpose business`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := checkPurpose(purpose); err != nil {
				return err
			}
			parts := strings.Split(list[0], "/")
			if len(parts) != 3 {
				return usagef("write it as PEER/PARTICIPANT/DATASET", "%q does not name a dataset", list[0])
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			in := api.Fetch{Peer: dataspace.PeerName(parts[0]), From: dataspace.ParticipantID(parts[1]), Dataset: dataspace.DatasetID(parts[2]), Purpose: purpose}
			if in.As, err = a.sole(cmd.Context(), c, as, "as"); err != nil {
				return err
			}
			var f api.FlowView
			if err := c.call(cmd.Context(), http.MethodPost, "/flows/fetch", in, &f); err != nil {
				return err
			}
			return a.followTo(cmd.Context(), c, f, detach, waybill)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "the participant that asks; default the only one")
	cmd.Flags().StringVar(&purpose, "purpose", "", "what for: "+strings.Join(flow.Purposes, ", "))
	cmd.Flags().StringVar(&waybill, "waybill", "", "where the waybill is written; default <flow>.waybill here")
	cmd.Flags().BoolVar(&detach, "detach", false, "do not follow the flow")
	_ = cmd.MarkFlagRequired("purpose") // the flag exists
	return cmd
}

func (a *app) catalogueCommand() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use: "catalogue PEER/PARTICIPANT", Short: "What a participant behind a peer offers", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			peer, name, err := address(list[0], "PEER/PARTICIPANT")
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			me, err := a.sole(cmd.Context(), c, as, "as")
			if err != nil {
				return err
			}
			var out api.Catalogue
			if err := c.call(cmd.Context(), http.MethodGet, "/peers/"+esc(peer)+"/participants/"+esc(name)+"/catalogue?as="+esc(me), nil, &out); err != nil {
				return err
			}
			return a.list(out, "DATASET TITLE FORMATS", func(row func(...any)) {
				for _, d := range out.Datasets {
					row(d.ID, d.Title, strings.Join(d.Formats, ","))
				}
			})
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "the participant that asks; default the only one")
	return cmd
}

// followTo follows a flow to its end, saves the waybill, and turns how it
// ended into an exit code.
func (a *app) followTo(ctx context.Context, c *client, f api.FlowView, detach bool, waybill string) error {
	if detach {
		return a.print(f, func(w io.Writer) { fmt.Fprintln(w, f.ID) })
	}
	f, err := a.follow(ctx, c, f)
	if err != nil {
		return err
	}
	if f.State == dataspace.Completed && f.Waybill != "" {
		if waybill == "" {
			waybill = string(f.ID) + ".waybill"
		}
		if err := c.saveWaybill(ctx, f.ID, waybill); err != nil {
			return err
		}
		f.Waybill = waybill
	}
	if err := a.print(f, func(w io.Writer) { a.printEnd(ctx, w, c, f) }); err != nil {
		return err
	}
	switch f.State {
	case dataspace.Completed:
		return nil
	case dataspace.Failed:
		return quiet{exitFailed}
	}
	return quiet{exitNotCleared}
}

// follow waits until the flow has ended or waits for a person.
func (a *app) follow(ctx context.Context, c *client, f api.FlowView) (api.FlowView, error) {
	show := newTicker(a)
	defer show.done()
	for {
		show.flow(f)
		if f.State.Final() || f.State.Waiting() {
			return f, nil
		}
		path := fmt.Sprintf("/flows/%s?after=%d&wait=1", esc(f.ID), f.Version)
		var next api.FlowView
		if err := c.call(ctx, http.MethodGet, path, nil, &next); err != nil {
			if ctx.Err() != nil {
				show.done()
				a.say("the flow goes on; come back with: hutong flow follow %s", f.ID)
				return f, quiet{exitFailed}
			}
			return f, fmt.Errorf("follow flow %s: %w", f.ID, err)
		}
		f = next
	}
}

func (c *client) saveWaybill(ctx context.Context, id dataspace.FlowID, path string) error {
	resp, err := c.do(ctx, http.MethodGet, "/flows/"+esc(id)+"/waybill", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("fetch waybill: %w", err)
	}
	return files.WriteFile(path, data, 0o644)
}

// printEnd says how a flow ended and, where it waits, what for.
func (a *app) printEnd(ctx context.Context, w io.Writer, c *client, f api.FlowView) {
	fmt.Fprintf(w, "flow %s: %s\n", f.ID, f.State)
	if f.Verdict != "" {
		var d dataspace.Decision
		err := c.call(ctx, http.MethodGet, "/flows/"+esc(f.ID)+"/documents/decision", nil, &d)
		switch {
		case err != nil: // what became of the flow is said all the same
		case f.State == dataspace.Completed:
			for _, n := range d.Warnings {
				a.printWarning(w, n)
			}
		default:
			a.printDecision(w, d, clock.Process().Now().Format(day))
		}
	}
	if f.Trouble != nil {
		fmt.Fprintf(w, "%s\n", f.Trouble.Message)
		if f.Trouble.Hint != "" {
			fmt.Fprintf(w, "→ %s\n", f.Trouble.Hint)
		}
	}
	if f.Delivered != nil {
		fmt.Fprintf(w, "delivered %d rows, %d bytes, root %s\n", f.Delivered.Rows, f.Delivered.Size, f.Delivered.Root)
		if f.Delivered.Path != "" {
			fmt.Fprintf(w, "file %s\n", f.Delivered.Path)
		}
	}
	if f.Waybill != "" {
		fmt.Fprintf(w, "waybill %s\n", f.Waybill)
	}
}

// ticker shows how a flow goes on: a line for each change of state, and one
// line that is rewritten for progress where the terminal can.
type ticker struct {
	app    *app
	state  dataspace.FlowState
	note   string
	inline bool
	live   bool
	last   time.Time
}

func newTicker(a *app) *ticker {
	t := &ticker{app: a}
	if f, ok := a.Err.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			t.live = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return t
}

func (t *ticker) flow(f api.FlowView) {
	if f.State != t.state && f.State != dataspace.Ending {
		t.done()
		t.state = f.State
		t.app.say("· %s", stateText(f))
	}
	note := f.Sending
	if f.Trouble != nil && f.Trouble.Retry {
		note = f.Trouble.Message + " (trying again)"
	}
	if note != "" && note != t.note {
		t.done()
		t.app.say("  %s", note)
	}
	t.note = note
	if p := f.Progress; p != nil && (t.live || time.Since(t.last) > 5*time.Second) {
		t.last = time.Now()
		line := fmt.Sprintf("  %s: %s", p.Step, size(p.Bytes))
		if p.Total > 0 {
			line += fmt.Sprintf(" of %s (%d%%)", size(p.Total), 100*p.Bytes/p.Total)
		}
		if p.Rows > 0 {
			line += fmt.Sprintf(", %d rows", p.Rows)
		}
		line += fmt.Sprintf(", %s/s", size(int64(p.Rate)))
		if p.Seconds > 0 {
			line += fmt.Sprintf(", %s left", (time.Duration(p.Seconds) * time.Second).Round(time.Second))
		}
		if t.live {
			fmt.Fprintf(t.app.Err, "\r\x1b[K%s", harmless(line))
			t.inline = true
		} else {
			t.app.say("%s", line)
		}
	}
}

func (t *ticker) done() {
	if t.inline {
		fmt.Fprintln(t.app.Err)
		t.inline = false
	}
}

var stateTexts = map[dataspace.FlowState]string{
	dataspace.Profiling:     "profile: what is in it?",
	dataspace.Checking:      "clear: may it leave, and how?",
	dataspace.WaitingAction: "clear: something is still to be done",
	dataspace.WaitingReview: "clear: a person must decide",
	dataspace.Negotiating:   "agree: on what terms?",
	dataspace.Delivering:    "deliver: only what was cleared",
	dataspace.Proving:       "prove: receipts, logs, waybill",
	dataspace.Completed:     "completed",
	dataspace.Refused:       "refused",
	dataspace.Stopped:       "stopped",
	dataspace.Failed:        "failed",
}

func stateText(f api.FlowView) string {
	if text, ok := stateTexts[f.State]; ok {
		return text
	}
	return string(f.State)
}

// size writes bytes for people.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, i := float64(n), 0
	for v >= 1000 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}
