package profile_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer cases than rapid would: each of them syncs a file.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		_ = flag.Set("rapid.checks", "40")
	}
	os.Exit(m.Run())
}
