package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

// ErrNotAgreed marks the Problem of a delivery that is not what was agreed. Its
// message names columns of the plan and nothing that the sender sent.
var ErrNotAgreed = errors.New("this was not agreed")

func otherColumns(message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "delivery.columns", Err: ErrNotAgreed,
		Message: message, Hint: "ask the sender: the file did not follow the agreed plan, and was removed"}
}

func otherTypes(column int, name string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "delivery.types", Err: ErrNotAgreed,
		Message: fmt.Sprintf("column %d (%q) has values of a type that the plan does not give", column+1, name),
		Hint:    "ask the sender: the file did not follow the agreed plan, and was removed"}
}

// otherRows is of a file that has other rows than its sender said. The rest is
// not read where it has more.
func otherRows(got, said int64) error {
	rows := fmt.Sprintf("%d rows", got)
	if got > said {
		rows = fmt.Sprintf("more than %d rows", said)
	}
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "delivery.rows", Err: ErrNotAgreed,
		Message: fmt.Sprintf("the file has %s, and its sender said %d", rows, said),
		Hint:    "ask the sender: the file was removed"}
}

func unreadable(plan dataspace.Plan, rows int64, cause error) error {
	code := "no code"
	var p *dataspace.Problem
	if errors.As(cause, &p) {
		code = p.Code // the message can name what was sent
	}
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "delivery.format", Err: ErrNotAgreed,
		Message: fmt.Sprintf("after %d rows the file cannot be read as %s (%s)", rows, plan.Format, code),
		Hint:    "ask the sender: the file was removed"}
}

func tooLarge(most int64) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "delivery.size", Err: ErrNotAgreed,
		Message: fmt.Sprintf("more than the %d bytes came that were announced at most", most),
		Hint:    "ask the sender: what had arrived was removed"}
}

// leaving lists the columns that leave under the plan, in order.
func leaving(plan dataspace.Plan) []dataspace.ColumnPlan {
	var out []dataspace.ColumnPlan
	for _, c := range plan.Columns {
		if c.Action != dataspace.Drop {
			out = append(out, c)
		}
	}
	return out
}

// text reports whether the plan makes text of a column, whatever it was.
func text(c dataspace.ColumnPlan) bool {
	return c.Action != dataspace.Keep && c.Action != dataspace.Drop && !(c.Action == dataspace.Generalise && c.To == toGrid)
}

// fits reports whether a column of the kind can be what the plan makes of it. A
// column that is kept has the type of its source, which the plan does not say.
func fits(c dataspace.ColumnPlan, k table.Kind) bool {
	return k == table.Unknown || k == table.String || !text(c) && (c.Action == dataspace.Keep || k == table.Number)
}

// examine reads the whole delivery, which is not yet visible, and compares it
// with what was agreed: format, columns, types and rows. It keeps one batch in
// memory.
func (req *Request) examine(ctx context.Context, file io.ReaderAt, r Result) (err error) {
	if req.Most != nil && r.Rows > req.Most.Rows {
		return otherRows(r.Rows, req.Most.Rows)
	}
	columns := leaving(req.Plan)
	var want table.Schema
	for _, c := range columns {
		want.Fields = append(want.Fields, table.Field{Name: c.Name})
	}
	in, err := format.NewReader(req.Plan.Format, file, r.Size, want)
	if err != nil {
		return req.misread(0, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := sameColumns(columns, in.Schema()); err != nil {
		return err
	}
	if p, ok := in.(interface{ Rows() int64 }); ok && r.Rows >= 0 && p.Rows() != r.Rows {
		return otherRows(p.Rows(), r.Rows)
	}
	return req.examineRows(ctx, in, columns, r)
}

func (req *Request) examineRows(ctx context.Context, in table.Reader, columns []dataspace.ColumnPlan, r Result) error {
	var b table.Batch
	var rows int64
	for ctx.Err() == nil {
		err := in.Next(&b)
		if errors.Is(err, io.EOF) {
			if r.Rows >= 0 && rows != r.Rows {
				return otherRows(rows, r.Rows)
			}
			return nil
		}
		if err != nil {
			return req.misread(rows, err)
		}
		if rows += int64(b.Rows); r.Rows >= 0 && rows > r.Rows {
			return otherRows(rows, r.Rows)
		}
		if req.Most != nil && rows > req.Most.Rows {
			return otherRows(rows, req.Most.Rows)
		}
		for i, c := range columns {
			if text(c) && literals(&b.Columns[i]) {
				return otherTypes(i, c.Name)
			}
		}
	}
	return unreachable(context.Cause(ctx))
}

func literals(c *table.Column) bool {
	n := 0
	for _, word := range c.Literal {
		n += bits.OnesCount64(word)
	}
	return n > 0
}

func sameColumns(columns []dataspace.ColumnPlan, got table.Schema) error {
	for i, c := range columns {
		if i >= len(got.Fields) || got.Fields[i].Name != c.Name {
			return otherColumns(fmt.Sprintf("column %d of %d is not %q", i+1, len(columns), c.Name))
		}
		if !fits(c, got.Fields[i].Kind) {
			return otherTypes(i, c.Name)
		}
	}
	if len(got.Fields) > len(columns) {
		return otherColumns(fmt.Sprintf("there are %d columns, and the plan has %d", len(got.Fields), len(columns)))
	}
	return nil
}

// misread says why the delivery cannot be read: because of this disk, or because
// of what was sent.
func (req *Request) misread(rows int64, err error) error {
	var p *dataspace.Problem
	switch {
	case errors.Is(err, dataspace.ErrUnavailable):
		return local("read part", err)
	case errors.As(err, &p) && p.Code == format.CodeColumns:
		return otherColumns(fmt.Sprintf("after %d rows or more %s", rows, p.Message))
	}
	return unreadable(req.Plan, rows, err)
}
