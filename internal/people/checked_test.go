package people_test

import (
	"testing"
	"time"

	"hutong/internal/people"
)

func TestYearOf(t *testing.T) {
	for on, want := range map[string]int{"2026-12-31": 2026, "2027-01-01": 2027} {
		if got, err := people.YearOf(on); err != nil || got != want {
			t.Errorf("%s: got %d (%v)", on, got, err)
		}
	}
	if _, err := people.YearOf("today"); err == nil {
		t.Error("today is a day")
	}
}

func TestCountsChecked(t *testing.T) {
	c := &people.Counts{} // nothing may reach the rows
	ctx, part := t.Context(), people.Part{Classes: []string{"a"}}
	for name, err := range map[string]error{
		"no-year": func() error {
			_, err := c.Reserve(ctx, people.Reservation{ID: "r", Flow: "f", Exporter: "acme"}, nil, nil)
			return err
		}(),
		"no-flow": func() error {
			_, err := c.Reserve(ctx, people.Reservation{ID: "r", Exporter: "acme", Year: 2026}, nil, nil)
			return err
		}(),
		"no-reason": c.Correct(ctx, part, people.Correction{ID: "c", Exporter: "acme", Year: 2026, Change: people.Totals{"a": 1}, By: "x"}),
		"no-class":  c.Correct(ctx, part, people.Correction{ID: "c", Exporter: "acme", Year: 2026, Change: people.Totals{"b": 1}, Reason: "r", By: "x", At: time.Now()}),
		"no-change": c.Correct(ctx, part, people.Correction{ID: "c", Exporter: "acme", Year: 2026, Reason: "r", By: "x"}),
	} {
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
