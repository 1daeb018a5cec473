package flow

import (
	"fmt"
	"testing"

	"hutong/internal/dataspace"
)

func TestWatchers(t *testing.T) {
	s := records{watchers: &watchers{}}
	first := s.Changed("flow-a")
	for i := range 10_000 { // also for flows that do not exist
		s.Changed(dataspace.FlowID(fmt.Sprint("flow-", i)))
	}
	select {
	case <-first:
		t.Fatal("changed before it changed")
	default:
	}
	s.watchers.changed("flow-a")
	<-first
	select {
	case <-s.Changed("flow-a"):
		t.Fatal("the next change is not the last one")
	default:
	}
}
