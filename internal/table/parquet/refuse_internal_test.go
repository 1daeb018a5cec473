package parquet

import (
	"errors"
	"testing"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"

	"hutong/internal/dataspace"
)

func TestStored(t *testing.T) {
	t.Parallel()
	for _, c := range codecs {
		if err := stored(c, encodings); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
	for name, err := range map[string]error{
		"parquet.compression": stored(compress.Codecs.Lz4, nil),
		"parquet.encoding":    stored(compress.Codecs.Zstd, []pq.Encoding{pq.Encodings.Plain, 42}),
	} {
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Code != name || p.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []compress.Compression{compress.Codecs.Lz4, compress.Codecs.Lzo, 77} {
		if stored(c, nil) == nil {
			t.Errorf("compression %d is read", c)
		}
	}
}
