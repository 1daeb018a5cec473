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

// Choice is a person's choice among the candidates, and the schema of the
// columns that the person saw.
type Choice struct {
	Role    string
	Columns []string
	Among   []dataspace.KeyCandidate
	Schema  dataspace.Digest
}

// Choose records by which of the candidates the people of a role are told
// apart.
func (s *Service) Choose(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, c Choice, by By) (Kept, error) {
	role, columns := c.Role, c.Columns
	if err := by.check(); err != nil {
		return Kept{}, err
	}
	if !slices.ContainsFunc(c.Among, func(k dataspace.KeyCandidate) bool { return k.Role == role && slices.Equal(k.Columns, columns) }) {
		return Kept{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "statement.key", Place: "key " + strings.Join(columns, " + "),
			Message: fmt.Sprintf("is no candidate for the role %q", role),
			Hint:    "'hutong dataset key list' shows the candidates; a number of an identity document is always of a person of its own"}
	}
	choice := dataspace.KeyChoice{Role: role, Columns: columns, Reason: by.Reason, By: by.Name, At: s.cfg.Now().UTC().Format(time.RFC3339), Schema: c.Schema}
	e, err := s.event(dataspace.EventStatement, dataspace.Spoken{Owner: owner, Dataset: id, Choice: &choice})
	if err != nil {
		return Kept{}, err
	}
	choice.Event = e.ID
	body, err := json.Marshal(choice)
	if err != nil {
		return Kept{}, err
	}
	if err := s.cfg.Store.Put(ctx, owner, id, []Row{{Kind: Key, Name: role, Body: body}}, []dataspace.Event{e}); err != nil {
		return Kept{}, fmt.Errorf("record key of %s of %s: %w", id, owner, err)
	}
	s.cfg.Recorded()
	return s.Kept(ctx, owner, id)
}

// Unchoose takes back the choice for a role.
func (s *Service) Unchoose(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, role string, by By) (Kept, error) {
	return s.remove(ctx, owner, id, Gone{Key, []string{role}}, by)
}
