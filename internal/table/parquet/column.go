package parquet

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// pages is the common interface of the column readers of arrow-go.
type pages[T any] interface {
	ReadBatchInPage(n int64, values []T, defs, reps []int16) (levels int64, read int, err error)
	Err() error
}

// typed reads a column of T by the library, and writes each value as text with
// put.
type typed[T any] struct {
	rd       pages[T]
	optional bool
	put      func(dst []byte, v T) ([]byte, error)
	values   []T
	defs     []int16
}

func newTyped[T any](p physical, put func([]byte, T) ([]byte, error)) *column {
	c := &typed[T]{optional: p.optional, put: put}
	return &column{optional: p.optional, library: c, plain: plainOf(p, put)}
}

func (c *typed[T]) open(chunk file.ColumnChunkReader) error {
	rd, ok := chunk.(pages[T])
	if !ok {
		return errors.New("column chunk does not fit the schema")
	}
	c.rd = rd
	return nil
}

func (c *typed[T]) skip(n int64) error {
	for n > 0 {
		levels, _, err := c.page(int(min(n, stepRows)))
		if err != nil {
			return err
		}
		n -= int64(levels)
	}
	return nil
}

func (c *typed[T]) read(dst *table.Column, data []byte, n int) ([]byte, error) {
	before := len(data)
	for n > 0 {
		levels, values, err := c.page(n)
		if err != nil {
			return data, err
		}
		k := 0
		for i := range levels {
			start := uint32(len(data))
			if c.optional && c.defs[i] == 0 {
				dst.Null = table.SetBit(dst.Null, len(dst.Start))
			} else {
				if k == values {
					return data, errCut
				}
				if data, err = c.put(data, c.values[k]); err != nil {
					return data, err
				}
				k++
			}
			dst.Start, dst.End = append(dst.Start, start), append(dst.End, uint32(len(data)))
			if len(data)-before > maxStepBytes {
				return data, tooLarge(stepRows)
			}
		}
		n -= levels
	}
	return data, nil
}

// tooLarge refuses values that a small file can repeat any number of times.
func tooLarge(values int) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "parquet.row.size",
		Message: fmt.Sprintf("%d values take more than %d MiB", values, maxStepBytes>>20),
		Hint:    "drop the column from the file, or keep its values as files of their own",
	}
}

// page reads up to n levels of one page, at least one. The values are valid
// until the next call.
func (c *typed[T]) page(n int) (levels, values int, err error) {
	if len(c.values) < n {
		c.values = make([]T, max(n, stepRows))
		c.defs = make([]int16, max(n, stepRows))
	}
	var defs []int16
	if c.optional {
		defs = c.defs[:n]
	}
	got, values, err := c.rd.ReadBatchInPage(int64(n), c.values[:n], defs, nil)
	if err == nil && got == 0 {
		if err = c.rd.Err(); err == nil {
			err = errCut
		}
	}
	return int(got), values, err
}

// rawBytes is a column of bytes without a declared type: text, or base64 where
// it is not text.
type rawBytes struct {
	typed[pq.ByteArray]
	binary bool
}

func newRawBytes(p physical) *column {
	c := &rawBytes{}
	c.optional = p.optional
	c.put = func(dst []byte, v pq.ByteArray) ([]byte, error) {
		if c.binary {
			return base64.StdEncoding.AppendEncode(dst, v), nil
		}
		return putText(dst, v)
	}
	return &column{optional: p.optional, library: c, plain: arrays(c.put)}
}

// newText is a column of bytes that are declared to be text.
func newText(p physical) *column {
	c := newTyped(p, func(dst []byte, v pq.ByteArray) ([]byte, error) { return putText(dst, v) })
	c.plain = words{}
	return c
}

// physical is how values are stored.
type physical struct {
	optional bool
	length   int // of values of fixed length
}

// isText reports whether the next n values are UTF-8 without control
// characters, and whether there is no value to decide by.
func (c *rawBytes) isText(n int) (text, empty bool, err error) {
	for empty = true; n > 0; {
		levels, values, err := c.page(min(n, stepRows))
		if err != nil {
			return false, false, err
		}
		n -= levels
		for _, v := range c.values[:values] {
			if len(v) == 0 {
				continue
			}
			empty = false
			if !printable(v) {
				return false, false, nil
			}
		}
	}
	return true, empty, nil
}

func printable(v []byte) bool {
	for len(v) > 0 {
		r, n := utf8.DecodeRune(v)
		if r == utf8.RuneError && n == 1 || unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' {
			return false
		}
		v = v[n:]
	}
	return true
}

// newColumn picks the reader and the kind for a field of the schema.
func newColumn(n schema.Node) (table.Kind, *column, error) {
	node, ok := n.(*schema.PrimitiveNode)
	if !ok {
		return 0, nil, nested(n)
	}
	p := physical{optional: n.RepetitionType() == pq.Repetitions.Optional, length: node.TypeLength()}
	logical := n.LogicalType()
	if d, ok := logical.(schema.DecimalLogicalType); ok {
		return decimalColumn(node.PhysicalType(), d, p)
	}
	switch node.PhysicalType() {
	case pq.Types.Boolean:
		return table.Boolean, newTyped(p, putBool), nil
	case pq.Types.Int32:
		return int32Column(logical, p)
	case pq.Types.Int64:
		return int64Column(logical, p)
	case pq.Types.Int96:
		return table.Timestamp.In(table.Julian), newTyped(p, putInt96), nil
	case pq.Types.Float:
		return table.Number.In(table.Single), newTyped(p, putFloat), nil
	case pq.Types.Double:
		return table.Number, newTyped(p, putDouble), nil
	case pq.Types.ByteArray:
		return bytesColumn(logical, p)
	case pq.Types.FixedLenByteArray:
		return fixedColumn(logical, p)
	}
	return 0, nil, unknownType("a type that is not known")
}

func int32Column(logical schema.LogicalType, p physical) (table.Kind, *column, error) {
	switch l := logical.(type) {
	case schema.DateLogicalType:
		return table.Date, newTyped(p, putDate), nil
	case schema.TimeLogicalType:
		return clock(l), newTyped(p, func(dst []byte, v int32) ([]byte, error) {
			return putTime(dst, int64(v), l.TimeUnit())
		}), nil
	case schema.IntLogicalType:
		if !l.IsSigned() {
			return table.Integer.In(table.Unsigned, uint8(l.BitWidth())), newTyped(p, putUint32), nil
		}
		return table.Integer.In(table.Signed, uint8(l.BitWidth())), newTyped(p, putInt32), nil
	}
	return table.Integer.In(table.Signed, 32), newTyped(p, putInt32), nil
}

func int64Column(logical schema.LogicalType, p physical) (table.Kind, *column, error) {
	switch l := logical.(type) {
	case schema.TimestampLogicalType:
		kind, utc := table.Timestamp.In(table.Instant, digits(l.TimeUnit())), true
		if !l.IsAdjustedToUTC() && !l.IsFromConvertedType() {
			kind, utc = table.String.In(table.Local, digits(l.TimeUnit())), false // no zone, so not RFC 3339
		} else if l.TimeUnit() == schema.TimeUnitMicros {
			kind = table.Timestamp // what Writer uses
		}
		return kind, newTyped(p, func(dst []byte, v int64) ([]byte, error) {
			return putTimestamp(dst, v, l.TimeUnit(), utc)
		}), nil
	case schema.TimeLogicalType:
		return clock(l), newTyped(p, func(dst []byte, v int64) ([]byte, error) {
			return putTime(dst, v, l.TimeUnit())
		}), nil
	case schema.IntLogicalType:
		if !l.IsSigned() {
			return table.Integer.In(table.Unsigned, 64), newTyped(p, putUint64), nil
		}
	}
	return table.Integer, newTyped(p, putInt64), nil
}

func bytesColumn(logical schema.LogicalType, p physical) (table.Kind, *column, error) {
	switch logical.(type) {
	case schema.StringLogicalType, schema.EnumLogicalType:
		return table.String, newText(p), nil
	case schema.JSONLogicalType:
		return table.JSON, newText(p), nil
	case schema.NoLogicalType, schema.NullLogicalType, schema.UnknownLogicalType:
		return table.String, newRawBytes(p), nil
	}
	return table.Binary, newTyped(p, func(dst []byte, v pq.ByteArray) ([]byte, error) {
		return base64.StdEncoding.AppendEncode(dst, v), nil
	}), nil
}

func fixedColumn(logical schema.LogicalType, p physical) (table.Kind, *column, error) {
	switch logical.(type) {
	case schema.UUIDLogicalType:
		return table.String.In(table.UUID), newTyped(p, putUUID), nil
	case schema.Float16LogicalType:
		return table.Number, newTyped(p, putFloat16), nil
	case schema.IntervalLogicalType:
		return table.String, newTyped(p, putInterval), nil
	}
	kind := table.Binary
	if p.length > 0 && p.length <= math.MaxUint8 {
		kind = kind.In(table.Fixed, uint8(p.length))
	}
	return kind, newTyped(p, func(dst []byte, v pq.FixedLenByteArray) ([]byte, error) {
		return base64.StdEncoding.AppendEncode(dst, v), nil
	}), nil
}

// digits is how many digits of the second a unit of time has.
func digits(unit schema.TimeUnitType) uint8 {
	switch unit {
	case schema.TimeUnitMillis:
		return 3
	case schema.TimeUnitMicros:
		return 6
	}
	return 9
}

// clock is the kind of a time of day.
func clock(l schema.TimeLogicalType) table.Kind {
	var utc uint8
	if l.IsAdjustedToUTC() {
		utc = 1
	}
	return table.String.In(table.Clock, digits(l.TimeUnit()), utc)
}
