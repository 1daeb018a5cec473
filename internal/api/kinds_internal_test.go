package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// An error has the same kind after it went through the API and the client, and
// a command ends with the same code as for a local error.
func TestKindsSurvive(t *testing.T) {
	codes := map[int]int{}
	for _, k := range kinds {
		made := fmt.Errorf("do it: %w", &dataspace.Problem{Kind: k.kind, Code: "a.code", Place: "a/place", Message: "no", Hint: "try"})
		s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			e := describe(made)
			w.WriteHeader(e.Status)
			if err := json.NewEncoder(w).Encode(e); err != nil {
				t.Error(err)
			}
		}))
		c, err := client.New(s.URL, "key", client.Through(s.Client()))
		if err != nil {
			t.Fatal(err)
		}
		_, came := c.Gateway().Show(t.Context())
		s.Close()
		var e *client.Error
		if !errors.As(came, &e) || e.Kind != k.name || e.Code != "a.code" || e.Place != "a/place" || e.Hint != "try" {
			t.Errorf("%v came as %#v", made, came)
		}
		env := &frame.Env{Streams: frame.Streams{Out: io.Discard, Err: io.Discard}}
		here, there := env.Report(nil, made), env.Report(nil, came)
		if here != there {
			t.Errorf("%s: ends with %d here and with %d by a gateway", k.name, here, there)
		}
		codes[there]++
	}
	if codes[frame.ExitEvidence] != 1 || codes[frame.ExitNotCleared] != 2 { // not cleared, and a contradiction
		t.Errorf("codes are %v", codes)
	}
}
