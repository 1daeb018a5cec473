package systest_test

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/people"
	"hutong/internal/sample"
)

// timed is a world whose time the test sets.
type timed struct {
	*world
	ahead time.Duration // of the clock of the sending gateway
}

// newTimed is a world in which it is the given time.
func newTimed(t *testing.T, at time.Time, extra ...string) *timed {
	t.Helper()
	path, err := withTestClock()
	if err != nil {
		t.Fatal(err)
	}
	m := &timed{world: &world{t: t, here: newGateway(t, "shanghai", "CN", extra...), far: newGateway(t, "singapore", "SG", extra...)}}
	for _, g := range []*gatewayProcess{m.here, m.far} {
		g.program, g.env = path, []string{"HUTONG_TEST_CLOCK=" + filepath.Join(g.dir, "clock")}
	}
	m.move(time.Until(at), 0)
	m.begin()
	return m
}

// move sets both clocks forward, the far one by so much more than the other.
func (m *timed) move(forward, apart time.Duration) {
	m.t.Helper()
	m.ahead += forward
	for g, ahead := range map[*gatewayProcess]time.Duration{m.here: m.ahead, m.far: m.ahead + apart} {
		path := filepath.Join(g.dir, "clock")
		if err := os.WriteFile(path+".new", []byte(ahead.String()), 0o600); err != nil {
			m.t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			m.t.Fatal(err)
		}
	}
}

// people of the year.
func (m *timed) people(year int) people.Totals {
	m.t.Helper()
	var c yearCounts
	m.here.call("GET", "/counts?exporter="+acme+"&year="+strconv.Itoa(year), nil, &c)
	return c.Totals
}

// TestClock moves the time of two gateways by a day, by a year, and apart,
// without waiting for it.
func TestClock(t *testing.T) {
	year := time.Now().Year()
	eve := time.Date(year, 12, 31, 10, 0, 0, 0, time.UTC) // the same day in Shanghai
	m := newTimed(t, eve)
	in := m.sending(m.write(sample.Support))
	here, _ := m.complete(m.send(in))
	if at := here.Delivered.At; at.Sub(eve) > time.Hour || at.Before(eve) {
		t.Fatalf("delivered at %s, it is %s", at, eve)
	}
	old := m.people(year)
	if old["non_sensitive"] == 0 || m.people(year + 1)["non_sensitive"] != 0 {
		t.Fatalf("people are %+v, and %+v of next year", old, m.people(year+1))
	}

	m.part("a-new-year", func(t *testing.T) {
		m.move(24*time.Hour, 0)
		m.complete(m.send(in))
		if next := m.people(year + 1); !maps.Equal(next, old) {
			t.Errorf("the new year has %+v, want %+v", next, old)
		}
		if now := m.people(year); !maps.Equal(now, old) {
			t.Errorf("the old year has %+v, had %+v", now, old)
		}
		var c yearCounts
		if m.here.call("GET", "/counts?exporter="+acme, nil, &c); c.Year != year+1 {
			t.Errorf("the year is %d", c.Year)
		}
	})

	m.part("clocks-apart", func(t *testing.T) {
		m.move(0, 10*time.Minute)
		f := m.send(in) // what the peer last said of its participant is still good
		for deadline := time.Now().Add(flowTimeout); !strings.Contains(f.Sending, "has not arrived"); {
			if f.State.Final() || f.Agreement != "" || time.Now().After(deadline) {
				t.Fatalf("a peer whose clock is ten minutes ahead was spoken to: %+v", f)
			}
			m.here.call("GET", "/flows/"+string(f.ID)+"?after="+strconv.FormatInt(f.Version, 10)+"&wait=1", nil, &f)
		}
		m.move(0, 0)
		m.complete(f)
	})

	m.part("a-year-later", func(t *testing.T) {
		m.move(366*24*time.Hour, 0)
		here, _ := m.complete(m.send(in))
		if got := here.Delivered.At.Year(); got != year+2 {
			t.Errorf("delivered in %d", got)
		}
		var all flow.Agenda
		m.here.call("GET", "/obligations", nil, &all)
		if !strings.HasPrefix(all.On, strconv.Itoa(year+2)) {
			t.Errorf("obligations are as of %s", all.On)
		}
	})
	wantKinds(t, checkLog(t, m.here.data), here.ID, append([]dataspace.EventKind{}, sentKinds...))
}
