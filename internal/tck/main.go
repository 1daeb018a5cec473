// Command tck runs the Dataspace Protocol conformance kit against this
// project's connector and judges by the kit's own counts.
//
// The connector consists of the packages of the product (agree, dsp, sqlite).
// The other things that the kit needs are here and never in the product:
// preloaded datasets and agreements, scripted steps, trigger endpoints, a fixed
// identity.
//
// It exits 0 only if every test of the kit that can run has succeeded. With
// -break it throws away the messages of one transition and exits 0 only if the
// kit detects it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

// The kit has 67 tests and disables two of them itself.
const (
	wantFound     = 67
	wantSucceeded = 65
)

// How many seconds the kit waits for each expected message: enough for a
// machine under load, and little if the message is known not to come.
const (
	usualWait  = 15
	brokenWait = 3
)

// limit is far more than a run takes, and less than a build may take.
const limit = 10 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "tck:", err)
	if hint := dataspace.Hint(err); hint != "" {
		fmt.Fprintln(os.Stderr, "hint:", hint)
	}
	os.Exit(1)
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("tck", flag.ContinueOnError)
	flags.SetOutput(log)
	cache := flags.String("cache", "", "directory for the kit (default $HUTONG_CACHE, or .cache at the module's root)")
	only := flags.String("only", "", "run the tests whose display name begins so, and demand that there are some and that none fails")
	breaks := flags.String("break", "", "break the transition to this state (ACCEPTED, VERIFIED, SUSPENDED, TERMINATED), run one test that needs it (or those of -only), and demand that the kit notices")
	verbose := flags.Bool("v", false, "show the kit's own output and the connector's log")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if b, known := broken[*breaks]; *breaks != "" && !known {
		return fmt.Errorf("break transition to %s: %w", *breaks, dataspace.ErrInvalid)
	} else if *only == "" {
		*only = b.test
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dir, err := cacheDir(*cache)
	if err != nil {
		return err
	}
	kitDir, err := install(ctx, dir, log)
	if err != nil {
		return err
	}
	chatter, logger := io.Discard, slog.New(slog.DiscardHandler)
	if *verbose {
		chatter, logger = log, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	began := time.Now()
	c, err := examine(ctx, kitDir, *breaks, *only, chatter, logger)
	if err != nil {
		return err
	}
	for _, f := range c.failures {
		fmt.Fprintln(out, "failed:", f)
	}
	fmt.Fprintf(out, "conformance kit: %s, in %s\n", c, time.Since(began).Round(time.Second))
	return judge(c, *breaks, *only)
}

// examine starts the connector and runs the kit against it.
func examine(ctx context.Context, kitDir, breaks, only string, chatter io.Writer, logger *slog.Logger) (c counts, err error) {
	tmp, err := os.MkdirTemp("", "hutong-tck-")
	if err != nil {
		return counts{}, fmt.Errorf("make state directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }() // left behind, it is only temporary
	tested, err := openConnector(ctx, tmp, breaks, logger)
	if err != nil {
		return counts{}, err
	}
	//lint:ignore contextcheck closing writes what is left, also when ctx has ended
	defer func() { err = errors.Join(err, tested.Close()) }()
	port, err := freePort(ctx)
	if err != nil {
		return counts{}, err
	}
	config := filepath.Join(tmp, "kit.properties")
	wait := usualWait
	if breaks != "" {
		wait = brokenWait
	}
	if err := os.WriteFile(config, []byte(properties(tested.url, port, wait)), 0o600); err != nil {
		return counts{}, fmt.Errorf("write kit's configuration: %w", err)
	}
	return runKit(ctx, kitDir, config, only, chatter)
}

// judge turns counts into a verdict.
func judge(c counts, breaks, only string) error {
	switch {
	case breaks != "" && c.started == 0:
		return errors.New("no test ran, so nothing could be noticed")
	case breaks != "" && c.failed == 0:
		return fmt.Errorf("the transition to %s is broken, and the kit did not notice", breaks)
	case breaks != "":
		return nil
	case only != "" && (c.succeeded == 0 || c.failed > 0):
		return fmt.Errorf("not conformant: %s", c)
	case only != "":
		return nil
	case c.failed != 0 || c.succeeded != wantSucceeded || c.found != wantFound:
		return fmt.Errorf("not conformant: %s; demanded: %d found, %d succeeded", c, wantFound, wantSucceeded)
	}
	return nil
}

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// cacheDir is where the kit is kept between runs.
func cacheDir(flagged string) (string, error) {
	for _, dir := range []string{flagged, os.Getenv("HUTONG_CACHE")} {
		if dir != "" {
			return filepath.Abs(dir)
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find module: %w", err)
	}
	for {
		if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && strings.HasPrefix(string(data), "module hutong\n") {
			return filepath.Join(dir, ".cache"), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find module: run this inside the repository, or give -cache")
		}
		dir = parent
	}
}
