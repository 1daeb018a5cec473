// Command hutong is a gateway that moves data lawfully across borders.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"hutong/internal/cli"
)

func main() {
	heap := ballast()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	runtime.KeepAlive(heap)
	os.Exit(code)
}

// ballastSize is the size of address space that is never written, so it takes
// no memory.
const ballastSize = 64 << 20

// ballast makes the heap larger for the garbage collector, so that it runs less
// often. A gateway keeps some 20 MB between messages, and a short command less.
// Without ballast the collector would run after every few MB of garbage and take
// a quarter of all processor time with many small flows. Unlike a higher GOGC,
// ballast adds the same 64 MB to a large heap, so memory stays bounded. It is
// not used if the operator sets GOGC.
func ballast() []byte {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	return make([]byte, ballastSize)
}
