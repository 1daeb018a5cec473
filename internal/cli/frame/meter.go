package frame

import (
	"fmt"
	"time"
)

// meter shows the progress of reading a source. It shows nothing in the first
// second. After that it rewrites one line if stderr is a terminal, else it
// writes a line every few seconds.
type meter struct {
	env   *Env
	what  string
	start time.Time
	last  time.Time
	live  bool
	shown bool
}

const (
	meterQuiet = time.Second            // a faster read needs no progress
	meterLive  = 100 * time.Millisecond // between two versions of one line
	meterLines = 5 * time.Second        // between two lines
)

// NewMeter starts to show the progress of a read; what names the source.
func (env *Env) NewMeter(what string) *meter {
	return &meter{env: env, what: what, start: time.Now(), live: env.Live()}
}

// Update receives the rows and bytes that have been read, and the total bytes.
func (m *meter) Update(rows, bytes, total int64) {
	now := time.Now()
	every := meterLines
	if m.live {
		every = meterLive
	}
	if now.Sub(m.start) < meterQuiet || now.Sub(m.last) < every {
		return
	}
	m.last = now
	line := "  " + m.what + m.env.Word(": ", "：") + m.env.amount(rows, bytes, total, now.Sub(m.start))
	if !m.live {
		m.env.Say("%s", line)
		return
	}
	fmt.Fprintf(m.env.Err, "\r\x1b[K%s", Harmless(line))
	m.shown = true
}

// Done clears the live line.
func (m *meter) Done() {
	if m.shown {
		fmt.Fprint(m.env.Err, "\r\x1b[K")
		m.shown = false
	}
}

// amount says how much was read, how fast, and how long the rest takes.
func (env *Env) amount(rows, bytes, total int64, took time.Duration) string {
	line := Size(bytes)
	if total > 0 {
		line += fmt.Sprintf(env.Word(" of %s (%d%%)", " / %s（%d%%）"), Size(total), min(100, 100*bytes/total))
	}
	line += ", " + env.Count(rows, "row", "行")
	if took <= 0 || bytes <= 0 {
		return line
	}
	rate := float64(bytes) / took.Seconds()
	line += fmt.Sprintf(", %s/s", Size(int64(rate)))
	if left := total - bytes; left > 0 {
		line += fmt.Sprintf(env.Word(", %s left", ", 还需 %s"), time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second))
	}
	return line
}
