package systest_test

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/flow"
	"hutong/internal/sample"
)

// front stands where peers reach a gateway, with the gateway's own key, and may
// send something else than the gateway does. To its peers the two are one
// gateway, which lies.
type front struct {
	t    *testing.T
	data string // directory of the gateway
	mu   sync.Mutex
	lie  func(w io.Writer, data []byte, end deliver.Result) // nil: send what the gateway sends
	sent int64                                              // bytes of streams
}

// newLyingWorld is a world whose sender is behind a front.
func newLyingWorld(t *testing.T) (*world, *front) {
	t.Helper()
	at := freePort(t)
	here := newGateway(t, "shanghai", "CN", "url: https://"+at)
	f := &front{t: t, data: here.data}
	back := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: here.public})
	back.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // loopback
	back.FlushInterval = -1
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: f.handler(back)}
	go server.Serve(tls.NewListener(l, &tls.Config{GetCertificate: f.certificate}))
	t.Cleanup(func() { server.Close() })
	here.public = at
	w := &world{t: t, here: here, far: newGateway(t, "singapore", "SG")}
	w.begin()
	return w, f
}

func (f *front) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	cert, err := tls.LoadX509KeyPair(filepath.Join(f.data, "keys", "tls.crt"), filepath.Join(f.data, "keys", "tls.key"))
	return &cert, err
}

func (f *front) handler(back http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		lie := f.lie
		f.mu.Unlock()
		if lie == nil || !strings.HasPrefix(r.URL.Path, "/data/") {
			back.ServeHTTP(w, r)
			return
		}
		// The gateway makes the whole stream, so that it has to say that it did.
		r.URL.RawQuery = ""
		got := &keptAnswer{header: http.Header{}, status: http.StatusOK}
		back.ServeHTTP(got, r)
		if got.status != http.StatusOK {
			w.WriteHeader(got.status)
			return
		}
		data, end, err := unframe(got.body.Bytes())
		if err != nil {
			f.t.Errorf("the gateway sent %d bytes: %v", got.body.Len(), err)
		}
		lie(&countedBytes{w, f}, data, end)
	})
}

// countedBytes counts what was sent.
type countedBytes struct {
	io.Writer
	f *front
}

func (c *countedBytes) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.f.sent += int64(n)
	return n, err
}

// keptAnswer keeps an answer.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *keptAnswer) Header() http.Header         { return w.header }
func (w *keptAnswer) WriteHeader(status int)      { w.status = status }
func (w *keptAnswer) Write(p []byte) (int, error) { return w.body.Write(p) }

func unframe(stream []byte) (data []byte, end deliver.Result, err error) {
	for len(stream) >= 4 {
		n := binary.BigEndian.Uint32(stream)
		stream = stream[4:]
		if n == 0 {
			return data, end, json.Unmarshal(stream, &end)
		}
		data, stream = append(data, stream[:n]...), stream[n:]
	}
	return data, end, io.ErrUnexpectedEOF
}

// tell sends data as a delivery of its own, with everything that fits.
func tell(w io.Writer, data []byte, rows int64) {
	tree := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	all := tree.NewEmptyRange(0)
	end := deliver.Result{Size: int64(len(data)), Rows: rows}
	for ; len(data) > 0; end.Leaves++ {
		n := min(len(data), deliver.LeafSize)
		w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(n)), data[:n]...))
		all.Append(rfc6962.DefaultHasher.HashLeaf(data[:n]), nil)
		data = data[n:]
	}
	root, _ := all.GetRootHash(nil)
	end.Root = dataspace.Digest(fmt.Sprintf("%x", root))
	text, _ := json.Marshal(end)
	w.Write(append(make([]byte, 4), text...))
}

// TestLyingProvider: whatever a provider sends instead of what was agreed, no
// file appears, both flows end, both logs say so, and the people stay counted.
func TestLyingProvider(t *testing.T) {
	w, f := newLyingWorld(t)
	path := w.write(sample.Support)
	here, far := w.complete(w.send(w.sending(path)))
	w.verify(here, far)
	before := w.delivered(lion)
	var most deliver.Most
	w.far.document(far.ID, flow.DocMost, &most)
	if most.Rows != here.Delivered.Rows || most.Bytes < here.Delivered.Size {
		t.Fatalf("at most %+v were announced, and %+v came", most, here.Delivered)
	}
	endless := append([]byte{0, 16, 0, 0}, make([]byte, deliver.LeafSize)...)
	for code, lie := range map[string]func(io.Writer, []byte, deliver.Result){
		"delivery.columns": func(out io.Writer, data []byte, end deliver.Result) {
			names, rest, _ := bytes.Cut(data, []byte("\n"))
			list := bytes.Split(names, []byte(","))
			list[0], list[1] = list[1], list[0]
			tell(out, append(append(bytes.Join(list, []byte(",")), '\n'), rest...), end.Rows)
		},
		"delivery.rows": func(out io.Writer, data []byte, end deliver.Result) {
			tell(out, data[:bytes.LastIndexByte(data[:len(data)-1], '\n')+1], end.Rows)
		},
		"delivery.format": func(out io.Writer, data []byte, end deliver.Result) { tell(out, data[:len(data)/2], end.Rows) },
		"delivery.size": func(out io.Writer, _ []byte, _ deliver.Result) {
			for n := 0; n < 1<<20; n++ {
				if _, err := out.Write(endless); err != nil {
					return
				}
			}
			t.Error("a stream without end was taken for a terabyte")
		},
	} {
		t.Run(code, func(t *testing.T) {
			w.speak(t)
			f.mu.Lock()
			f.lie, f.sent = lie, 0
			f.mu.Unlock()
			sent := w.here.settle(w.send(w.sending(path)).ID)
			got := w.far.settle(w.other(sent).ID)
			if got.State != dataspace.Refused || got.Trouble.Code != code || got.Trouble.Hint == "" {
				t.Errorf("the recipient's flow is %s with %+v", got.State, got.Trouble)
			}
			if sent.State != dataspace.Refused || sent.Trouble.Code != "peer.refused" || !strings.Contains(sent.Trouble.Message, code) || !strings.Contains(sent.Trouble.Message, got.Trouble.Message) {
				t.Errorf("the sender's flow is %s with %+v", sent.State, sent.Trouble)
			}
			if now := w.delivered(lion); len(now) != len(before) {
				t.Errorf("%v appeared", now)
			}
			if left, err := filepath.Glob(filepath.Join(w.far.data, "inbox", lion, ".*")); err != nil || len(left) != 0 {
				t.Errorf("left: %v %v", left, err)
			}
			wantKinds(t, checkLog(t, w.here.data), sent.ID, append(sentKinds[:4:4], dataspace.EventRefusal))
			wantKinds(t, checkLog(t, w.far.data), got.ID, append(gotKinds[:3:3], dataspace.EventRefusal))
			var left flow.Streamed
			w.here.document(sent.ID, flow.DocStreamed, &left)
			if left.To.Participant != lion || left.Transfer == "" || left.Whole == nil || left.Whole.Rows != here.Delivered.Rows {
				t.Errorf("the sender's log says that %+v left", left)
			}
			if n := w.people(acme)["non_sensitive"]; n != supportPeople {
				t.Errorf("%d people are counted", n)
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.sent > most.Bytes+64<<20 {
				t.Errorf("%d bytes were taken, %d announced at most", f.sent, most.Bytes)
			}
		})
	}
	w.speak(t)
	f.mu.Lock()
	f.lie = nil
	f.mu.Unlock()
	here, far = w.complete(w.send(w.sending(path)))
	w.verify(here, far)
}
