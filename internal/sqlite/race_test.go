//go:build race

package sqlite_test

import "flag"

// SQLite is C translated to Go and is ten times slower under the race detector.
// Races do not need many random histories to show, so fewer are run, unless the
// caller asks for more.
func init() {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
}
