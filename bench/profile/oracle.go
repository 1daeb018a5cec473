package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"
)

//go:embed oracle.py
var oraclePy string

// oracle has python-stdnum, an independent library, check the generated values,
// if it is installed (Debian: python3-stdnum). A value that it refuses ends the
// measurement: the generator is wrong then.
func (r *report) oracle(ctx context.Context, all []kind) error {
	values := map[string][]string{}
	for _, k := range all {
		if k.oracle != "" {
			m := newMaker("oracle "+k.name, 0)
			values[k.oracle] = append(values[k.oracle], many(200, func() string { return k.make(m) })...)
		}
	}
	in, err := json.Marshal(values)
	if err != nil {
		return err
	}
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		cmd := exec.CommandContext(ctx, python, "-c", oraclePy)
		cmd.Stdin = bytes.NewReader(in)
		raw, err := cmd.Output()
		if err != nil {
			continue // no such program, or without the library
		}
		var out struct {
			Version string
			Checked int
			Refused []string
		}
		if err := json.Unmarshal(raw, &out); err != nil {
			return fmt.Errorf("oracle: %w", err)
		}
		if len(out.Refused) > 0 {
			return fmt.Errorf("python-stdnum %s refuses %d values, the first is %s", out.Version, len(out.Refused), out.Refused[0])
		}
		r.Notes = append(r.Notes, fmt.Sprintf("python-stdnum %s agrees with the generator: %d values of %d formats", out.Version, out.Checked, len(values)))
		return nil
	}
	r.Notes = append(r.Notes, "python-stdnum is not installed: nothing else has checked the generator in this run")
	return nil
}
