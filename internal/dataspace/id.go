package dataspace

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// ParticipantID names an organisation behind a gateway. Lower-case letters,
// digits and dashes, 2 to 63 characters, unique within its gateway, and part
// of its URL: /p/<participant>/dsp. Example: "acme-content".
type ParticipantID string

// GatewayID names a gateway for all its peers. Same form as a ParticipantID.
// Example: "shanghai".
type GatewayID string

// PeerName is the local name an operator gave to another gateway. Same form
// as a ParticipantID. Example: "singapore".
type PeerName string

// DatasetID names a dataset of one participant. It may also have characters of
// Chinese, Japanese and Korean.
type DatasetID string

// FlowID names one flow on one gateway; random, "flow-" and 26 characters of
// lower-case base32. Both sides of a flow have their own.
type FlowID string

// NegotiationID is the local process id (PID) of a contract negotiation.
type NegotiationID string

// TransferID is the local process id (PID) of a transfer process.
type TransferID string

// AgreementID is the id of a contract agreement, the same on both sides.
type AgreementID string

// InstrumentID is the id under which a legal document is registered.
type InstrumentID string

// ReservationID names people counted for one flow before its delivery.
type ReservationID string

// EventID names one evidence event; the log shows each exactly once.
type EventID string

// ElementID is an id of the taxonomy of data elements. Example:
// "cn_resident_id".
type ElementID string

// RuleID is the id of one rule, unique over all packs.
type RuleID string

// PackID is the path of a rule pack below packs/. Example: "cn/national".
type PackID string

// Jurisdiction is an ISO 3166-1 alpha-2 code.
type Jurisdiction string

// Region is an ISO 3166-2 code, or a Jurisdiction if no finer code is needed.
type Region string

// Jurisdiction returns the part of the region before the dash.
func (r Region) Jurisdiction() Jurisdiction {
	head, _, _ := strings.Cut(string(r), "-")
	return Jurisdiction(head)
}

// Digest is a SHA-256 in lower-case hexadecimal, 64 characters.
type Digest string

// DigestOf hashes data.
func DigestOf(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest(hex.EncodeToString(sum[:]))
}

// Short is the first twelve characters, for people.
func (d Digest) Short() string {
	if len(d) < 12 {
		return string(d)
	}
	return string(d[:12])
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$`)

// datasetPattern also has the letters of scripts without capitals, so that a
// dataset can be called as its file is.
var datasetPattern = regexp.MustCompile(`^[a-z0-9\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}][a-z0-9ー\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}-]{0,61}[a-z0-9ー\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]$`)

// CheckName reports whether s can be the name of a participant, peer, dataset
// or gateway; kind is what the error calls it.
func CheckName(kind, s string) error {
	pattern := namePattern
	if kind == "dataset" {
		pattern = datasetPattern
	}
	if pattern.MatchString(s) {
		return nil
	}
	return &Problem{
		Kind:    ErrInvalid,
		Code:    "name.form",
		Message: fmt.Sprintf("%s name %q does not fit", kind, s),
		Hint:    "use 2 to 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit; a dataset may also have Chinese, Japanese and Korean characters",
	}
}
