package files

import (
	"io"
	"strings"
	"unicode/utf8"

	"hutong/internal/dataspace"
	"hutong/internal/table/block"
	"hutong/internal/table/charset"
)

const (
	// maxSniff is how far a file is searched for its first byte that is not
	// ASCII.
	maxSniff = 16 << 20
	// sniffed is the number of bytes from there by which the charset is
	// detected.
	sniffed = 256 << 10
)

// sniffCharset detects the charset of a text from a mark at its beginning or
// from the text from the first byte on that is not plain ASCII.
func sniffCharset(r io.ReaderAt, size int64, name string) (string, error) {
	block := make([]byte, min(size, 64<<10))
	for at := int64(0); at < min(size, maxSniff); {
		n, err := r.ReadAt(block, at)
		if n == 0 {
			return "", ioProblem("read", name, err)
		}
		head := block[:n]
		if at == 0 {
			if cs := charset.Marked(head); cs != "" {
				return cs, nil
			}
		}
		if k := telling(head); k >= 0 {
			return sniffText(r, size, at, k, name)
		}
		at += int64(n)
	}
	return charset.UTF8, nil
}

// telling finds the first byte that ASCII does not have in texts, or that begins
// an escape of a charset; -1 if there is none.
func telling(b []byte) int {
	const escape = 0x1b
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := block.Word(b, i)
		if m := w&block.Repeat(utf8.RuneSelf) | block.Match(w, 0) | block.Match(w, block.Repeat(escape)); m != 0 {
			return i + block.First(m)
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c >= utf8.RuneSelf || c == 0 || c == escape {
			return i
		}
	}
	return -1
}

// sniffText detects the charset of the text from at on, whose first byte that
// is not ASCII comes after k others: from there a character begins.
func sniffText(r io.ReaderAt, size, at int64, k int, name string) (string, error) {
	text := make([]byte, min(int64(k+sniffed), size-at))
	n, err := r.ReadAt(text, at)
	if n == 0 {
		return "", ioProblem("read", name, err)
	}
	// An even number of bytes goes before it, for charsets of two bytes.
	found := charset.Detect(text[k&^1:n], at+int64(n) >= size)
	switch {
	case found.Binary:
		return "", &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.format.binary", Place: name,
			Message: "the file is not text and of no known format",
			Hint:    "export the table as CSV, JSONL or Parquet",
		}
	case found.Name != "":
		return found.Name, nil
	case len(found.Candidates) > 0:
		return "", &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.charset.sniff", Place: name,
			Message: "the text can be in several charsets: " + strings.Join(found.Candidates, ", "),
			Hint:    "name the right one with --charset, or save the file as UTF-8",
		}
	}
	return "", &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "files.charset.none", Place: name,
		Message: "the text is not UTF-8, and looks like none of the other charsets that are recognised",
		Hint:    "name its charset with --charset, or save the file as UTF-8: " + strings.Join(charset.Names(), ", "),
	}
}
