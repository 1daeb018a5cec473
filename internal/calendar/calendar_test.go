package calendar_test

import (
	"fmt"
	"testing"

	"hutong/internal/calendar"
)

func TestWritten(t *testing.T) {
	for text, want := range map[string]string{
		"Mar 5, 1993": "1993-03-05", "June 2, 1976": "1976-06-02", "5 March 1993": "1993-03-05", "05-MAR-1993": "1993-03-05", "Sept. 30, 1990": "1990-09-30",
		"5th of March, 1993": "1993-03-05", "March 1st 2001 10:30": "2001-03-01 10:30", "1/Jan/2020": "2020-01-01",
		"民國80年3月5日": "1991-03-05", "民國 101/02/03": "2012-02-03", "中华民国80年12月5日": "1991-12-05",
		"": "", "March": "", "Mark 5, 1993": "", "Mar 5 93": "", "Mar 45, 1993": "", "5 of 1993 x": "", "民國80年": "", "民國80年13月5日": "", "Mar1993 05": "",
		"May 19933": "", "may be 1999": "",
	} {
		got := ""
		if y, m, d, rest, ok := calendar.Written([]byte(text)); ok {
			got = fmt.Sprintf("%04d-%02d-%02d%s", y, m, d, rest)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	text := []byte("September 5th, 1993")
	if n := testing.AllocsPerRun(100, func() { calendar.Written(text) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzWritten(f *testing.F) {
	for _, s := range []string{"5th of March, 1993", "民國80年3月5日", "Mar 5, 1993"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, b []byte) { calendar.Written(b) })
}
