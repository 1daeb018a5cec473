package sqlite

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

var _ gateway.Lists = (*GatewayStore)(nil)

// ParticipantsPage implements gateway.Lists.
func (s *GatewayStore) ParticipantsPage(ctx context.Context, after dataspace.ParticipantID, limit int) ([]gateway.Participant, error) {
	return all(ctx, s.db.Read(), gateway.DecodeParticipant, "SELECT body FROM participant WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// DatasetsPage implements gateway.Lists.
func (s *GatewayStore) DatasetsPage(ctx context.Context, of gateway.DatasetQuery) ([]gateway.Dataset, error) {
	var w where
	from, list, order := "dataset d", "d", "x.rowid"
	if of.Offered {
		list = "c"
	}
	after := func() { w.and("("+list+".owner, "+list+".id) > (?, ?)", of.After.Owner, of.After.ID) }
	if of.Owner != "" {
		w.and(list+".owner = ?", of.Owner)
		// With this condition SQLite enters the index at the id and not at the
		// owner.
		after = func() { w.and(list+".id > ?", of.After.ID) }
	}
	switch query := searchQuery(gateway.SearchPhrases(of.Search)); {
	case of.Search != "" && query == "":
		return nil, nil // nothing in it can be found
	case query != "":
		// The order is that of registration, so the index of words gives a page
		// without reading the rest.
		from = "catalogue_words x CROSS JOIN catalogue c ON c.num = x.rowid CROSS JOIN dataset d ON d.owner = c.owner AND d.id = c.id"
		w.and("x.words MATCH ?", query)
		w.and("x.rowid > coalesce((SELECT num FROM catalogue WHERE owner = ? AND id = ?), 0)", of.After.Owner, of.After.ID)
	default:
		if of.Offered {
			from = "catalogue c CROSS JOIN dataset d ON d.owner = c.owner AND d.id = c.id"
			w.and("c.offered = 1")
		}
		after()
		order = list + ".owner, " + list + ".id"
	}
	return all(ctx, s.db.Read(), gateway.DecodeDataset, "SELECT d.body FROM "+from+w.where("true")+" ORDER BY "+order+" LIMIT ?", append(w.args, of.Limit)...)
}

// KeysPage implements gateway.Lists.
func (s *GatewayStore) KeysPage(ctx context.Context, after gateway.KeyID, limit int) ([]gateway.APIKey, error) {
	return all(ctx, s.db.Read(), gateway.DecodeKey, "SELECT body FROM api_key WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// PeersPage implements gateway.Lists.
func (s *GatewayStore) PeersPage(ctx context.Context, after dataspace.PeerName, limit int) ([]gateway.Peer, error) {
	return all(ctx, s.db.Read(), gateway.DecodePeer, "SELECT body FROM peer WHERE name > ? ORDER BY name LIMIT ?", after, limit)
}
