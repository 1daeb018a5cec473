package parquet

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"hutong/internal/table"
)

// storage is how a kind with a form is stored.
type storage struct {
	typ     pq.Type
	logical schema.LogicalType
	length  int // of values of fixed length
	cells   cells
}

// ofForm picks type and buffer for a kind that says how its values were
// stored; not ok where it does not.
func ofForm(k table.Kind) (s storage, ok bool) {
	form, a, b := k.Form()
	s = storage{logical: schema.NoLogicalType{}, length: -1}
	switch form {
	case table.Decimal:
		return decimalStorage(a, b), true
	case table.Signed:
		return intStorage(a, true), true
	case table.Unsigned:
		return intStorage(a, false), true
	case table.Single:
		s.typ, s.cells = pq.Types.Float, &values[float32]{parse: parseSingle}
	case table.Instant:
		s.typ, s.logical = pq.Types.Int64, schema.NewTimestampLogicalType(true, unit(a))
		s.cells = &values[int64]{parse: func(cell []byte) (int64, bool) { return parseTime(cell, time.RFC3339Nano, a) }}
	case table.Local:
		s.typ, s.logical = pq.Types.Int64, schema.NewTimestampLogicalType(false, unit(a))
		s.cells = &values[int64]{parse: func(cell []byte) (int64, bool) { return parseTime(cell, layoutLocal, a) }}
	case table.Clock:
		s.logical = schema.NewTimeLogicalType(b == 1, unit(a))
		s.typ, s.cells = pq.Types.Int64, &values[int64]{parse: func(cell []byte) (int64, bool) { return parseClock(cell, a) }}
		if a == 3 {
			s.typ, s.cells = pq.Types.Int32, &values[int32]{parse: func(cell []byte) (int32, bool) {
				v, ok := parseClock(cell, a)
				return int32(v), ok
			}}
		}
	case table.Julian:
		s.typ, s.cells = pq.Types.Int96, &values[pq.Int96]{parse: parseInt96}
	case table.UUID:
		s.typ, s.logical, s.length = pq.Types.FixedLenByteArray, schema.UUIDLogicalType{}, 16
		s.cells = &fixed{length: 16, parse: parseUUID}
	case table.Fixed:
		s.typ, s.length = pq.Types.FixedLenByteArray, a
		s.cells = &fixed{length: a, parse: func(dst, cell []byte) ([]byte, bool) {
			dst, err := base64.StdEncoding.Strict().AppendDecode(dst, cell)
			return dst, err == nil
		}}
	default:
		return storage{}, false
	}
	return s, true
}

// unit is the unit of time with so many digits of the second.
func unit(digits int) schema.TimeUnitType {
	switch digits {
	case 3:
		return schema.TimeUnitMillis
	case 6:
		return schema.TimeUnitMicros
	}
	return schema.TimeUnitNanos
}

func intStorage(bits int, signed bool) storage {
	s := storage{typ: pq.Types.Int32, logical: schema.NewIntLogicalType(int8(bits), signed), length: -1}
	if bits == 64 {
		s.typ = pq.Types.Int64
	}
	switch {
	case signed && bits == 64:
		s.cells = &values[int64]{parse: parseInt}
	case signed:
		s.cells = &values[int32]{parse: func(cell []byte) (int32, bool) {
			v, err := strconv.ParseInt(string(cell), 10, bits)
			return int32(v), err == nil
		}}
	case bits == 64:
		s.cells = &values[int64]{parse: func(cell []byte) (int64, bool) {
			v, err := strconv.ParseUint(string(cell), 10, 64)
			return int64(v), err == nil
		}}
	default:
		s.cells = &values[int32]{parse: func(cell []byte) (int32, bool) {
			v, err := strconv.ParseUint(string(cell), 10, bits)
			return int32(uint32(v)), err == nil
		}}
	}
	return s
}

// decimalStorage stores a decimal in the fewest bytes.
func decimalStorage(precision, scale int) storage {
	s := storage{logical: schema.NewDecimalLogicalType(int32(precision), int32(scale)), length: -1}
	small := func(cell []byte) (int64, bool) {
		v, ok := parseDecimal(cell, precision, scale)
		return v.Int64(), ok
	}
	switch {
	case precision <= 9:
		s.typ, s.cells = pq.Types.Int32, &values[int32]{parse: func(cell []byte) (int32, bool) {
			v, ok := small(cell)
			return int32(v), ok
		}}
	case precision <= 18:
		s.typ, s.cells = pq.Types.Int64, &values[int64]{parse: small}
	default:
		ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
		s.typ, s.length = pq.Types.FixedLenByteArray, ten.BitLen()/8+1
		s.cells = &fixed{length: s.length, parse: func(dst, cell []byte) ([]byte, bool) {
			v, ok := parseDecimal(cell, precision, scale)
			if v.Sign() < 0 {
				v.Add(&v, new(big.Int).Lsh(big.NewInt(1), uint(8*s.length)))
			}
			at := len(dst)
			dst = append(dst, make([]byte, s.length)...)
			if ok {
				v.FillBytes(dst[at:])
			}
			return dst, ok
		}}
	}
	return s
}

// parseDecimal returns the digits without the point.
func parseDecimal(cell []byte, precision, scale int) (v big.Int, ok bool) {
	whole, fraction, point := bytes.Cut(cell, []byte{'.'})
	if len(fraction) > scale || point && len(fraction) == 0 || len(cell) > maxDigits+3 || len(whole) == 0 {
		return v, false
	}
	digits := make([]byte, 0, len(cell)+scale)
	digits = append(append(digits, whole...), fraction...)
	for range scale - len(fraction) {
		digits = append(digits, '0')
	}
	for i, c := range digits {
		if (c < '0' || c > '9') && (i > 0 || c != '-' || len(whole) == 1) {
			return v, false
		}
	}
	if _, ok = v.SetString(string(digits), 10); !ok {
		return v, false
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
	return v, v.CmpAbs(limit) < 0
}

func parseSingle(cell []byte) (float32, bool) {
	v, err := strconv.ParseFloat(string(cell), 32)
	return float32(v), err == nil
}

// parseTime does not round: a time finer than its unit does not fit.
func parseTime(cell []byte, layout string, digits int) (int64, bool) {
	t, err := time.Parse(layout, string(cell))
	if err != nil {
		return 0, false
	}
	switch digits {
	case 3:
		return t.UnixMilli(), t.Nanosecond()%1e6 == 0
	case 6:
		return t.UnixMicro(), t.Nanosecond()%1e3 == 0
	}
	v := t.UnixNano()
	return v, time.Unix(0, v).Equal(t)
}

func parseClock(cell []byte, digits int) (int64, bool) {
	t, err := time.Parse(layoutTime, string(cell))
	if err != nil {
		return 0, false
	}
	v := t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)).Nanoseconds()
	per := int64(math.Pow10(9 - digits))
	return v / per, v%per == 0
}

// parseInt96 counts the days since the beginning of the Julian calendar.
func parseInt96(cell []byte) (v pq.Int96, ok bool) {
	const epoch, day = 2440588, 86400
	t, err := time.Parse(time.RFC3339Nano, string(cell))
	if err != nil {
		return v, false
	}
	days := math.Floor(float64(t.Unix()) / day)
	left := (t.Unix()-int64(days)*day)*1e9 + int64(t.Nanosecond())
	if days < -epoch {
		return v, false
	}
	for i := range 8 {
		v[i] = byte(left >> (8 * i))
	}
	for i := range 4 {
		v[8+i] = byte((int64(days) + epoch) >> (8 * i))
	}
	return v, true
}

func parseUUID(dst, cell []byte) ([]byte, bool) {
	if len(cell) != 36 {
		return dst, false
	}
	for i, c := range cell {
		if (c == '-') != (i == 8 || i == 13 || i == 18 || i == 23) {
			return dst, false
		}
	}
	dst, err := hex.AppendDecode(dst, bytes.ReplaceAll(cell, []byte{'-'}, nil))
	return dst, err == nil
}

// fixed collects values of a fixed length.
type fixed struct {
	length int
	parse  func(dst, cell []byte) ([]byte, bool)
	data   []byte
	defs   []int16
}

func (c *fixed) add(cell []byte) (ok bool) {
	before := len(c.data)
	c.data, ok = c.parse(c.data, cell)
	c.defs = append(c.defs, 1)
	return ok && len(c.data)-before == c.length
}

func (c *fixed) addNull() { c.defs = append(c.defs, 0) }

func (c *fixed) flush(w file.ColumnChunkWriter, _ *[]pq.ByteArray) error {
	cw, ok := w.(*file.FixedLenByteArrayColumnChunkWriter)
	if !ok {
		return fmt.Errorf("column writer is a %T", w)
	}
	vals := make([]pq.FixedLenByteArray, 0, len(c.data)/c.length)
	for at := 0; at < len(c.data); at += c.length {
		vals = append(vals, c.data[at:at+c.length])
	}
	_, err := cw.WriteBatch(vals, c.defs, nil)
	c.data, c.defs = c.data[:0], c.defs[:0]
	return err
}
