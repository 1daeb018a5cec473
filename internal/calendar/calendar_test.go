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

func TestShort(t *testing.T) {
	type date struct{ year, month, day int }
	for s, want := range map[string]date{
		"085/03/12": {1996, 3, 12}, "85/3/12": {1996, 3, 12}, "85.03.12": {1996, 3, 12}, "0850312": {1996, 3, 12}, "1050312": {2016, 3, 12}, "105-3-1": {2016, 3, 1},
		"05/03/12": {}, "12/31/99": {}, "2016/3/1": {}, "850312": {}, "9990312": {}, "0000312": {}, "85/03/": {}, "85//12": {}, "85/03-12": {}, "85/03/123": {}, "": {}, "85/": {},
	} {
		y, m, d, ok := calendar.Short([]byte(s))
		if ok != (want != date{}) || ok && (date{y, m, d}) != want {
			t.Errorf("%q is %d-%d-%d, %v", s, y, m, d, ok)
		}
	}
}

func FuzzShort(f *testing.F) {
	f.Add([]byte("085/03/12"))
	f.Add([]byte("0850312"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if y, _, _, ok := calendar.Short(b); ok && (y < 1912 || y > 2061) {
			t.Fatalf("%q is in %d", b, y)
		}
	})
}
