package api

import (
	"bytes"
	"encoding/json"
	"fmt"

	"hutong/internal/dataspace"
)

// Stored data and data on the wire have separate types: a row may get a field
// that callers must not see, and the wire does not change when a row changes.
// If both have the same names, which a test checks, one is converted to the
// other through its JSON.

// wired converts a result of a service to its type on the wire. It leaves out
// fields that the wire type does not have.
func wired[W any](row any) (W, error) {
	var out W
	data, err := json.Marshal(row)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		return out, fmt.Errorf("make answer of %T: %w", row, err)
	}
	return out, nil
}

// unwired converts a type on the wire to the input of a service. It refuses an
// unknown name and does not drop it.
func unwired[R any](wire any) (R, error) {
	var out R
	data, err := json.Marshal(wire)
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		err = dec.Decode(&out)
	}
	if err != nil {
		return out, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "request.form", Message: "the request does not fit", Err: err}
	}
	return out, nil
}

// answer is the result of a service in its form on the wire.
func answer[W, R any](row R, err error) (*body[W], error) {
	if err != nil {
		return nil, err
	}
	w, err := wired[W](row)
	return &body[W]{w}, err
}

// wiredAll is wired for a list; an empty one is [] rather than null.
func wiredAll[W, R any](rows []R) ([]W, error) {
	out := make([]W, 0, len(rows))
	for _, r := range rows {
		w, err := wired[W](r)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}
