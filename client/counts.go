package client

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Totals are numbers of distinct people, by class.
type Totals map[string]int64

// YearCounts are the people an exporter has exported in a year.
type YearCounts struct {
	Exporter    string        `json:"exporter"`
	Year        int           `json:"year"`
	Totals      Totals        `json:"totals"`
	Thresholds  []Outlook     `json:"thresholds"`
	Flows       []CountedFlow `json:"flows" doc:"newest first"`
	FlowsInAll  int           `json:"flows_in_all"`
	Corrections []Correction  `json:"corrections"`
}

// CountedFlow is a flow whose people count.
type CountedFlow struct {
	Flow   string `json:"flow"`
	State  string `json:"state" doc:"reserved until they are delivered, then confirmed"`
	On     string `json:"on,omitempty" doc:"day of the decision"`
	To     string `json:"to,omitempty" doc:"recipient, peer/participant"`
	People Totals `json:"people,omitempty" doc:"distinct people of the flow; absent where an older version counted them"`
	New    Totals `json:"new,omitempty" doc:"those of these people whom no other flow held when they were counted"`
}

// Outlook compares a number of the law with the count that it bounds.
type Outlook struct {
	Pack       string `json:"pack"`
	Name       string `json:"name"`
	Of         string `json:"of"` // the fact it bounds
	Value      int64  `json:"value"`
	Article    string `json:"article"`
	ArticleZH  string `json:"article_zh,omitempty"`
	Source     string `json:"source"`
	Confidence string `json:"confidence"`
	Text       Text   `json:"text"`
	// Certain is false if the pack may apply to the exporter's flows, but some
	// facts are not known or differ between flows.
	Certain bool    `json:"certain"`
	Count   int64   `json:"count"`
	Left    int64   `json:"left"` // 0: reached
	Used    float64 `json:"used_percent"`
	// Year is the pace since the first dated flow of the year, Recent that of
	// the last 90 days.
	Year   *Pace `json:"pace,omitempty"`
	Recent *Pace `json:"recent_pace,omitempty"`
	// Warn says why to act before the tier changes: near, soon.
	Warn []string `json:"warn,omitempty"`
}

// Pace is the number of people exported per day, with a forecast.
type Pace struct {
	From   string  `json:"from"` // 2006-01-02
	To     string  `json:"to"`
	PerDay float64 `json:"per_day"`
	// Reached is the day on which the threshold is reached at this pace. It is
	// empty if that is not in this year.
	Reached string `json:"reached,omitempty"`
}

// Correction is a change of a count that a person made.
type Correction struct {
	ID       string    `json:"id"`
	Exporter string    `json:"exporter"`
	Year     int       `json:"year"`
	Change   Totals    `json:"change"` // may be negative
	Reason   string    `json:"reason"`
	By       string    `json:"by"` // name of the key it was made with
	At       time.Time `json:"at"`
}

// Correct changes a count, for a reason.
type Correct struct {
	Exporter string `json:"exporter"`
	Year     int    `json:"year"`
	Change   Totals `json:"change" doc:"added to the totals; may be negative"`
	Reason   string `json:"reason"`
}

// Counts gives access to the counts of people exported in a year.
type Counts struct{ t *transport }

// Year returns the people exported in a year, 0 for this year, with at most the
// given number of flows.
func (c Counts) Year(ctx context.Context, exporter string, year, flows int) (YearCounts, error) {
	q := values("exporter", exporter, "flows", strconv.Itoa(flows))
	if year != 0 {
		q.Set("year", strconv.Itoa(year))
	}
	return call[YearCounts](ctx, c.t, http.MethodGet, "/counts"+query(q), nil)
}

// Correct changes a count.
func (c Counts) Correct(ctx context.Context, in Correct) (YearCounts, error) {
	return call[YearCounts](ctx, c.t, http.MethodPost, "/counts/corrections", in)
}
