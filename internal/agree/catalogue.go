package agree

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

// Dataset is what a participant offers.
type Dataset struct {
	ID          dataspace.DatasetID
	Title       string
	Description string
	Offers      []odrl.Policy // at least one; target and parties are left out on the wire
	Formats     []string      // at least one, such as "HttpData-PULL"
}

// Catalogue is what local shows to caller. It leaves out datasets that the
// caller may not see.
type Catalogue interface {
	// Datasets returns up to limit of them in order of id, after the given one.
	// Fewer than limit means that there are no more.
	Datasets(ctx context.Context, local dataspace.ParticipantID, caller dataspace.Caller, after dataspace.DatasetID, limit int) ([]Dataset, error)
	// Dataset returns one; ErrNotFound.
	Dataset(ctx context.Context, local dataspace.ParticipantID, caller dataspace.Caller, id dataspace.DatasetID) (Dataset, error)
}

// Datasets returns a page of the datasets in local's catalogue that caller may
// see, in order of id; ErrDenied if policy forbids it.
func (s *Service) Datasets(ctx context.Context, caller dataspace.Caller, local dataspace.ParticipantID, after dataspace.DatasetID, limit int) ([]Dataset, error) {
	if err := s.allow(ctx, caller, dataspace.Operation{Kind: dataspace.OpCatalogue, Local: local}); err != nil {
		return nil, err
	}
	return s.cfg.Catalogue.Datasets(ctx, local, caller, after, limit)
}

// Dataset returns one dataset of local's catalogue; ErrNotFound, ErrDenied.
func (s *Service) Dataset(ctx context.Context, caller dataspace.Caller, local dataspace.ParticipantID, id dataspace.DatasetID) (Dataset, error) {
	if err := s.allow(ctx, caller, dataspace.Operation{Kind: dataspace.OpCatalogue, Local: local}); err != nil {
		return Dataset{}, err
	}
	return s.cfg.Catalogue.Dataset(ctx, local, caller, id)
}
