package files_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/table"
)

// oracle is what other programs say of a file: Python's csv for each delimiter,
// pyarrow, and Python's json.
type oracle struct {
	Rows        int64
	Columns     int
	Pyarrow     string
	JSON        string
	Encoding    string
	ByDelimiter map[string]struct {
		Records, Columns int
		Rectangular      bool
	} `json:"by_delimiter"`
}

// seen is what we say.
type seen struct {
	rows, skipped int64
	columns       int
	noHeader      bool
	problem       *dataspace.Problem
}

func (s seen) String() string {
	if s.problem != nil {
		return "refused: " + s.problem.Code
	}
	return fmt.Sprintf("%d rows of %d columns", s.rows, s.columns)
}

// corpora unpacks the test files of other projects.
func corpora(t *testing.T) (dir string, all map[string]oracle) {
	t.Helper()
	from := filepath.Dir(shared(t))
	raw, err := os.ReadFile(filepath.Join(from, "corpora-oracle.json"))
	if err != nil {
		t.Skip("needs ../shared")
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if out, err := exec.Command("tar", "-xJf", filepath.Join(from, "corpora.tar.xz"), "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("unpack: %v\n%s", err, out)
	}
	return dir, all
}

// look reads a file to its end.
func look(ctx context.Context, path string) (s seen, err error) {
	src, err := files.Open(path, files.Options{})
	if err == nil {
		var r table.Reader
		if r, err = src.Read(ctx); err == nil {
			defer func() { err = errors.Join(err, r.Close()) }()
			s.columns = len(src.Schema().Fields)
			d := src.Describe()
			s.noHeader, s.skipped = d.Header != "", int64(d.Skipped)
			var b table.Batch
			for err == nil {
				err = r.Next(&b)
				s.rows += int64(b.Rows)
			}
			if errors.Is(err, io.EOF) && !errors.Is(err, dataspace.ErrInvalid) {
				return s, nil
			}
		}
	}
	if !errors.As(err, &s.problem) {
		return s, fmt.Errorf("error is not a problem: %w", err)
	}
	return s, nil
}

// others says what the others see, and whether a table that they read whole is
// the one that was seen. rows is -1 where they read none.
func (o oracle) others(path string, s seen) (says string, same bool, err error) {
	switch filepath.Ext(path) {
	case ".parquet":
		if o.Pyarrow != "reads" {
			return "pyarrow refuses it", s.problem != nil, nil
		}
		return fmt.Sprintf("pyarrow: %d rows of %d columns", o.Rows, o.Columns), s.problem == nil && s.rows == o.Rows && s.columns == o.Columns, nil
	case ".csv":
		return o.csv(s)
	}
	n, err := objectLines(path)
	switch {
	case err != nil:
		return "", false, err
	case n < 0:
		return "encoding/json: not an object a line", s.problem != nil, nil
	}
	return fmt.Sprintf("encoding/json: %d objects", n), s.problem == nil && s.rows == int64(n), nil
}

// csv compares the records with those under each delimiter. A table of one
// column has none.
func (o oracle) csv(s seen) (says string, same bool, err error) {
	records, whole := s.rows+s.skipped, ""
	if !s.noHeader {
		records++
	}
	for _, delimiter := range slices.Sorted(maps.Keys(o.ByDelimiter)) {
		d := o.ByDelimiter[delimiter]
		if s.problem == nil && int64(d.Records) == records && d.Columns == s.columns {
			return "", true, nil
		}
		if d.Rectangular && whole == "" {
			whole = fmt.Sprintf("Python: %d records of %d columns", d.Records, d.Columns)
		}
	}
	switch {
	case whole == "" && s.problem != nil:
		return "", true, nil // nor do they read a table
	case whole == "" && len(o.ByDelimiter) == 0:
		return "", s.columns == 1, nil
	case whole == "":
		return "Python: rows of different lengths", false, nil
	}
	return whole, false, nil
}

// objectLines counts the lines if each is an object with at least one member,
// with other keys than one another; -1 where one is not.
func objectLines(path string) (n int, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(bytes.TrimPrefix(raw, []byte("\uFEFF"))) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var object map[string]json.RawMessage
		if !utf8.Valid(line) || json.Unmarshal(line, &object) != nil || object == nil {
			return -1, nil
		}
		n++
	}
	if n == 0 {
		return -1, nil
	}
	return n, nil
}

// unsure are the codes of a file that could be read in two ways.
var unsure = []string{"csv.header.unsure", "csv.prose", "csv.quote.unsure", "files.charset.sniff", "files.charset.none"}

// TestCorpora reads the test files of other projects. What we see is what
// others see, or docs/explanation/corpora.md says who is right.
func TestCorpora(t *testing.T) {
	dir, all := corpora(t)
	if len(all) < 832 {
		t.Errorf("the oracle knows %d files", len(all))
	}
	listed := differences(t)
	var unlisted []string
	found := map[string]int{}
	well, asked := 0, 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
		path := filepath.Join(dir, filepath.FromSlash(name))
		s, err := look(ctx, path)
		late := ctx.Err()
		stop()
		if err != nil || late != nil {
			t.Errorf("%s: %v, %v", name, err, late)
			continue
		}
		says, same, err := all[name].others(path, s)
		if err != nil {
			t.Fatal(err)
		}
		// Python decodes every byte as Latin-1, and nothing else decodes what was
		// broken on purpose.
		broken := all[name].Encoding == "latin-1" && !strings.Contains(name, "latin1")
		whole := same && s.problem == nil || !same && (strings.Contains(says, " records of ") || strings.Contains(says, " rows of ") || strings.Contains(says, " objects"))
		if whole && !broken {
			well++
			if s.problem != nil && slices.Contains(unsure, s.problem.Code) {
				asked++
				t.Logf("unsure: %s: %v", name, s.problem)
			}
		}
		if same {
			continue
		}
		i := slices.IndexFunc(listed, func(d difference) bool { return d.of(name) && d.ours == s.String() })
		if i < 0 {
			unlisted = append(unlisted, fmt.Sprintf("| `%s` | %s | %s | |", name, s, says))
			continue
		}
		found[listed[i].file+listed[i].ours]++
	}
	for _, d := range listed {
		if found[d.file+d.ours] == 0 {
			t.Errorf("no difference any more: %s, %s", d.file, d.ours)
		}
	}
	if len(unlisted) > 0 {
		t.Errorf("docs/explanation/corpora.md does not say who is right:\n%s", strings.Join(unlisted, "\n"))
	}
	t.Logf("%d files, %d that others read whole, %d refused as unsure, %d differences", len(all), well, asked, len(listed))
	if 200*asked > well {
		t.Errorf("%d of %d files that others read are refused as unsure, at most 1 in 200 may be", asked, well)
	}
}

// difference is a row of the table of differences.
type difference struct{ file, ours string }

// of reports whether the row is about a file; a star stands for any text.
func (d difference) of(name string) bool {
	head, tail, star := strings.Cut(d.file, "*")
	if !star {
		return name == d.file
	}
	return len(name) >= len(head)+len(tail) && strings.HasPrefix(name, head) && strings.HasSuffix(name, tail)
}

// differences reads docs/explanation/corpora.md.
func differences(t *testing.T) (out []difference) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "explanation", "corpora.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		if strings.TrimSpace(cells[4]) == "" {
			t.Errorf("who is right is missing: %s", line)
		}
		out = append(out, difference{strings.Trim(cells[1], " `"), strings.TrimSpace(cells[2])})
	}
	return out
}
