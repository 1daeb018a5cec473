package prove

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// The fast encoders must write the same bytes as the general encoder of the
// project.
func TestEncodersAreCanonical(t *testing.T) {
	text := rapid.StringN(0, 20, -1)
	name := rapid.StringMatching(`[a-zA-Z0-9_.-]{1,12}`)
	salt := rapid.Custom(func(t *rapid.T) (s dataspace.Salt) {
		copy(s[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "salt"))
		return s
	})
	opening := rapid.Custom(func(t *rapid.T) Opening {
		return Opening{Salt: salt.Draw(t, "salt"), Digest: dataspace.Digest(name.Draw(t, "digest"))}
	})
	entry := rapid.Custom(func(t *rapid.T) WaybillEntry {
		return WaybillEntry{Entry: text.Draw(t, "entry"), Openings: rapid.MapOfN(name, opening, 0, 4).Draw(t, "openings"), Proof: text.Draw(t, "proof")}
	})
	rapid.Check(t, func(t *rapid.T) {
		w := Waybill{Format: text.Draw(t, "format"), Flow: dataspace.FlowID(text.Draw(t, "flow")), Role: dataspace.Role(text.Draw(t, "role")),
			Gateway: dataspace.GatewayID(text.Draw(t, "gateway")), Entries: rapid.SliceOfN(entry, 0, 4).Draw(t, "entries"), Documents: map[dataspace.Digest]json.RawMessage{}}
		for _, s := range rapid.SliceOfN(text, 0, 4).Draw(t, "documents") {
			doc, err := dataspace.NewDocument(map[string]any{"text": s})
			if err != nil {
				t.Fatal(err)
			}
			w.Documents[doc.Digest()] = json.RawMessage(doc)
		}
		same(t, w.append(nil), w)
		e := EntryBody{V: rapid.IntRange(0, 9).Draw(t, "v"), ID: dataspace.EventID(text.Draw(t, "id")), Kind: dataspace.EventKind(text.Draw(t, "kind")),
			Gateway: w.Gateway, Flow: w.Flow, At: text.Draw(t, "at"), Commitments: map[string]dataspace.Commitment{}}
		for n, s := range rapid.MapOfN(name, salt, 0, 4).Draw(t, "commitments") {
			e.Commitments[n] = dataspace.Commitment(s)
		}
		same(t, e.append(nil), e)
	})
	same(t, Waybill{}.append(nil), Waybill{})
	same(t, EntryBody{}.append(nil), EntryBody{})
}

func same(t rapid.TB, got []byte, v any) {
	t.Helper()
	want, err := dataspace.CanonicalJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("encoded\n%q, want\n%q", got, want)
	}
}
