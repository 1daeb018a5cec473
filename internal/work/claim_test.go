package work_test

import (
	"testing"

	"hutong/internal/clock"
	"hutong/internal/work"
	"hutong/internal/work/worktest"
)

func TestLocal(t *testing.T) {
	worktest.Claims(t, func(_ *testing.T, c clock.Clock) work.Claims { return work.NewLocal(c) })
}
