package gateway

import (
	"cmp"
	"errors"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/vocab"
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

// word gives the key of a word of a vocabulary, or adds what is wrong with it.
func (c *checks) word(t *fact.Table, n vocab.Name, field, s string) string {
	key, err := t.Words().Read(n, field, s)
	c.add(err)
	return key
}

// words gives the keys of words, each as word does.
func (c *checks) words(t *fact.Table, n vocab.Name, field string, list []string) []string {
	list = slices.Clone(list)
	for i, s := range list {
		list[i] = c.word(t, n, field, s)
	}
	return list
}

func (c *checks) join() error {
	// Maps have no order, but the same input must give the same text.
	slices.SortStableFunc(c.errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(c.errs...)
}
