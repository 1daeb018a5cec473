package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// The kinds of errors. Every Error wraps one of them; test with errors.Is.
var (
	ErrNotFound        = errors.New("not found")                // or not for this key
	ErrConflict        = errors.New("conflict")                 // with what is there
	ErrInvalid         = errors.New("invalid")                  // the request does not fit
	ErrDenied          = errors.New("denied")                   // the key's role may not, or a policy
	ErrNotCleared      = errors.New("not cleared")              // by the rules
	ErrUnavailable     = errors.New("unavailable")              // the gateway cannot, or is not there
	ErrPeerUnreachable = errors.New("peer unreachable")         // the other gateway
	ErrUnauthenticated = errors.New("unauthenticated")          // no key, or one that is not known
	ErrEvidence        = errors.New("evidence does not verify") // a proof does not hold
	// ErrContradiction: two statements cannot both be true; Error.Contradictions
	// has all that were found. It is an ErrConflict too.
	ErrContradiction = fmt.Errorf("contradiction: %w", ErrConflict)
)

// kinds maps the names of kinds on the wire to statuses. Names are never
// changed. A response without a name has the first kind with its status.
var kinds = []struct {
	kind   error
	name   string
	status int
}{
	{ErrUnauthenticated, "unauthenticated", http.StatusUnauthorized},
	{ErrNotFound, "not_found", http.StatusNotFound},
	{ErrPeerUnreachable, "peer_unreachable", http.StatusBadGateway},
	{ErrConflict, "conflict", http.StatusConflict},
	{ErrContradiction, "contradiction", http.StatusConflict},
	{ErrNotCleared, "not_cleared", http.StatusConflict},
	{ErrDenied, "denied", http.StatusForbidden},
	{ErrInvalid, "invalid", http.StatusUnprocessableEntity},
	{ErrEvidence, "evidence", http.StatusUnprocessableEntity},
	{ErrUnavailable, "unavailable", http.StatusServiceUnavailable},
}

// Error is a refusal in its form on the wire. It is for people, and never holds
// a value of a cell.
type Error struct {
	Status  int    `json:"status"`
	Kind    string `json:"kind,omitempty" doc:"kind of the error: not_found, denied, not_cleared, evidence, ..."`
	Code    string `json:"code" doc:"stable name of the error, with dots"`
	Message string `json:"message"`
	Place   string `json:"place,omitempty" doc:"file, row, column or field"`
	Hint    string `json:"hint,omitempty" doc:"advice for the next step"`
	// Contradictions are all that were found; the message has the first of them.
	Contradictions []Contradiction `json:"contradictions,omitempty" doc:"of kind contradiction: statements that cannot both be true, all that were found"`

	cause error
}

// Error returns the place and the message.
func (e *Error) Error() string {
	s := e.Message
	if e.Place != "" && !strings.Contains(s, e.Place) {
		s = e.Place + ": " + s
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// GetStatus is the status of the answer.
func (e *Error) GetStatus() int { return e.Status }

// Unwrap makes errors.Is find the kind and the cause.
func (e *Error) Unwrap() []error {
	out := []error{e.kind()}
	if e.cause != nil {
		out = append(out, e.cause)
	}
	return out
}

// kind returns one of the sentinels. A response without a kind has the kind of
// its status. An unknown kind is ErrUnavailable.
func (e *Error) kind() error {
	for _, k := range kinds {
		if k.name == e.Kind || e.Kind == "" && k.status == e.Status {
			return k.kind
		}
	}
	if e.Kind == "" && e.Status == http.StatusBadRequest {
		return ErrInvalid
	}
	return ErrUnavailable
}

// kindOf returns the name of a kind on the wire.
func kindOf(kind error) string {
	for _, k := range kinds {
		if k.kind == kind {
			return k.name
		}
	}
	return ""
}

// maxRefusal is the largest refusal that is read.
const maxRefusal = 1 << 20

// refusal reads a response that is not a success.
func refusal(resp *http.Response) error {
	e := &Error{}
	err := json.NewDecoder(io.LimitReader(resp.Body, maxRefusal)).Decode(e)
	if err != nil || e.Code == "" {
		return &Error{Status: resp.StatusCode, Code: "answer.form", Message: fmt.Sprintf("the gateway answered %s", resp.Status), cause: err}
	}
	e.Status = resp.StatusCode
	return e
}
