package deliver

import (
	"fmt"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// Pipeline applies a plan to every cell. It serves one stream and is not safe
// for concurrent use. Its result does not depend on how the rows are divided
// into batches.
//
// Under every action a null stays null and an empty text stays empty: a
// pseudonym of an empty value would look like one more person.
type Pipeline struct {
	in, out table.Schema
	ops     []op
	batch   table.Batch
}

// op is the treatment of one column that leaves.
type op struct {
	source  int // column of the input
	plan    dataspace.ColumnPlan
	run     func(o *op, in *table.Column, out *table.Column, rows int)
	hash    *pseudonymiser
	places  int // generalise to grid: decimal places
	lost    int64
	err     error
	scratch scratch
}

// scratch is a column's own memory, kept from batch to batch.
type scratch struct {
	data       []byte
	start, end []uint32
	null       []uint64
}

// Compile prepares a checked plan for a source of the given schema. recipient
// selects the key of the pseudonyms; keys may be nil when nothing is
// pseudonymised. Errors are those of Check without handling, or those of keys.
func Compile(plan dataspace.Plan, schema table.Schema, recipient string, keys Keys) (*Pipeline, error) {
	if err := (Law{}).Check(plan, schema); err != nil {
		return nil, fmt.Errorf("compile plan: %w", err)
	}
	p := &Pipeline{in: schema}
	var secret []byte
	for _, c := range plan.Columns {
		if c.Action == dataspace.Drop {
			continue
		}
		source := schema.Index(c.Name)
		o := op{source: source, plan: c}
		kind := schema.Fields[source].Kind
		switch c.Action {
		case dataspace.Keep:
			o.run = (*op).keep
		case dataspace.Truncate:
			o.run, kind = (*op).truncate, table.String
		case dataspace.Mask:
			o.run, kind = (*op).mask, table.String
		case dataspace.Pseudonymise:
			if secret == nil {
				var err error
				if secret, err = pseudonymKey(recipient, keys); err != nil {
					return nil, err
				}
			}
			o.run, kind = (*op).pseudonymise, table.String
			o.hash = newPseudonymiser(secret, c)
		case dataspace.Generalise:
			if c.To == toGrid {
				o.run, o.places = (*op).grid, decimals(c.Grid)
				if kind = kind.Base(); kind == table.Integer || kind == table.Number {
					kind = table.Number
				} else {
					kind = table.String
				}
			} else {
				o.run, kind = (*op).date, table.String
			}
		}
		p.ops = append(p.ops, o)
		p.out.Fields = append(p.out.Fields, table.Field{Name: c.Name, Kind: kind})
	}
	return p, nil
}

func pseudonymKey(recipient string, keys Keys) ([]byte, error) {
	if keys == nil {
		return nil, fmt.Errorf("find pseudonym key: none configured: %w", dataspace.ErrUnavailable)
	}
	key, err := keys.PseudonymKey(recipient)
	if err != nil {
		return nil, fmt.Errorf("find pseudonym key: %w", err)
	}
	if len(key) < 32 {
		return nil, fmt.Errorf("find pseudonym key: %d bytes are too few: %w", len(key), dataspace.ErrInvalid)
	}
	return key, nil
}

// Schema lists the columns that leave, in the order of the plan.
func (p *Pipeline) Schema() table.Schema { return p.out }

// Lost is the number of values so far that could not be generalised and became
// null, over all columns.
func (p *Pipeline) Lost() int64 {
	var n int64
	for i := range p.ops {
		n += p.ops[i].lost
	}
	return n
}

// Apply treats a batch. The result is valid until the next call and only while
// in is valid. It returns dataspace.ErrConflict when in does not have the
// compiled schema.
func (p *Pipeline) Apply(in *table.Batch) (*table.Batch, error) {
	if in.Rows > 0 && len(in.Columns) != len(p.in.Fields) {
		return nil, fmt.Errorf("enforce plan: batch of %d columns, expected %d: %w", len(in.Columns), len(p.in.Fields), dataspace.ErrConflict)
	}
	p.batch.Reset(len(p.ops))
	p.batch.Rows, p.batch.First = in.Rows, in.First
	if in.Rows == 0 {
		return &p.batch, nil
	}
	for i := range p.ops {
		column := &in.Columns[p.ops[i].source]
		if len(column.Start) != in.Rows || len(column.End) != in.Rows {
			return nil, fmt.Errorf("enforce plan: column %q has no cells: %w", p.ops[i].plan.Name, dataspace.ErrConflict)
		}
	}
	// Hashing is most of the work, so those columns run in parallel with the
	// others. Each column has its own memory, so the result is the same.
	var aside sync.WaitGroup
	for i := range p.ops {
		o := &p.ops[i]
		if o.hash != nil && in.Rows >= worthAside {
			aside.Go(func() { p.treat(i, in) })
		}
	}
	for i := range p.ops {
		if p.ops[i].hash == nil || in.Rows < worthAside {
			p.treat(i, in)
		}
	}
	aside.Wait()
	for i := range p.ops {
		if err := p.ops[i].err; err != nil {
			return nil, err
		}
	}
	return &p.batch, nil
}

// worthAside is the number of hashed rows from which a separate goroutine is
// faster.
const worthAside = 256

// treat treats one column. A batch with inconsistent cells must not stop the
// process.
func (p *Pipeline) treat(i int, in *table.Batch) {
	o := &p.ops[i]
	defer func() {
		if r := recover(); r != nil {
			o.err = fmt.Errorf("enforce plan: column %q: panic: %v", o.plan.Name, r)
		}
	}()
	o.run(o, &in.Columns[o.source], &p.batch.Columns[i], in.Rows)
}

// own returns the column's own memory for rows cells; size is an estimate of
// the bytes they need.
func (o *op) own(rows, size int) *scratch {
	s := &o.scratch
	if cap(s.start) < rows {
		s.start, s.end = make([]uint32, rows), make([]uint32, rows)
	}
	if cap(s.data) < size {
		s.data = make([]byte, 0, size)
	}
	s.start, s.end, s.data = s.start[:rows], s.end[:rows], s.data[:0]
	return s
}

// publish makes the column's own memory the output.
func (s *scratch) publish(out *table.Column, null []uint64) {
	out.Data, out.Start, out.End = s.data, s.start, s.end
	out.Null, out.Literal = null, nil
	out.Dict, out.Codes = nil, nil
}
