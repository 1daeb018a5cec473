package gate

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
	"hutong/internal/files"
)

// followTo follows a flow to its end, saves the waybill, and turns how it
// ended into an exit code.
func followTo(ctx context.Context, env *frame.Env, c *frame.Client, f api.FlowView, detach bool, waybill string) error {
	if detach {
		return env.Print(f, func(w io.Writer) { fmt.Fprintln(w, f.ID) })
	}
	f, err := follow(ctx, env, c, f)
	if err != nil {
		return err
	}
	if f.State == dataspace.Completed && f.Waybill != "" {
		if waybill == "" {
			waybill = string(f.ID) + ".waybill"
		}
		if err := saveWaybill(ctx, c, f.ID, waybill); err != nil {
			return err
		}
		f.Waybill = waybill
	}
	if err := env.Print(f, func(w io.Writer) { printEnd(ctx, env, w, c, f) }); err != nil {
		return err
	}
	switch f.State {
	case dataspace.Completed:
		return nil
	case dataspace.Failed:
		return frame.Quiet(frame.ExitFailed)
	}
	return frame.Quiet(frame.ExitNotCleared)
}

// follow waits until the flow has ended or waits for a person.
func follow(ctx context.Context, env *frame.Env, c *frame.Client, f api.FlowView) (api.FlowView, error) {
	show := newTicker(env)
	defer show.done()
	for {
		show.flow(f)
		if f.State.Final() || f.State.Waiting() {
			return f, nil
		}
		path := fmt.Sprintf("/flows/%s?after=%d&wait=1", frame.Esc(f.ID), f.Version)
		var next api.FlowView
		if err := c.Call(ctx, http.MethodGet, path, nil, &next); err != nil {
			if ctx.Err() != nil {
				show.done()
				env.Say("the flow goes on; come back with: hutong flow follow %s", f.ID)
				return f, frame.Quiet(frame.ExitFailed)
			}
			return f, fmt.Errorf("follow flow %s: %w", f.ID, err)
		}
		f = next
	}
}

func saveWaybill(ctx context.Context, c *frame.Client, id dataspace.FlowID, path string) error {
	resp, err := c.Do(ctx, http.MethodGet, "/flows/"+frame.Esc(id)+"/waybill", nil)
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
func printEnd(ctx context.Context, env *frame.Env, w io.Writer, c *frame.Client, f api.FlowView) {
	fmt.Fprintf(w, "flow %s: %s\n", f.ID, f.State)
	if f.Verdict != "" {
		var d dataspace.Decision
		err := c.Call(ctx, http.MethodGet, "/flows/"+frame.Esc(f.ID)+"/documents/decision", nil, &d)
		switch {
		case err != nil: // what became of the flow is said all the same
		case f.State == dataspace.Completed:
			for _, n := range d.Warnings {
				show.Warning(env, w, n)
			}
		default:
			show.Decision(env, w, d, time.Now().Format(frame.Day))
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
	env    *frame.Env
	state  dataspace.FlowState
	note   string
	inline bool
	live   bool
	last   time.Time
}

func newTicker(env *frame.Env) *ticker {
	t := &ticker{env: env}
	if f, ok := env.Err.(*os.File); ok {
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
		t.env.Say("· %s", stateText(f))
	}
	note := f.Sending
	if f.Trouble != nil && f.Trouble.Retry {
		note = f.Trouble.Message + " (trying again)"
	}
	if note != "" && note != t.note {
		t.done()
		t.env.Say("  %s", note)
	}
	t.note = note
	if p := f.Progress; p != nil && (t.live || time.Since(t.last) > 5*time.Second) {
		t.last = time.Now()
		line := fmt.Sprintf("  %s: %s", p.Step, frame.Size(p.Bytes))
		if p.Total > 0 {
			line += fmt.Sprintf(" of %s (%d%%)", frame.Size(p.Total), 100*p.Bytes/p.Total)
		}
		if p.Rows > 0 {
			line += fmt.Sprintf(", %d rows", p.Rows)
		}
		line += fmt.Sprintf(", %s/s", frame.Size(int64(p.Rate)))
		if p.Seconds > 0 {
			line += fmt.Sprintf(", %s left", (time.Duration(p.Seconds) * time.Second).Round(time.Second))
		}
		if t.live {
			fmt.Fprintf(t.env.Err, "\r\x1b[K%s", frame.Harmless(line))
			t.inline = true
		} else {
			t.env.Say("%s", line)
		}
	}
}

func (t *ticker) done() {
	if t.inline {
		fmt.Fprintln(t.env.Err)
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
