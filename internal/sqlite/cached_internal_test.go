package sqlite

import (
	"errors"
	"testing"
)

// A row that was read before a change and cached after it would stay outdated.
func TestCachedForgetsWhatWasReadBefore(t *testing.T) {
	var c cached[string, int]
	row := 1
	load := func() (int, error) { return row, nil }
	got, err := c.get("a", func() (int, error) {
		was := row
		row = 2 // somebody changes it while it is being read
		c.forget()
		return was, nil
	})
	if got != 1 || err != nil {
		t.Fatalf("got %d, %v", got, err)
	}
	if got, _ := c.get("a", load); got != 2 {
		t.Errorf("after the change: got %d, want 2", got)
	}
	row = 3
	if got, _ := c.get("a", load); got != 2 {
		t.Errorf("not remembered: got %d, want 2", got)
	}
	c.forget()
	if got, _ := c.get("a", load); got != 3 {
		t.Errorf("not forgotten: got %d, want 3", got)
	}
}

func TestCachedRemembersNoErrors(t *testing.T) {
	var c cached[string, int]
	if _, err := c.get("a", func() (int, error) { return 0, errors.New("not there") }); err == nil {
		t.Fatal("no error")
	}
	if got, err := c.get("a", func() (int, error) { return 1, nil }); got != 1 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}
