package csv

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/block"
)

// sniffRecords is the number of records by which the delimiter is detected.
const sniffRecords = 100

// delimiters are the candidates, most likely first.
const delimiters = ",;\t|"

// sniff chooses the delimiter for which the header and the records after it
// have the same number of fields, and the most fields. If there is none, it
// chooses the one for which most records agree with the header. A table of one
// column has no delimiter: it gets the comma.
func sniff(sample []byte) byte {
	best, bestAgree, bestFields := delimiters[0], 0.0, 1
	for i := range len(delimiters) {
		agree, fields := judge(sample, delimiters[i])
		if fields > 1 && (agree > bestAgree || agree == bestAgree && fields > bestFields) {
			best, bestAgree, bestFields = delimiters[i], agree, fields
		}
	}
	return best
}

// judge returns the number of fields of the header under delim, and the share
// of the records with the same number.
func judge(sample []byte, delim byte) (agree float64, fields int) {
	same, all := 0, 0
	for len(sample) > 0 && all < sniffRecords {
		rec, next, err := record(sample, delim)
		if err != nil {
			break
		}
		sample = sample[next:]
		if len(rec) == 1 && rec[0] == "" {
			continue
		}
		if all == 0 {
			fields = len(rec)
		}
		if len(rec) == fields {
			same++
		}
		all++
	}
	if all == 0 {
		return 0, 0
	}
	return float64(same) / float64(all), fields
}

var (
	errCut   = errors.New("record is cut off")
	errStray = errors.New("text follows a closing quote")
)

// record splits the first record of data, by a slow method: for headers and for
// detection. next is the start of the next record.
func record(data []byte, delim byte) (fields []string, next int, err error) {
	for i := 0; ; {
		if i < len(data) && data[i] == '"' {
			q, doubled := closing(data, i+1)
			sep, ok := separator(data, q, delim)
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
			if data[sep] == '\n' {
				return fields, i, nil
			}
			continue
		}
		k := bytes.IndexAny(data[i:], string([]byte{delim, '\n'}))
		if k < 0 {
			return fields, 0, errCut
		}
		sep := i + k
		if data[sep] == '\n' {
			return append(fields, strings.TrimSuffix(string(data[i:sep]), "\r")), sep + 1, nil
		}
		fields, i = append(fields, string(data[i:sep])), sep+1
	}
}

// header reads the first record that is not blank and makes the schema from it.
func (r *Reader) header() error {
	place := r.src.Name + ":header"
	for {
		fields, next, err := record(r.buf.Data[r.buf.Pos:r.buf.End], r.delim)
		switch {
		case errors.Is(err, errCut) && !r.buf.EOF:
			if err := r.buf.More(); err != nil {
				return r.src.Problem(err, place, "csv")
			}
			continue
		case errors.Is(err, errCut) && r.buf.Pos == r.buf.End:
			return &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "csv.empty", Place: r.src.Name,
				Message: "the table is empty: it has no header",
				Hint:    "the first line must name the columns",
			}
		case errors.Is(err, errCut):
			return headerProblem(place, codeOpen, "a quote is never closed")
		case errors.Is(err, errStray):
			return headerProblem(fmt.Sprintf("%s, column %d", place, len(fields)+1), codeStray, "text follows a closing quote")
		}
		head := r.buf.Data[r.buf.Pos : r.buf.Pos+next]
		r.buf.Pos += next
		if len(fields) == 1 && fields[0] == "" && head[0] != '"' {
			continue
		}
		return r.name(fields, head, place)
	}
}

func headerProblem(place, code, message string) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message,
		Hint: "a quote inside a quoted cell is written twice",
	}
}

// name makes the schema. A column without a name is named by its position, and
// a repeated name gets a number.
func (r *Reader) name(fields []string, head []byte, place string) error {
	if block.Invalid(head, r.src.Charset != "") >= 0 {
		return r.src.BadText(place, "csv")
	}
	if bytes.IndexByte(bytes.TrimRight(head, "\r\n"), '\r') >= 0 && bytes.IndexByte(head, '"') < 0 {
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "csv.lines", Place: place,
			Message: "lines end with a carriage return alone",
			Hint:    "save the file with LF or CRLF line ends",
		}
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
