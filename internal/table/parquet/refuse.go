package parquet

import (
	"fmt"
	"slices"
	"strings"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"hutong/internal/dataspace"
)

// nested refuses a column that is a group or repeated, and says what it is.
func nested(n schema.Node) error {
	_, flat := n.(*schema.PrimitiveNode)
	if flat && n.RepetitionType() != pq.Repetitions.Repeated {
		return nil
	}
	what := "a group of columns"
	switch n.LogicalType().(type) {
	case schema.ListLogicalType:
		what = "a list"
	case schema.MapLogicalType:
		what = "a map"
	case schema.VariantLogicalType:
		what = "a variant"
	default:
		if n.RepetitionType() == pq.Repetitions.Repeated {
			what = "a list"
		}
	}
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "parquet.column.nested",
		Message: "the column is " + what + ": nested columns are not read",
		Hint:    "flatten it into columns of its own, or export the table as JSONL",
	}
}

func unknownType(what string) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "parquet.column.type",
		Message: "the column has " + what,
		Hint:    "write it with a type that is known: a number, text, a date, a time, a UUID, or bytes",
	}
}

// inflated refuses a small file that repeats a value until no disk can hold its
// rows.
func inflated(name string, times int64) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "parquet.inflated", Place: name,
		Message: fmt.Sprintf("the values take more than %d GiB, over %d times the size of the file", maxPlain>>30, times),
		Hint:    "keep long values that repeat as files of their own, or split the table",
	}
}

// codecs are the compressions that are read.
var codecs = []compress.Compression{
	compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip, compress.Codecs.Brotli, compress.Codecs.Zstd, compress.Codecs.Lz4Raw,
}

// encodings are those that are read.
var encodings = []pq.Encoding{
	pq.Encodings.Plain, pq.Encodings.PlainDict, pq.Encodings.RLE, pq.Encodings.RLEDict, pq.Encodings.BitPacked, pq.Encodings.DeltaBinaryPacked,
	pq.Encodings.DeltaByteArray, pq.Encodings.DeltaLengthByteArray, pq.Encodings.ByteStreamSplit,
}

// storage refuses columns that are stored in a way that is not read.
func (r *Reader) storage() error {
	md := r.file.MetaData()
	columns := md.Schema.NumColumns()
	for g := range r.file.NumRowGroups() {
		group := md.RowGroup(g)
		if group.NumRows() < 0 || group.NumColumns() != columns {
			return fmt.Errorf("row group %d does not fit the schema", g)
		}
		for i := range columns {
			chunk, err := group.ColumnChunk(i)
			if err != nil {
				return err
			}
			if err := stored(chunk.Compression(), chunk.Encodings()); err != nil {
				return r.columnProblem(err, md.Schema.Column(i).Name())
			}
		}
	}
	return nil
}

func stored(c compress.Compression, used []pq.Encoding) error {
	if !slices.Contains(codecs, c) {
		what := "in a way that is not known (" + c.String() + ")"
		switch c {
		case compress.Codecs.Lz4:
			what = "with the LZ4 of Hadoop, which is not read"
		case compress.Codecs.Lzo:
			what = "with LZO, which is not read"
		}
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "parquet.compression",
			Message: "the column is compressed " + what,
			Hint:    "write the file again, compressed with Zstandard, Snappy, Gzip or LZ4_RAW",
		}
	}
	for _, e := range used {
		if !slices.Contains(encodings, e) {
			return encodingProblem()
		}
	}
	return nil
}

func encodingProblem() *dataspace.Problem {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "parquet.encoding",
		Message: "the column is encoded in a way that is not known",
		Hint:    "write the file again, with plain or dictionary encoding",
	}
}

// named says what an error of the library is about, where the file is whole and
// not read; nil where it is damaged. The library has no types for these errors.
func named(err error) *dataspace.Problem {
	text := err.Error()
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
	}
	switch {
	case has("encrypted", "decrypt"):
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "parquet.encrypted",
			Message: "the file is encrypted, and encrypted files are not read",
			Hint:    "write it without encryption to a place that only the gateway reads",
		}
	case has("invalid logical type"):
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "parquet.column.type",
			Message: "a column has a logical type that is not known",
			Hint:    "write the file with types that are known: numbers, text, dates, times, UUIDs, bytes",
		}
	case has("unknown encoding", "unsupported encoding", "unknown data encoding", "unimplemented encoding"):
		return encodingProblem()
	case has("could not decompress page"):
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "parquet.page", Err: err,
			Message: "a page cannot be decompressed: it is damaged, or an empty page (version 2) of a writer that stores no bytes for it",
			Hint:    "write the file again with pages of version 1, or compare its size with the original",
		}
	}
	return nil
}
