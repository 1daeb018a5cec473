package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"hutong/bench/pair"
	"hutong/client"
	"hutong/internal/dataspace"
)

// compare holds the recipient's file against the source: each column that is
// kept has the same cells, each that is dropped is gone, and of one that is
// pseudonymised or masked each cell has another value than before.
func compare(ctx context.Context, p *pair.Pair, f client.Flow, source string, rows int64) (err error) {
	began := time.Now()
	var plan dataspace.Plan
	if err := p.Provider.Flows().Document(ctx, f.ID, "plan", &plan); err != nil {
		return err
	}
	for _, c := range plan.Columns {
		fmt.Printf("  %-12s %s\n", c.Action, c.Name)
	}
	path, err := arrived(ctx, p)
	if err != nil {
		return err
	}
	sent, closeSent, err := open(source)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeSent()) }()
	got, closeGot, err := open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeGot()) }()
	cells, n, err := compareRows(ctx, plan, sent, got)
	if err != nil {
		return err
	}
	if n != rows || f.Delivered.Rows != rows {
		return fmt.Errorf("%d rows were sent, %d arrived, the receipt says %d", rows, n, f.Delivered.Rows)
	}
	fmt.Printf("compared: %d rows, %d cells, all as planned (%s)\n", n, cells, seconds(time.Since(began)))
	return nil
}

// arrived is the one file that the recipient has.
func arrived(ctx context.Context, p *pair.Pair) (string, error) {
	list, err := client.Collect(p.Consumer.Flows().List(ctx, client.FlowFilter{}))
	if err != nil {
		return "", err
	}
	if len(list) != 1 || list[0].Delivered == nil {
		return "", fmt.Errorf("the recipient has %d flows, expected one that was delivered", len(list))
	}
	return list[0].Delivered.Path, nil
}

func open(path string) (*csv.Reader, func() error, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	r := csv.NewReader(f)
	r.ReuseRecord = true
	return r, f.Close, nil
}

func compareRows(ctx context.Context, plan dataspace.Plan, sent, got *csv.Reader) (cells, rows int64, err error) {
	head, err := sent.Read()
	if err != nil {
		return 0, 0, err
	}
	head = slices.Clone(head)
	arrived, err := got.Read()
	if err != nil {
		return 0, 0, err
	}
	arrived = slices.Clone(arrived)
	type column struct {
		from, to int
		action   dataspace.Action
	}
	var columns []column
	for _, c := range plan.Columns {
		from, to := slices.Index(head, c.Name), slices.Index(arrived, c.Name)
		if from < 0 || (to < 0) != (c.Action == dataspace.Drop) {
			return 0, 0, fmt.Errorf("column %s: %s, but it is in place %d of the source and %d of what arrived", c.Name, c.Action, from, to)
		}
		if c.Action != dataspace.Drop {
			columns = append(columns, column{from, to, c.Action})
		}
	}
	if len(columns) != len(arrived) || len(plan.Columns) != len(head) {
		return 0, 0, fmt.Errorf("columns that no plan names: %s", strings.Join(arrived, ", "))
	}
	for {
		a, errA := sent.Read()
		b, errB := got.Read()
		if errA == io.EOF && errB == io.EOF {
			return cells, rows, nil
		}
		if err := errors.Join(errA, errB, ctx.Err()); err != nil {
			return cells, rows, fmt.Errorf("row %d: %w", rows+1, err)
		}
		rows++
		for _, c := range columns {
			if !asPlanned(c.action, a[c.from], b[c.to]) {
				return cells, rows, fmt.Errorf("row %d, column %s: the cell is not as planned", rows, head[c.from])
			}
		}
		cells += int64(len(columns))
	}
}

func asPlanned(action dataspace.Action, was, is string) bool {
	switch action {
	case dataspace.Keep:
		return was == is
	case dataspace.Pseudonymise, dataspace.Mask:
		return was == "" || is != "" && was != is
	}
	return len(is) <= len(was)
}
