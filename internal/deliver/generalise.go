package deliver

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unsafe"

	"hutong/internal/table"
)

// date turns dates into their year (2006) or month (2006-01). A value that is
// not clearly a date becomes null and is counted, because an unchanged value
// would reveal what the plan hides.
func (o *op) date(in, out *table.Column, rows int) {
	s := o.own(rows, rows*len("2006-01"))
	s.null = append(s.null[:0], in.Null...)
	for i := range rows {
		s.start[i] = uint32(len(s.data))
		if cell := in.Cell(i); len(cell) > 0 && !in.IsNull(i) {
			year, month := parseDate(cell)
			if year == 0 || (month == 0 && o.plan.To == toMonth) {
				s.null = table.SetBit(s.null, i)
				o.lost++
			} else {
				s.data = strconv.AppendInt(s.data, int64(year), 10)
				if o.plan.To == toMonth {
					s.data = append(s.data, '-', byte('0'+month/10), byte('0'+month%10))
				}
			}
		}
		s.end[i] = uint32(len(s.data))
	}
	s.publish(out, s.null)
}

// grid moves coordinates to the south-western corner of their grid cell. A cell
// of the table may hold one number or a pair "lat,lon".
func (o *op) grid(in, out *table.Column, rows int) {
	s := o.own(rows, rows*8)
	s.null = append(s.null[:0], in.Null...)
	for i := range rows {
		s.start[i] = uint32(len(s.data))
		if cell := in.Cell(i); len(cell) > 0 && !in.IsNull(i) {
			var ok bool
			if s.data, ok = appendGrid(s.data, cell, o.plan.Grid, o.places); !ok {
				s.null = table.SetBit(s.null, i)
				o.lost++
			}
		}
		s.end[i] = uint32(len(s.data))
	}
	s.publish(out, s.null)
	out.Literal = in.Literal // a number stays a number
}

func appendGrid(dst, cell []byte, grid float64, places int) ([]byte, bool) {
	whole := len(dst)
	first, second, pair := bytes.Cut(cell, []byte{','})
	dst, ok := appendCorner(dst, first, grid, places)
	if ok && pair {
		dst = append(dst, ',')
		dst, ok = appendCorner(dst, second, grid, places)
	}
	if !ok {
		return dst[:whole], false
	}
	return dst, true
}

func appendCorner(dst, text []byte, grid float64, places int) ([]byte, bool) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || len(text) > 32 {
		return dst, false
	}
	v, err := strconv.ParseFloat(unsafe.String(&text[0], len(text)), 64) // does not keep the string
	if err != nil || math.IsNaN(v) || math.Abs(v) > 360 {
		return dst, false
	}
	// A value on a grid line must not move to the cell below because of a
	// rounding error. Otherwise generalising twice would differ from
	// generalising once.
	corner := math.Floor(v/grid+1e-9) * grid
	if corner == 0 {
		corner = 0 // not -0
	}
	at := len(dst)
	dst = strconv.AppendFloat(dst, corner, 'f', places, 64)
	if allZero(dst[at:]) {
		dst = append(dst[:at], bytes.TrimPrefix(dst[at:], []byte{'-'})...)
	}
	return dst, true
}

func allZero(number []byte) bool {
	for _, c := range number {
		if c >= '1' && c <= '9' {
			return false
		}
	}
	return true
}

// decimals is the number of decimal places of the multiples of grid.
func decimals(grid float64) int {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(grid, 'f', -1, 64), ".")
	return min(len(fraction), 9)
}

// parseDate reads the year and month of the usual forms: 2006-01-02 with any of
// - / . as separator, with or without a time after it, 2006年1月2日, 20060102 and
// 200601, 02/01/2006, 2 Jan 2006, Jan 2, 2006, Unix seconds (10 digits) and
// milliseconds (13). month is 0 where it is not known, as in 03/04/2006; year
// is 0 where the value is not a date.
func parseDate(cell []byte) (year, month int) {
	var numbers [3]int
	var digits [3]int
	n, named := 0, 0
	for i := 0; i < len(cell) && n < 3; {
		c := cell[i]
		switch {
		case c >= '0' && c <= '9':
			for ; i < len(cell) && cell[i] >= '0' && cell[i] <= '9'; i++ {
				if digits[n]++; digits[n] > 14 {
					return 0, 0
				}
				numbers[n] = numbers[n]*10 + int(cell[i]-'0')
			}
			n++
			continue
		case c == '-' && n == 0, c == ':' && n < 3:
			return 0, 0 // a negative number, a time of day
		case c|0x20 >= 'a' && c|0x20 <= 'z' && named == 0 && i+3 <= len(cell):
			if c|0x20 == 't' && n > 0 && cell[i+1] <= '9' {
				break // what follows is the time
			}
			if named = monthNamed(cell[i : i+3]); named == 0 {
				return 0, 0
			}
			for i < len(cell) && cell[i]|0x20 >= 'a' && cell[i]|0x20 <= 'z' {
				i++
			}
			continue
		}
		i++
	}
	switch {
	case named != 0 && n >= 2 && digits[0] == 4:
		year, month = numbers[0], named
	case named != 0 && n >= 2 && digits[1] == 4:
		year, month = numbers[1], named
	case named != 0 && n == 1 && digits[0] == 4:
		year, month = numbers[0], named
	case named != 0:
		return 0, 0
	case n >= 1 && digits[0] != 4 && (n == 1 || digits[0] >= 6):
		year, month = compactDate(numbers[0], digits[0])
	case n == 1:
		year = numbers[0]
	case digits[0] == 4 && digits[1] <= 2:
		year, month = numbers[0], numbers[1]
		if n == 3 && !(digits[2] <= 2 && numbers[2] >= 1 && numbers[2] <= 31) {
			return 0, 0
		}
		if month < 1 || month > 12 {
			return 0, 0
		}
	case n == 3 && digits[2] == 4 && digits[0] <= 2 && digits[1] <= 2:
		year, month = numbers[2], dayOrMonth(numbers[0], numbers[1])
		if month < 0 {
			return 0, 0
		}
	default:
		return 0, 0
	}
	if year < 1000 || year > 2999 {
		return 0, 0
	}
	return year, month
}

// compactDate reads a date written as one number.
func compactDate(v, digits int) (year, month int) {
	var rest int
	switch digits {
	case 6:
		return checked(v/100, v%100, 1)
	case 8:
		rest = v
	case 10, 13: // Unix time
		if digits == 13 {
			v /= 1000
		}
		return civil(v / 86400)
	case 12:
		rest = v / 10000
	case 14:
		rest = v / 1000000
	default:
		return 0, 0
	}
	return checked(rest/10000, rest/100%100, rest%100)
}

func checked(year, month, day int) (int, int) {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, 0
	}
	return year, month
}

// civil turns days since 1970 into year and month (Howard Hinnant's
// algorithm), without the time package's zones.
func civil(days int) (year, month int) {
	days += 719468
	era := days / 146097
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	month = mp + 3
	year = yoe + era*400
	if month > 12 {
		month, year = month-12, year+1
	}
	return year, month
}

// dayOrMonth says which of two numbers before a year is the month: 0 when both
// could be, -1 when neither can.
func dayOrMonth(a, b int) int {
	switch {
	case a < 1 || b < 1 || a > 31 || b > 31 || (a > 12 && b > 12):
		return -1
	case a == b, a > 12:
		return b
	case b > 12:
		return a
	}
	return 0
}

func monthNamed(word []byte) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	for m := range 12 {
		name := names[m*3 : m*3+3]
		if word[0]|0x20 == name[0] && word[1]|0x20 == name[1] && word[2]|0x20 == name[2] {
			return m + 1
		}
	}
	return 0
}
