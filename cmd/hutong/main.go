// Command hutong is a gateway that moves data lawfully across borders.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	_ "hutong/internal/ballast" // fewer runs of the garbage collector
	"hutong/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}
