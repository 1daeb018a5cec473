package frame

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Strict makes a program refuse what cobra lets pass: a flag with one value that
// is given twice, where the last value would win without a word; and flags that
// are missing, as an error of usage. It is called when all commands are there.
func Strict(root *cobra.Command) {
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		for _, check := range []func() error{cmd.ValidateRequiredFlags, cmd.ValidateFlagGroups} {
			if err := check(); err != nil {
				return &UsageError{Err: err}
			}
		}
		return nil
	}
	once := func(f *pflag.Flag) {
		if !repeatable(f.Value) {
			f.Value = &single{Value: f.Value}
		}
	}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(once)
		cmd.PersistentFlags().VisitAll(once)
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root)
}

// repeating is a flag of this program that may collect values.
type repeating interface{ Repeats() bool }

// repeatable reports whether each use of a flag adds a value.
func repeatable(v pflag.Value) bool {
	switch v := v.(type) {
	case pflag.SliceValue, *single:
		return true
	case repeating:
		return v.Repeats()
	}
	return false
}

// single is a flag that is given at most once.
type single struct {
	pflag.Value
	given bool
}

// Set implements pflag.Value.
func (s *single) Set(v string) error {
	if s.given {
		return fmt.Errorf("it is given more than once")
	}
	s.given = true
	return s.Value.Set(v)
}

// choice is a flag with a closed set of values.
type choice struct {
	to   *string
	list []string
}

// AddChoice adds a flag with a closed set of values; an unknown one is refused
// with the nearest.
func AddChoice(fs *pflag.FlagSet, to *string, name, def, usage string, list ...string) {
	*to = def
	fs.Var(&choice{to, list}, name, usage)
}

// String implements pflag.Value.
func (c *choice) String() string {
	if c.to == nil {
		return ""
	}
	return *c.to
}

// Type implements pflag.Value.
func (c *choice) Type() string { return "string" }

// Set implements pflag.Value.
func (c *choice) Set(v string) error {
	for _, known := range c.list {
		if v == known {
			*c.to = v
			return nil
		}
	}
	return Unknown(v, c.list)
}

// Unknown says that a value is none of a closed set, and suggests the nearest.
func Unknown(v string, list []string) error {
	hint := "one of: " + strings.Join(list, ", ")
	if near := Nearest(v, list); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return Usagef(hint, "%q is not known", v)
}
