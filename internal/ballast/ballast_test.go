package ballast_test

import (
	"os"
	"os/exec"
	"testing"

	"hutong/internal/ballast"
)

// There is ballast, and none if the operator sets GOGC.
func TestSize(t *testing.T) {
	want := 64 << 20
	if os.Getenv("GOGC") != "" {
		want = 0
	}
	if got := ballast.Size(); got != want {
		t.Fatalf("%d bytes, want %d", got, want)
	}
	if want == 0 {
		return
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSize$")
	c.Env = append(os.Environ(), "GOGC=100")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("with GOGC: %v\n%s", err, out)
	}
}
