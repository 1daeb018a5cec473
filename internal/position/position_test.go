package position_test

import (
	"strings"
	"testing"

	"hutong/internal/position"
	"hutong/words"
)

func TestPair(t *testing.T) {
	for s, want := range map[string]bool{
		"31.230416,121.473701": true, "121.473701, 31.230416": true, "31.23 121.47": true, "(31.2304, 121.4737)": true, "[121.47,31.23]": true,
		"POINT(121.4737 31.2304)": true, "POINT (121.4737 31.2304)": true, "-33.8688;151.2093": true,
		"": false, "31.230416": false, "31.2,121.4": false, "131.23,121.47": false, "31.23,181.47": false, "31.23,121.47,4.00": false, "1,234.56": false,
		"31.23-121.47": false, "12,50 30,10": false, "(31.23,121.47": false, ".5,.5": false,
	} {
		if position.Pair([]byte(s)) != want {
			t.Errorf("%q is %v", s, !want)
		}
	}
}

func TestParse(t *testing.T) {
	if at, ok := position.Parse([]byte("POINT(121.50 -31.25)")); !ok || at != [2]float64{121.5, -31.25} {
		t.Errorf("%v, %v", at, ok)
	}
}

func TestPoints(t *testing.T) {
	for s, want := range map[string]bool{
		"LINESTRING(121.47 31.23, 121.48 31.24, 121.49 31.25)": true, "[[121.47,31.23],[121.48,31.24],[121.49,31.25]]": true,
		"121.47,31.23;121.48,31.24;121.49,31.25": true, "31.23,121.47|31.24,121.48|31.25,121.49": true,
		"121.47,31.23;121.48,31.24": false, "121.47,31.23": false, "": false, "1.25,2.25": false, "LINESTRING": false,
	} {
		if position.Points([]byte(s)) != want {
			t.Errorf("%q is %v", s, !want)
		}
	}
}

func TestAxesOf(t *testing.T) {
	lists := 0
	for line := range strings.Lines(words.Land) {
		if line[0] != '#' && strings.TrimSpace(line) != "" {
			lists++
		}
	}
	if lists == 0 || lists > position.Boxes {
		t.Fatalf("%d parts of the world", lists)
	}
	const lat, lon = 1, 1 << position.Boxes // of the first part
	for s, want := range map[string]position.Axes{"31.2304": lat, "121.4737": lon} {
		if got := position.AxesOf([]byte(s)); got&(lat|lon) != want {
			t.Errorf("%s: %b", s, got)
		}
	}
	for _, s := range []string{"31.23", "31", "", "31.2304,5", "-179.9999", "200.12345", "x"} {
		if got := position.AxesOf([]byte(s)); got != 0 {
			t.Errorf("%s: %b", s, got)
		}
	}
}

func FuzzPair(f *testing.F) {
	for _, s := range []string{"31.230416,121.473701", "POINT(1.22 2.33)", "[[1.22,2.33],[1.22,2.33],[1.22,2.33]]", "-.5"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if position.Pair(b) && position.AxesOf(b) != 0 {
			t.Fatalf("%q is one number and two", b)
		}
		position.Points(b)
	})
}
