package zone_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/zone"
)

func read(t testing.TB, names ...string) zone.List {
	t.Helper()
	l, err := zone.Read("zones", names)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := zone.Instant("at", text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDays(t *testing.T) {
	for name, c := range map[string]struct {
		zones []string
		at    string
		want  string
	}{
		"shanghai-before":    {[]string{"Asia/Shanghai"}, "2026-12-31T15:59:59Z", "2026-12-31"},
		"shanghai-midnight":  {[]string{"Asia/Shanghai"}, "2026-12-31T16:00:00Z", "2027-01-01"},
		"shanghai-at-one":    {[]string{"Asia/Shanghai"}, "2026-12-31T17:00:00Z", "2027-01-01"},
		"new-york-winter":    {[]string{"America/New_York"}, "2027-01-01T04:59:59Z", "2026-12-31"},
		"new-york-new-year":  {[]string{"America/New_York"}, "2027-01-01T05:00:00Z", "2027-01-01"},
		"new-york-summer":    {[]string{"America/New_York"}, "2026-07-01T04:00:00Z", "2026-07-01"},
		"before-the-change":  {[]string{"America/New_York"}, "2026-03-08T04:59:59Z", "2026-03-07"},
		"day-of-the-change":  {[]string{"America/New_York"}, "2026-03-09T03:59:59Z", "2026-03-08"},
		"after-the-change":   {[]string{"America/New_York"}, "2026-03-09T04:00:00Z", "2026-03-09"},
		"two-days":           {[]string{"Pacific/Honolulu", "America/New_York"}, "2027-01-01T07:00:00Z", "2026-12-31 2027-01-01"},
		"one-day-everywhere": {[]string{"Pacific/Honolulu", "America/New_York"}, "2027-01-01T12:00:00Z", "2027-01-01"},
		"three-days":         {[]string{"Pacific/Kiritimati", "Etc/GMT+12", "UTC"}, "2026-06-15T10:30:00Z", "2026-06-14 2026-06-15 2026-06-16"},
		"skipped-day":        {[]string{"Pacific/Apia"}, "2011-12-30T10:00:00Z", "2011-12-31"},
		"none":               {nil, "2026-06-15T10:30:00Z", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := read(t, c.zones...)
			days := l.Days(at(t, c.at))
			if got := strings.Join(days, " "); got != c.want {
				t.Fatalf("it is %q, want %q", got, c.want)
			}
			if len(days) > 0 && (l.First(at(t, c.at)) != days[0] || l.Last(at(t, c.at)) != days[len(days)-1]) {
				t.Errorf("first %s, last %s", l.First(at(t, c.at)), l.Last(at(t, c.at)))
			}
		})
	}
	if got := zone.List(nil).First(at(t, "2026-06-15T23:30:00-05:00")); got != "2026-06-16" {
		t.Errorf("without zones it is %s, want the day of UTC", got)
	}
}

// TestDayOfOneZone: a later instant never gives an earlier day, and the day is
// at most one day from the day in UTC.
func TestDayOfOneZone(t *testing.T) {
	names := []string{"Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"}
	rapid.Check(t, func(t *rapid.T) {
		l, err := zone.Read("zones", []string{rapid.SampledFrom(names).Draw(t, "zone")})
		if err != nil {
			t.Fatal(err)
		}
		// Since 1996 no zone of the list has skipped a day or gone back over one.
		a := rapid.Int64Range(820_454_400, 4_102_444_800).Draw(t, "a")
		b := a + rapid.Int64Range(0, 40*86_400).Draw(t, "later")
		first, second := l.First(time.Unix(a, 0)), l.First(time.Unix(b, 0))
		if second < first {
			t.Fatalf("%s at %d, and then %s at %d", first, a, second, b)
		}
		utc := time.Unix(a, 0).UTC()
		if first < utc.AddDate(0, 0, -1).Format(time.DateOnly) || first > utc.AddDate(0, 0, 1).Format(time.DateOnly) {
			t.Fatalf("%s is more than a day from %s", first, utc)
		}
		if !zone.Possible(first, utc) {
			t.Fatalf("%s at %s is said to be possible nowhere", first, utc)
		}
		begins, err := l.Begins(first)
		if err != nil || begins.After(utc) || l.First(begins) != first || l.First(begins.Add(-time.Second)) >= first {
			t.Fatalf("%s begins at %s (%v)", first, begins, err)
		}
	})
}

func TestKeyChangesAtMidnight(t *testing.T) {
	l := read(t, "Asia/Shanghai", "America/New_York")
	before, after, later := l.Key(at(t, "2026-12-31T15:59:59Z")), l.Key(at(t, "2026-12-31T16:00:00Z")), l.Key(at(t, "2027-01-01T04:59:59Z"))
	if before == after || after != later || later == l.Key(at(t, "2027-01-01T05:00:00Z")) {
		t.Errorf("the keys are %q, %q, %q", before, after, later)
	}
}

func TestPossible(t *testing.T) {
	now := at(t, "2026-06-15T11:00:00Z")
	for day, want := range map[string]bool{"2026-06-13": false, "2026-06-14": true, "2026-06-15": true, "2026-06-16": true, "2026-06-17": false} {
		if zone.Possible(day, now) != want {
			t.Errorf("%s: %v", day, !want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, name := range []string{"", "Local", "Asia/Nowhere", "../../etc/passwd", `Asia\Shanghai`, "Beijing time", "+08:00"} {
		if l, err := zone.Parse(name); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%q is %v (%v)", name, l, err)
		}
	}
	for _, names := range [][]string{{"Asia/Shanghai", "Asia/Nowhere"}, {"Asia/Shanghai", "Asia/Shanghai"}} {
		_, err := zone.Read("x/pack.yaml: zones", names)
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Place != "x/pack.yaml: zones[1]" {
			t.Errorf("%v: %v", names, err)
		}
	}
	for _, text := range []string{"", "2026-12-31", "2026-12-31T17:00:00", "2026-12-31 17:00:00Z", "0001-01-01T00:00:00Z"} {
		if _, err := zone.Instant("at", text); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%q was taken (%v)", text, err)
		}
	}
}

func TestJoin(t *testing.T) {
	got := zone.Join(read(t, "Asia/Shanghai", "America/New_York"), read(t, "Asia/Shanghai", "Asia/Tokyo")).Names()
	if want := []string{"America/New_York", "Asia/Shanghai", "Asia/Tokyo"}; !slices.Equal(got, want) {
		t.Errorf("joined are %v", got)
	}
}
