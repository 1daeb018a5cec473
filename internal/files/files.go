// Package files opens tables stored in files, and writes files that appear
// complete or not at all.
//
// Open detects format, charset and delimiter; Options override what it would
// detect. It reads local files: it supports no databases and no object stores,
// unpacks no archives, and does not change its input.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/charset"
	"hutong/internal/table/csv"
	"hutong/internal/table/dialect"
	"hutong/internal/table/format"
)

// Options says what is known about a source. An empty field is detected.
type Options struct {
	Format    string // csv, jsonl, parquet
	Charset   string // see --charset: utf-8, gb18030, utf-16le, ...
	Delimiter string // one character, or "tab"
	Dialect   string // of csv, see dialect.Parse
	Header    string // of csv: yes, or no: the first line is a row
	Skip      int    // of csv: lines above the header or the first row
}

// Source is a table in one file, or in the files of a directory, which have one
// format and one schema and are read in the order of their names. It keeps no
// file open and may be read several times, also concurrently.
type Source struct {
	root   root
	path   string
	name   string
	parts  []part
	stamp  string
	schema table.Schema
}

// part is one file of a source.
type part struct {
	root  root
	path  string
	name  string
	info  fs.FileInfo
	shape shape
}

// shape is how to read a file.
type shape struct {
	format    string
	charset   string           // of text formats
	delimiter byte             // of csv; 0 to detect
	dialect   *dialect.Dialect // of csv; nil: as RFC 4180
	header    csv.Header
	skip      int
}

// Open examines the file or directory at path. In a directory it skips files
// and directories whose names begin with "." or "_", and refuses other
// directories. The error is a *dataspace.Problem: ErrNotFound, ErrDenied
// (permissions) or ErrInvalid.
func Open(path string, opt Options) (*Source, error) { return Place{Path: path}.Open(opt) }

func open(at root, path string, opt Options) (*Source, error) {
	want, err := opt.shape()
	if err != nil {
		return nil, err
	}
	parts, err := list(at, path)
	if err != nil {
		return nil, err
	}
	s := &Source{root: at, path: path, name: baseName(path), parts: parts, stamp: stamp(parts)}
	for i := range s.parts {
		if err := s.parts[i].look(want); err != nil {
			return nil, err
		}
	}
	if err := s.settle(); err != nil {
		return nil, err
	}
	return s, nil
}

// shape checks the options.
func (o Options) shape() (shape, error) {
	cs, err := charset.Named(o.Charset)
	if err != nil {
		return shape{}, err
	}
	if o.Format != "" {
		if err := format.Check(o.Format); err != nil {
			return shape{}, err
		}
	}
	s := shape{format: o.Format, charset: cs, header: csv.Header(o.Header), skip: o.Skip}
	if !slices.Contains([]csv.Header{csv.Detect, csv.WithHeader, csv.NoHeader}, s.header) || o.Skip < 0 {
		return shape{}, &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.header",
			Message: fmt.Sprintf("header %q and %d lines to skip cannot be", o.Header, o.Skip),
			Hint:    "header is yes or no, and the number of lines is 0 or more",
		}
	}
	given, err := dialect.Parse(o.Dialect)
	if err != nil {
		return shape{}, err
	}
	if o.Dialect != "" {
		s.dialect, s.delimiter = &given, given.Delimiter
	}
	switch d := o.Delimiter; {
	case d == "":
	case d == "tab" || d == `\t`:
		s.delimiter = '\t'
	case len(d) == 1 && csv.Delimits(d[0]):
		s.delimiter = d[0]
	default:
		return shape{}, &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.delimiter",
			Message: fmt.Sprintf("%q cannot be a delimiter", d),
			Hint:    `give one ASCII character, or "tab"`,
		}
	}
	if given.Delimiter != 0 && given.Delimiter != s.delimiter {
		return shape{}, &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.dialect",
			Message: "dialect and delimiter name different signs between cells", Hint: "leave one of them out",
		}
	}
	if s.dialect != nil && s.delimiter == 0 && !given.Standard() {
		s.delimiter = ','
	}
	return s, nil
}

// Describe says what was detected. It does not hash: see the reader's Digest.
func (s *Source) Describe() dataspace.ProfileSource {
	d := dataspace.ProfileSource{Name: s.name, Format: s.parts[0].shape.format, Files: len(s.parts)}
	var charsets []string
	for _, p := range s.parts {
		if c := p.shape.charset; c != "" && !slices.Contains(charsets, c) {
			charsets = append(charsets, c)
		}
	}
	slices.Sort(charsets)
	d.Charset = strings.Join(charsets, ", ")
	if first := s.parts[0].shape; first.format == format.CSV {
		d.Skipped = first.skip
		if first.header == csv.NoHeader {
			d.Header = dataspace.HeaderNone
		}
	}
	return d
}

// Schema is the columns of the table.
func (s *Source) Schema() table.Schema { return s.schema }

// Size is the bytes of all files.
func (s *Source) Size() int64 { return size(s.parts) }

func size(parts []part) int64 {
	var n int64
	for _, p := range parts {
		n += p.info.Size()
	}
	return n
}

// Stamp changes when a file is replaced, changed, added or removed. It is
// computed from names, sizes, modification times and file numbers.
func (s *Source) Stamp() string { return s.stamp }

// baseName is the last part of a path, also of "." and "dir/".
func baseName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return filepath.Base(path)
}

// ioProblem makes an error of the operating system readable for people.
func ioProblem(verb, name string, err error) error {
	p := &dataspace.Problem{
		Kind: dataspace.ErrUnavailable, Code: "files.io", Place: name,
		Message: "cannot " + verb, Err: cause(err),
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Kind, p.Code, p.Message, p.Err = dataspace.ErrNotFound, "files.missing", "there is no such file or directory", nil
		p.Hint = "check the path; it is taken relative to the directory you are in"
	case errors.Is(err, fs.ErrPermission):
		p.Kind, p.Code = dataspace.ErrDenied, "files.permission"
		p.Hint = "give the user of this process permission to access it"
	}
	return p
}

// cause removes the operation and path that the os package puts into errors,
// because Place has them already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
