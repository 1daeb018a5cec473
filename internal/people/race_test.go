//go:build race

package people_test

import "flag"

// SQLite is C translated to Go and is ten times slower under the race detector.
// Races do not need many random histories to show, so fewer are run, unless the
// caller asks for more.
func init() {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
}

// raceShare divides the size of large tests.
const raceShare = 6
