//go:build !race

package people_test

// raceShare divides what a test needs only to be many; see race_test.go.
const raceShare = 1
