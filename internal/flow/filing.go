package flow

import (
	"context"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

// Filing says that a person approved the documents of a filing about a flow:
// exactly those made from the input with this digest. It contains neither the
// text of the documents nor the answers in them.
type Filing struct {
	Kind   string           `json:"kind"`
	Digest dataspace.Digest `json:"digest"`
	Reason string           `json:"reason"`
	By     string           `json:"by"` // name of the key it was recorded with
	At     time.Time        `json:"at"`
}

// DocFiling is the name of the document that holds the last approval of a kind
// of filing.
func DocFiling(kind string) string { return "filing." + strings.ReplaceAll(kind, "/", ".") }

var filingKind = regexp.MustCompile(`^[a-z]{2,20}/[a-z0-9-]{1,60}$`)

// ApproveFiling records that a person approved a filing. It does not change the
// course of the flow.
func (s *Commands) ApproveFiling(ctx context.Context, id dataspace.FlowID, in Filing) (Filing, error) {
	bad := func(place, message, hint string) (Filing, error) {
		return Filing{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.approval", Place: place, Message: message, Hint: hint}
	}
	if !filingKind.MatchString(in.Kind) {
		return bad("kind", "expected a kind of filing, such as xx/report", "")
	}
	if raw, err := hex.DecodeString(string(in.Digest)); err != nil || len(raw) != 32 || strings.ToLower(string(in.Digest)) != string(in.Digest) {
		return bad("digest", "expected a SHA-256 in lower-case hexadecimal", "")
	}
	if strings.TrimSpace(in.Reason) == "" {
		return bad("reason", "an approval needs a reason", "say why you approve; the reason is kept as evidence")
	}
	in.At = s.now()
	_, err := s.mutate(ctx, id, func(r *record) error {
		if err := r.document(DocFiling(in.Kind), in); err != nil {
			return err
		}
		r.event(dataspace.EventFiling, DocFiling(in.Kind))
		return nil
	})
	return in, err
}
