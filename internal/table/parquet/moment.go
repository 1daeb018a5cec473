package parquet

import (
	"errors"
	"time"

	"github.com/apache/arrow-go/v18/parquet/schema"
)

const (
	layoutDate  = "2006-01-02"
	layoutTime  = "15:04:05.999999999"
	layoutUTC   = time.RFC3339Nano
	layoutLocal = "2006-01-02T15:04:05.999999999"
)

const secondsOfDay = 86400

// The days of the years that have four digits, since 1970.
const (
	firstDay = -719528 // 0000-01-01
	lastDay  = 2932896 // 9999-12-31
)

func putDate(dst []byte, days int32) ([]byte, error) {
	if days < firstDay || days > lastDay {
		return time.Unix(int64(days)*secondsOfDay, 0).UTC().AppendFormat(dst, layoutDate), nil
	}
	return appendDate(dst, int64(days)), nil
}

// appendDate writes a day between firstDay and lastDay as layoutDate does, which
// takes several times as long.
func appendDate(dst []byte, days int64) []byte {
	const (
		fromMarch = 719468 // days from 0000-03-01, on which the count begins, to 1970
		of400     = 146097 // days of 400 years
	)
	z := uint64(days+fromMarch+of400) % of400 // 400 years earlier is the same day
	era := (days+fromMarch+of400)/of400 - 1
	year := (z - z/1460 + z/36524 - z/146096) / 365
	day := z - (365*year + year/4 - year/100) // of a year that begins in March
	month := (5*day + 2) / 153
	day -= (153*month+2)/5 - 1
	y := int64(year) + era*400
	if month += 3; month > 12 {
		month -= 12
		y++
	}
	dst = appendPair(dst, uint64(y)/100)
	dst = append(appendPair(dst, uint64(y)%100), '-')
	dst = append(appendPair(dst, month), '-')
	return appendPair(dst, day)
}

func appendPair(dst []byte, n uint64) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

// appendClock writes the time of a day as layoutTime does.
func appendClock(dst []byte, seconds, nanos uint64) []byte {
	dst = append(appendPair(dst, seconds/3600), ':')
	dst = append(appendPair(dst, seconds/60%60), ':')
	dst = appendPair(dst, seconds%60)
	if nanos == 0 {
		return dst
	}
	dst = append(dst, '.', '0', '0', '0', '0', '0', '0', '0', '0', '0')
	for i := len(dst) - 1; nanos > 0; i-- {
		dst[i] = byte('0' + nanos%10)
		nanos /= 10
	}
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// parts divides v units since 1970 into days, seconds of the day and nanoseconds
// of the second.
func parts(v int64, unit schema.TimeUnitType) (days int64, seconds, nanos uint64, err error) {
	var of int64 // units of a second
	switch unit {
	case schema.TimeUnitMillis:
		of = 1e3
	case schema.TimeUnitMicros:
		of = 1e6
	case schema.TimeUnitNanos:
		of = 1e9
	default:
		return 0, 0, 0, errors.New("unknown unit of time")
	}
	rest, s := v%of, v/of
	if rest < 0 {
		rest, s = rest+of, s-1
	}
	left, days := s%secondsOfDay, s/secondsOfDay
	if left < 0 {
		left, days = left+secondsOfDay, days-1
	}
	return days, uint64(left), uint64(rest) * uint64(1e9/of), nil
}

// putTimestamp writes v units since 1970, with the zone if they are in UTC.
func putTimestamp(dst []byte, v int64, unit schema.TimeUnitType, utc bool) ([]byte, error) {
	days, seconds, nanos, err := parts(v, unit)
	if err != nil {
		return dst, err
	}
	if days < firstDay || days > lastDay {
		layout := layoutLocal
		if utc {
			layout = layoutUTC
		}
		return time.Unix(days*secondsOfDay+int64(seconds), int64(nanos)).UTC().AppendFormat(dst, layout), nil
	}
	dst = appendClock(append(appendDate(dst, days), 'T'), seconds, nanos)
	if utc {
		dst = append(dst, 'Z')
	}
	return dst, nil
}

func putTime(dst []byte, v int64, unit schema.TimeUnitType) ([]byte, error) {
	_, seconds, nanos, err := parts(v, unit)
	return appendClock(dst, seconds, nanos), err
}
