// Package demo demonstrates all steps: two gateways, one flow for each verdict,
// and the tables for it.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/sample"
)

// Program runs one call of hutong and returns its exit code.
type Program func(ctx context.Context, args []string, s frame.Streams) int

// Command makes "demo". Its steps are calls of program, as a user would type them.
func Command(env *frame.Env, program Program) *cobra.Command {
	var dir string
	var keep bool
	cmd := &cobra.Command{
		Use: "demo", Short: "See the whole way: two gateways, one flow for each verdict",
		Long: `Start a Shanghai and a Singapore gateway as separate processes with separate
state on this machine, and move sample tables between them by the same commands
that anybody would type. One flow is cleared, one needs action first, one must be
decided by a person, and one is prohibited. The sample tables are made up; no person
in them exists.`,
		Example: `  hutong demo
  hutong demo --dir ./demo --keep`,
		Args: frame.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return play(cmd.Context(), env, program, playOptions{dir, keep})
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "directory for the state; default: a new temporary directory")
	cmd.Flags().BoolVar(&keep, "keep", false, "leave the gateways running")
	return cmd
}

// demo is a run of the demonstration. Every step is a command of this
// program, run as a user would run it.
type demo struct {
	env     *frame.Env
	ctx     context.Context
	program Program
	dir     string
	exe     string
	sides   []*side
	steps   int
}

// side is one of the two gateways.
type side struct {
	id, name, jurisdiction string
	dir                    string
	public, management     string
	fingerprint            string
	process                *exec.Cmd
	exited                 chan error
}

// playOptions are the flags of demo.
type playOptions struct {
	dir  string
	keep bool
}

func play(ctx context.Context, env *frame.Env, program Program, o playOptions) (err error) {
	began := time.Now()
	d := &demo{env: env, ctx: ctx, program: program}
	if d.dir, err = demoDir(o.dir); err != nil {
		return err
	}
	if d.exe, err = os.Executable(); err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	defer func() {
		if o.keep && err == nil {
			return
		}
		err = errors.Join(err, d.stop())
	}()
	for _, step := range []func() error{d.start, d.admit, d.pair, d.cleared, d.action, d.review, d.prohibited} {
		if err := step(); err != nil {
			return err
		}
	}
	d.finish(began, o.keep)
	return nil
}

func demoDir(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "hutong-demo-")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if list, err := os.ReadDir(abs); err == nil && len(list) > 0 {
		return "", frame.Usagef("name a new or empty one", "the directory %s is not empty", dir)
	}
	return abs, os.MkdirAll(abs, 0o700)
}

// title prints a heading in both languages.
func (d *demo) title(en, zh string) {
	d.steps++
	fmt.Fprintf(d.env.Out, "\n%d. %s\n   %s\n\n", d.steps, en, zh)
}

func (d *demo) say(format string, list ...any) { fmt.Fprintf(d.env.Out, "   "+format+"\n", list...) }

// run shows a command and runs it by the code that the command line runs.
// Its messages are indented below; its result is returned as JSON.
func (d *demo) run(at *side, want int, words ...string) ([]byte, error) {
	fmt.Fprintf(d.env.Out, "   $ hutong --data-dir %s %s\n", d.short(at.dir), quoted(words, d.dir))
	var out bytes.Buffer
	lines := &indenter{w: d.env.Out}
	full := append([]string{"--data-dir", at.dir, "--json", "--lang", d.env.Lang}, words...)
	code := d.program(d.ctx, full, frame.Streams{In: strings.NewReader(""), Out: &out, Err: lines})
	lines.flush()
	if d.ctx.Err() != nil {
		return nil, d.ctx.Err()
	}
	if code != want {
		return nil, fmt.Errorf("'hutong %s' ended with exit code %d, not %d", strings.Join(words, " "), code, want)
	}
	return out.Bytes(), nil
}

func quoted(words []string, dir string) string {
	out := make([]string, len(words))
	for i, w := range words {
		w = strings.ReplaceAll(w, dir+string(filepath.Separator), "")
		if strings.ContainsAny(w, " ;'\"") {
			w = "'" + w + "'"
		}
		out[i] = w
	}
	return strings.Join(out, " ")
}

func (d *demo) short(path string) string {
	if rel, err := filepath.Rel(d.dir, path); err == nil {
		return rel
	}
	return path
}

// indenter indents the messages of a command below the command.
type indenter struct {
	w    io.Writer
	line []byte
}

// Write implements io.Writer.
func (i *indenter) Write(p []byte) (int, error) {
	i.line = append(i.line, p...)
	for {
		n := bytes.IndexByte(i.line, '\n')
		if n < 0 {
			return len(p), nil
		}
		fmt.Fprintf(i.w, "     %s\n", i.line[:n])
		i.line = i.line[n+1:]
	}
}

func (i *indenter) flush() {
	if len(i.line) > 0 {
		fmt.Fprintf(i.w, "     %s\n", i.line)
		i.line = nil
	}
}

func (d *demo) start() error {
	d.title("Two gateways of different owners, as separate processes with separate state", "两个不同主体的网关：独立进程、独立状态")
	for _, s := range []*side{{id: "shanghai", name: "Shanghai gateway · 上海网关", jurisdiction: "CN"}, {id: "singapore", name: "Singapore gateway · 新加坡网关", jurisdiction: "SG"}} {
		s.dir = filepath.Join(d.dir, s.id)
		if err := d.launch(s); err != nil {
			return err
		}
		d.say("%s  %s  state in %s", s.name, s.public, s.dir)
	}
	return nil
}

// launch starts a gateway, adds it to the sides and waits until it is ready.
func (d *demo) launch(s *side) error {
	public, management, err := freePorts(d.ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	config := filepath.Join(d.dir, s.id+".yaml")
	text := fmt.Sprintf("gateway: %s\nname: %q\njurisdiction: %s\ndata_dir: %q\nlisten: %s\nmanagement: %s\nlog_level: warn\n", s.id, s.name, s.jurisdiction, s.dir, public, management)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(d.dir, s.id+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own
	s.public, s.management = "https://"+public, "https://"+management
	// The end of ctx does not kill the process: stop ends it cleanly.
	s.process = exec.CommandContext(context.WithoutCancel(d.ctx), d.exe, "serve", "--config", config)
	s.process.Stdout, s.process.Stderr = log, log
	// The process has its own group, so that Ctrl-C reaches only the
	// demonstration, which stops the gateways in order.
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.id, err)
	}
	s.exited = make(chan error, 1)
	go func() { s.exited <- s.process.Wait() }()
	d.sides = append(d.sides, s) // stop ends it, ready or not
	return d.ready(s)
}

func (d *demo) ready(s *side) error {
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-s.exited:
			s.exited <- err
			return fmt.Errorf("gateway %s did not start, see %s.log: %w", s.id, filepath.Join(d.dir, s.id), err)
		case <-deadline:
			return fmt.Errorf("gateway %s is not ready after 30 s, see %s.log", s.id, filepath.Join(d.dir, s.id))
		case <-d.ctx.Done():
			return d.ctx.Err()
		case <-tick.C:
		}
		c, err := client.Open(s.dir, "")
		if err != nil {
			continue
		}
		if g, err := c.Gateway().Show(d.ctx); err == nil {
			s.fingerprint = g.Fingerprint
			return nil
		}
	}
}

// freePorts finds two free addresses on loopback.
func freePorts(ctx context.Context) (string, string, error) {
	var out [2]string
	var open [2]net.Listener
	for i := range out {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", fmt.Errorf("find a free port: %w", err)
		}
		open[i], out[i] = l, l.Addr().String()
	}
	return out[0], out[1], errors.Join(open[0].Close(), open[1].Close())
}

func (d *demo) stop() error {
	var errs []error
	for _, s := range d.sides {
		if err := s.process.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, err)
		}
	}
	for _, s := range d.sides {
		select {
		case err := <-s.exited:
			if err != nil {
				errs = append(errs, fmt.Errorf("gateway %s ended with an error, see %s.log: %w", s.id, filepath.Join(d.dir, s.id), err))
			}
		case <-time.After(15 * time.Second):
			errs = append(errs, fmt.Errorf("gateway %s did not stop and was killed", s.id), s.process.Process.Kill())
		}
	}
	return errors.Join(errs...)
}

const (
	exporter  = "chaoyin"      // a digital-content company
	reinsurer = "linjiang-re"  // a reinsurer
	recipient = "merlion-care" // a service company
	court     = "circuit-court"
)

func (d *demo) admit() error {
	d.title("Participants behind each gateway", "各网关背后的参与方")
	sh, sg := d.sides[0], d.sides[1]
	for _, c := range []struct {
		at    *side
		words []string
	}{
		{sh, []string{"participant", "add", exporter, "--name", "Chaoyin Digital Content Ltd (sample)", "--name-zh", "潮音数字内容有限公司（示例）", "--jurisdiction", "CN", "--registered-in", "CN-SH", "--exports-from", "CN-SH", "--ciio=false", "--state-organ=false"}},
		{sh, []string{"participant", "add", reinsurer, "--name", "Linjiang Reinsurance Ltd (sample)", "--name-zh", "临江再保险有限公司（示例）", "--jurisdiction", "CN", "--registered-in", "CN-SH", "--exports-from", "CN-SH", "--ciio=false", "--state-organ=false", "--sector", "reinsurance"}},
		{sg, []string{"participant", "add", recipient, "--name", "Merlion Customer Care Pte Ltd (sample)", "--jurisdiction", "SG", "--foreign-authority=false", "--accept", "shanghai"}},
		{sg, []string{"participant", "add", court, "--name", "A court (sample)", "--jurisdiction", "SG", "--foreign-authority", "--accept", "shanghai"}},
	} {
		if _, err := d.run(c.at, frame.ExitOK, c.words...); err != nil {
			return err
		}
	}
	_, err := d.run(sh, frame.ExitOK, "key", "add", "compliance officer (sample)", "--role", "compliance", "--out", d.officer())
	return err
}

// officer is the file with the key of the compliance officer.
func (d *demo) officer() string { return filepath.Join(d.dir, "compliance.key") }

// before is the day some days ago.
func before(days int) string {
	return clock.Process().Now().AddDate(0, 0, -days).Format(time.DateOnly)
}

// paper adds a stand-in for a legal document, with its file, and has the officer
// confirm it.
func (d *demo) paper(owner, id, kind string, people int, days ...string) error {
	file := filepath.Join(d.dir, id+".txt")
	if err := os.WriteFile(file, []byte(id+": a sample, no document of anybody\n"), 0o600); err != nil {
		return err
	}
	words := append([]string{"instrument", "add", id, "--of", owner, "--kind", kind, "--number", id, "--authority", "sample", "--file", file,
		"--covers-recipient", recipient, "--covers-purpose", "business", "--covers-max", strconv.Itoa(people), "--unlimited", "data,until"}, days...)
	if _, err := d.run(d.sides[0], frame.ExitOK, words...); err != nil {
		return err
	}
	_, err := d.run(d.sides[0], frame.ExitOK, "instrument", "confirm", id, "--of", owner, "--file", file, "--key-file", d.officer())
	return err
}

func (d *demo) pair() error {
	d.title("The gateways pair: each operator confirms the other's keys", "网关配对：双方运营者互相确认密钥指纹")
	sh, sg := d.sides[0], d.sides[1]
	if _, err := d.run(sh, frame.ExitOK, "peer", "add", "singapore", sg.public, "--fingerprint", sg.fingerprint); err != nil {
		return err
	}
	_, err := d.run(sg, frame.ExitOK, "peer", "add", "shanghai", sh.public, "--fingerprint", sh.fingerprint)
	return err
}

// known holds the facts about the sample data that no profile can find.
func known(sector string, more ...string) []string {
	return append([]string{"--purpose", "business", "--sector", sector, "--origin", "domestic", "--important", "no", "--core=false", "--state-secret=false",
		"--basis", "consent", "--separate-consent", "--notice-given"}, more...)
}

// send runs a flow and returns it after its end.
func (d *demo) send(want int, from, to, path string, facts []string) (client.Flow, error) {
	var f client.Flow
	words := append([]string{"send", path, "--from", from, "--to", "singapore/" + to}, facts...)
	out, err := d.run(d.sides[0], want, append(words, "--waybill", filepath.Join(d.dir, filepath.Base(path)+".waybill"))...)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(out, &f)
}

func (d *demo) document(f client.Flow, name string, v any) error {
	c, err := client.Open(d.sides[0].dir, "")
	if err != nil {
		return err
	}
	return c.Flows().Document(d.ctx, f.ID, name, v)
}

// explain prints the decision on a flow, indented.
func (d *demo) explain(f client.Flow) (dataspace.Decision, error) {
	var decision dataspace.Decision
	if err := d.document(f, flow.DocDecision, &decision); err != nil {
		return decision, err
	}
	var plan dataspace.Plan
	if err := d.document(f, flow.DocPlan, &plan); err != nil {
		return decision, err
	}
	lines := &indenter{w: d.env.Out}
	show.Result(d.env, lines, show.Case{
		Decision: decision, Plan: &plan, On: clock.Process().Now().Format(frame.Day), More: "hutong flow show " + f.ID + " --long",
	})
	lines.flush()
	return decision, nil
}

func (d *demo) cleared() error {
	d.title("Cleared: customer support of a digital-content company", "放行：数字内容企业的客服工单")
	if err := d.paper(exporter, "PIPIA-2026-01", "cn.pipia", 200_000, "--completed-on", before(7)); err != nil {
		return err
	}
	path, err := sample.Write(sample.Support, d.dir)
	if err != nil {
		return err
	}
	f, err := d.send(frame.ExitOK, exporter, recipient, path, known("digital_content"))
	if err != nil {
		return err
	}
	if _, err := d.explain(f); err != nil {
		return err
	}
	return d.compare(f, path)
}

func (d *demo) action() error {
	d.title("Action required: the same company's whole membership, 120,000 people", "须先履行手续：同一企业的全部会员，十二万人")
	path, err := sample.Write(sample.Membership, d.dir)
	if err != nil {
		return err
	}
	f, err := d.send(frame.ExitNotCleared, exporter, recipient, path, known("digital_content"))
	if err != nil {
		return err
	}
	decision, err := d.explain(f)
	if err != nil {
		return err
	}
	if err := d.expect(f, client.WaitingAction, decision.Verdict, dataspace.ActionRequired); err != nil {
		return err
	}
	d.say("Not a byte has left. The standard contract is concluded, added with its file and confirmed, and the same flow goes on:")
	d.say("未出境任何字节。提交已生效的标准合同及其原件并经确认后，同一流转继续：")
	if err := d.paper(exporter, "SC-2026-0117", "cn.standard_contract", 200_000, "--effective-on", before(5), "--filed-on", before(0)); err != nil {
		return err
	}
	out, err := d.run(d.sides[0], frame.ExitOK, "flow", "follow", string(f.ID), "--waybill", path+".waybill")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, &f); err != nil {
		return err
	}
	if f.State != client.Completed {
		return fmt.Errorf("the flow is %s, not completed", f.State)
	}
	d.say("delivered %d rows, %d bytes", f.Delivered.Rows, f.Delivered.Size)
	if out, err = d.run(d.sides[0], frame.ExitOK, "counts", exporter); err != nil {
		return err
	}
	var counts client.YearCounts
	if err := json.Unmarshal(out, &counts); err != nil {
		return err
	}
	d.say("  people exported in %d: %d without sensitive data, %d with", counts.Year, counts.Totals["non_sensitive"], counts.Totals["sensitive"])
	return nil
}

func (d *demo) expect(f client.Flow, state string, verdict, want dataspace.Verdict) error {
	if f.State != state || verdict != want || f.Delivered != nil {
		return fmt.Errorf("the flow is %s with the verdict %s, expected %s with %s", f.State, verdict, state, want)
	}
	return nil
}

func (d *demo) review() error {
	d.title("Human review: a reinsurer's life portfolio; the official annex of the list is not loaded", "人工复核：再保险人身险组合；清单官方附件尚未载入")
	path, err := sample.Write(sample.Portfolio, d.dir)
	if err != nil {
		return err
	}
	if err := d.paper(reinsurer, "PIPIA-2026-02", "cn.pipia", 200_000, "--completed-on", before(7)); err != nil {
		return err
	}
	f, err := d.send(frame.ExitNotCleared, reinsurer, recipient, path, known("reinsurance", "--scenario", "RE-LIFE"))
	if err != nil {
		return err
	}
	decision, err := d.explain(f)
	if err != nil {
		return err
	}
	if err := d.expect(f, client.WaitingReview, decision.Verdict, dataspace.HumanReview); err != nil {
		return err
	}
	d.say("Nothing has left. A compliance officer decides, with a reason that becomes evidence:")
	d.say("未出境任何数据。由合规官作出决定，理由成为证据：")
	_, err = d.run(d.sides[0], frame.ExitOK, "flow", "review", string(f.ID), "--reject", "--key-file", d.officer(),
		"--reason", "The official annex must be read first; the export waits until its thresholds are known.")
	return err
}

func (d *demo) prohibited() error {
	d.title("Prohibited: the first table again, asked for by a foreign court without approval", "禁止：境外法院未经批准调取第一张表")
	path, err := sample.Write(sample.Support, d.dir)
	if err != nil {
		return err
	}
	f, err := d.send(frame.ExitNotCleared, exporter, court, path, known("digital_content"))
	if err != nil {
		return err
	}
	decision, err := d.explain(f)
	if err != nil {
		return err
	}
	return d.expect(f, client.Refused, decision.Verdict, dataspace.Prohibited)
}
