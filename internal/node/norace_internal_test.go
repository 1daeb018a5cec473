//go:build !race

package node

// raceShare divides the size of large tests; see race_internal_test.go.
const raceShare = 1
