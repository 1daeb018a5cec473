package csv

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/block"
)

var (
	errCut   = errors.New("record is cut off")
	errStray = errors.New("text follows a closing quote")
	errLines = errors.New("lines end in different ways")
)

// record splits the first record of data, by a slow method: for headers and for
// detection. next is the start of the next record.
func record(data []byte, delim, line byte) (fields []string, next int, err error) {
	for i := 0; ; {
		if i < len(data) && data[i] == '"' {
			q, doubled := closing(data, i+1)
			sep, ok := separator(data, q, delim, line)
			if !ok && afterQuote(data[q+1]) == codeLines {
				return fields, 0, errLines
			}
			if !ok {
				return fields, 0, errStray
			}
			if sep < 0 {
				return fields, 0, errCut
			}
			s := string(data[i+1 : q])
			if doubled {
				s = strings.ReplaceAll(s, `""`, `"`)
			}
			fields, i = append(fields, s), sep+1
			if data[sep] == line {
				return fields, i, nil
			}
			continue
		}
		sep := i
		for sep < len(data) && data[sep] != delim && data[sep] != line {
			sep++
		}
		if sep == len(data) {
			return fields, 0, errCut
		}
		s := string(data[i:sep])
		if data[sep] == '\n' {
			s = strings.TrimSuffix(s, "\r")
		}
		if strings.ContainsAny(s, "\r\n") {
			return fields, 0, errLines
		}
		fields, i = append(fields, s), sep+1
		if data[sep] == line {
			return fields, i, nil
		}
	}
}

// header reads the first record that is not blank and makes the schema from
// it. Without a header the record stays in the buffer.
func (r *Reader) header() error {
	place := r.src.Name + ":header"
	for {
		fields, next, err := record(r.buf.Data[r.buf.Pos:r.buf.End], r.delim, r.line)
		switch {
		case errors.Is(err, errCut) && !r.buf.EOF:
			if err := r.buf.More(); err != nil {
				return r.src.Problem(err, place, "csv")
			}
			continue
		case errors.Is(err, errCut) && r.buf.Pos == r.buf.End:
			return &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "csv.empty", Place: r.src.Name,
				Message: "the table is empty: it has no line that names the columns",
				Hint:    "the first line must name the columns, or be a row with --no-header",
			}
		case errors.Is(err, errCut):
			return headerProblem(place, codeOpen, "a quote is never closed")
		case errors.Is(err, errStray):
			return headerProblem(fmt.Sprintf("%s, column %d", place, len(fields)+1), codeStray, "text follows a closing quote")
		case errors.Is(err, errLines):
			return &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "csv.lines", Place: fmt.Sprintf("%s, column %d", place, len(fields)+1),
				Message: lineEnds, Hint: lineEndsHint,
			}
		}
		head := r.buf.Data[r.buf.Pos : r.buf.Pos+next]
		if len(fields) == 1 && fields[0] == "" && head[0] != '"' {
			r.buf.Pos += next
			continue
		}
		if r.layout.Header == NoHeader {
			return r.name(make([]string, len(fields)), nil, place)
		}
		r.buf.Pos += next
		return r.name(fields, head, place)
	}
}

func headerProblem(place, code, message string) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message,
		Hint: quoteHint,
	}
}

// name makes the schema. A column without a name is named by its position, and
// a repeated name gets a number.
func (r *Reader) name(fields []string, head []byte, place string) error {
	if block.Invalid(head, r.src.Charset != "") >= 0 {
		return r.src.BadText(place, "csv")
	}
	r.schema.Fields = make([]table.Field, len(fields))
	taken := make(map[string]bool, len(fields))
	for _, f := range fields {
		taken[f] = true
	}
	seen := make(map[string]bool, len(fields))
	for i, f := range fields {
		if f == "" {
			f = unused("column_"+strconv.Itoa(i+1), taken)
		} else if seen[f] {
			f = unused(f, taken)
		}
		seen[f] = true
		r.schema.Fields[i].Name = f
	}
	return nil
}

// unused is name itself or with the first number that makes it unique.
func unused(name string, taken map[string]bool) string {
	s := name
	for n := 2; taken[s]; n++ {
		s = name + "_" + strconv.Itoa(n)
	}
	taken[s] = true
	return s
}

func delimName(d byte) string {
	switch d {
	case ',':
		return "comma"
	case ';':
		return "semicolon"
	case '\t':
		return "tab"
	}
	return strconv.QuoteRune(rune(d))
}
