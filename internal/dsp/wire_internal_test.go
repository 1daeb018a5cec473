package dsp

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

const (
	offerText     = `{"@id":"o","@type":"Offer","permission":[{"action":"use"}],"target":"d"}`
	agreementText = `{"@id":"a","@type":"Agreement","assignee":"c","assigner":"p","permission":[{"action":"use"}],"target":"d","timestamp":"2026-05-01T00:00:00Z"}`
)

// deliveries is one of each message.
func deliveries() []agree.Delivery {
	both := func(m agree.Message) agree.Message {
		m.ID, m.ProviderPID, m.ConsumerPID = "urn:m", "p1", "c1"
		return m
	}
	negotiation := func(m agree.Message) agree.Delivery {
		return agree.Delivery{Kind: agree.KindNegotiation, Message: both(m)}
	}
	transfer := func(m agree.Message) agree.Delivery {
		return agree.Delivery{Kind: agree.KindTransfer, Message: both(m)}
	}
	first := func(d agree.Delivery) agree.Delivery {
		d.Initial = true
		d.Message.ProviderPID = ""
		return d
	}
	address := agree.NewHTTPAddress("https://data", "token")
	offered := first(negotiation(agree.Message{Type: agree.MsgOffer, Offer: json.RawMessage(offerText)}))
	offered.Message.ProviderPID, offered.Message.ConsumerPID = "p1", ""
	return []agree.Delivery{
		first(negotiation(agree.Message{Type: agree.MsgRequest, Offer: json.RawMessage(offerText)})),
		negotiation(agree.Message{Type: agree.MsgRequest, Offer: json.RawMessage(offerText)}),
		offered,
		negotiation(agree.Message{Type: agree.MsgOffer, Offer: json.RawMessage(offerText)}),
		negotiation(agree.Message{Type: agree.MsgAccept}),
		negotiation(agree.Message{Type: agree.MsgAgree, Agreement: json.RawMessage(agreementText)}),
		negotiation(agree.Message{Type: agree.MsgVerify}),
		negotiation(agree.Message{Type: agree.MsgFinalize}),
		negotiation(agree.Message{Type: agree.MsgTerminate, Code: "x", Reason: []string{"y", "z"}}),
		first(transfer(agree.Message{Type: agree.MsgTransfer, AgreementID: "a", Format: "HttpData-PULL"})),
		first(transfer(agree.Message{Type: agree.MsgTransfer, AgreementID: "a", Format: "HttpData-PUSH", DataAddress: address})),
		transfer(agree.Message{Type: agree.MsgStart, DataAddress: address}),
		transfer(agree.Message{Type: agree.MsgStart}),
		transfer(agree.Message{Type: agree.MsgSuspend, Reason: []string{"y"}}),
		transfer(agree.Message{Type: agree.MsgComplete}),
		transfer(agree.Message{Type: agree.MsgTerminate, Code: "x"}),
	}
}

func TestMessagesRoundTrip(t *testing.T) {
	types := map[string]bool{}
	for _, d := range deliveries() {
		types[string(d.Kind)+string(d.Message.Type)] = true
		data, err := encode(d, "https://me/dsp")
		if err != nil {
			t.Fatalf("%s: %v", d.Message.Type, err)
		}
		got, key, err := parse(d.Kind, d.Message.Type, data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		want := d.Message
		if d.Initial {
			want.Callback = "https://me/dsp"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", data, diff)
		}
		if key != string(want.Type)+" urn:m" {
			t.Errorf("key %q", key)
		}
	}
	if len(types) != len(negotiationForms)+len(transferForms) {
		t.Errorf("%d types of messages tried", len(types))
	}
}

// TestLongIDs: the stored parts of a message are bounded.
func TestLongIDs(t *testing.T) {
	for _, d := range deliveries() {
		d.Message.ID += strings.Repeat("x", maxID)
		data, err := encode(d, "https://me/dsp")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := parse(d.Kind, d.Message.Type, data); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s with an id of %d bytes: %v", d.Message.Type, len(d.Message.ID), err)
		}
	}
}

// TestOwnMessagesAreChecked: a message that does not match the schema is not
// sent.
func TestOwnMessagesAreChecked(t *testing.T) {
	for name, d := range map[string]agree.Delivery{
		"no offer":     {Kind: agree.KindNegotiation, Initial: true, Message: agree.Message{Type: agree.MsgRequest, ConsumerPID: "c"}},
		"no pid":       {Kind: agree.KindNegotiation, Message: agree.Message{Type: agree.MsgVerify, ConsumerPID: "c"}},
		"bad offer":    {Kind: agree.KindNegotiation, Initial: true, Message: agree.Message{Type: agree.MsgRequest, ConsumerPID: "c", Offer: json.RawMessage(`{"@id":"o"}`)}},
		"unknown type": {Kind: agree.KindTransfer, Message: agree.Message{Type: agree.MsgVerify}},
	} {
		if _, err := encode(d, "https://me"); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemas(t *testing.T) {
	files, err := fs.Glob(schemaFiles, "schema/*/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d schemas: %v", len(files), err)
	}
	if got := len(schemas()); got != len(files)+1 {
		t.Errorf("%d of %d schemas compiled", got, len(files))
	}
	// A message of another type matches no schema but its own.
	data, err := encode(deliveries()[0], "https://me")
	if err != nil {
		t.Fatal(err)
	}
	m, err := decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(schemas())) {
		fits := check(name, m) == nil
		if want := name == schemaRequest || name == "common/context" || name == "negotiation/contract"; fits && !want {
			t.Errorf("a request fits %s", name)
		}
	}
	if err := check("none", m); !errors.Is(err, dataspace.ErrInvalid) {
		t.Error(err)
	}
}

// TestSchemaErrorsKeepValues: an error names the place, and never repeats the
// received value.
func TestSchemaErrorsKeepValues(t *testing.T) {
	text := `{"@context":["` + Context + `"],"@type":"TransferStartMessage","providerPid":"p","consumerPid":"c","dataAddress":{"@type":"DataAddress","endpointType":"x","endpointProperties":[{"@type":"EndpointProperty","name":"authorization","value":["hush"]}]}}`
	_, _, err := parse(agree.KindTransfer, agree.MsgStart, []byte(text))
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Place != "/dataAddress/endpointProperties/0/value" || strings.Contains(err.Error(), "hush") {
		t.Fatalf("%v", err)
	}
}

func TestReasons(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"strings":  {`["a","b"]`, []string{"a", "b"}},
		"JSON-LD":  {`[{"@value":"a","@language":"en"}]`, []string{"a"}},
		"objects":  {`[{"x":1}]`, []string{`{"x":1}`}},
		"no array": {`"a"`, nil},
		"long":     {`["` + strings.Repeat("é", 1000) + `"]`, []string{strings.Repeat("é", maxReasonText)}},
		"many":     {`[1,2,3,4,5,6,7,8,9,10]`, []string{"1", "2", "3", "4", "5", "6", "7", "8"}},
	} {
		m, err := decode([]byte(`{"reason":` + c.in + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, reasons(m["reason"])); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestQualifiedProperties(t *testing.T) {
	a := parseAddress(map[string]any{"endpointType": "x", "endpointProperties": []any{
		map[string]any{"name": "https://w3id.org/edc/v0.0.1/ns/endpoint", "value": "https://data"},
		map[string]any{"name": "https://w3id.org/edc/v0.0.1/ns/authorization", "value": "token"},
	}})
	if a.URL() != "https://data" || a.Property("authorization") != "token" || a.Property("other") != "" {
		t.Fatalf("%+v", a)
	}
}

func FuzzParse(f *testing.F) {
	for _, d := range deliveries() {
		data, err := encode(d, "https://me")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(d.Kind == agree.KindTransfer, string(d.Message.Type), data)
	}
	f.Fuzz(func(t *testing.T, isTransfer bool, msg string, data []byte) {
		kind := agree.KindNegotiation
		if isTransfer {
			kind = agree.KindTransfer
		}
		m, key, err := parse(kind, agree.MessageType(msg), data)
		if err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		if key == "" || len(m.Reason) > maxReasons {
			t.Fatalf("%+v", m)
		}
		// A parsed message can be written again and parses the same.
		d := agree.Delivery{Kind: kind, Initial: m.Callback != "", Message: m}
		out, err := encode(d, m.Callback)
		if err != nil {
			return // a property is present but empty
		}
		again, _, err := parse(kind, agree.MessageType(msg), out)
		if err != nil {
			t.Fatalf("own message: %v", err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzCatalogue(f *testing.F) {
	f.Add([]byte(`{"@context":["` + Context + `"],"@id":"c","@type":"Catalog","participantId":"p","dataset":[{"@id":"d","hasPolicy":[{"@id":"o","permission":[{"action":"use"}]}],"distribution":[{"format":"f","accessService":"s"}]}]}`))
	f.Add([]byte(`{"@context":["` + Context + `"],"@id":"c","@type":"Catalog","participantId":"p","catalog":[{"@id":"c2","@type":"Catalog","dataset":[{"@id":"d","distribution":[]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Catalogue
		if err := c.add(data); err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for _, d := range c.Datasets {
			if len(d.Offers) == 0 || len(d.Formats) == 0 {
				t.Fatalf("%+v", d)
			}
		}
	})
}
