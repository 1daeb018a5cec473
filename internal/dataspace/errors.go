package dataspace

import (
	"errors"
	"fmt"
	"strings"
)

// Sentinel errors. Every error that crosses a package boundary wraps one of
// them; test with errors.Is.
var (
	ErrNotFound = errors.New("not found")
	// ErrStale means that another caller changed the row after it was read.
	// Nothing was changed. The caller reads the row again and decides again.
	ErrStale = errors.New("changed meanwhile")
	// ErrConflict means that the row exists already, or that its state does not
	// allow the change. Another try gives the same result.
	ErrConflict        = errors.New("conflict")
	ErrInvalid         = errors.New("invalid")
	ErrDenied          = errors.New("denied")
	ErrNotCleared      = errors.New("not cleared")
	ErrUnavailable     = errors.New("unavailable")
	ErrPeerUnreachable = errors.New("peer unreachable")
	ErrUnauthenticated = errors.New("unauthenticated")
	ErrEvidence        = errors.New("evidence does not verify")
	// ErrContradiction means that two statements cannot both be true. Another
	// try gives the same result until a person puts one of them right. It is an
	// ErrConflict too.
	ErrContradiction = fmt.Errorf("contradiction: %w", ErrConflict)
)

// Problem is an error for people: what is wrong, where, and what to do. It
// never contains a cell's value or a token.
type Problem struct {
	Kind    error  // one of the sentinels
	Code    string // stable, dotted, lower case: "csv.row.fields"
	Message string // one sentence without a full stop
	Place   string // file, row, column or field; empty when there is none
	Hint    string // what to do; empty when there is nothing to say
	Err     error  // cause, may be nil
}

// Error returns place, message and cause. The caller that shows the error to a
// person prints the hint on its own line.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Place != "" {
		b.WriteString(p.Place)
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	if p.Err != nil {
		b.WriteString(": ")
		b.WriteString(p.Err.Error())
	}
	return b.String()
}

// Unwrap makes errors.Is find both the kind and the cause.
func (p *Problem) Unwrap() []error {
	if p.Err == nil {
		return []error{p.Kind}
	}
	return []error{p.Kind, p.Err}
}

// Hint returns the hint of the outermost Problem in err that has one.
func Hint(err error) string {
	var p *Problem
	for errors.As(err, &p) {
		if p.Hint != "" {
			return p.Hint
		}
		err = p.Err
		p = nil
	}
	return ""
}

// CheckStored refuses a row that a newer version of the program has stored,
// because this version would drop the new members when it writes the row again.
// known is the newest form that this program knows.
func CheckStored(kind string, form, known int) error {
	if form <= known {
		return nil
	}
	return &Problem{Kind: ErrInvalid, Code: "state.newer", Place: kind,
		Message: fmt.Sprintf("the row was stored by a newer version of the program (form %d, this one knows up to %d)", form, known),
		Hint:    "run the newer version on this data directory"}
}
