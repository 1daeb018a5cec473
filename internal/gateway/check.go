package gateway

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"hutong/internal/dataspace"
)

// checks collects all errors of an input.
type checks struct{ errs []error }

func (c *checks) add(err error) {
	if err != nil {
		c.errs = append(c.errs, err)
	}
}

func (c *checks) want(ok bool, field, message string) {
	if !ok {
		c.errs = append(c.errs, problem(dataspace.ErrInvalid, "gateway.field", field, message, ""))
	}
}

// day checks that a value is empty or a date.
func (c *checks) day(field, value string) {
	if value == "" {
		return
	}
	_, err := time.Parse(time.DateOnly, value)
	c.want(err == nil, field, "expected a date, 2006-01-02")
}

func (c *checks) join() error {
	// Maps have no order, but the same input must give the same text.
	slices.SortStableFunc(c.errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(c.errs...)
}
