package files

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/csv"
	"hutong/internal/table/format"
	"hutong/internal/table/heading"
)

// finding is what one file says about its columns.
type finding struct {
	schema table.Schema
	layout csv.Layout // of csv
	doubt  error      // it does not say whether it has a header
}

// sign tells files of other columns apart.
func (f *finding) sign(of string) string {
	switch {
	case f.doubt != nil:
		return ""
	case of == format.JSONL: // its keys may be spread over the files
		return of
	}
	var b strings.Builder
	b.WriteString(of)
	for _, field := range f.schema.Fields {
		fmt.Fprintf(&b, " %q %d", field.Name, field.Kind.Base())
	}
	return b.String()
}

// settle reads the columns of every file and checks that they agree. A file
// that differs is one that differs from most. It keeps how each file was read,
// so that it is read the same way again.
func (s *Source) settle() error {
	found := make([]finding, len(s.parts))
	count := map[string]int{}
	for i := range s.parts {
		if err := found[i].read(&s.parts[i]); err != nil {
			return err
		}
		count[found[i].sign(s.parts[i].shape.format)]++
	}
	delete(count, "")
	if len(count) == 0 {
		return found[0].doubt
	}
	main, most := 0, 0
	for i := range found {
		if n := count[found[i].sign(s.parts[i].shape.format)]; n > most {
			main, most = i, n
		}
	}
	s.schema = table.Schema{Fields: slices.Clone(found[main].schema.Fields)}
	for i := range s.parts {
		if err := s.agree(i, main, found); err != nil {
			return err
		}
	}
	return s.names()
}

// read reads the columns of a file.
func (f *finding) read(p *part) error {
	r, err := p.open(table.Schema{}, nil)
	if csv.Unsure(err) {
		f.doubt = err
		return nil
	}
	if err != nil {
		return err
	}
	f.doubt, f.schema = nil, r.Schema()
	if c, ok := r.Reader.(*csv.Reader); ok {
		f.layout = c.Layout()
	}
	if err := r.Close(); err != nil {
		return ioProblem("close", p.name, err)
	}
	return nil
}

// agree compares file i with the main one, whose header decides where a file
// alone does not show whether it has one.
func (s *Source) agree(i, main int, found []finding) error {
	p, with, f := &s.parts[i], &s.parts[main], &found[i]
	if p.shape.format != with.shape.format {
		return differ(p.name, fmt.Sprintf("the file is %s, but %s is %s", p.shape.format, with.name, with.shape.format))
	}
	if p.shape.format == format.CSV {
		want := found[main].layout.Header
		switch {
		case f.doubt == nil && f.layout.Header == want:
		case f.doubt == nil && f.layout.Sure && want == csv.WithHeader:
			return differ(p.name, "the first line of the file is a row, but that of "+with.name+" names the columns")
		case f.doubt == nil && f.layout.Sure:
			return differ(p.name, "the first line of the file names the columns, but that of "+with.name+" is a row")
		default:
			p.shape.header = want
			if err := f.read(p); err != nil {
				return err
			}
		}
		p.shape.header, p.shape.skip, p.shape.delimiter = f.layout.Header, f.layout.Skip, f.layout.Delimiter
	}
	if p.shape.format == format.JSONL {
		for _, field := range f.schema.Fields {
			if s.schema.Index(field.Name) < 0 {
				s.schema.Fields = append(s.schema.Fields, field)
			}
		}
		return nil
	}
	if d := difference(s.schema, f.schema, with.name); d != "" {
		return differ(p.name, d)
	}
	for i, field := range f.schema.Fields {
		if k := &s.schema.Fields[i].Kind; *k != field.Kind {
			*k = k.Base() // its values fit no one form
		}
	}
	return nil
}

// difference says in words how got differs from want, the schema of the file
// called with. It shows no name of got: that can be a cell, if the file has no
// header or is no table at all.
func difference(want, got table.Schema, with string) string {
	for i, f := range want.Fields {
		switch at := got.Index(f.Name); {
		case at < 0 && len(got.Fields) == len(want.Fields):
			return fmt.Sprintf("column %d of the file is not called %q as in %s", i+1, f.Name, with)
		case at < 0:
			return fmt.Sprintf("the file has %d columns, %s has %d: there is no column %q", len(got.Fields), with, len(want.Fields), f.Name)
		case at != i && len(got.Fields) == len(want.Fields):
			return fmt.Sprintf("the column %q is number %d, but number %d in %s", f.Name, at+1, i+1, with)
		case got.Fields[at].Kind.Base() != f.Kind.Base():
			return fmt.Sprintf("the column %q has another type than in %s", f.Name, with)
		}
	}
	for i, f := range got.Fields {
		if want.Index(f.Name) < 0 {
			return fmt.Sprintf("the file has %d columns, %s has %d: it has none like column %d", len(got.Fields), with, len(want.Fields), i+1)
		}
	}
	return ""
}

func differ(name, message string) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "files.schema", Place: name, Message: message,
		Hint: "all files of a directory must have one format and the same columns; take the file out, or give it as a source of its own",
	}
}

// names refuses a name of a column that identifies a person: names stand in
// plans and offers, which others see before anything is cleared.
func (s *Source) names() error {
	for i, f := range s.schema.Fields {
		if _, certain := heading.Person(f.Name); certain {
			return &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "files.column.person", Place: fmt.Sprintf("%s, column %d", s.name, i+1),
				Message: "the name of the column is a person's identifier",
				Hint:    "give the column another name, or put the identifiers into a column of their own; if the file has no header, say --no-header",
			}
		}
	}
	return nil
}
