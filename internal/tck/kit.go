package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hutong/internal/dataspace"
)

//go:embed kit/pom.xml kit/Runner.java kit/SHA256SUMS
var kitFiles embed.FS

// install gets the kit's jars into the cache, once, and returns the directory
// that holds lib and Runner.java. The jars must have the digests that were
// pinned when the kit was first run.
func install(ctx context.Context, cache string, log io.Writer) (string, error) {
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", &dataspace.Problem{
				Kind: dataspace.ErrUnavailable, Code: "tck.tools", Message: tool + " is not installed, and the conformance kit needs it",
				Hint: "apt-get install default-jre-headless maven", Err: err,
			}
		}
	}
	sums, err := kitFiles.ReadFile("kit/SHA256SUMS")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "dsp-tck-"+dataspace.DigestOf(sums).Short())
	if verify(dir, string(sums)) != nil {
		if err := fetch(ctx, cache, dir, string(sums), log); err != nil {
			return "", err
		}
	}
	runner, err := kitFiles.ReadFile("kit/Runner.java")
	if err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "Runner.java"), runner, 0o644)
}

// fetch downloads into a temporary directory and renames it, so that an
// interrupted download is not taken for the kit.
func fetch(ctx context.Context, cache, dir, sums string, log io.Writer) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return fmt.Errorf("make cache: %w", err)
	}
	tmp, err := os.MkdirTemp(cache, "dsp-tck-new-")
	if err != nil {
		return fmt.Errorf("make cache: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }() // left behind, it is only temporary
	pom, err := kitFiles.ReadFile("kit/pom.xml")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, "pom.xml"), pom, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(log, "tck: fetching the conformance kit with Maven")
	mvn := exec.CommandContext(ctx, "mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies", "-DoutputDirectory=lib")
	mvn.Dir, mvn.Stdout, mvn.Stderr = tmp, log, log
	if err := mvn.Run(); err != nil {
		return fmt.Errorf("fetch conformance kit: %w", err)
	}
	if err := verify(tmp, sums); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("replace conformance kit: %w", err)
	}
	return os.Rename(tmp, dir)
}

// verify checks every jar against its pinned digest, and that there is no
// other.
func verify(dir, sums string) error {
	want := map[string]string{}
	for line := range strings.Lines(sums) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		want[name] = sum
	}
	files, err := os.ReadDir(filepath.Join(dir, "lib"))
	if err != nil {
		return fmt.Errorf("read conformance kit: %w", err)
	}
	if len(files) != len(want) {
		return fmt.Errorf("read conformance kit: %d jars instead of %d: %w", len(files), len(want), dataspace.ErrInvalid)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, "lib", f.Name()))
		if err != nil {
			return fmt.Errorf("read conformance kit: %w", err)
		}
		sum := sha256.Sum256(data)
		if hex.EncodeToString(sum[:]) != want[f.Name()] {
			return fmt.Errorf("read conformance kit: %s is not the jar that was pinned: %w", f.Name(), dataspace.ErrInvalid)
		}
	}
	return nil
}

// counts are what the kit itself reports.
type counts struct {
	found, started, succeeded, failed, skipped int
	failures                                   []string
}

func (c counts) String() string {
	return fmt.Sprintf("%d found, %d started, %d succeeded, %d failed, %d skipped", c.found, c.started, c.succeeded, c.failed, c.skipped)
}

// runKit runs the kit with a properties file. only selects tests by the
// beginning of their display name; empty runs all.
func runKit(ctx context.Context, dir, properties, only string, log io.Writer) (counts, error) {
	args := []string{"-cp", filepath.Join("lib", "*"), "Runner.java", properties}
	if only != "" {
		args = append(args, only)
	}
	java := exec.CommandContext(ctx, "java", args...)
	java.Dir = dir
	java.Stderr = log
	out, err := java.StdoutPipe()
	if err != nil {
		return counts{}, fmt.Errorf("run conformance kit: %w", err)
	}
	if err := java.Start(); err != nil {
		return counts{}, fmt.Errorf("run conformance kit: %w", err)
	}
	c, readErr := readCounts(out, log)
	if err := java.Wait(); err != nil {
		return counts{}, fmt.Errorf("run conformance kit: %w", err)
	}
	return c, readErr
}

// readCounts passes the kit's output on and takes its counts from it. Output
// without counts is an error: a kit that tested nothing proves nothing.
func readCounts(r io.Reader, log io.Writer) (counts, error) {
	var c counts
	seen := false
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if failure, ok := strings.CutPrefix(line, "FAILED "); ok {
			c.failures = append(c.failures, failure)
			continue
		}
		n, _ := fmt.Sscanf(line, "RESULT found=%d started=%d succeeded=%d failed=%d skipped=%d", &c.found, &c.started, &c.succeeded, &c.failed, &c.skipped)
		if n == 5 {
			seen = true
			continue
		}
		fmt.Fprintln(log, line)
	}
	if err := lines.Err(); err != nil {
		return c, fmt.Errorf("read conformance kit's output: %w", err)
	}
	if !seen {
		return c, errors.New("the conformance kit printed no counts")
	}
	return c, nil
}
