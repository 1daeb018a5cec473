package systest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/sample"
)

// TestUpload sends a file that a participant's key may not name: its bytes go
// to the gateway, and stay there as long as the flow needs them.
func TestUpload(t *testing.T) {
	w := newWorld(t)
	w.recipient("tiger")
	key := filepath.Join(w.here.dir, "desk.key")
	if err := os.WriteFile(key, []byte(w.newKey(w.here, "desk", gateway.ParticipantMember, acme)), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "客户.csv")
	if err := os.Rename(w.write(sample.Support), path); err != nil {
		t.Fatal(err)
	}
	send := func(to string, more ...string) (string, int) {
		_, errs, code := w.here.command(append([]string{"send", path, "--to", "singapore/" + to, "--from", acme, "--purpose", "business",
			"--sector", "digital_content", "--origin", "domestic", "--important", "no", "--core=false", "--state-secret=false",
			"--basis", "consent", "--separate-consent", "--notice-given", "--key-file", key}, more...)...)
		return errs, code
	}
	uploads := func() (out []string) {
		err := filepath.WalkDir(filepath.Join(w.here.data, "uploads"), func(p string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				out = append(out, p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	errs, code := send(lion)
	if code != 0 || !strings.Contains(errs, "was sent to the gateway") {
		t.Fatalf("send ended with %d\n%s", code, errs)
	}
	here := w.here.flow(w.here.flows()[0].ID)
	if here.Dataset != "客户" {
		t.Errorf("the dataset is called %q", here.Dataset)
	}
	if here.Source.Kind != dataspace.SourceUpload || here.Delivered == nil || here.Delivered.Rows != int64(len(sampleCells(t, sample.Support))-1) {
		t.Errorf("source %s, delivered %s", here.Source, asJSON(here.Delivered))
	}
	w.verify(here, w.far.settle(w.other(here).ID))
	if left := uploads(); len(left) != 0 {
		t.Errorf("after the flow %v are left", left)
	}

	if errs, code := send("tiger", "--detach"); code != 0 {
		t.Fatalf("send ended with %d\n%s", code, errs)
	}
	here = w.here.flow(w.here.flows()[0].ID)
	if left := uploads(); len(left) != 1 {
		t.Errorf("while the flow waits there are %v", left)
	}
	w.here.call("POST", "/flows/"+string(here.ID)+"/stop", client.StopFlow{Reason: "a mistake"}, nil)
	w.here.settle(here.ID)
	if left := uploads(); len(left) != 0 {
		t.Errorf("after the flow was stopped %v are left", left)
	}

	// The operator's own key may name the file, which is then read where it lies.
	key = filepath.Join(w.here.data, "local.key")
	if errs, code := send(lion); code != 0 || !strings.Contains(errs, "reads "+path+" where it lies") {
		t.Errorf("send ended with %d\n%s", code, errs)
	}
	if here = w.here.flow(w.here.flows()[0].ID); here.Source != dataspace.FileSource(path) {
		t.Errorf("the source is %s, want %s", here.Source, path)
	}
}
