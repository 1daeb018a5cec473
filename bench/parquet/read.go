package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	parquetgo "github.com/parquet-go/parquet-go"
)

const batch = 4096

// readArrow reads with the column readers of arrow-go, as the product does.
func readArrow(path string) (c content, err error) {
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	c.Rows, c.Columns = f.NumRows(), f.MetaData().Schema.NumColumns()
	for col := range c.Columns {
		sum := fnv.New64a()
		for group := range f.NumRowGroups() {
			r, err := f.RowGroup(group).Column(col)
			if err != nil {
				return c, err
			}
			if err := drainArrow(r, &c, func(b []byte) { _, _ = sum.Write(b) }); err != nil {
				return c, err
			}
		}
		c.Sum = c.Sum*31 + sum.Sum64()
	}
	return c, nil
}

func drainArrow(r file.ColumnChunkReader, c *content, put func([]byte)) error {
	def, rep := make([]int16, batch), make([]int16, batch)
	for r.HasNext() {
		var total int64
		var values int
		var err error
		switch r := r.(type) {
		case *file.BooleanColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]bool, batch), def, rep, func(v bool) { put([]byte{btoi(v)}) })
		case *file.Int32ColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]int32, batch), def, rep, func(v int32) { put(binary.LittleEndian.AppendUint32(nil, uint32(v))) })
		case *file.Int64ColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]int64, batch), def, rep, func(v int64) { put(binary.LittleEndian.AppendUint64(nil, uint64(v))) })
		case *file.Int96ColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]pq.Int96, batch), def, rep, func(v pq.Int96) { put(v[:]) })
		case *file.Float32ColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]float32, batch), def, rep, func(v float32) { put(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))) })
		case *file.Float64ColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]float64, batch), def, rep, func(v float64) { put(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))) })
		case *file.ByteArrayColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]pq.ByteArray, batch), def, rep, func(v pq.ByteArray) { put(v) })
		case *file.FixedLenByteArrayColumnChunkReader:
			total, values, err = take(r.ReadBatch, make([]pq.FixedLenByteArray, batch), def, rep, func(v pq.FixedLenByteArray) { put(v) })
		default:
			return fmt.Errorf("column of kind %T", r)
		}
		if err != nil {
			return err
		}
		c.Values += int64(values)
		c.Nulls += total - int64(values)
	}
	return r.Err()
}

// take reads one batch and hands on each value.
func take[T any](read func(int64, []T, []int16, []int16) (int64, int, error), into []T, def, rep []int16, each func(T)) (int64, int, error) {
	total, values, err := read(batch, into, def, rep)
	if err != nil {
		return total, values, err
	}
	for _, v := range into[:values] {
		each(v)
	}
	return total, values, nil
}

func btoi(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// readParquetGo reads with the pages of parquet-go.
func readParquetGo(path string) (c content, err error) {
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return c, err
	}
	p, err := parquetgo.OpenFile(f, info.Size(), parquetgo.SkipBloomFilters(true))
	if err != nil {
		return c, err
	}
	c.Rows, c.Columns = p.NumRows(), len(p.Schema().Columns())
	for col := range c.Columns {
		sum := fnv.New64a()
		for _, group := range p.RowGroups() {
			if err := drainParquetGo(group.ColumnChunks()[col].Pages(), &c, func(b []byte) { _, _ = sum.Write(b) }); err != nil {
				return c, err
			}
		}
		c.Sum = c.Sum*31 + sum.Sum64()
	}
	return c, nil
}

func drainParquetGo(pages parquetgo.Pages, c *content, put func([]byte)) (err error) {
	defer func() { err = errors.Join(err, pages.Close()) }()
	buf := make([]parquetgo.Value, batch)
	var scratch []byte
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for values := page.Values(); ; {
			n, err := values.ReadValues(buf)
			for _, v := range buf[:n] {
				if v.IsNull() {
					c.Nulls++
					continue
				}
				c.Values++
				scratch = v.AppendBytes(scratch[:0])
				put(scratch)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
		}
		parquetgo.Release(page)
	}
}
