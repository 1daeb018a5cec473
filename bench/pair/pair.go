// Package pair runs two gateways as child processes on this machine, so that
// the programs beside it can measure them from outside, as any client would.
//
// It is for measurements only: it asks the system for processes and /proc,
// and it makes up the participants. Nothing of the product imports it.
package pair

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The two participants, one behind each gateway.
const (
	Exporter  = "exporter"
	Recipient = "recipient"
)

// Options say how the gateways run.
type Options struct {
	Dir string // of everything; must exist
	// Profile has each gateway write CPU and heap profiles into Dir. The
	// measuring program itself then runs as the gateway: see Child.
	Profile bool
}

// Pair is two gateways that know each other.
type Pair struct {
	Provider, Consumer *Gateway
	opt                Options
}

// Gateway is one of them.
type Gateway struct {
	*Client
	ID, Jurisdiction string
	Dir              string
	exe              string
	env              []string
	process          *exec.Cmd
	exited           chan error
}

// Start builds the program, starts two gateways, admits a participant behind
// each and pairs them. Stop must be called, also after an error.
func Start(ctx context.Context, opt Options) (*Pair, error) {
	p := &Pair{opt: opt}
	exe, env, err := p.program(ctx)
	if err != nil {
		return p, err
	}
	p.Provider = &Gateway{ID: "shanghai", Jurisdiction: "CN", exe: exe, env: env}
	p.Consumer = &Gateway{ID: "singapore", Jurisdiction: "SG", exe: exe, env: env}
	for _, g := range p.sides() {
		g.Dir = filepath.Join(opt.Dir, g.ID)
		if err := g.start(ctx); err != nil {
			return p, err
		}
	}
	return p, p.introduce(ctx)
}

func (p *Pair) sides() []*Gateway { return []*Gateway{p.Provider, p.Consumer} }

// program is what runs as a gateway.
func (p *Pair) program(ctx context.Context) (exe string, env []string, err error) {
	if p.opt.Profile {
		exe, err = os.Executable()
		return exe, []string{profileEnv + "=" + p.opt.Dir}, err
	}
	exe = filepath.Join(p.opt.Dir, "hutong")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", exe, "hutong/cmd/hutong")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", nil, fmt.Errorf("build hutong: %w", err)
	}
	return exe, nil, nil
}

// officer is the file with the key of a compliance officer of the provider.
func (p *Pair) officer() string { return filepath.Join(p.opt.Dir, "officer.key") }

// Paper registers a stand-in for a legal document of the exporter, which covers
// everything, and has it confirmed.
func (p *Pair) Paper(ctx context.Context, id, kind string, day ...string) error {
	file := filepath.Join(p.opt.Dir, id+".txt")
	if err := os.WriteFile(file, []byte("stand-in for "+id+", made for a measurement\n"), 0o600); err != nil {
		return err
	}
	add := []string{"instrument", "add", id, "--of", Exporter, "--kind", kind, "--number", id, "--authority", "nobody (measurement)", "--file", file, "--unlimited", "recipients,purposes,data,people,until"}
	if err := p.Provider.Run(ctx, append(add, day...)...); err != nil {
		return err
	}
	return p.Provider.Run(ctx, "instrument", "confirm", id, "--of", Exporter, "--file", file, "--key-file", p.officer())
}

func (p *Pair) introduce(ctx context.Context) error {
	a, b := p.Provider, p.Consumer
	for _, c := range []struct {
		at    *Gateway
		words []string
	}{
		{a, []string{"participant", "add", Exporter, "--name", "Exporter (measurement)", "--jurisdiction", "CN", "--registered-in", "CN-SH", "--exports-from", "CN-SH", "--ciio=false", "--state-organ=false"}},
		{b, []string{"participant", "add", Recipient, "--name", "Recipient (measurement)", "--jurisdiction", "SG", "--foreign-authority=false", "--accept", a.ID}},
		{a, []string{"key", "add", "officer of the measurement", "--role", "compliance", "--out", p.officer()}},
	} {
		if err := c.at.Run(ctx, c.words...); err != nil {
			return err
		}
	}
	if err := p.Paper(ctx, "PIPIA-1", "cn.pipia", "--completed-on", time.Now().AddDate(0, 0, -7).Format(time.DateOnly)); err != nil {
		return err
	}
	for _, s := range []struct{ at, peer *Gateway }{{a, b}, {b, a}} {
		g, err := s.peer.Gateway().Show(ctx)
		if err != nil {
			return err
		}
		if err := s.at.Run(ctx, "peer", "add", s.peer.ID, g.Card.URL, "--fingerprint", g.Fingerprint); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends both gateways and waits for them.
func (p *Pair) Stop() error {
	var errs []error
	for _, g := range p.sides() {
		if g != nil && g.process != nil {
			errs = append(errs, g.process.Process.Signal(syscall.SIGTERM))
		}
	}
	for _, g := range p.sides() {
		if g == nil || g.process == nil {
			continue
		}
		select {
		case err := <-g.exited:
			errs = append(errs, err)
		case <-time.After(20 * time.Second):
			errs = append(errs, fmt.Errorf("gateway %s did not stop and was killed", g.ID), g.process.Process.Kill())
		}
	}
	return errors.Join(errs...)
}

// Run runs a command of the program against the gateway.
func (g *Gateway) Run(ctx context.Context, words ...string) error {
	cmd := exec.CommandContext(ctx, g.exe, append([]string{"--data-dir", g.Dir}, words...)...)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("hutong %s: %w\n%s", strings.Join(words, " "), err, out)
	}
	return nil
}

func (g *Gateway) start(ctx context.Context) error {
	if err := os.MkdirAll(g.Dir, 0o700); err != nil {
		return err
	}
	config := g.Dir + ".yaml"
	text := fmt.Sprintf("gateway: %s\njurisdiction: %s\ndata_dir: %q\nlisten: 127.0.0.1:0\nmanagement: 127.0.0.1:0\nlog_level: warn\n", g.ID, g.Jurisdiction, g.Dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	log, err := os.Create(g.Dir + ".log")
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own
	// The end of ctx does not kill it: Stop lets it end cleanly.
	g.process = exec.CommandContext(context.WithoutCancel(ctx), g.exe, "serve", "--config", config)
	g.process.Stdout, g.process.Stderr = log, log
	g.process.Env = append(append(os.Environ(), childEnv+"=1"), g.env...)
	g.process.SysProcAttr = childAttr()
	if err := g.process.Start(); err != nil {
		g.process = nil
		return fmt.Errorf("start gateway %s: %w", g.ID, err)
	}
	g.exited = make(chan error, 1)
	go func() { g.exited <- g.process.Wait() }()
	return g.ready(ctx)
}

func (g *Gateway) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-g.exited:
			g.exited <- err
			return fmt.Errorf("gateway %s ended at once, see %s.log: %w", g.ID, g.Dir, err)
		case <-ctx.Done():
			return fmt.Errorf("gateway %s is not ready, see %s.log: %w", g.ID, g.Dir, ctx.Err())
		case <-tick.C:
		}
		c, err := Open(g.Dir)
		if err != nil {
			continue
		}
		if _, err := c.Gateway().Show(ctx); err == nil {
			g.Client = c
			return nil
		}
	}
}
