package gate

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
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

// check refuses a place where no waybill can be written, before anything leaves.
func (o *ending) check() error {
	if o.waybill == "" {
		return nil
	}
	if at, err := os.Stat(o.waybill); err == nil && at.IsDir() {
		return frame.Usagef("name a file in it", "--waybill %s is a folder", o.waybill)
	}
	dir := filepath.Dir(o.waybill)
	if at, err := os.Stat(dir); err != nil || !at.IsDir() {
		return frame.Usagef("make it first, or name another file", "--waybill %s: there is no folder %s", o.waybill, dir)
	}
	return nil
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
		if f.Final() || f.Waiting() || contradicted(f) {
			return f, nil
		}
		next, err := c.Flows().Wait(ctx, f.ID, f.Version, progressEvery)
		if err != nil {
			if ctx.Err() != nil {
				t.done()
				env.Say(env.Word("the flow goes on; come back with: hutong flow follow %s", "流转继续进行；回来查看：hutong flow follow %s"), f.ID)
				return f, frame.Quiet(frame.ExitFailed)
			}
			return f, fmt.Errorf("follow flow %s: %w", f.ID, err)
		}
		f = next
	}
}

// contradicted reports whether a flow stands still until a person puts right what
// cannot both be true.
func contradicted(f client.Flow) bool { return f.Trouble != nil && len(f.Trouble.Contradictions) > 0 }

func saveWaybill(ctx context.Context, c *client.Client, id, path string) error {
	data, err := c.Flows().Waybill(ctx, id)
	if err != nil {
		return fmt.Errorf("fetch waybill: %w", err)
	}
	return files.WriteFile(path, data, 0o644)
}

// result prints the decision on a flow that has not been delivered, with its
// plan.
func result(ctx context.Context, env *frame.Env, w io.Writer, c *client.Client, f client.Flow, d dataspace.Decision) {
	shown := show.Case{Decision: d, On: clock.Process().Now().Format(frame.Day), More: "hutong flow show " + f.ID + " --long"}
	var p dataspace.Plan
	if flowDocument(ctx, c, f.ID, flow.DocPlan, &p) {
		shown.Plan = &p
	}
	show.Result(env, w, shown)
}

// printEnd says how a flow ended or, if it waits, for what.
func printEnd(ctx context.Context, env *frame.Env, w io.Writer, c *client.Client, f client.Flow) {
	fmt.Fprintf(w, env.Word("flow %s: %s\n", "流转 %s：%s\n"), f.ID, stateName(env, f.State))
	if f.Verdict != "" {
		var d dataspace.Decision
		switch {
		case !flowDocument(ctx, c, f.ID, flow.DocDecision, &d):
		case f.State == client.Completed:
			for _, n := range d.Warnings {
				show.Warning(env, w, n)
			}
		default:
			result(ctx, env, w, c, f, d)
		}
	}
	if contradicted(f) {
		env.Contradictions(w, f.Trouble.Contradictions)
		fmt.Fprintf(w, env.Word("the flow goes on by itself once they are put right; hutong flow stop %s ends it\n", "更正后流转自动继续；hutong flow stop %s可终止流转\n"), f.ID)
	} else if f.Trouble != nil {
		message, hint := trouble(env, f)
		fmt.Fprintf(w, "%s\n", message)
		if hint != "" {
			fmt.Fprintf(w, "→ %s\n", hint)
		}
	}
	if f.Delivered != nil {
		fmt.Fprintf(w, env.Word("delivered %d rows, %d bytes, root %s\n", "已交付 %d 行、%d 字节，根 %s\n"), f.Delivered.Rows, f.Delivered.Size, f.Delivered.Root)
		if f.Delivered.Path != "" {
			fmt.Fprintf(w, env.Word("file %s\n", "文件 %s\n"), f.Delivered.Path)
		}
	}
	if f.Waybill != "" {
		fmt.Fprintf(w, env.Word("waybill %s\n", "运单 %s\n"), f.Waybill)
	}
}

// stateNames are the states in Chinese; in English they are those of the API.
var stateNames = map[string]string{
	client.Profiling: "识别中", client.Checking: "判定中", client.WaitingAction: "须先履行手续", client.WaitingReview: "人工复核",
	client.Negotiating: "协商中", client.Delivering: "交付中", client.Proving: "举证中", client.Completed: "已完成",
	client.Refused: "已拒绝", client.Stopped: "已停止", client.Failed: "失败", client.Ending: "收尾中",
}

func stateName(env *frame.Env, state string) string {
	if zh, ok := stateNames[state]; ok {
		return env.Word(state, zh)
	}
	return state
}

// troubles are, in Chinese, the ends and waits that every flow can come to; {id}
// stands for the flow. Other messages of a gateway are English.
var troubles = map[string][2]string{
	"flow.action_required": {"法律要求的手续尚未履行", "登记合规文件后流转自动继续；或者以更严格的方案重新发起"},
	"flow.human_review":    {"须由合规负责人决定", "hutong flow review {id} --approve --reason …"},
	"flow.prohibited":      {"规则禁止该流转", "条款见：hutong flow show {id}"},
	"flow.rejected":        {"经人工复核，不予放行", ""},
	"flow.intake":          {"接收方的接收规则要求由人决定是否接受", "hutong flow accept {id}"},
}

func trouble(env *frame.Env, f client.Flow) (message, hint string) {
	if zh, ok := troubles[f.Trouble.Code]; ok && env.Lang == "zh" {
		return zh[0], strings.ReplaceAll(zh[1], "{id}", f.ID)
	}
	return f.Trouble.Message, f.Trouble.Hint
}
