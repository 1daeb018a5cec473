package gate

import (
	"fmt"
	"time"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// ticker shows the progress of a flow: a line for each change of state, and one
// line that is rewritten for progress if stderr is a terminal.
type ticker struct {
	env    *frame.Env
	state  string
	note   string
	inline bool
	live   bool
	last   time.Time
}

func newTicker(env *frame.Env) *ticker {
	return &ticker{env: env, live: env.Live()}
}

func (t *ticker) flow(f client.Flow) {
	if f.State != t.state && f.State != client.Ending {
		t.done()
		t.state = f.State
		t.env.Say("· %s", stateText(t.env, f))
	}
	note := f.Sending
	if f.Trouble != nil && f.Trouble.Retry {
		note = f.Trouble.Message + t.env.Word(" (trying again)", "（将再次尝试）")
	}
	if note != "" && note != t.note {
		t.done()
		t.env.Say("  %s", note)
	}
	t.note = note
	if p := f.Progress; p != nil && (t.live || time.Since(t.last) > 5*time.Second) {
		t.last = time.Now()
		t.line(progressText(t.env, p))
	}
}

// line shows progress: on a terminal it replaces the line before, else it adds
// a line.
func (t *ticker) line(text string) {
	if !t.live {
		t.env.Say("%s", text)
		return
	}
	fmt.Fprintf(t.env.Err, "\r\x1b[K%s", frame.Harmless(text))
	t.inline = true
}

func progressText(env *frame.Env, p *client.Progress) string {
	step := p.Step
	if t, ok := stepTexts[step]; ok {
		step = env.Text(t)
	}
	line := "  " + step + env.Word(": ", "：") + frame.Size(p.Bytes)
	if p.Total > 0 {
		line += fmt.Sprintf(env.Word(" of %s (%d%%)", " / %s（%d%%）"), frame.Size(p.Total), 100*p.Bytes/p.Total)
	}
	if p.Rows > 0 {
		line += fmt.Sprintf(env.Word(", %d rows", "，%d 行"), p.Rows)
	}
	line += fmt.Sprintf(env.Word(", %s/s", "，每秒 %s"), frame.Size(int64(p.Rate)))
	if p.Seconds > 0 {
		line += fmt.Sprintf(env.Word(", %s left", "，尚需 %s"), (time.Duration(p.Seconds) * time.Second).Round(time.Second))
	}
	return line
}

func (t *ticker) done() {
	if t.inline {
		fmt.Fprintln(t.env.Err)
		t.inline = false
	}
}

// stateTexts say what a flow does in each state.
var stateTexts = map[string]dataspace.Text{
	client.Profiling:     {EN: "profile: what is in it?", ZH: "数据识别：里面有什么？"},
	client.Checking:      {EN: "clear: may it leave, and how?", ZH: "判定：能否出境，适用哪条路径？"},
	client.WaitingAction: {EN: "clear: something is still to be done", ZH: "判定：须先履行手续"},
	client.WaitingReview: {EN: "clear: a person must decide", ZH: "判定：须人工复核"},
	client.Negotiating:   {EN: "agree: on what terms?", ZH: "协商：按什么条件？"},
	client.Delivering:    {EN: "deliver: only what was cleared", ZH: "交付：只交付获准的内容"},
	client.Proving:       {EN: "prove: receipts, logs, waybill", ZH: "举证：回执、日志、运单"},
	client.Completed:     {EN: "completed", ZH: "已完成"},
	client.Refused:       {EN: "refused", ZH: "已拒绝"},
	client.Stopped:       {EN: "stopped", ZH: "已停止"},
	client.Failed:        {EN: "failed", ZH: "失败"},
}

func stateText(env *frame.Env, f client.Flow) string {
	if text, ok := stateTexts[f.State]; ok {
		return env.Text(text)
	}
	return f.State
}

// stepTexts are the steps whose progress is shown.
var stepTexts = map[string]dataspace.Text{
	"profiling": {EN: "profiling", ZH: "识别中"}, "delivering": {EN: "delivering", ZH: "交付中"},
}
