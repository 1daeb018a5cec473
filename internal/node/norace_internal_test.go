//go:build !race

package node

// raceShare divides what a test needs only to be many; see
// race_internal_test.go.
const raceShare = 1
