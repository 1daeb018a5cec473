//go:build !race

package people_test

// raceShare divides the size of large tests; see race_test.go.
const raceShare = 1
