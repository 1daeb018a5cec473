//go:build testclock

package clock

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T, text string) (*file, func(string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clock")
	set := func(text string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	set(text)
	f := &file{path: path}
	if err := f.read(); err != nil {
		t.Fatal(err)
	}
	return f, set
}

func near(t *testing.T, f *file, want time.Time) {
	t.Helper()
	if d := f.Now().Sub(want).Abs(); d > 10*time.Second {
		t.Errorf("the clock shows %s, want about %s", f.Now(), want)
	}
}

func TestFile(t *testing.T) {
	f, set := open(t, "-10m")
	near(t, f, time.Now().Add(-10*time.Minute))
	set("8760h")
	near(t, f, time.Now().AddDate(0, 0, 365))
	set("2031-12-31T23:59:00Z")
	near(t, f, time.Date(2031, 12, 31, 23, 59, 0, 0, time.UTC))
	set("next week") // cannot be read: the clock continues as before
	near(t, f, time.Date(2031, 12, 31, 23, 59, 0, 0, time.UTC))
}

func TestFileUnreadable(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "word": "later", "day": "2027-01-01"} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(text, time.Now()); err == nil {
				t.Errorf("%q is a time", text)
			}
		})
	}
	if err := (&file{path: filepath.Join(t.TempDir(), "none")}).read(); err == nil {
		t.Error("a clock without a file was read")
	}
}

// A jump makes every call that is due, without real waiting, and no other.
func TestFileJump(t *testing.T) {
	f, set := open(t, "0s")
	day, year := make(chan struct{}), make(chan struct{})
	f.AfterFunc(24*time.Hour, func() { close(day) })
	last := f.AfterFunc(8760*time.Hour, func() { close(year) })
	stopped := f.AfterFunc(time.Hour, func() { t.Error("a call that was stopped was made") })
	if !stopped.Stop() || stopped.Stop() {
		t.Error("a call can be stopped once")
	}
	set("25h")
	<-day
	select {
	case <-year:
		t.Fatal("a year passed in a day")
	default:
	}
	set("9000h")
	<-year
	if last.Stop() {
		t.Error("a call that was made could be stopped")
	}
	over := make(chan struct{})
	f.AfterFunc(-time.Second, func() { close(over) })
	<-over
}
