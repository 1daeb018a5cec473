package meter_test

import (
	"testing"
	"time"

	"hutong/internal/meter"
)

func TestMeter(t *testing.T) {
	var m meter.Meter
	begin := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	if _, ok := m.Of("flow-a", begin); ok {
		t.Error("there is a reading before anything is under way")
	}
	m.Set("flow-a", "profiling", 0, 100, 1000, begin) // the first 100 bytes were there before
	m.Set("flow-a", "profiling", 5, 300, 1000, begin)
	r, ok := m.Of("flow-a", begin.Add(2*time.Second))
	if want := (meter.Reading{Step: "profiling", Rows: 5, Bytes: 300, Total: 1000, Rate: 100, Seconds: 7, Left: 7 * time.Second}); !ok || r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
	m.Set("flow-a", "delivering", 1, 50, 0, begin.Add(time.Minute))
	if r, _ := m.Of("flow-a", begin.Add(time.Minute)); r.Step != "delivering" || r.Rate != 0 || r.Left != 0 {
		t.Errorf("a step goes on with the rate of the one before: %+v", r)
	}
	m.Forget("flow-a")
	if _, ok := m.Of("flow-a", begin); ok {
		t.Error("there is a reading when nothing is under way")
	}
}
