package clear_test

import (
	"testing"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
)

func TestOutOfWindows(t *testing.T) {
	class := func(id string, months int, stated bool) dataspace.CountClass {
		return dataspace.CountClass{ID: id, Fact: "counts." + id, Months: months, Of: dataspace.CountOf{Below: 14, Stated: stated}}
	}
	today := time.Date(2028, 3, 31, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		classes []dataspace.CountClass
		want    string
	}{
		"none":         {nil, ""},
		"years":        {[]dataspace.CountClass{class("a", 0, false)}, ""},
		"stated":       {[]dataspace.CountClass{class("a", 12, true)}, ""},
		"one":          {[]dataspace.CountClass{class("a", 12, false)}, "2027-03-31"},
		"the-longest":  {[]dataspace.CountClass{class("a", 1, false), class("b", 25, false), class("c", 0, false)}, "2026-02-28"},
		"end-of-month": {[]dataspace.CountClass{class("a", 1, false)}, "2028-02-29"},
	} {
		t.Run(name, func(t *testing.T) {
			day, ok := clear.NewCounting(c.classes).OutOfWindows(today)
			if got := day.String(); ok != (c.want != "") || ok && got != c.want {
				t.Errorf("it is %s (%v), want %q", got, ok, c.want)
			}
		})
	}
}
