package memory_test

import (
	"testing"

	"hutong/internal/memory"
	"hutong/internal/storetest"
)

func TestStores(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Stores {
		s := memory.New("here")
		return storetest.Stores{Register: s.Register, Processes: s.Processes, Flows: s.Flows, Grants: s.Grants, Evidence: s.Evidence, Lists: s.Lists, Duties: s.Duties, Counts: s.Counts, Officer: s.Officer, Declare: s.Declare, Papers: s.Papers, Screens: s.Screens}
	})
}
