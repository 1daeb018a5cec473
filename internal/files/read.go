package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/charset"
	"hutong/internal/table/csv"
	"hutong/internal/table/dialect"
	"hutong/internal/table/format"
	"hutong/internal/table/jsonl"
	"hutong/internal/table/parquet"
)

// Digester is an extra method of a Reader of a Source.
type Digester interface {
	// Digest is the SHA-256 of all source bytes, files in the order of their
	// names. It is known only after Next has returned io.EOF.
	Digest() (dataspace.Digest, bool)
}

// Read starts a new pass over the table. The reader ends with ctx. It fails
// with ErrConflict when the files are no longer those that Open saw: all passes
// must read the same data.
func (s *Source) Read(ctx context.Context) (table.Reader, error) {
	if err := s.unchanged(); err != nil {
		return nil, err
	}
	return &reader{ctx: ctx, source: s, hash: sha256.New()}, nil
}

// unchanged compares the files with what Open saw.
func (s *Source) unchanged() error {
	if parts, err := list(s.root, s.path); err == nil && stamp(parts) == s.stamp {
		return nil
	}
	return s.changed()
}

func (s *Source) changed() error {
	return &dataspace.Problem{
		Kind: dataspace.ErrConflict, Code: "files.changed", Place: s.name,
		Message: "the source was changed after it was opened",
		Hint:    "start again when no program writes to it",
	}
}

// reader reads the files one after the other.
type reader struct {
	ctx    context.Context
	source *Source
	hash   hash.Hash
	next   int   // the part to open next
	only   []int // the columns that are wanted; nil: all
	cur    *partReader
	done   int64 // bytes of parts read to the end
	rows   int64
	digest dataspace.Digest
	err    error
}

var (
	_ table.Reader = (*reader)(nil)
	_ Digester     = (*reader)(nil)

	_ table.Chooser = (*reader)(nil)
)

func (r *reader) Schema() table.Schema { return r.source.schema }

func (r *reader) Digest() (dataspace.Digest, bool) { return r.digest, r.digest != "" }

func (r *reader) Only(columns []int) { r.only = columns }

// Offset is in bytes of the files, whatever their charset.
func (r *reader) Offset() int64 {
	if r.cur == nil {
		return r.done
	}
	return r.done + min(r.cur.offset(), r.source.parts[r.next-1].info.Size())
}

func (r *reader) Close() error {
	if r.err == nil {
		r.err = errors.New("reader is closed")
	}
	return r.closePart()
}

func (r *reader) closePart() error {
	if r.cur == nil {
		return nil
	}
	err := r.cur.Close()
	r.cur = nil
	return err
}

func (r *reader) Next(b *table.Batch) error {
	if r.err == nil {
		if r.err = r.advance(b); r.err == nil {
			return nil
		}
		r.err = r.explain(r.err)
	}
	b.Reset(len(r.source.schema.Fields))
	return r.err
}

func (r *reader) advance(b *table.Batch) error {
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if r.cur == nil {
			if r.next == len(r.source.parts) {
				return r.finish()
			}
			cur, err := r.source.parts[r.next].open(r.source.schema, &input{ctx: r.ctx, hash: r.hash})
			if err != nil {
				return err
			}
			if c, ok := cur.Reader.(table.Chooser); ok && r.only != nil {
				c.Only(r.only)
			}
			r.cur = cur
			r.next++
		}
		err := r.cur.Next(b)
		if err == nil {
			b.First = r.rows
			r.rows += int64(b.Rows)
			return nil
		}
		if !errors.Is(err, io.EOF) || errors.Is(err, dataspace.ErrInvalid) {
			return err
		}
		if err := r.cur.drain(); err != nil {
			return err
		}
		r.done += r.source.parts[r.next-1].info.Size()
		if err := r.closePart(); err != nil {
			return ioProblem("close", r.source.parts[r.next-1].name, err)
		}
	}
}

// finish checks at the end of the table that the files have not changed.
func (r *reader) finish() error {
	if err := r.source.unchanged(); err != nil {
		return err
	}
	r.digest = dataspace.Digest(hex.EncodeToString(r.hash.Sum(nil)))
	return io.EOF
}

// explain returns the first cause: when ctx has ended or the files have
// changed, any other error follows from that.
func (r *reader) explain(err error) error {
	if err == io.EOF {
		return err
	}
	if cerr := r.ctx.Err(); cerr != nil {
		return &dataspace.Problem{
			Kind: dataspace.ErrUnavailable, Code: "files.stopped", Place: r.source.name,
			Message: "reading was stopped", Err: cerr,
		}
	}
	if cerr := r.source.unchanged(); cerr != nil {
		return cerr
	}
	return err
}

// input counts, hashes and limits the bytes read from a text file.
type input struct {
	ctx  context.Context
	hash hash.Hash
	r    io.Reader
	n    int64
}

func (in *input) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := in.r.Read(p)
	in.n += int64(n)
	in.hash.Write(p[:n])
	return n, err
}

// partReader is a reader of one file, with the file.
type partReader struct {
	table.Reader
	file  *os.File
	in    *input // nil when only the schema is read
	text  io.Reader
	isRaw bool // not read through input
}

// open reads one part. With a schema, JSON Lines are read with that one.
func (p *part) open(schema table.Schema, in *input) (*partReader, error) {
	f, err := p.root.open(p.path)
	if err != nil {
		return nil, ioProblem("open", p.path, err)
	}
	pr := &partReader{file: f, in: in}
	if pr.Reader, err = p.reader(pr, schema); err != nil {
		f.Close()
		return nil, err
	}
	return pr, nil
}

func (p *part) reader(pr *partReader, schema table.Schema) (table.Reader, error) {
	if p.shape.format == format.Parquet {
		pr.isRaw = true
		return parquet.NewReader(pr.file, p.info.Size(), parquet.Options{Name: p.name})
	}
	pr.text = pr.file
	if pr.in != nil {
		pr.in.r = pr.file
		pr.text = pr.in
	}
	text, cs := charset.Decode(pr.text, p.shape.charset), p.shape.charset
	if cs == charset.UTF8 {
		cs = ""
	}
	if p.shape.format == format.JSONL {
		return jsonl.NewReader(text, jsonl.Options{Name: p.name, Charset: cs, Schema: schema})
	}
	if d := p.shape.dialect; d != nil && !d.Standard() {
		text = dialect.NewReader(text, dialect.Dialect{Delimiter: p.shape.delimiter, Quote: d.Quote, Escape: d.Escape})
	}
	return csv.NewReader(text, csv.Options{Name: p.name, Charset: cs, Delimiter: p.shape.delimiter, Header: p.shape.header, Skip: p.shape.skip, Quotes: p.shape.dialect != nil})
}

// offset is how many bytes of the file have been read.
func (p *partReader) offset() int64 {
	if p.isRaw {
		return p.Reader.Offset()
	}
	return p.in.n
}

// drain hashes the bytes that the reader did not read. A Parquet file is read
// in parts, so all of it is hashed at the end, most likely from the page cache.
func (p *partReader) drain() error {
	if p.isRaw {
		p.in.r = io.NewSectionReader(p.file, 0, 1<<62)
	}
	_, err := io.CopyBuffer(io.Discard, p.in, make([]byte, 256<<10))
	return err
}

func (p *partReader) Close() error {
	return errors.Join(p.Reader.Close(), p.file.Close())
}
