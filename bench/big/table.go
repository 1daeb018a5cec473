package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"hutong/client"
	"hutong/internal/dataspace"
)

// rekey makes values anew for the row of a number, by the name of the column,
// so that no two rows are of the same person, ship or record. The form of the
// values stays what it was.
var rekey = map[string]func(b []byte, row int64, was string) []byte{
	"customer_id":  func(b []byte, row int64, _ string) []byte { return strconv.AppendInt(b, 100_000_000+row, 10) },
	"rownames":     func(b []byte, row int64, _ string) []byte { return strconv.AppendInt(b, 1+row, 10) },
	"email":        mail,
	"phone_number": phone,
	"MMSI": func(b []byte, row int64, was string) []byte {
		return digits(append(b, was[:min(3, len(was))]...), row, 6)
	},
	"会员号": func(b []byte, row int64, _ string) []byte {
		return strconv.AppendInt(append(b, 'M'), 100_000_000+row, 10)
	},
	"电子邮箱": mail,
	"手机号":  func(b []byte, row int64, _ string) []byte { return digits(append(b, '1', '3'+byte(row%5)), row, 9) },
}

// stricter are the sender's own choices, so that there is work to do on the
// way, by the name of the column.
var stricter = map[string]client.ColumnPlan{
	"customer_id":    {Action: string(dataspace.Pseudonymise)},
	"email":          {Action: string(dataspace.Pseudonymise)},
	"phone_number":   {Action: string(dataspace.Mask), First: 3, Last: 4},
	"street_address": {Action: string(dataspace.Drop)},
	"postal_code":    {Action: string(dataspace.Truncate), Length: 3},
	"latitude":       {Action: string(dataspace.Generalise), To: "grid", Grid: 0.1},
	"longitude":      {Action: string(dataspace.Generalise), To: "grid", Grid: 0.1},
	"VesselName":     {Action: string(dataspace.Drop)},
	"LAT":            {Action: string(dataspace.Generalise), To: "grid", Grid: 0.1},
	"LON":            {Action: string(dataspace.Generalise), To: "grid", Grid: 0.1},
	"会员号":            {Action: string(dataspace.Pseudonymise)},
	"电子邮箱":           {Action: string(dataspace.Pseudonymise)},
	"手机号":            {Action: string(dataspace.Mask), First: 3, Last: 4},
}

// choices are those for the columns that the table has.
func choices(path string) ([]client.ColumnPlan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head, err := csv.NewReader(f).Read()
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var out []client.ColumnPlan
	for _, name := range head {
		if c, ok := stricter[name]; ok {
			c.Name = name
			out = append(out, c)
		}
	}
	return out, nil
}

// mail puts the number before the @.
func mail(b []byte, row int64, was string) []byte {
	local, domain, _ := strings.Cut(was, "@")
	b = append(append(b, local...), '.')
	return append(append(strconv.AppendInt(b, row, 10), '@'), domain...)
}

// phone keeps the country and the spacing, and spreads the number over the
// area codes from 200 up.
func phone(b []byte, row int64, _ string) []byte {
	b = digits(append(b, "+1 "...), 200+row/10_000_000, 3)
	b = digits(append(b, ' '), row/10_000%1000, 3)
	return digits(append(b, ' '), row%10_000, 4)
}

// digits appends the last n digits of v.
func digits(b []byte, v int64, n int) []byte {
	at := len(b)
	b = append(b, "0000000000"[:n]...)
	for i := at + n - 1; i >= at; i-- {
		b[i] = '0' + byte(v%10)
		v /= 10
	}
	return b
}

// grow writes the table from again and again to path, re-keyed, until it has
// the size.
func grow(from, path string, size int64) (rows, written int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, 0, err
	}
	records, err := csv.NewReader(in).ReadAll()
	if err := errors.Join(err, in.Close()); err != nil {
		return 0, 0, fmt.Errorf("read %s: %w", from, err)
	}
	if len(records) < 2 {
		return 0, 0, fmt.Errorf("read %s: no rows", from)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, 0, err
	}
	w := bufio.NewWriterSize(out, 1<<20)
	rows, err = repeat(w, records, size)
	err = errors.Join(err, w.Flush(), out.Close())
	if err != nil {
		return 0, 0, fmt.Errorf("write %s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	return rows, info.Size(), nil
}

func repeat(w *bufio.Writer, records [][]string, size int64) (rows int64, err error) {
	keys := make([]func([]byte, int64, string) []byte, len(records[0]))
	found := false
	for i, name := range records[0] {
		keys[i] = rekey[strings.TrimPrefix(name, "\ufeff")]
		found = found || keys[i] != nil
	}
	if !found {
		return 0, errors.New("no column is known by which its rows could be told apart")
	}
	cw := csv.NewWriter(w)
	if err := cw.Write(records[0]); err != nil {
		return 0, err
	}
	cw.Flush()
	var line []byte
	written := int64(0)
	for written < size {
		for _, r := range records[1:] {
			line = line[:0]
			for i, v := range r {
				if i > 0 {
					line = append(line, ',')
				}
				switch {
				case v != "" && keys[i] != nil:
					line = keys[i](line, rows, v)
				case strings.ContainsAny(v, ",\"\r\n"):
					line = append(append(append(line, '"'), strings.ReplaceAll(v, `"`, `""`)...), '"')
				default:
					line = append(line, v...)
				}
			}
			line = append(line, '\n')
			if _, err := w.Write(line); err != nil {
				return rows, err
			}
			rows++
			written += int64(len(line))
		}
	}
	return rows, cw.Error()
}
