package screen

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"hutong/internal/dataspace"
)

// Entry is one barred recipient of a list.
type Entry struct {
	ID    string   `json:"id,omitempty"` // as the list has it
	Names []string `json:"names"`        // in any script, former ones too
}

// key names an entry by its content.
func (e *Entry) key() string {
	sum := sha256.New()
	for _, s := range append([]string{e.ID}, e.Names...) {
		fmt.Fprintf(sum, "%d %s\n", len(s), s)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// Limits of a list.
const (
	MaxFile    = 64 << 20
	maxEntries = 1_000_000
	maxNames   = 200
	maxName    = 1000 // bytes
)

func bad(line int, message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "screen.list", Place: fmt.Sprintf("line %d", line), Message: message,
		Hint: "a list is CSV with a header (columns id, name, and further names in alias, alias2 …, or one cell with names between ;) or JSON Lines with id and names"}
}

// ReadList reads a list as the operator gives it: JSON Lines if it begins with a
// brace, else CSV.
func ReadList(data []byte) ([]Entry, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, bad(1, "the list is not in UTF-8")
	}
	read := readCSV
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] == '{' {
		read = readLines
	}
	list, err := read(data)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, bad(1, "the list has no entry")
	case len(list) > maxEntries:
		return nil, bad(maxEntries, fmt.Sprintf("the list has more than %d entries", maxEntries))
	}
	return list, nil
}

func readLines(data []byte) ([]Entry, error) {
	var out []Entry
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var e Entry
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&e); err != nil || dec.More() {
			return nil, bad(n+1, "expected one object with id and names")
		}
		if err := e.check(n + 1); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func readCSV(data []byte) ([]Entry, error) {
	r := csv.NewReader(bytes.NewReader(data))
	head, err := r.Read()
	if err != nil {
		return nil, bad(1, "expected a header")
	}
	id, names := -1, []int(nil)
	for i, h := range head {
		switch h = strings.ToLower(strings.TrimSpace(h)); {
		case h == "id":
			id = i
		case strings.HasPrefix(h, "name") || strings.HasPrefix(h, "alias"):
			names = append(names, i)
		}
	}
	if len(names) == 0 {
		return nil, bad(1, "no column is called name")
	}
	var out []Entry
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, bad(wrong.Line, "the row is no CSV, or has not the columns of the header")
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		var e Entry
		if id >= 0 {
			e.ID = strings.TrimSpace(row[id])
		}
		for _, i := range names {
			for s := range strings.SplitSeq(strings.ReplaceAll(row[i], "；", ";"), ";") {
				if s = strings.TrimSpace(s); s != "" {
					e.Names = append(e.Names, s)
				}
			}
		}
		if err := e.check(line); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
}

// check refuses an entry that could not be compared: it would never match.
func (e *Entry) check(line int) error {
	if len(e.Names) == 0 || len(e.Names) > maxNames {
		return bad(line, fmt.Sprintf("expected 1 to %d names", maxNames))
	}
	if len(e.ID) > maxName {
		return bad(line, "the id is too long")
	}
	for _, s := range e.Names {
		if len(s) > maxName || nameOf(s).whole == "" {
			return bad(line, "a name has no letter, or too many")
		}
	}
	return nil
}

// index is a list, ready for comparison.
type index struct {
	entries []Entry
	names   [][]name
	keys    []string
}

func newIndex(entries []Entry) *index {
	x := &index{entries: entries, names: make([][]name, len(entries)), keys: make([]string, len(entries))}
	for i := range entries {
		for _, s := range entries[i].Names {
			x.names[i] = append(x.names[i], nameOf(s))
		}
		x.keys[i] = entries[i].key()
	}
	return x
}

// Match is an entry that may be the recipient.
type Match struct {
	Key      string   `json:"key"` // names the entry, by its content
	ID       string   `json:"id,omitempty"`
	Names    []string `json:"names"`
	Likeness Likeness `json:"likeness"`
}

// matches are the entries that the names may be. apart counts the entries of which
// no name is in a script of the names: they cannot be compared.
func (x *index) matches(names []string) (found []Match, apart int) {
	var mine []name
	var in scripts
	for _, s := range names {
		if n := nameOf(s); n.whole != "" {
			mine = append(mine, n)
			in |= n.in
		}
	}
	for i, theirs := range x.names {
		best, compared := Unlike, false
		for _, t := range theirs {
			compared = compared || t.in&in != 0 || t.in == 0 // digits are in every script
			for _, m := range mine {
				if l := alike(m, t); l != Unlike && (best == Unlike || rank(l) < rank(best)) {
					best = l
				}
			}
		}
		switch {
		case best != Unlike:
			found = append(found, Match{x.keys[i], x.entries[i].ID, x.entries[i].Names, best})
		case !compared:
			apart++
		}
	}
	return found, apart
}

func rank(l Likeness) int {
	for i, known := range []Likeness{SameName, SameCore, Contains, Close} {
		if l == known {
			return i
		}
	}
	return len(l)
}
