package gate

import (
	"fmt"
	"time"

	"hutong/client"
	"hutong/internal/cli/frame"
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
		t.env.Say("· %s", stateText(f))
	}
	note := f.Sending
	if f.Trouble != nil && f.Trouble.Retry && !contradicted(f) {
		note = f.Trouble.Message + " (trying again)"
	}
	if note != "" && note != t.note {
		t.done()
		t.env.Say("  %s", note)
	}
	t.note = note
	if p := f.Progress; p != nil && (t.live || time.Since(t.last) > 5*time.Second) {
		t.last = time.Now()
		t.line(progressText(p))
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

func progressText(p *client.Progress) string {
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
	return line
}

func (t *ticker) done() {
	if t.inline {
		fmt.Fprintln(t.env.Err)
		t.inline = false
	}
}

var stateTexts = map[string]string{
	client.Profiling:     "profile: what is in it?",
	client.Checking:      "clear: may it leave, and how?",
	client.WaitingAction: "clear: something is still to be done",
	client.WaitingReview: "clear: a person must decide",
	client.Negotiating:   "agree: on what terms?",
	client.Delivering:    "deliver: only what was cleared",
	client.Proving:       "prove: receipts, logs, waybill",
	client.Completed:     "completed",
	client.Refused:       "refused",
	client.Stopped:       "stopped",
	client.Failed:        "failed",
}

func stateText(f client.Flow) string {
	if text, ok := stateTexts[f.State]; ok {
		return text
	}
	return f.State
}
