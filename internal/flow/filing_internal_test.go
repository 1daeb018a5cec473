package flow

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
)

func TestApproveFiling(t *testing.T) {
	s, m := newTestService(t, Flow{ID: "flow-1", Role: dataspace.Provider, Course: Course{State: dataspace.Completed}})
	digest := dataspace.DigestOf([]byte("input"))
	for name, in := range map[string]Filing{
		"kind":      {Kind: "../../profile", Digest: digest, Reason: "read"},
		"no-kind":   {Digest: digest, Reason: "read"},
		"digest":    {Kind: "xx/report", Digest: digest[:10], Reason: "read"},
		"upper":     {Kind: "xx/report", Digest: dataspace.Digest(strings.ToUpper(string(digest))), Reason: "read"},
		"no-reason": {Kind: "xx/report", Digest: digest, Reason: " "},
	} {
		if _, err := s.Commands.ApproveFiling(t.Context(), "flow-1", in); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := Filing{Kind: "xx/report", Digest: digest, Reason: "read", By: "Li (compliance)"}
	if _, err := s.Commands.ApproveFiling(t.Context(), "flow-0", good); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("no flow: %v", err)
	}
	if len(m.events) > 0 {
		t.Fatalf("refusals left evidence: %v", m.kinds())
	}
	made, err := s.Commands.ApproveFiling(t.Context(), "flow-1", good)
	if err != nil || made.At.IsZero() || made.By != good.By {
		t.Fatalf("%+v, %v", made, err)
	}
	f, err := s.Flow(t.Context(), "flow-1")
	if err != nil || f.State != dataspace.Completed || f.Documents["filing.xx.report"] == "" || !slices.Equal(m.kinds(), []dataspace.EventKind{dataspace.EventFiling}) {
		t.Errorf("%+v, %v, %v", f, err, m.kinds())
	}
	again := good
	again.Digest = dataspace.DigestOf([]byte("other"))
	if _, err := s.Commands.ApproveFiling(t.Context(), "flow-1", again); err != nil || len(m.events) != 2 {
		t.Errorf("a later one: %v, %d events", err, len(m.events))
	}
}
