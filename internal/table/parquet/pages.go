package parquet

import (
	"errors"
	"slices"
	"unicode/utf8"

	pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"hutong/internal/table"
	"hutong/internal/table/parquet/runs"
)

// column reads the values of one column as text. It reads pages itself that are
// plain or refer to a dictionary, as nearly all are: so a dictionary becomes
// text once and is handed on. The first page of another kind, and what follows
// it in the chunk, is left to the library.
type column struct {
	optional bool
	plain    plain // nil: the column is of booleans
	library  library

	group *file.RowGroupReader
	index int
	pages file.PageReader // nil: the library reads
	done  int64           // rows of the chunk that were read
	dict  *table.Dictionary
	old   [2]*table.Dictionary // of the chunks before; the memory of the second is free
	page  page
	text  text
	room  []uint32
}

// library reads the values of a column by the column readers of arrow-go.
type library interface {
	open(chunk file.ColumnChunkReader) error
	skip(n int64) error
	// read appends n rows, which must exist, and their text to data.
	read(dst *table.Column, data []byte, n int) ([]byte, error)
}

// page is what is left of a page.
type page struct {
	rows   int
	levels runs.Decoder // 1 for each row with a value
	plain  []byte
	coded  bool // the values are in codes instead
	codes  runs.Decoder
}

// text is the text of a batch. The values of the dictionary are a part of it,
// where they are needed: nearly always they are all of it and are not copied.
type text struct {
	data   []byte
	shared bool // the text is that of the dictionary; data is empty
	base   int  // where the dictionary is in data; -1: nowhere
	size   int  // bytes of the cells, each counted as often as it is there
}

// bytes are the bytes of the text.
func (c *column) bytes() []byte {
	if c.text.shared {
		return c.dict.Data
	}
	return c.text.data
}

// reset removes the text of the previous batch.
func (c *column) reset() { c.text = text{data: c.text.data[:0], base: -1} }

// open begins a column chunk.
func (c *column) open(g *file.RowGroupReader, i int) (err error) {
	if err := c.closePages(); err != nil {
		return err
	}
	if c.dict != nil && c.dict != booleans {
		c.old = [2]*table.Dictionary{c.dict, c.old[0]}
	}
	c.group, c.index, c.done, c.dict, c.page = g, i, 0, nil, page{}
	if c.plain == nil {
		c.dict = booleans
	}
	c.pages, err = g.GetColumnPageReader(i)
	return err
}

// closePages gives back the memory of the pages. Nothing refers to it any more:
// text is copied.
func (c *column) closePages() error {
	if c.pages == nil {
		return nil
	}
	p := c.pages
	c.pages, c.page = nil, page{}
	return p.Close()
}

// booleans are the values of a column of booleans: each is a place here.
var booleans = &table.Dictionary{Data: []byte("falsetrue"), Spans: []table.Span{{Start: 0, End: 5}, {Start: 5, End: 9}}}

// handOver leaves the rest of the chunk to the library.
func (c *column) handOver() error {
	if err := c.closePages(); err != nil {
		return err
	}
	chunk, err := c.group.Column(c.index)
	if err == nil {
		err = c.library.open(chunk)
	}
	if err == nil {
		err = c.library.skip(c.done)
	}
	return err
}

// read appends n rows, which must exist.
func (c *column) read(dst *table.Column, n int) error {
	before := c.text.size
	for n > 0 {
		if c.pages == nil {
			return c.readRest(dst, n)
		}
		if c.page.rows == 0 {
			if err := c.next(); err != nil {
				return err
			}
			continue
		}
		rows := min(n, c.page.rows)
		if err := c.take(dst, rows); err != nil {
			return err
		}
		if c.text.size-before > maxStepBytes {
			return tooLarge(stepRows)
		}
		n -= rows
		c.page.rows -= rows
		c.done += int64(rows)
	}
	return nil
}

// readRest reads by the library.
func (c *column) readRest(dst *table.Column, n int) (err error) {
	c.separate()
	before := len(c.text.data)
	c.text.data, err = c.library.read(dst, c.text.data, n)
	c.text.size += len(c.text.data) - before
	c.uncoded(dst, n)
	c.done += int64(n)
	return err
}

// next begins the next page with values.
func (c *column) next() error {
	for c.pages.Next() {
		switch p := c.pages.Page().(type) {
		case *file.DictionaryPage:
			if err := c.define(p); err != nil {
				return err
			}
		case *file.DataPageV1:
			levels, values := []byte(nil), p.Data()
			if c.optional {
				if p.DefinitionLevelEncoding() != pq.Encodings.RLE {
					return c.handOver()
				}
				size, err := sizeOf(values)
				if err != nil {
					return err
				}
				levels, values = values[sizeBytes:sizeBytes+size], values[sizeBytes+size:]
			}
			return c.begin(p, levels, values)
		case *file.DataPageV2:
			repeated, defined := int(p.RepetitionLevelByteLen()), int(p.DefinitionLevelByteLen())
			values := p.Data()
			if repeated < 0 || defined < 0 || repeated > len(values) || defined > len(values)-repeated {
				return errCut
			}
			values = values[repeated:]
			return c.begin(p, values[:defined], values[defined:])
		}
	}
	if err := c.pages.Err(); err != nil {
		return err
	}
	return errCut
}

// begin begins a page of data.
func (c *column) begin(p file.DataPage, levels, values []byte) error {
	c.page.rows = int(p.NumValues())
	c.page.levels.Reset(levels, 1)
	if c.plain == nil {
		return c.beginBooleans(p, values)
	}
	switch e := pq.Encoding(p.Encoding()); {
	case e == pq.Encodings.Plain:
		c.page.plain, c.page.coded = values, false
	case (e == pq.Encodings.PlainDict || e == pq.Encodings.RLEDict) && c.dict != nil:
		width := 0
		if len(values) > 0 {
			width, values = int(values[0]), values[1:]
		}
		if width > runs.MaxWidth {
			return errors.New("places in a dictionary have too many bits")
		}
		c.page.coded = true
		c.page.codes.Reset(values, width)
	default:
		c.page = page{}
		return c.handOver()
	}
	return nil
}

// beginBooleans begins a page of booleans: bits, or runs of them after their
// size.
func (c *column) beginBooleans(p file.DataPage, values []byte) error {
	c.page.coded = true
	switch pq.Encoding(p.Encoding()) {
	case pq.Encodings.Plain:
		c.page.codes.ResetPacked(values)
	case pq.Encodings.RLE:
		size, err := sizeOf(values)
		if err != nil {
			return err
		}
		c.page.codes.Reset(values[sizeBytes:sizeBytes+size], 1)
	default:
		c.page = page{}
		return c.handOver()
	}
	return nil
}

// define reads the dictionary of the chunk.
func (c *column) define(p *file.DictionaryPage) error {
	if e := pq.Encoding(p.Encoding()); c.dict != nil || e != pq.Encodings.Plain && e != pq.Encodings.PlainDict {
		return errors.New("a chunk has two dictionaries, or one that is not plain")
	}
	src, n := p.Data(), int(p.NumValues())
	if _, ok := c.plain.(words); ok {
		return c.defineWords(src, n)
	}
	expect := min(n, len(src))
	d := c.recycled(len(src), expect)
	to := ranges{data: d.Data, start: make([]uint32, 0, expect), end: make([]uint32, 0, expect)}
	for n > 0 {
		some := min(n, maxBatchRows)
		var err error
		if src, err = c.plain.values(&to, src, some); err != nil {
			return err
		}
		if len(to.data)+8*len(to.start) > maxStepBytes {
			return tooLarge(len(to.start))
		}
		n -= some
	}
	for i := range to.start {
		d.Spans = append(d.Spans, table.Span{Start: to.start[i], End: to.end[i]})
	}
	d.Data, c.dict = to.data, d
	return nil
}

// recycled is an empty dictionary with room, in the memory of that of two chunks
// before: a new one for each chunk would take twice the memory, and the time to
// get it from the system. It is a new value, by which others know that it is
// another dictionary.
func (c *column) recycled(bytes, values int) *table.Dictionary {
	d := &table.Dictionary{}
	if free := c.old[1]; free != nil {
		d.Data, d.Spans = free.Data[:0], free.Spans[:0]
		c.old[1] = nil
	}
	d.Data, d.Spans = slices.Grow(d.Data, bytes), slices.Grow(d.Spans, values)
	return d
}

// defineWords is define for text.
func (c *column) defineWords(src []byte, n int) error {
	switch {
	case n > len(src)/sizeBytes:
		return errCut
	case len(src)+8*n > maxStepBytes:
		return tooLarge(n)
	}
	d, at := c.recycled(len(src), n), 0
	for range n {
		size, err := sizeOf(src[at:])
		if err != nil {
			return err
		}
		at += sizeBytes
		d.Spans = append(d.Spans, table.Span{Start: uint32(at), End: uint32(at + size)})
		at += size
	}
	d.Data = append(d.Data, src[:at]...)
	if !ascii(d.Data) {
		for i := range n {
			if !utf8.Valid(d.Value(i)) {
				return charsetProblem()
			}
		}
	}
	c.dict = d
	return nil
}

// take appends rows of the page.
func (c *column) take(dst *table.Column, rows int) error {
	present, defs, err := c.present(rows)
	if err != nil {
		return err
	}
	if c.page.coded {
		err = c.takeCodes(dst, present)
	} else {
		err = c.takePlain(dst, present)
	}
	if err == nil && present < rows {
		spread(dst, defs, rows, present)
	}
	return err
}

// present is how many of some rows have a value. defs has 1 for each of these
// if there are others.
func (c *column) present(rows int) (n int, defs []uint32, err error) {
	if !c.optional {
		return rows, nil, nil
	}
	if v, ok := c.page.levels.Run(rows); ok && v == 1 {
		return rows, nil, nil
	} else if ok && v == 0 {
		return 0, nil, nil
	}
	c.room = slices.Grow(c.room[:0], 2*rows)[:2*rows]
	defs = c.room[rows:]
	if err := c.page.levels.Read(defs); err != nil {
		return 0, nil, err
	}
	for _, d := range defs {
		n += int(d)
	}
	return n, defs, nil
}

// spread moves the last cells apart, so that there are rows with nulls.
func spread(dst *table.Column, defs []uint32, rows, present int) {
	from := len(dst.Start) - present
	dst.Start, dst.End = longer(dst.Start, rows-present), longer(dst.End, rows-present)
	coded := dst.Dict != nil
	if coded {
		dst.Codes = longer(dst.Codes, rows-present)
	}
	for i, k := rows-1, from+present-1; i >= 0; i-- {
		at := from + i
		if defs != nil && defs[i] == 1 {
			dst.Start[at], dst.End[at] = dst.Start[k], dst.End[k]
			if coded {
				dst.Codes[at] = dst.Codes[k]
			}
			k--
			continue
		}
		dst.Start[at], dst.End[at] = 0, 0
		if coded {
			dst.Codes[at] = -1
		}
		dst.Null = table.SetBit(dst.Null, at)
	}
}

func (c *column) takeCodes(dst *table.Column, n int) error {
	c.share(dst)
	c.room = slices.Grow(c.room[:0], n)
	codes := c.room[:n]
	if err := c.page.codes.Read(codes); err != nil {
		return err
	}
	from := len(dst.Start)
	dst.Start, dst.End, dst.Codes = longer(dst.Start, n), longer(dst.End, n), longer(dst.Codes, n)
	start, end, places := dst.Start[from:][:n], dst.End[from:][:n], dst.Codes[from:][:n]
	spans, base, size := c.dict.Spans, uint32(c.text.base), 0
	for i, code := range codes {
		if uint64(code) >= uint64(len(spans)) {
			return errors.New("a value is not in the dictionary")
		}
		s := spans[code]
		start[i], end[i], places[i] = base+s.Start, base+s.End, int32(code)
		size += int(s.End - s.Start)
	}
	c.text.size += size
	return nil
}

// longer makes a slice longer; what it then holds is not defined.
func longer[T any](s []T, n int) []T { return slices.Grow(s, n)[:len(s)+n] }

func (c *column) takePlain(dst *table.Column, n int) (err error) {
	c.separate()
	to := ranges{data: c.text.data, start: dst.Start, end: dst.End}
	c.page.plain, err = c.plain.values(&to, c.page.plain, n)
	for i := len(dst.Start); i < len(to.start); i++ {
		c.text.size += int(to.end[i] - to.start[i])
	}
	c.text.data, dst.Start, dst.End = to.data, to.start, to.end
	c.uncoded(dst, n)
	return err
}

// share makes the dictionary a part of the text.
func (c *column) share(dst *table.Column) {
	if c.text.base < 0 {
		if c.text.base = len(c.text.data); c.text.base == 0 {
			c.text.shared = true
		} else {
			c.text.data = append(c.text.data, c.dict.Data...)
		}
	}
	if dst.Dict == nil {
		c.dictOf(dst)
	}
}

func (c *column) dictOf(dst *table.Column) {
	for range dst.Start {
		dst.Codes = append(dst.Codes, -1)
	}
	dst.Dict = c.dict
}

// separate makes room for text that is not of the dictionary.
func (c *column) separate() {
	if c.text.shared {
		c.text.shared = false
		c.text.data = append(c.text.data, c.dict.Data...)
	}
}

// uncoded says of the last n cells that they are not of the dictionary.
func (c *column) uncoded(dst *table.Column, n int) {
	if dst.Dict == nil {
		return
	}
	for range n {
		dst.Codes = append(dst.Codes, -1)
	}
}
