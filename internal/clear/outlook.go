package clear

import (
	"math"
	"time"

	"hutong/internal/fact"
	"hutong/internal/people"
	"hutong/internal/rules"
)

// Bounds of an outlook, in days.
const (
	minPace    = 14 // of data, for a pace at all
	recentPace = 90 // of the recent pace
	soon       = 60 // a threshold that is reached by then is warned of
)

// Pace is the number of new people per day, and the days over which it was
// measured.
type Pace struct {
	From   string  `json:"from"` // 2006-01-02
	To     string  `json:"to"`
	PerDay float64 `json:"per_day"`
	// Reached is the day on which the threshold is reached at this pace. It is
	// empty if that is not in this year; the count begins again in the next
	// year.
	Reached string `json:"reached,omitempty"`
}

// Outlook says how far a count is from a number of the law, and when it reaches
// the number.
type Outlook struct {
	rules.Bound
	Count int64   `json:"count"`
	Left  int64   `json:"left"` // 0: reached
	Used  float64 `json:"used_percent"`
	// Year is the pace since the first dated flow of the year, Recent that of
	// the last 90 days. Both nil: not enough data, or the year is over.
	Year   *Pace `json:"pace,omitempty"`
	Recent *Pace `json:"recent_pace,omitempty"`
	// Warn says why to act before the tier changes: near (80 % are used up) or
	// soon (reached within 60 days at one of the paces). It is empty once the
	// number is reached.
	Warn []string `json:"warn,omitempty"`
}

// Outlooks compares the totals of a year with the thresholds and extrapolates
// from today at the pace of the counted flows. It does not extrapolate in a
// year other than the current one. It is pure.
func (c Counting) Outlooks(thresholds []rules.Bound, totals people.Totals, flows []people.Counted, year int, today time.Time) []Outlook {
	facts := c.Facts(totals)
	out := []Outlook{}
	for _, t := range thresholds {
		n, known := fact.Standard().Int(facts, t.Of)
		if !known || t.Value <= 0 {
			continue
		}
		o := Outlook{Bound: t, Count: n, Left: max(t.Value-n, 0), Used: math.Round(float64(n)/float64(t.Value)*1000) / 10}
		if o.Left > 0 && year == today.Year() {
			o.Year, o.Recent = paces(c.dated(flows, t.Of), o.Left, today)
			o.Warn = o.warn(today)
		}
		out = append(out, o)
	}
	return out
}

func (o *Outlook) warn(today time.Time) (why []string) {
	if float64(o.Count)*100 >= float64(o.Value)*rules.Near {
		why = append(why, "near")
	}
	until := today.AddDate(0, 0, soon).Format(time.DateOnly)
	for _, p := range []*Pace{o.Year, o.Recent} {
		if p != nil && p.Reached != "" && p.Reached <= until {
			return append(why, "soon")
		}
	}
	return why
}

// dated holds the number of new people on each day.
func (c Counting) dated(flows []people.Counted, name string) map[string]int64 {
	out := map[string]int64{}
	for _, f := range flows {
		if f.On == "" || f.New == nil {
			continue
		}
		if n, known := fact.Standard().Int(c.Facts(f.New), name); known {
			out[f.On] += n
		}
	}
	return out
}

// paces returns the pace since the first day, and the pace of the last days if
// there are enough. It ignores days in the future and days of another year.
func paces(days map[string]int64, left int64, today time.Time) (year, recent *Pace) {
	first := ""
	for day := range days {
		if first == "" || day < first {
			first = day
		}
	}
	from, err := time.Parse(time.DateOnly, first)
	if err != nil || from.Year() != today.Year() {
		return nil, nil
	}
	today = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	span := int(today.Sub(from).Hours()/24) + 1
	if span < minPace {
		return nil, nil
	}
	year = pace(days, from, today, left)
	if span >= recentPace {
		recent = pace(days, today.AddDate(0, 0, 1-recentPace), today, left)
	}
	return year, recent
}

func pace(days map[string]int64, from, to time.Time, left int64) *Pace {
	p := &Pace{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly)}
	var sum int64
	for day, n := range days {
		if day >= p.From && day <= p.To {
			sum += n
		}
	}
	p.PerDay = float64(sum) / (to.Sub(from).Hours()/24 + 1)
	if need := math.Ceil(float64(left) / p.PerDay); p.PerDay > 0 && need <= 366 {
		if day := to.AddDate(0, 0, int(need)); day.Year() == to.Year() {
			p.Reached = day.Format(time.DateOnly)
		}
	}
	return p
}
