package systest_test

import (
	"path/filepath"
	"testing"
	"time"

	"hutong/internal/dataspace"
)

// TestRollingWindow sends on both sides of the end of a window of twelve months
// that a pack declares. Each person counts by the last day on which they left:
//
//	10 Dec, to lion:    customers 0–29               all 30   to lion  30
//	10 Jun, to tiger:   customers 20–59              all 60   to tiger 40
//	10 Dec, to lion:    customers 0–4, sent again    all 60   to lion  30
//	11 Dec: 5–19 have left the window, and for lion 20–29 too
//	        to lion:    customers 58–69              all 55   to lion  17
//	        stopped:    customers 5–19 for lion      all 70, and then 55 again
func TestRollingWindow(t *testing.T) {
	_, config := signPacks(t, "testdata/rolling")
	year := time.Now().Year()
	m := newTimed(t, time.Date(year, 12, 10, 4, 0, 0, 0, time.UTC), config...)
	m.recipient("tiger", "shanghai")
	want := func(id dataspace.FlowID, all, pair int64) {
		t.Helper()
		var f dataspace.Facts
		m.here.document(id, "facts", &f)
		n, _ := f.Known.Int("cn_lately.counts.all")
		to, _ := f.Known.Int("cn_lately.counts.pair")
		if n != all || to != pair {
			t.Errorf("on %s %d people count, and %d for the recipient, want %d and %d", f.On, n, to, all, pair)
		}
	}
	at := func(y int, month time.Month, day int) {
		t.Helper()
		m.move(time.Until(time.Date(y, month, day, 4, 0, 0, 0, time.UTC))-m.ahead, 0)
	}
	want(m.sendCustomers(0, 30, lion).ID, 30, 30)
	at(year+1, 6, 10)
	want(m.sendCustomers(20, 60, "tiger").ID, 60, 40)
	at(year+1, 12, 10)
	want(m.sendCustomers(0, 5, lion).ID, 60, 30)
	at(year+1, 12, 11)
	want(m.sendCustomers(58, 70, lion).ID, 55, 17)

	// What waits for a person is counted, and no longer once it is stopped.
	in := m.sending(customers(t, 5, 20).write(t, filepath.Join(m.here.dir, "waiting.csv")))
	in.Facts = known("")
	in.Facts.Known.Forget("sector")
	waiting := m.here.until(m.send(in).ID, dataspace.WaitingReview)
	want(waiting.ID, 70, 32)
	m.here.call("POST", "/flows/"+string(waiting.ID)+"/stop", map[string]string{"reason": "not needed"}, nil)
	want(m.sendCustomers(0, 1, lion).ID, 55, 17)
}
