//go:build !testclock

package clock_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"hutong/internal/clock"
)

// Only a test build can be given another time.
func TestNoSwitch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	if err := os.WriteFile(path, []byte("8760h"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HUTONG_TEST_CLOCK", path)
	if ahead := time.Until(clock.Process().Now()); ahead > time.Hour {
		t.Errorf("a normal build is %s ahead, as a file says", ahead)
	}
}
