package api

import (
	"bytes"
	"encoding/json"
	"fmt"

	"hutong/internal/dataspace"
)

// What is stored and what is on the wire are types of their own: a row may get
// a field that nobody outside is to see, and what clients rely on stays when a
// row changes. Where both have the same names, which a test compares, one is
// made of the other through its JSON.

// wired turns what a service says into what is on the wire. What the wire
// does not know stays here.
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

// unwired turns what came over the wire into what a service takes. A name that
// it does not know is refused, not dropped.
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

// answer is what a service said, as it is on the wire.
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
