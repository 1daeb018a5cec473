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
	if err := build(program); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	withTestClock = sync.OnceValues(func() (string, error) {
		path := filepath.Join(dir, "hutong-testclock")
		return path, build(path, "-tags", "testclock")
	})
	return m.Run()
}

// withTestClock is the program that takes the time from a file, built when
// somebody asks for it.
var withTestClock func() (path string, err error)

func build(path string, flags ...string) error {
	args := append([]string{"build", "-o", path}, flags...)
	if os.Getenv("HUTONG_RACE") != "" {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "hutong/cmd/hutong")...).CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
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
