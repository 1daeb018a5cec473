package systest_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
)

// gatewayProcess is one gateway: its directory, its addresses, and the
// process that runs on them at the moment.
type gatewayProcess struct {
	t          *testing.T
	id         string
	dir        string // holds data and everything else of this gateway
	data       string
	config     string
	public     string
	management string
	logFile    string
	program    string   // that runs it
	env        []string // beside that of the test

	cmd    *exec.Cmd
	exited chan struct{}
	status error // of the process that ended last
	http   *http.Client
	key    string
}

const startTimeout = 60 * time.Second

func newGateway(t *testing.T, id, jurisdiction string, extra ...string) *gatewayProcess {
	t.Helper()
	dir := t.TempDir()
	g := &gatewayProcess{
		t: t, id: id, dir: dir, data: filepath.Join(dir, "data"), config: filepath.Join(dir, "gateway.yaml"),
		public: freePort(t), management: freePort(t), logFile: filepath.Join(dir, "stderr.log"), program: program,
		http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // loopback, and a certificate of its own
		}},
	}
	text := fmt.Sprintf("gateway: %s\nname: %s gateway\njurisdiction: %s\ndata_dir: %q\nlisten: %s\nmanagement: %s\n%s\n",
		id, id, jurisdiction, g.data, g.public, g.management, strings.Join(extra, "\n"))
	if err := os.WriteFile(g.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.kill)
	return g
}

// freePort finds an address on loopback that nobody uses. It is below the
// range that outgoing connections take their ports from, so that it stays
// free while the gateway is down.
func freePort(t *testing.T) string {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	for ports.next++; ports.next < 32000; ports.next++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", ports.next))
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return l.Addr().String()
	}
	t.Fatal("no free port")
	return ""
}

// start runs the gateway and waits until it is ready.
func (g *gatewayProcess) start() {
	g.t.Helper()
	g.launch()
	g.await()
}

func (g *gatewayProcess) launch() {
	g.t.Helper()
	log, err := os.OpenFile(g.logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		g.t.Fatal(err)
	}
	defer log.Close()
	g.cmd = exec.Command(g.program, "serve", "--config", g.config)
	g.cmd.Env = append(os.Environ(), g.env...)
	g.cmd.Stdout, g.cmd.Stderr = log, log
	if err := g.cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	track(g.cmd, true)
	g.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		g.status = cmd.Wait()
		track(cmd, false)
		close(exited)
	}(g.cmd, g.exited)
}

// await waits until the process that was launched answers.
func (g *gatewayProcess) await() {
	g.t.Helper()
	deadline := time.Now().Add(startTimeout)
	for {
		select {
		case <-g.exited:
			g.t.Fatalf("gateway %s ended instead of starting: %v\n%s", g.id, g.status, g.tail())
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			g.t.Fatalf("gateway %s is not ready after %s\n%s", g.id, startTimeout, g.tail())
		}
		var e struct {
			PID int `json:"pid"`
		}
		data, err := os.ReadFile(filepath.Join(g.data, "management.json"))
		if err != nil || json.Unmarshal(data, &e) != nil || e.PID != g.cmd.Process.Pid {
			continue
		}
		key, err := os.ReadFile(filepath.Join(g.data, "local.key"))
		if err != nil {
			continue
		}
		g.key = strings.TrimSpace(string(key))
		if g.try("GET", "/gateway", nil, nil) == nil {
			return
		}
	}
}

// kill ends the process at once, as a power cut would.
func (g *gatewayProcess) kill() {
	if g.running() {
		_ = g.cmd.Process.Kill() // it may end by itself at this moment
		<-g.exited
	}
	g.http.CloseIdleConnections()
}

func (g *gatewayProcess) running() bool {
	if g.cmd == nil {
		return false
	}
	select {
	case <-g.exited:
		return false
	default:
		return true
	}
}

// stop ends the process as an operator does and checks that it ends well.
func (g *gatewayProcess) stop() {
	g.t.Helper()
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		g.t.Fatal(err)
	}
	g.http.CloseIdleConnections()
	select {
	case <-g.exited:
	case <-time.After(20 * time.Second):
		g.t.Fatalf("gateway %s does not stop\n%s", g.id, g.tail())
	}
	if g.status != nil {
		g.t.Fatalf("gateway %s stopped with %v\n%s", g.id, g.status, g.tail())
	}
}

// tail is the end of what the gateway said.
func (g *gatewayProcess) tail() string {
	data, err := os.ReadFile(g.logFile)
	if err != nil {
		return err.Error()
	}
	if len(data) > 6000 {
		data = data[len(data)-6000:]
	}
	return "--- " + g.id + "\n" + string(data)
}

// refusal is an answer other than success.
type refusal struct{ answer client.Error }

func (r *refusal) Error() string {
	return fmt.Sprintf("%d %s: %s", r.answer.Status, r.answer.Code, r.answer.Message)
}

// try makes one call of the management API.
func (g *gatewayProcess) try(method, path string, in, out any) error {
	return g.tryAs(g.key, method, path, in, out)
}

func (g *gatewayProcess) tryAs(key, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, "https://"+g.management+client.Prefix+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := g.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		r := &refusal{}
		if err := json.NewDecoder(resp.Body).Decode(&r.answer); err != nil {
			return fmt.Errorf("status %d: %w", resp.StatusCode, err)
		}
		return r
	}
	if out == nil {
		return nil
	}
	if raw, ok := out.(*[]byte); ok {
		*raw, err = io.ReadAll(resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// call is try that must succeed.
func (g *gatewayProcess) call(method, path string, in, out any) {
	g.t.Helper()
	if err := g.try(method, path, in, out); err != nil {
		g.t.Fatalf("%s: %s %s: %v\n%s", g.id, method, path, err, g.tail())
	}
}

func (g *gatewayProcess) flow(id dataspace.FlowID) flowView {
	g.t.Helper()
	var f flowView
	g.call("GET", "/flows/"+string(id), nil, &f)
	return f
}

// flowTimeout is how long a flow may take to its end, waits between attempts
// after a peer was down included.
const flowTimeout = 90 * time.Second

// settle waits until a flow has ended or waits for a person.
func (g *gatewayProcess) settle(id dataspace.FlowID) flowView {
	g.t.Helper()
	f := g.flow(id)
	for deadline := time.Now().Add(flowTimeout); !f.State.Final() && !f.State.Waiting(); {
		if time.Now().After(deadline) {
			g.t.Fatalf("flow %s of %s is still %s (trouble %+v, sending %q)\n%s", id, g.id, f.State, f.Trouble, f.Sending, g.tail())
		}
		g.call("GET", fmt.Sprintf("/flows/%s?after=%d&wait=2", id, f.Version), nil, &f)
	}
	return f
}

// until waits for a flow to reach a state.
func (g *gatewayProcess) until(id dataspace.FlowID, want ...dataspace.FlowState) flowView {
	g.t.Helper()
	f := g.flow(id)
	for deadline := time.Now().Add(flowTimeout); ; {
		for _, w := range want {
			if f.State == w {
				return f
			}
		}
		if f.State.Final() || time.Now().After(deadline) {
			g.t.Fatalf("flow %s of %s is %s, want %v (trouble %+v)\n%s", id, g.id, f.State, want, f.Trouble, g.tail())
		}
		g.call("GET", fmt.Sprintf("/flows/%s?after=%d&wait=2", id, f.Version), nil, &f)
	}
}

func (g *gatewayProcess) document(id dataspace.FlowID, name string, v any) {
	g.t.Helper()
	g.call("GET", "/flows/"+string(id)+"/documents/"+name, nil, v)
}

// command runs the command line against this gateway.
func (g *gatewayProcess) command(args ...string) (stdout, stderr string, code int) {
	g.t.Helper()
	cmd := exec.Command(g.program, append([]string{"--data-dir", g.data}, args...)...)
	cmd.Dir = g.dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	track(cmd, true)
	defer track(cmd, false)
	if err := cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	_ = cmd.Wait() // its code says it
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// pause is what lies between two looks at something that changes by itself.
func pause() { time.Sleep(10 * time.Millisecond) }
