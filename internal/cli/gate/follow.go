package gate

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/flow"
)

// ending holds the flags that say how a command that began a flow ends.
type ending struct {
	detach  bool   // do not follow the flow
	waybill string // where the waybill is written; empty: <flow>.waybill here
}

func (o *ending) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.waybill, "waybill", "", "where the waybill is written; default <flow>.waybill here")
	cmd.Flags().BoolVar(&o.detach, "detach", false, "do not follow the flow")
}

// followTo follows a flow to its end, saves the waybill, and maps the end of
// the flow to an exit code.
func followTo(ctx context.Context, env *frame.Env, c *client.Client, f client.Flow, o ending) error {
	if o.detach {
		return env.Print(f, func(w io.Writer) { fmt.Fprintln(w, f.ID) })
	}
	f, err := follow(ctx, env, c, f)
	if err != nil {
		return err
	}
	if f.State == client.Completed && f.Waybill != "" {
		if o.waybill == "" {
			o.waybill = f.ID + ".waybill"
		}
		if err := saveWaybill(ctx, c, f.ID, o.waybill); err != nil {
			return err
		}
		f.Waybill = o.waybill
	}
	if err := env.Print(f, func(w io.Writer) { printEnd(ctx, env, w, c, f) }); err != nil {
		return err
	}
	switch f.State {
	case client.Completed:
		return nil
	case client.Failed:
		return frame.Quiet(frame.ExitFailed)
	}
	return frame.Quiet(frame.ExitNotCleared)
}

// progressEvery is the interval of requests for progress while a flow does not
// change.
const progressEvery = time.Second

// follow waits until the flow has ended or waits for a person.
func follow(ctx context.Context, env *frame.Env, c *client.Client, f client.Flow) (client.Flow, error) {
	t := newTicker(env)
	defer t.done()
	for {
		t.flow(f)
		if f.Final() || f.Waiting() {
			return f, nil
		}
		next, err := c.Flows().Wait(ctx, f.ID, f.Version, progressEvery)
		if err != nil {
			if ctx.Err() != nil {
				t.done()
				env.Say("the flow goes on; come back with: hutong flow follow %s", f.ID)
				return f, frame.Quiet(frame.ExitFailed)
			}
			return f, fmt.Errorf("follow flow %s: %w", f.ID, err)
		}
		f = next
	}
}

func saveWaybill(ctx context.Context, c *client.Client, id, path string) error {
	data, err := c.Flows().Waybill(ctx, id)
	if err != nil {
		return fmt.Errorf("fetch waybill: %w", err)
	}
	return files.WriteFile(path, data, 0o644)
}

// printEnd says how a flow ended or, if it waits, for what.
func printEnd(ctx context.Context, env *frame.Env, w io.Writer, c *client.Client, f client.Flow) {
	fmt.Fprintf(w, "flow %s: %s\n", f.ID, f.State)
	if f.Verdict != "" {
		var d dataspace.Decision
		switch {
		case !flowDocument(ctx, c, f.ID, flow.DocDecision, &d):
		case f.State == client.Completed:
			for _, n := range d.Warnings {
				show.Warning(env, w, n)
			}
		default:
			show.Decision(env, w, d, clock.Process().Now().Format(frame.Day))
		}
	}
	if f.Trouble != nil && len(f.Trouble.Contradictions) > 0 {
		env.Contradictions(w, f.Trouble.Contradictions)
	} else if f.Trouble != nil {
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
