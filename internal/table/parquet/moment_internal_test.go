package parquet

import (
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/parquet/schema"
	"pgregory.net/rapid"
)

// TestMoments compares dates and times with those of package time.
func TestMoments(t *testing.T) {
	t.Parallel()
	for days := int32(firstDay - 800); days < lastDay+800; days += 13 {
		want := time.Unix(int64(days)*secondsOfDay, 0).UTC().Format(layoutDate)
		if got, err := putDate(nil, days); err != nil || string(got) != want {
			t.Fatalf("day %d is %s, not %s (%v)", days, want, got, err)
		}
	}
	for _, days := range []int32{firstDay - 1, firstDay, firstDay + 59, firstDay + 60, -1, 0, 1, lastDay, lastDay + 1} {
		want := time.Unix(int64(days)*secondsOfDay, 0).UTC().Format(layoutDate)
		if got, err := putDate(nil, days); err != nil || string(got) != want {
			t.Errorf("day %d is %s, not %s (%v)", days, want, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64().Draw(t, "v") >> rapid.IntRange(0, 40).Draw(t, "shift")
		for unit, at := range map[schema.TimeUnitType]time.Time{
			schema.TimeUnitMillis: time.UnixMilli(v).UTC(), schema.TimeUnitMicros: time.UnixMicro(v).UTC(), schema.TimeUnitNanos: time.Unix(0, v).UTC(),
		} {
			for layout, put := range map[string]func() ([]byte, error){
				layoutUTC:   func() ([]byte, error) { return putTimestamp(nil, v, unit, true) },
				layoutLocal: func() ([]byte, error) { return putTimestamp(nil, v, unit, false) },
				layoutTime:  func() ([]byte, error) { return putTime(nil, v, unit) },
			} {
				if got, err := put(); err != nil || string(got) != at.Format(layout) {
					t.Fatalf("%d in unit %v is %s, not %s (%v)", v, unit, at.Format(layout), got, err)
				}
			}
		}
	})
	if _, err := putTimestamp(nil, 1, schema.TimeUnitUnknown, true); err == nil {
		t.Error("an unknown unit is read")
	}
}

// TestNumbers compares the text of numbers with that of package strconv.
func TestNumbers(t *testing.T) {
	t.Parallel()
	check := func(t interface{ Fatalf(string, ...any) }, f float64) {
		a := math.Abs(f)
		if a != 0 && (a < 1e-6 || a >= 1e21) || math.IsNaN(f) || math.IsInf(f, 0) {
			return
		}
		if got, want := string(putNumber(nil, f, 64)), strconv.FormatFloat(f, 'f', -1, 64); got != want {
			t.Fatalf("%s is written as %s", want, got)
		}
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 1, -1, .5, 999999.999999999, 1e6, 1e-6, 1e-7, 1e9, 0.1 + 0.2, 100.001, 999999.9999999999, 0.000000001} {
		check(t, f)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.Float64().Draw(t, "any"))
		check(t, rapid.Float64Range(-2e6, 2e6).Draw(t, "small"))
		digits := rapid.IntRange(0, 11).Draw(t, "digits")
		short := float64(rapid.Int64Range(-1e15, 1e15).Draw(t, "scaled")) / math.Pow10(digits)
		check(t, short)
		check(t, math.Nextafter(short, 1))
	})
}

func BenchmarkNumber(b *testing.B) {
	for name, put := range map[string]func(dst []byte, f float64) []byte{
		"here":    func(dst []byte, f float64) []byte { return putNumber(dst, f, 64) },
		"strconv": func(dst []byte, f float64) []byte { return strconv.AppendFloat(dst, f, 'f', -1, 64) },
	} {
		b.Run(name, func(b *testing.B) {
			dst, f := []byte(nil), 25.123456
			for b.Loop() {
				dst = put(dst[:0], f)
				f += .000001
			}
		})
	}
}
