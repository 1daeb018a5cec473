package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/profile"
	"hutong/internal/table"
)

// column is a column of a table that is profiled.
type column struct {
	name    string
	comment string
	kind    table.Kind
	values  []string // an empty one is an empty cell
	truth   truth
}

// truth is what a column is.
type truth struct {
	known bool
	// ids are the elements of which each is right. None: the column is no
	// element, or one that has nothing to do with people.
	ids []dataspace.ElementID
}

func is(ids ...dataspace.ElementID) truth { return truth{known: true, ids: ids} }

// plain is the truth of a column that is not about people.
var plain = truth{known: true}

// right reports whether the profile says what the column is.
func (t truth) right(c dataspace.ColumnProfile) bool {
	if len(t.ids) > 0 {
		return c.Element != nil && slices.Contains(t.ids, *c.Element)
	}
	if len(c.Contains) > 0 && slices.ContainsFunc(c.Contains, func(in dataspace.Contained) bool { return personal(in.Element) }) {
		return false
	}
	return c.Element == nil || !personal(*c.Element)
}

// personal reports whether an element says something about a person by itself.
func personal(id dataspace.ElementID) bool {
	e, found := element.Builtin().Lookup(id)
	return found && e.Personal == element.PersonalYes
}

// direct reports whether an element identifies a person.
func direct(id dataspace.ElementID) bool {
	e, found := element.Builtin().Lookup(id)
	return found && e.Personal == element.PersonalYes && e.IDClass == element.Direct
}

// bench is what the sections share.
type bench struct {
	dir     string
	options options
	section string
	judged  []judged
}

// judged is a column with what is known of it and what the profile said.
type judged struct {
	section string
	name    string
	said    string // what the profile said of it
	right   bool
	found   bool // the profile named an element
	band    dataspace.Band
	p       float64
}

// The people of a table are hashed with a key that is always the same, and
// their ages are those of one day, so that two runs say the same.
var (
	hashKey = make([]byte, 32)
	today   = time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)
	classes = []dataspace.CountClass{
		{ID: "all", Fact: "counts.all", Of: dataspace.CountOf{RestOf: []string{"under_14"}}},
		{ID: "under_14", Fact: "counts.under_14", Of: dataspace.CountOf{Below: 14}},
	}
)

// profile profiles a table.
func (b *bench) profile(ctx context.Context, name string, columns []column, system string) (*profile.Result, error) {
	src := &source{name: name, columns: columns}
	res, err := profile.Run(ctx, src, profile.Options{Key: hashKey, Dir: b.dir, On: today, Classes: classes, System: system})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// columns profiles a table for its columns only, and judges those of which the
// truth is known.
func (b *bench) columns(ctx context.Context, columns []column) ([]dataspace.ColumnProfile, error) {
	return b.table(ctx, "table", columns)
}

// table profiles the columns of a table of some name.
func (b *bench) table(ctx context.Context, name string, columns []column) ([]dataspace.ColumnProfile, error) {
	res, err := b.profile(ctx, name, columns, "")
	if err != nil {
		return nil, err
	}
	if err := res.Census.Remove(); err != nil {
		return nil, err
	}
	for i, c := range res.Profile.Columns {
		if t := columns[i].truth; t.known {
			b.judge(c, t.right(c))
		}
	}
	return res.Profile.Columns, nil
}

// judge keeps a column for the section about calibration.
func (b *bench) judge(c dataspace.ColumnProfile, right bool) {
	b.judged = append(b.judged, judged{b.section, c.Name, named(c), right, c.Element != nil, c.Band, c.Confidence})
}

// named writes what the profile says of a column.
func named(c dataspace.ColumnProfile) string {
	out := "nothing"
	if c.Element != nil {
		out = fmt.Sprintf("%s (%s %.2f)", *c.Element, c.Band, c.Confidence)
	}
	for _, in := range c.Contains {
		out += fmt.Sprintf(", contains %s in %d", in.Element, in.Rows)
	}
	return out
}

// source is a table in memory.
type source struct {
	name    string
	columns []column
}

func (s *source) Read(context.Context) (table.Reader, error) { return &reader{source: s}, nil }

func (s *source) Describe() dataspace.ProfileSource {
	return dataspace.ProfileSource{Name: s.name, Format: "csv"}
}

func (s *source) Size() int64 { return int64(s.rows()) }

func (s *source) rows() int {
	if len(s.columns) == 0 {
		return 0
	}
	return len(s.columns[0].values)
}

// reader reads a source in batches.
type reader struct {
	*source
	at int
}

const batchRows = 4096

func (r *reader) Schema() table.Schema {
	var s table.Schema
	for _, c := range r.columns {
		s.Fields = append(s.Fields, table.Field{Name: c.name, Kind: c.kind, Comment: c.comment})
	}
	return s
}

func (r *reader) Offset() int64 { return int64(r.at) }

func (r *reader) Close() error { return nil }

func (r *reader) Next(b *table.Batch) error {
	b.Reset(len(r.columns))
	end := min(r.at+batchRows, r.rows())
	if r.at == end {
		return io.EOF
	}
	for i := range r.columns {
		to := &b.Columns[i]
		for _, v := range r.columns[i].values[r.at:end] {
			to.Start = append(to.Start, uint32(len(to.Data)))
			to.Data = append(to.Data, v...)
			to.End = append(to.End, uint32(len(to.Data)))
		}
	}
	b.Rows = end - r.at
	r.at = end
	return nil
}

func contains(ids []dataspace.ElementID, id dataspace.ElementID) bool {
	return slices.Contains(ids, id)
}
