package dataspace

import "strings"

// Contradiction is two statements of which at least one is false. Nothing is
// cleared, approved or filed over it. It never contains a value of a cell or an
// answer.
type Contradiction struct {
	Code string `json:"code"` // stable, dotted, lower case: "contradiction.counts"
	// A and B are the two places, each with what it says.
	A  Text `json:"a"`
	B  Text `json:"b"`
	Is Text `json:"is"` // why both cannot be true; one sentence without a full stop
	Do Text `json:"do"` // what to do
}

// Place names both places in English.
func (c *Contradiction) Place() string { return c.A.EN + " and " + c.B.EN }

// Problem is the contradiction as an error for people.
func (c *Contradiction) Problem() *Problem {
	return &Problem{Kind: ErrContradiction, Code: c.Code, Place: c.Place(), Message: c.Is.EN, Hint: c.Do.EN}
}

// Contradictions are all that one check found. A list that is not empty is an
// error of kind ErrContradiction; Err makes it one.
type Contradictions []Contradiction

// Err is the list as an error; nil if it is empty.
func (c Contradictions) Err() error {
	if len(c) == 0 {
		return nil
	}
	return c
}

// Error writes one line for each.
func (c Contradictions) Error() string {
	lines := make([]string, len(c))
	for i := range c {
		lines[i] = c[i].Problem().Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.As find the first problem, and errors.Is the kind.
func (c Contradictions) Unwrap() []error {
	out := make([]error, len(c))
	for i := range c {
		out[i] = c[i].Problem()
	}
	return out
}
