//go:build race

package sqlite_test

import "flag"

// Under the race detector SQLite, which is C translated to Go, is ten times
// slower, and what the detector looks for does not hide behind many random
// histories: fewer will do, unless somebody asks for more.
func init() {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
}
