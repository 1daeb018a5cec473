package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/float16"
	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// errLength says that a value of fixed length has another length.
var errLength = errors.New("value has another length than its type")

func putBool(dst []byte, v bool) ([]byte, error)     { return strconv.AppendBool(dst, v), nil }
func putInt32(dst []byte, v int32) ([]byte, error)   { return strconv.AppendInt(dst, int64(v), 10), nil }
func putInt64(dst []byte, v int64) ([]byte, error)   { return strconv.AppendInt(dst, v, 10), nil }
func putFloat(dst []byte, v float32) ([]byte, error) { return putNumber(dst, float64(v), 32), nil }
func putDouble(dst []byte, v float64) ([]byte, error) {
	return putNumber(dst, v, 64), nil
}

func putUint32(dst []byte, v int32) ([]byte, error) {
	return strconv.AppendUint(dst, uint64(uint32(v)), 10), nil
}

func putUint64(dst []byte, v int64) ([]byte, error) {
	return strconv.AppendUint(dst, uint64(v), 10), nil
}

// putNumber writes the shortest text that reads back as the same number. It
// uses an exponent only for very large and very small numbers, as JSON encoders
// do.
func putNumber(dst []byte, f float64, bits int) []byte {
	switch a := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 0):
		if f < 0 {
			dst = append(dst, '-')
		}
		return append(dst, "Infinity"...)
	case a != 0 && (a < 1e-6 || a >= 1e21):
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	case a != 0 && a < fewDigits && bits == 64:
		if out, ok := appendShort(dst, f, a); ok {
			return out
		}
	}
	return strconv.AppendFloat(dst, f, 'f', -1, bits)
}

// Numbers below fewDigits with up to nine digits after the point have at most 15
// digits. No two of these are the same float64, so the one that reads back as f
// is the shortest text of it, but for zeros at its end.
const (
	fewDigits = 1e6
	fraction  = 1e9
)

// appendShort writes such a number as strconv does, in less time; not ok if it is
// none. a is the absolute value of f.
func appendShort(dst []byte, f, a float64) ([]byte, bool) {
	scaled := math.Floor(a*fraction + .5)
	if scaled/fraction != a { // exact: both are whole numbers that a float64 keeps
		return dst, false
	}
	if f < 0 {
		dst = append(dst, '-')
	}
	whole, rest := uint64(scaled)/fraction, uint64(scaled)%fraction
	dst = strconv.AppendUint(dst, whole, 10)
	if rest == 0 {
		return dst, true
	}
	dst = append(dst, '.', '0', '0', '0', '0', '0', '0', '0', '0', '0')
	i := len(dst)
	for ; rest%1000 == 0; rest /= 1000 {
		i -= 3
	}
	for ; rest%10 == 0; rest /= 10 {
		i--
	}
	dst = dst[:i]
	for ; rest > 0; rest /= 10 {
		i--
		dst[i] = byte('0' + rest%10)
	}
	return dst, true
}

func putInt96(dst []byte, v pq.Int96) ([]byte, error) {
	return v.ToTime().AppendFormat(dst, layoutUTC), nil
}

func putText(dst, v []byte) ([]byte, error) {
	if !utf8.Valid(v) {
		return dst, charsetProblem()
	}
	return append(dst, v...), nil
}

func charsetProblem() error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "parquet.charset",
		Message: "bytes are not UTF-8",
		Hint:    "declare the column as binary, or write its text as UTF-8",
	}
}

func putUUID(dst []byte, v pq.FixedLenByteArray) ([]byte, error) {
	if len(v) != 16 {
		return dst, errLength
	}
	for i, part := range [][]byte{v[:4], v[4:6], v[6:8], v[8:10], v[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst, nil
}

func putFloat16(dst []byte, v pq.FixedLenByteArray) ([]byte, error) {
	if len(v) != 2 {
		return dst, errLength
	}
	return putNumber(dst, float64(float16.FromBits(binary.LittleEndian.Uint16(v)).Float32()), 32), nil
}

// putInterval writes months, days and milliseconds as an ISO 8601 duration.
func putInterval(dst []byte, v pq.FixedLenByteArray) ([]byte, error) {
	if len(v) != 12 {
		return dst, errLength
	}
	le := binary.LittleEndian
	ms := le.Uint32(v[8:])
	return fmt.Appendf(dst, "P%dM%dDT%d.%03dS", le.Uint32(v), le.Uint32(v[4:]), ms/1000, ms%1000), nil
}

// exactDigits is how many decimal digits every float64 keeps. A decimal with
// more digits stays text, so that no writer rounds it.
const exactDigits = 15

// maxDigits is the largest number of digits of a decimal of 32 bytes.
const maxDigits = 76

func decimalColumn(typ pq.Type, d schema.DecimalLogicalType, p physical) (table.Kind, *column, error) {
	scale := int(d.Scale())
	if d.Precision() <= 0 || d.Precision() > maxDigits || scale < 0 || scale > int(d.Precision()) {
		return 0, nil, &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "parquet.column.type",
			Message: fmt.Sprintf("a decimal of %d digits with %d after the point is not read", d.Precision(), d.Scale()),
			Hint:    fmt.Sprintf("write a decimal of 1 to %d digits, or text", maxDigits),
		}
	}
	kind := table.Number
	if d.Precision() > exactDigits {
		kind = table.String
	}
	kind = kind.In(table.Decimal, uint8(d.Precision()), uint8(scale))
	switch typ {
	case pq.Types.Int32:
		return kind, newTyped(p, func(dst []byte, v int32) ([]byte, error) { return putDecimal(dst, int64(v), scale), nil }), nil
	case pq.Types.Int64:
		return kind, newTyped(p, func(dst []byte, v int64) ([]byte, error) { return putDecimal(dst, v, scale), nil }), nil
	case pq.Types.ByteArray:
		return kind, newTyped(p, func(dst []byte, v pq.ByteArray) ([]byte, error) { return putBigDecimal(dst, v, scale) }), nil
	case pq.Types.FixedLenByteArray:
		return kind, newTyped(p, func(dst []byte, v pq.FixedLenByteArray) ([]byte, error) { return putBigDecimal(dst, v, scale) }), nil
	}
	return 0, nil, fmt.Errorf("a decimal cannot be stored as %v", typ)
}

func putDecimal(dst []byte, v int64, scale int) []byte {
	var digits [20]byte
	return point(dst, strconv.AppendInt(digits[:0], v, 10), scale)
}

// putBigDecimal takes the unscaled value as big-endian two's complement.
func putBigDecimal(dst, v []byte, scale int) ([]byte, error) {
	switch {
	case len(v) == 0 || len(v) > 32:
		return dst, errLength
	case len(v) <= 8:
		n := int64(int8(v[0]))
		for _, b := range v[1:] {
			n = n<<8 | int64(b)
		}
		return putDecimal(dst, n, scale), nil
	}
	n := new(big.Int).SetBytes(v)
	if v[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
	}
	return point(dst, n.Append(nil, 10), scale), nil
}

// point appends digits, which may have a sign, with the decimal point scale
// digits from the right.
func point(dst, digits []byte, scale int) []byte {
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	if scale == 0 {
		return append(dst, digits...)
	}
	whole := len(digits) - scale
	if whole <= 0 {
		dst = append(dst, '0', '.')
		for range -whole {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	dst = append(append(dst, digits[:whole]...), '.')
	return append(dst, digits[whole:]...)
}
