package systest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// program is the program under test, built once.
var program string

// left are processes that no test has ended.
var left struct {
	mu  sync.Mutex
	all map[*exec.Cmd]bool
}

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hutong-systest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	left.all = map[*exec.Cmd]bool{}
	defer killLeft()
	program = filepath.Join(dir, "hutong")
	args := []string{"build", "-o", program}
	if os.Getenv("HUTONG_RACE") != "" {
		args = append(args, "-race")
	}
	build := exec.Command("go", append(args, "hutong/cmd/hutong")...)
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

func killLeft() {
	left.mu.Lock()
	defer left.mu.Unlock()
	for cmd := range left.all {
		_ = cmd.Process.Kill() // it may have ended by itself
	}
}

func track(cmd *exec.Cmd, running bool) {
	left.mu.Lock()
	defer left.mu.Unlock()
	if running {
		left.all[cmd] = true
	} else {
		delete(left.all, cmd)
	}
}
