package officer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

// Choose records by which of the candidates the people of a role are told
// apart. The schema is that of the columns that the person saw.
func (s *Service) Choose(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, schema dataspace.Digest, among []dataspace.KeyCandidate, role string, columns []string, by By) (Kept, error) {
	if err := by.check(); err != nil {
		return Kept{}, err
	}
	if !slices.ContainsFunc(among, func(c dataspace.KeyCandidate) bool { return c.Role == role && slices.Equal(c.Columns, columns) }) {
		return Kept{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.key", Place: "key " + strings.Join(columns, " + "),
			Message: fmt.Sprintf("is no candidate for the role %q", role),
			Hint:    "'hutong dataset key list' shows the candidates; a number of an identity document is always of a person of its own"}
	}
	body, err := json.Marshal(dataspace.KeyChoice{Role: role, Columns: columns, Reason: by.Reason, By: by.Name, At: s.cfg.Now().UTC().Format(time.RFC3339), Schema: schema})
	if err != nil {
		return Kept{}, err
	}
	if err := s.cfg.Store.Put(ctx, owner, id, []Row{{Kind: Key, Name: role, Body: body}}); err != nil {
		return Kept{}, fmt.Errorf("record key of %s of %s: %w", id, owner, err)
	}
	return s.Kept(ctx, owner, id)
}

// Unchoose takes back the choice for a role.
func (s *Service) Unchoose(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, role string) (Kept, error) {
	return s.remove(ctx, owner, id, Key, []string{role})
}
