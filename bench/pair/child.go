package pair

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"

	_ "hutong/internal/ballast" // as the real program
	"hutong/internal/cli"
)

const (
	childEnv   = "HUTONG_BENCH_CHILD"
	profileEnv = "HUTONG_BENCH_PROFILE"
)

// Child runs the program hutong and ends, if this process was started to be
// it. Every measuring program calls it first. Only a profiled run needs it:
// the real program has no way to profile it.
func Child() {
	if os.Getenv(childEnv) == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	end := func() error { return nil }
	if dir := os.Getenv(profileEnv); dir != "" {
		var err error
		if end, err = profile(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	if err := end(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// profile writes <gateway>.cpu until it is ended, and then what was
// allocated, what blocked and who waited for locks.
func profile(dir string) (end func() error, err error) {
	name := strings.TrimSuffix(filepath.Base(os.Args[len(os.Args)-1]), ".yaml")
	runtime.SetBlockProfileRate(100_000)
	runtime.SetMutexProfileFraction(10)
	cpu, err := os.Create(filepath.Join(dir, name+".cpu"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, err
	}
	return func() error {
		pprof.StopCPUProfile()
		for _, kind := range []string{"allocs", "block", "mutex"} {
			f, err := os.Create(filepath.Join(dir, name+"."+kind))
			if err != nil {
				return err
			}
			if err := pprof.Lookup(kind).WriteTo(f, 0); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
		return cpu.Close()
	}, nil
}
