package main

import (
	"context"
	"fmt"
	"math"

	"hutong/internal/dataspace"
)

// calibration measures what the profile's confidence means, over the columns of
// the sections before it of which the truth is known. A column that is said to
// be nothing has the confidence that it is nothing.
func calibration(_ context.Context, b *bench, r *report) error {
	if len(b.judged) == 0 {
		r.Skipped = append(r.Skipped, "no section with columns was measured before: run it with others")
		return nil
	}
	// Few of the columns of tables without people, so that they do not decide
	// everything, and not always the same ones of a table.
	var list []judged
	n := 0
	for _, j := range b.judged {
		if j.section == "negatives" {
			if n++; n%11 != 0 {
				continue
			}
		}
		list = append(list, j)
	}
	r.Notes = append(r.Notes, fmt.Sprintf("over %d columns", len(list)))
	accepted, acceptedRight, found := 0, 0, 0
	for _, j := range list {
		if !j.right && j.p >= .5 {
			r.wrong("%s %q: %s", j.section, j.name, j.said)
		}
		if j.found && j.right && j.band != dataspace.BandAccept {
			r.wrong("ASKED %s %q: %s", j.section, j.name, j.said)
		}
		if !j.found {
			continue
		}
		if j.right {
			found++
		}
		if j.band == dataspace.BandAccept {
			accepted++
			if j.right {
				acceptedRight++
			}
		}
	}
	r.atMost(.05, "expected calibration error", expectedError(list), outOf(len(list), len(b.judged)))
	r.atLeast(.98, "accepted columns that are right", share(acceptedRight, accepted), outOf(acceptedRight, accepted))
	r.atLeast(.85, "columns found that are accepted", share(acceptedRight, found), outOf(acceptedRight, found))
	r.Head = []string{"confidence", "columns", "said", "right"}
	for _, bin := range bins(list) {
		if bin.n > 0 {
			r.Rows = append(r.Rows, []string{bin.name, fmt.Sprint(bin.n), fmt.Sprintf("%.2f", bin.p/float64(bin.n)), fmt.Sprintf("%.2f", share(bin.right, bin.n))})
		}
	}
	r.Rows = append(r.Rows, []string{"", "", "", ""}, []string{"section", "columns", "error", "right"})
	for _, name := range names() {
		var part []judged
		right := 0
		for _, j := range list {
			if j.section == name {
				part = append(part, j)
				if j.right {
					right++
				}
			}
		}
		if len(part) > 0 {
			r.Rows = append(r.Rows, []string{name, fmt.Sprint(len(part)), fmt.Sprintf("%.3f", expectedError(part)), fmt.Sprintf("%.2f", share(right, len(part)))})
		}
	}
	return nil
}

// bin is the columns of one tenth of confidence.
type bin struct {
	name     string
	n, right int
	p        float64 // the sum of confidences
}

func bins(list []judged) []bin {
	out := make([]bin, 10)
	for i := range out {
		out[i].name = fmt.Sprintf("%.1f to %.1f", float64(i)/10, float64(i+1)/10)
	}
	for _, j := range list {
		b := &out[min(9, int(j.p*10))]
		b.n++
		b.p += j.p
		if j.right {
			b.right++
		}
	}
	return out
}

// expectedError is how far confidence and share of right columns are apart, on
// average over ten bins by their columns.
func expectedError(list []judged) float64 {
	sum := 0.0
	for _, b := range bins(list) {
		sum += math.Abs(b.p - float64(b.right))
	}
	return sum / float64(max(1, len(list)))
}
