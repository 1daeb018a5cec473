package cli

import (
	"fmt"
	"os"
	"time"
)

// meter shows how far the reading of a source is: nothing in the first second,
// then one line that is rewritten where stderr is a terminal, and elsewhere a
// line every few seconds.
type meter struct {
	app   *app
	what  string
	start time.Time
	last  time.Time
	live  bool
	shown bool
}

const (
	meterQuiet = time.Second            // what is faster needs no progress
	meterLive  = 100 * time.Millisecond // between two versions of one line
	meterLines = 5 * time.Second        // between two lines
)

func (a *app) newMeter(what string) *meter {
	m := &meter{app: a, what: what, start: time.Now()}
	if f, ok := a.Err.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			m.live = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return m
}

// update is told how many rows and bytes have been read of total bytes.
func (m *meter) update(rows, bytes, total int64) {
	now := time.Now()
	every := meterLines
	if m.live {
		every = meterLive
	}
	if now.Sub(m.start) < meterQuiet || now.Sub(m.last) < every {
		return
	}
	m.last = now
	line := "  " + m.what + m.app.word(": ", "：") + m.app.amount(rows, bytes, total, now.Sub(m.start))
	if !m.live {
		m.app.say("%s", line)
		return
	}
	fmt.Fprintf(m.app.Err, "\r\x1b[K%s", harmless(line))
	m.shown = true
}

// done clears the live line.
func (m *meter) done() {
	if m.shown {
		fmt.Fprint(m.app.Err, "\r\x1b[K")
		m.shown = false
	}
}

// amount says how much was read, how fast, and how long the rest will take.
func (a *app) amount(rows, bytes, total int64, took time.Duration) string {
	line := size(bytes)
	if total > 0 {
		line += fmt.Sprintf(a.word(" of %s (%d%%)", " / %s（%d%%）"), size(total), min(100, 100*bytes/total))
	}
	line += ", " + a.count(rows, "row", "行")
	if took <= 0 || bytes <= 0 {
		return line
	}
	rate := float64(bytes) / took.Seconds()
	line += fmt.Sprintf(", %s/s", size(int64(rate)))
	if left := total - bytes; left > 0 {
		line += fmt.Sprintf(a.word(", %s left", ", 还需 %s"), time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second))
	}
	return line
}
