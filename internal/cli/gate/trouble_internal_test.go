package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/cli/frame"
)

// The Chinese messages are those of codes that flows have.
func TestTroubles(t *testing.T) {
	var source strings.Builder
	files, err := filepath.Glob("../../flow/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files of flow: %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(data)
	}
	for code := range troubles {
		if !strings.Contains(source.String(), `Code: "`+code+`"`) {
			t.Errorf("no flow has the code %s", code)
		}
	}
	f := client.Flow{ID: "flow-1", Trouble: &client.Trouble{Code: "flow.human_review", Message: "a person", Hint: "look"}}
	if m, h := trouble(&frame.Env{Lang: "zh"}, f); m != "须由合规负责人决定" || !strings.Contains(h, "review flow-1 ") {
		t.Errorf("Chinese: %q, %q", m, h)
	}
	if m, h := trouble(&frame.Env{}, f); m != "a person" || h != "look" {
		t.Errorf("English: %q, %q", m, h)
	}
	f.Trouble.Code = "peer.refused"
	if m, _ := trouble(&frame.Env{Lang: "zh"}, f); m != "a person" {
		t.Errorf("another code: %q", m)
	}
}
