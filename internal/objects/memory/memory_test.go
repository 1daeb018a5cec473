package memory_test

import (
	"testing"
	"time"

	"hutong/internal/objects"
	"hutong/internal/objects/memory"
	"hutong/internal/objects/objectstest"
)

func TestStore(t *testing.T) {
	objectstest.Run(t, func(*testing.T) objects.Store { return memory.New(time.Now) })
}
