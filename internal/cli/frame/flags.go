package frame

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hutong/internal/clock"
)

// Tri is a flag that is unknown until it is given: --personal, --personal=false.
type Tri struct {
	Value *bool
	Given bool // an explicit "unknown" overrides the value of a file
}

// String implements pflag.Value.
func (t *Tri) String() string {
	if t.Value == nil {
		return "unknown"
	}
	return fmt.Sprint(*t.Value)
}

// Set implements pflag.Value.
func (t *Tri) Set(s string) error {
	t.Given = true
	switch s {
	case "true", "yes":
		t.Value = new(bool)
		*t.Value = true
	case "false", "no":
		t.Value = new(bool)
	case "unknown":
		t.Value = nil
	default:
		return fmt.Errorf("expected true, false or unknown")
	}
	return nil
}

// Type implements pflag.Value.
func (t *Tri) Type() string { return "true|false|unknown" }

// IsBoolFlag allows the flag without a value.
func (t *Tri) IsBoolFlag() bool { return true }

// AddTri adds a flag that means true without a value.
func AddTri(cmd *cobra.Command, t *Tri, name, usage string) {
	cmd.Flags().Var(t, name, usage)
	cmd.Flags().Lookup(name).NoOptDefVal = "true"
}

// AddSampleFlag adds the flag that allows sample packs.
func AddSampleFlag(cmd *cobra.Command, sample *bool) {
	cmd.Flags().BoolVar(sample, "allow-sample", false, "accept a sample pack, which is not law")
}

// Over overrides the value of a file with a flag, if the flag was given.
func Over(dst **bool, t Tri) {
	if t.Given {
		*dst = t.Value
	}
}

// OneOf refuses a value that is not in list.
func OneOf(flag, v string, list []string) error {
	if slices.Contains(list, v) {
		return nil
	}
	hint := "one of: " + strings.Join(list, ", ")
	if near := Nearest(v, list); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return Usagef(hint, "%s %s is not known", flag, v)
}

// Day is how a day is written.
const Day = "2006-01-02"

// ParseInstant reads --at; the default is now.
func ParseInstant(flag, at string) (time.Time, error) {
	if at == "" {
		return clock.Process().Now(), nil
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return t, Usagef(fmt.Sprintf("write it with its offset, such as %s 2026-12-31T17:00:00Z or 2027-01-01T01:00:00+08:00", flag), "%s %s is no instant", flag, at)
	}
	return t, nil
}

// ParseDay reads --on; the default is today.
func ParseDay(flag, on string) (time.Time, error) {
	if on == "" {
		return clock.Process().Now(), nil
	}
	t, err := time.Parse(Day, on)
	if err != nil {
		return t, Usagef(fmt.Sprintf("write it as year-month-day, such as %s 2026-06-15", flag), "%s %s is no day", flag, on)
	}
	return t, nil
}
