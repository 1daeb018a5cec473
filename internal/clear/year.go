package clear

import (
	"context"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/rules"
)

// Year is the people that an exporter has exported in a year.
type Year struct {
	Totals people.Totals
	Flows  []people.Counted // newest first
	year   int
	by     Counting
}

// ReadYear reads an exporter's year.
func ReadYear(ctx context.Context, counts *people.Counts, by Counting, exporter dataspace.ParticipantID, year int) (Year, error) {
	y := Year{year: year, by: by}
	var err error
	if y.Totals, err = counts.Totals(ctx, exporter, year, by.Year()); err != nil {
		return y, err
	}
	y.Flows, err = counts.ByYear(ctx, exporter, year)
	return y, err
}

// Outlooks compares the year with numbers of the law; see Counting.Outlooks.
func (y Year) Outlooks(bounds []rules.Bound, today time.Time) []Outlook {
	return y.by.Outlooks(bounds, y.Totals, y.Flows, y.year, today)
}
