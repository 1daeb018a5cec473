//go:build race

package node

// raceShare divides the size of large tests: SQLite is C translated to Go and
// is ten times slower under the race detector.
const raceShare = 10
