package frame

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/dataspace"
)

// Exit codes; they are the same for every command.
const (
	ExitOK          = 0 // done or cleared
	ExitFailed      = 1
	exitUsage       = 2
	ExitNotCleared  = 3 // refused, action needed, or a person must decide
	ExitEvidence    = 4 // evidence does not verify
	exitUnreachable = 5 // peer unreachable
)

// UsageError marks an error in the arguments of the call.
type UsageError struct {
	Err  error
	Hint string
}

// Error implements error.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives errors.Is and errors.As the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// Quiet carries an exit code whose message has been printed already.
type Quiet int

// Error implements error.
func (q Quiet) Error() string { return fmt.Sprintf("exit %d", int(q)) }

// Report prints err once and chooses the exit code.
func (env *Env) Report(cmd *cobra.Command, err error) int {
	var q Quiet
	if errors.As(err, &q) {
		return int(q)
	}
	code := exitCode(err)
	problem, hint := problemOf(err)
	var u *UsageError
	if errors.As(err, &u) {
		hint = u.Hint
		if hint == "" && cmd != nil {
			hint = fmt.Sprintf("see '%s --help'", cmd.CommandPath())
		}
	}
	all := contradictionsOf(err)
	if env.JSON {
		said := map[string]any{"message": err.Error(), "hint": hint, "code": problem, "exit": code}
		if len(all) > 0 {
			said["contradictions"] = all
		}
		body := map[string]any{"error": said}
		enc := json.NewEncoder(env.Err)
		enc.SetEscapeHTML(false)
		if encErr := enc.Encode(body); encErr == nil {
			return code
		}
	}
	if len(all) > 0 {
		fmt.Fprintf(plain{env.Err}, "hutong: %s\n", env.Word("statements that cannot both be true; nothing is cleared, approved or filed over them:", "以下陈述相互矛盾；更正之前不予放行、批准或者申报："))
		env.Contradictions(env.Err, all)
		return code
	}
	fmt.Fprintf(plain{env.Err}, "hutong: %v\n", err)
	if hint != "" {
		fmt.Fprintf(plain{env.Err}, "hutong: hint: %s\n", hint)
	}
	return code
}

// problemOf returns the code and the hint of an error, for a local error and
// for a refusal of a gateway.
func problemOf(err error) (code, hint string) {
	var refused *client.Error
	if errors.As(err, &refused) {
		return refused.Code, refused.Hint
	}
	var p *dataspace.Problem
	if errors.As(err, &p) {
		code = p.Code
	}
	return code, dataspace.Hint(err)
}

// isAny reports whether err is of one of two kinds: the kind of a local error,
// and the kind of a refusal of a gateway.
func isAny(err, here, refused error) bool { return errors.Is(err, here) || errors.Is(err, refused) }

func exitCode(err error) int {
	var u *UsageError
	switch {
	case errors.As(err, &u):
		return exitUsage
	case isAny(err, dataspace.ErrEvidence, client.ErrEvidence):
		return ExitEvidence
	case isAny(err, dataspace.ErrPeerUnreachable, client.ErrPeerUnreachable):
		return exitUnreachable
	case isAny(err, dataspace.ErrNotCleared, client.ErrNotCleared), isAny(err, dataspace.ErrContradiction, client.ErrContradiction):
		return ExitNotCleared
	}
	return ExitFailed
}

// Unreadable says which file cannot be read.
func Unreadable(path string, err error) error {
	p := &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "file.read", Place: path, Message: "cannot be read"}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	p.Err = err
	if errors.Is(err, fs.ErrNotExist) {
		p.Kind, p.Code, p.Message, p.Err = dataspace.ErrNotFound, "file.missing", "there is no such file", nil
	}
	return p
}
