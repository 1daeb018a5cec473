package dsp

import (
	"encoding/json"
	"fmt"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// Context is the JSON-LD context of every message.
const Context = "https://w3id.org/dspace/2025/1/context.jsonld"

// memberWitnessed of a transfer request is what the consumer's gateway, as a
// witness, has cosigned of the provider's log: a C2SP checkpoint without
// signatures. The specification has no such member; a connector that does not
// know it passes over it.
const memberWitnessed = "hutong:witnessed"

// Version is the version of the protocol as written in the metadata.
const Version = "2025-1"

// form is the wire form of a type of message.
type form struct {
	schema, wireType, event string
	// The path below the counterparty's base, for a first message and for one
	// to a process.
	first, later string
}

var negotiationForms = map[agree.MessageType]form{
	agree.MsgRequest:   {schemaRequest, "ContractRequestMessage", "", "request", "request"},
	agree.MsgOffer:     {schemaOffer, "ContractOfferMessage", "", "offers", "offers"},
	agree.MsgAccept:    {schemaEvent, "ContractNegotiationEventMessage", "ACCEPTED", "", "events"},
	agree.MsgAgree:     {schemaAgreement, "ContractAgreementMessage", "", "", "agreement"},
	agree.MsgVerify:    {schemaVerification, "ContractAgreementVerificationMessage", "", "", "agreement/verification"},
	agree.MsgFinalize:  {schemaEvent, "ContractNegotiationEventMessage", "FINALIZED", "", "events"},
	agree.MsgTerminate: {schemaTermination, "ContractNegotiationTerminationMessage", "", "", "termination"},
}

var transferForms = map[agree.MessageType]form{
	agree.MsgTransfer:  {schemaTransferRequest, "TransferRequestMessage", "", "request", ""},
	agree.MsgStart:     {schemaTransferStart, "TransferStartMessage", "", "", "start"},
	agree.MsgSuspend:   {schemaTransferSuspension, "TransferSuspensionMessage", "", "", "suspension"},
	agree.MsgComplete:  {schemaTransferCompletion, "TransferCompletionMessage", "", "", "completion"},
	agree.MsgTerminate: {schemaTransferTermination, "TransferTerminationMessage", "", "", "termination"},
}

func formOf(kind agree.Kind, t agree.MessageType) (form, error) {
	forms := negotiationForms
	if kind == agree.KindTransfer {
		forms = transferForms
	}
	f, ok := forms[t]
	if !ok {
		return form{}, fmt.Errorf("encode %s message of a %s: %w", t, kind, dataspace.ErrInvalid)
	}
	return f, nil
}

// envelope begins a message.
func envelope(wireType string) map[string]any {
	return map[string]any{"@context": []any{Context}, "@type": wireType}
}

// encode writes a message and checks it. First messages contain callback.
func encode(d agree.Delivery, callback string) ([]byte, error) {
	f, err := formOf(d.Kind, d.Message.Type)
	if err != nil {
		return nil, err
	}
	m := d.Message
	out := envelope(f.wireType)
	put(out, "@id", m.ID)
	put(out, "providerPid", m.ProviderPID)
	put(out, "consumerPid", m.ConsumerPID)
	put(out, "eventType", f.event)
	put(out, "agreementId", string(m.AgreementID))
	put(out, "format", m.Format)
	put(out, "code", m.Code)
	if d.Initial {
		out["callbackAddress"] = callback
	}
	if m.Offer != nil {
		out["offer"] = m.Offer
	}
	if m.Agreement != nil {
		out["agreement"] = m.Agreement
	}
	if m.DataAddress != nil {
		out["dataAddress"] = encodeAddress(m.DataAddress)
	}
	put(out, memberWitnessed, m.Witnessed)
	if len(m.Reason) > 0 {
		out["reason"] = m.Reason
	}
	return checked(f.schema, out)
}

// checked encodes v and validates the bytes.
func checked(schema string, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	back, err := decode(data)
	if err == nil {
		err = check(schema, back)
	}
	if err != nil {
		return nil, fmt.Errorf("check own message: %w", err)
	}
	return data, nil
}

func put(m map[string]any, key, value string) {
	if value != "" {
		m[key] = value
	}
}

func encodeAddress(a *agree.DataAddress) map[string]any {
	out := map[string]any{"@type": "DataAddress", "endpointType": a.EndpointType}
	put(out, "endpoint", a.Endpoint)
	if len(a.Properties) > 0 {
		props := make([]any, len(a.Properties))
		for i, p := range a.Properties {
			props[i] = map[string]any{"@type": "EndpointProperty", "name": p.Name, "value": p.Value}
		}
		out["endpointProperties"] = props
	}
	return out
}

// parse reads a message that came to an endpoint of the given type. Keys are
// matched exactly, as in the schema.
func parse(kind agree.Kind, t agree.MessageType, data []byte) (agree.Message, string, error) {
	f, err := formOf(kind, t)
	if err != nil {
		return agree.Message{}, "", err
	}
	m, err := decode(data)
	if err != nil {
		return agree.Message{}, "", err
	}
	if err := check(f.schema, m); err != nil {
		return agree.Message{}, "", err
	}
	out := agree.Message{
		ID: text(m, "@id"), Type: t,
		ProviderPID: text(m, "providerPid"), ConsumerPID: text(m, "consumerPid"),
		AgreementID: dataspace.AgreementID(text(m, "agreementId")), Format: text(m, "format"),
		Callback: text(m, "callbackAddress"), Code: text(m, "code"), Reason: reasons(m["reason"]),
		Witnessed: text(m, memberWitnessed),
	}
	if t == agree.MsgAccept || t == agree.MsgFinalize {
		out.Type = agree.MsgFinalize
		if text(m, "eventType") == "ACCEPTED" {
			out.Type = agree.MsgAccept
		}
	}
	if err := short(m); err != nil {
		return agree.Message{}, "", err
	}
	if out.Offer, err = part(m, "offer"); err != nil {
		return agree.Message{}, "", err
	}
	if out.Agreement, err = part(m, "agreement"); err != nil {
		return agree.Message{}, "", err
	}
	out.DataAddress = parseAddress(m["dataAddress"])
	key := out.ID
	if key == "" {
		canonical, err := dataspace.CanonicalJSON(m)
		if err != nil {
			return agree.Message{}, "", err
		}
		key = string(dataspace.DigestOf(canonical))
	}
	return out, string(out.Type) + " " + key, nil
}

// maxID is the largest length of the identifiers and addresses in a message, in
// bytes. They are kept with the process, and the ids of its messages for long.
const maxID = 2048

// short refuses texts that are too long to be identifiers.
func short(m map[string]any) error {
	agreement, _ := m["agreement"].(map[string]any)
	for place, value := range map[string]string{
		"@id": text(m, "@id"), "providerPid": text(m, "providerPid"), "consumerPid": text(m, "consumerPid"),
		"agreementId": text(m, "agreementId"), "format": text(m, "format"), "code": text(m, "code"),
		"callbackAddress": text(m, "callbackAddress"), "agreement.@id": text(agreement, "@id"),
		memberWitnessed: text(m, memberWitnessed),
	} {
		if len(value) > maxID {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dsp.size", Place: place, Message: fmt.Sprintf("is longer than %d bytes", maxID)}
		}
	}
	return nil
}

// part encodes a part of a message canonically, so that the stored part is the
// checked one.
func part(m map[string]any, key string) (json.RawMessage, error) {
	if m[key] == nil {
		return nil, nil
	}
	data, err := dataspace.CanonicalJSON(m[key])
	if err != nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dsp.json", Place: key, Message: "cannot be converted to canonical form"}
	}
	return data, nil
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func parseAddress(v any) *agree.DataAddress {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	a := &agree.DataAddress{EndpointType: text(m, "endpointType"), Endpoint: text(m, "endpoint")}
	props, _ := m["endpointProperties"].([]any)
	for _, p := range props {
		if p, ok := p.(map[string]any); ok {
			a.Properties = append(a.Properties, agree.Property{Name: text(p, "name"), Value: text(p, "value")})
		}
	}
	return a
}

// Bounds of the stored reasons of the other side.
const (
	maxReasons    = 8
	maxReasonText = 400
)

// reasons reads the reasons of a termination or an error: strings, JSON-LD
// values, or objects, which are kept as their JSON.
func reasons(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, r := range list {
		if len(out) == maxReasons {
			break
		}
		s, ok := r.(string)
		if m, isMap := r.(map[string]any); isMap && !ok {
			s, ok = m["@value"].(string)
		}
		if !ok {
			data, err := json.Marshal(r)
			if err != nil {
				continue
			}
			s = string(data)
		}
		if r := []rune(s); len(r) > maxReasonText {
			s = string(r[:maxReasonText])
		}
		out = append(out, s)
	}
	return out
}

func ackJSON(kind agree.Kind, a agree.Ack) ([]byte, error) {
	wireType, schema := "ContractNegotiation", schemaNegotiation
	if kind == agree.KindTransfer {
		wireType, schema = "TransferProcess", schemaTransfer
	}
	out := envelope(wireType)
	out["providerPid"], out["consumerPid"], out["state"] = a.ProviderPID, a.ConsumerPID, string(a.State)
	return checked(schema, out)
}
