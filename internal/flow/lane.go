package flow

import (
	"hutong/internal/dataspace"
	"hutong/internal/work"
)

// Long steps have lanes of their own, so that the others need not wait for
// them. Reading is limited by the processor: more steps in parallel only make
// each one slower. Small datasets do not wait for hours behind large ones.
// Fetching and proving wait for other gateways.
const (
	readSmall work.Lane = "read-small"
	readLarge work.Lane = "read-large"
	fetch     work.Lane = "fetch"
	proof     work.Lane = "proof"

	// Lanes for the steps beyond a peer's share of a lane.
	crowded      work.Lane = "crowded"
	fetchCrowded work.Lane = "fetch-crowded"
)

// inProgress are the long steps, which are cancelled when a flow ends.
type inProgress = work.Running[dataspace.FlowID]

// How many steps run in parallel, in the first lane and in the others.
const steps = 256

var lanes = map[work.Lane]int{readSmall: 4, readLarge: 2, fetch: 64, proof: 128, crowded: 128, fetchCrowded: 32}

// newShares are of the lanes whose steps wait for other gateways: one that
// answers slowly, or sends slowly, holds up no flows with others.
func newShares() *work.Shares[dataspace.PeerName] {
	return work.NewShares[dataspace.PeerName](
		work.Share{Lane: "", Most: steps / 2, More: crowded}, work.Share{Lane: fetch, Most: lanes[fetch] / 2, More: fetchCrowded})
}

const largeFrom = 64 << 20 // bytes

func (s *Service) laneOf(f Flow) work.Lane {
	switch {
	case f.State == dataspace.Profiling && f.Role == dataspace.Provider:
		if s.profiler.Size(f) >= largeFrom {
			return readLarge
		}
		return readSmall
	case f.State == dataspace.Delivering && f.Role == dataspace.Consumer && f.Transfer != "" && f.Delivered == nil:
		return fetch
	case f.State == dataspace.Proving:
		return proof
	}
	return ""
}
