package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/table"
)

// job is everything that the bytes of one delivery depend on.
type job struct {
	grant    *Grant
	elements *element.Taxonomy // for the guard
	source   Source
	keys     Keys
	write    NewWriter
}

// leaf is a piece of output on its way from production to sending.
type leaf struct {
	data []byte
	rows int64 // made so far, this leaf included
}

// leafPool reuses the memory of leaves. A small delivery never allocates a full
// leaf.
var leafPool = sync.Pool{New: func() any { return new(leaf) }}

// produce makes the delivery from the start of its source and passes it to emit
// leaf by leaf. Production (read, enforce, guard, encode) and sending run in
// parallel with at most a few leaves between them. The leaves form a valid
// delivery only when produce returns without an error, because the source is
// compared with the profile at the very end.
//
// Errors: dataspace.ErrConflict when the source differs from the profile,
// dataspace.ErrDenied from the guard, any error of the reader, and any error of
// emit.
func produce(ctx context.Context, j job, emit func(data []byte, rows int64) error) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &leafWriter{ctx: ctx, out: make(chan *leaf, 2), cur: leafPool.Get().(*leaf)}
	var made error
	go func() {
		defer close(w.out)
		defer func() {
			if r := recover(); r != nil {
				made = fmt.Errorf("make delivery: panic: %v", r)
			}
		}()
		made = j.make(ctx, w)
	}()
	t := newTree()
	var rows int64
	var sent error
	for l := range w.out {
		if sent == nil {
			t.addLeaf(l.data)
			rows = l.rows
			if sent = emit(l.data, l.rows); sent != nil {
				cancel() // and drain
			}
		}
		l.data = l.data[:0]
		leafPool.Put(l)
	}
	if sent != nil {
		return Result{}, sent
	}
	if made != nil {
		return Result{}, made
	}
	return t.result(max(rows, w.rows)), nil
}

// make runs the pipeline into w.
func (j *job) make(ctx context.Context, w *leafWriter) (err error) {
	if err := j.sameSource(); err != nil {
		return err
	}
	r, err := j.source.Read(ctx)
	if err != nil {
		return fmt.Errorf("read source: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	pipeline, err := Compile(j.grant.Plan, r.Schema(), j.grant.Recipient, j.keys)
	if err != nil {
		return err
	}
	guard := NewGuard(j.elements, j.grant.Plan, j.grant.Profile)
	enc, err := j.write(j.grant.Plan.Format, w, pipeline.Schema())
	if err != nil {
		return fmt.Errorf("write delivery: %w", err)
	}
	var in table.Batch
	for {
		err := r.Next(&in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read source: %w", err)
		}
		out, err := pipeline.Apply(&in)
		if err != nil {
			return err
		}
		if err := guard.Check(out); err != nil {
			return err
		}
		if err := enc.Write(out); err != nil {
			return fmt.Errorf("write delivery: %w", err)
		}
		w.rows += int64(out.Rows)
	}
	if err := j.sameDigest(r); err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return fmt.Errorf("write delivery: %w", err)
	}
	return w.flush()
}

// sameSource compares stamps. The comparison is cheap and can be done before
// reading.
func (j *job) sameSource() error {
	if j.grant.Stamp != "" && j.source.Stamp() != j.grant.Stamp {
		return sourceChanged()
	}
	return nil
}

// sameDigest compares the bytes read with those that were profiled and cleared.
func (j *job) sameDigest(r table.Reader) error {
	d, ok := r.(digester)
	if !ok {
		return fmt.Errorf("read source: its reader does not hash: %w", dataspace.ErrInvalid)
	}
	if got, known := d.Digest(); !known || got != j.grant.Profile.Source.SHA256 {
		return sourceChanged()
	}
	return nil
}

func sourceChanged() error {
	return &dataspace.Problem{
		Kind: dataspace.ErrConflict, Code: "deliver.source.changed", Place: "source",
		Message: "it has changed since it was profiled and cleared",
		Hint:    "send it again as a new flow, so that its present content is profiled and cleared",
	}
}

// leafWriter divides its input into leaves.
type leafWriter struct {
	ctx  context.Context
	out  chan *leaf
	cur  *leaf
	rows int64
}

// Write takes p and passes on every leaf that became full.
func (w *leafWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		part := p[:min(len(p), LeafSize-len(w.cur.data))]
		w.cur.data = append(w.cur.data, part...)
		p = p[len(part):]
		if len(w.cur.data) == LeafSize {
			if err := w.pass(); err != nil {
				return n - len(p), err
			}
		}
	}
	return n, nil
}

func (w *leafWriter) flush() error {
	if len(w.cur.data) == 0 {
		return nil
	}
	return w.pass()
}

func (w *leafWriter) pass() error {
	w.cur.rows = w.rows
	select {
	case w.out <- w.cur:
		w.cur = leafPool.Get().(*leaf)
		return nil
	case <-w.ctx.Done():
		return context.Cause(w.ctx)
	}
}
