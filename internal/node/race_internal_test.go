//go:build race

package node

// raceShare divides what a test needs only to be many: under the race detector
// SQLite, which is C translated to Go, is ten times slower.
const raceShare = 10
