package work_test

import (
	"testing"

	"hutong/internal/work"
)

func TestRunning(t *testing.T) {
	var c work.Running[int]
	c.Cancel(1) // nothing is in progress
	one, done := c.Begin(t.Context(), 1)
	two, doneTwo := c.Begin(t.Context(), 2)
	defer doneTwo()
	if one.Err() != nil {
		t.Error("a stop from before cancelled a step")
	}
	c.Cancel(1)
	if one.Err() == nil || two.Err() != nil {
		t.Errorf("after the stop of the first step: %v and %v", one.Err(), two.Err())
	}
	done()
	c.Cancel(1)
}
