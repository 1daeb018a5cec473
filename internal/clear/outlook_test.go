package clear_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/clear"
	"hutong/internal/people"
	"hutong/internal/rules"
)

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func flow(on string, fresh int64) people.Counted {
	return people.Counted{Reservation: people.Reservation{On: on}, New: people.Totals{"non_sensitive": fresh}}
}

func TestOutlooks(t *testing.T) {
	for name, c := range map[string]struct {
		total int64
		year  int
		today string
		flows []people.Counted
		left  int64
		pace  *clear.Pace
		last  *clear.Pace
		warn  []string
	}{
		"nothing":        {total: 0, today: "2026-06-15", left: 1000},
		"79.9%":          {total: 799, today: "2026-06-15", left: 201},
		"80%":            {total: 800, today: "2026-06-15", left: 200, warn: []string{"near"}},
		"one-before":     {total: 999, today: "2026-06-15", left: 1, warn: []string{"near"}},
		"reached":        {total: 1000, today: "2026-06-15"},
		"above":          {total: 1001, today: "2026-06-15"},
		"past-year":      {total: 900, year: 2025, today: "2026-06-15", left: 100},
		"thirteen-days":  {total: 130, today: "2026-01-13", flows: []people.Counted{flow("2026-01-01", 130)}, left: 870},
		"fourteen-days":  {total: 140, today: "2026-01-14", flows: []people.Counted{flow("2026-01-01", 100), flow("2026-01-14", 40)}, left: 860, pace: &clear.Pace{From: "2026-01-01", To: "2026-01-14", PerDay: 10, Reached: "2026-04-10"}},
		"sixty-days":     {total: 400, today: "2026-02-09", flows: []people.Counted{flow("2026-01-01", 400)}, left: 600, pace: &clear.Pace{From: "2026-01-01", To: "2026-02-09", PerDay: 10, Reached: "2026-04-10"}, warn: []string{"soon"}},
		"sixty-one-days": {total: 390, today: "2026-02-09", flows: []people.Counted{flow("2026-01-01", 400)}, left: 610, pace: &clear.Pace{From: "2026-01-01", To: "2026-02-09", PerDay: 10, Reached: "2026-04-11"}},
		"next-year":      {total: 20, today: "2026-12-20", flows: []people.Counted{flow("2026-12-01", 20)}, left: 980, pace: &clear.Pace{From: "2026-12-01", To: "2026-12-20", PerDay: 1}},
		"without-a-day":  {total: 500, today: "2026-06-15", flows: []people.Counted{flow("", 500)}, left: 500},
		"both-paces": {total: 180, today: "2026-06-29", flows: []people.Counted{flow("2026-01-01", 90), flow("2026-04-01", 90)}, left: 820,
			pace: &clear.Pace{From: "2026-01-01", To: "2026-06-29", PerDay: 1}, last: &clear.Pace{From: "2026-04-01", To: "2026-06-29", PerDay: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.year == 0 {
				c.year = 2026
			}
			got := yearly.Outlooks([]rules.Bound{{Of: "counts.non_sensitive", Value: 1000}, {Of: "counts.nothing", Value: 1}}, people.Totals{"non_sensitive": c.total}, c.flows, c.year, day(c.today))
			if len(got) != 1 {
				t.Fatalf("%d outlooks", len(got))
			}
			o := got[0]
			want := clear.Outlook{Bound: o.Bound, Count: c.total, Left: c.left, Used: float64(c.total) / 10, Year: c.pace, Recent: c.last, Warn: c.warn}
			if diff := cmp.Diff(want, o); diff != "" {
				t.Error(diff)
			}
		})
	}
}
