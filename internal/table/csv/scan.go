package csv

import (
	"bytes"

	"hutong/internal/table"
	"hutong/internal/table/block"
)

// scan finds the cells of as many whole rows as the block contains, at most
// r.max, and moves the buffer past them. It checks eight bytes at a time and
// stops only at delimiters, ends of lines and quotes.
func (r *Reader) scan(b *table.Batch) (int, *fault) {
	var (
		cols      = b.Columns
		last      = len(cols) - 1
		data, end = r.buf.Data, r.buf.End
		delim     = r.delim
		line      = r.line
		mDelim    = block.Repeat(delim)
		mQuote    = block.Repeat('"')
		mLine     = block.Repeat(line)
		row, col  = 0, 0
		start     = r.buf.Pos // of the cell
		done      = start     // end of the last whole row
		marked    = 0         // r.quotes of whole rows
	)
	i := start
words:
	for i < end {
		w := block.Word(data, i)
		m := block.Match(w, mDelim) | block.Match(w, mQuote) | block.Match(w, mLine)
		for ; m != 0; m &= m - 1 {
			p := i + block.First(m)
			switch data[p] {
			case delim:
				if col >= last {
					return 0, &fault{row, col + 1, codeFields}
				}
				c := &cols[col]
				c.Start[row], c.End[row] = uint32(start), uint32(p)
				if p == start {
					c.Null[row>>6] |= 1 << (row & 63)
				}
				col++
				start = p + 1
			case line:
				e := p
				if e > start && data[e-1] == '\r' {
					e--
					r.returns++
				}
				if col != last {
					if col == 0 && e == start { // a blank line
						start, done = p+1, p+1
						continue
					}
					return 0, &fault{row, col, codeFields}
				}
				c := &cols[col]
				c.Start[row], c.End[row] = uint32(start), uint32(e)
				if e == start {
					c.Null[row>>6] |= 1 << (row & 63)
				}
				row++
				col = 0
				start, done = p+1, p+1
				marked = len(r.quotes)
				if row == r.max {
					break words
				}
			case '"':
				if p != start {
					continue // an ordinary character
				}
				q, doubled := closing(data[:end], p+1)
				sep, ok := separator(data[:end], q, delim, line)
				if !ok {
					return 0, &fault{row, col, afterQuote(data[q+1])}
				}
				if sep < 0 {
					break words
				}
				if doubled {
					r.quotes = append(r.quotes, cell{row, col})
				}
				c := &cols[col]
				c.Start[row], c.End[row] = uint32(p+1), uint32(q)
				start = sep + 1
				i = start
				if data[sep] == delim {
					if col >= last {
						return 0, &fault{row, col + 1, codeFields}
					}
					col++
					continue words
				}
				if col != last {
					return 0, &fault{row, col, codeFields}
				}
				if sep == q+2 {
					r.returns++
				}
				row++
				col = 0
				done, marked = start, len(r.quotes)
				if row == r.max {
					break words
				}
				continue words
			}
		}
		i += 8
	}
	r.rollBack(b, row, col, marked)
	r.buf.Pos = done
	return row, nil
}

// rollBack removes the cells of an incomplete row at the end of the block.
func (r *Reader) rollBack(b *table.Batch, row, col, marked int) {
	for c := range col {
		b.Columns[c].Null[row>>6] &^= 1 << (row & 63)
	}
	r.quotes = r.quotes[:marked]
}

// closing finds the quote that closes the one before i, or -1 when the block
// ends first. A doubled quote is part of the cell.
func closing(data []byte, i int) (q int, doubled bool) {
	for {
		k := bytes.IndexByte(data[i:], '"')
		if k < 0 {
			return -1, doubled
		}
		i += k
		if i+1 >= len(data) || data[i+1] != '"' {
			return i, doubled
		}
		doubled = true
		i += 2
	}
}

// separator finds the delimiter or newline after the closing quote at q: -1
// when the block ends first, not ok when another character follows.
func separator(data []byte, q int, delim, line byte) (sep int, ok bool) {
	if q < 0 || q+1 >= len(data) {
		return -1, true
	}
	switch c := data[q+1]; {
	case c == delim, c == line:
		return q + 1, true
	case c == '\r' && q+2 >= len(data):
		return -1, true
	case c == '\r' && data[q+2] == '\n':
		return q + 2, true
	}
	return 0, false
}

// afterQuote is the code of the error that c follows a closing quote.
func afterQuote(c byte) string {
	if c == '\r' || c == '\n' {
		return codeLines
	}
	return codeStray
}

// endsWithin finds a byte of data that ends lines in other files, outside of
// quotes: it could end a row here too. It returns -1 where there is none.
func (r *Reader) endsWithin(b *table.Batch, start, rows int) int {
	data, end := r.buf.Data[:r.buf.Pos], r.buf.Pos
	other := byte('\r')
	if r.line == '\r' {
		other = '\n'
	}
	if bytes.Count(data[start:], []byte{other}) == r.returns {
		return -1
	}
	for at := start; ; at++ {
		k := bytes.IndexByte(data[at:], other)
		if k < 0 {
			return -1
		}
		at += k
		if other == '\r' && at+1 < end && data[at+1] == '\n' {
			continue
		}
		row, col := locate(b, rows, uint32(at))
		if c := b.Columns[col].Start[row]; c == 0 || data[c-1] != '"' || uint32(at) >= b.Columns[col].End[row] {
			return at
		}
	}
}
