package deliver

import (
	"math"

	"hutong/internal/dataspace"
	"hutong/internal/table/format"
	"hutong/internal/table/parquet"
)

// Most is the most that a delivery can be. The sender computes it from what it
// knows of the source, so that a recipient need not take whatever comes.
type Most struct {
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"`
}

// These are the most that a value takes beside its own bytes.
const (
	around   = 3    // two quotes and a comma, or the end of a line
	made     = 32   // a pseudonym, a date, a number of a grid without its places
	fixedAs  = 48   // a value of fixed length, and its level
	perChunk = 4096 // of a column in a row group of Parquet
	perGroup = 1 << 16
	group    = 16 << 20 // bytes of cells after which a row group may end
	escaped  = 6        // a character as \u00XX
	decoded  = 3        // a byte of another charset, in UTF-8
)

// MostOf computes the most that can leave of a profiled source under a plan. It
// is far above what leaves, and never below: it assumes that every character is
// escaped and every value is the longest that its treatment can make.
func MostOf(p dataspace.Profile, plan dataspace.Plan) Most {
	rows, cells := float64(p.Rows), cellsOf(p)
	size := cells
	for _, c := range leaving(plan) {
		name, each := float64(len(c.Name)), float64(around)
		if c.Action != dataspace.Keep {
			each += made
		}
		if c.Grid > 0 {
			each += float64(decimals(c.Grid))
		}
		switch plan.Format {
		case format.JSONL:
			size += rows * (each + escaped*name + around)
		case format.Parquet:
			groups := 2 + rows/perGroup + cells/group + rows*made/group
			size += rows*(each+fixedAs) + groups*(perChunk+4*name)
		default:
			size += rows * each
		}
		size += escaped * name
	}
	switch plan.Format {
	case format.JSONL:
		size += (escaped - 1) * cells
	case format.Parquet:
		size += 2*cells + 1<<20 // a value is in its pages, and can be in the statistics
	default:
		size += cells
	}
	return Most{Rows: p.Rows, Bytes: int64(min(size, math.MaxInt64/4))}
}

// cellsOf is the most that the cells of a source take.
func cellsOf(p dataspace.Profile) float64 {
	size := float64(p.Bytes)
	switch {
	case p.Source.Format == format.Parquet:
		return parquet.MostCells(float64(max(1, p.Source.Files)), size)
	case p.Source.Charset != "" && p.Source.Charset != "utf-8":
		return decoded * size
	}
	return size
}
