package api

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/danielgtaylor/huma/v2"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/rules"
)

// ByParticipant names a participant in a path.
type ByParticipant struct {
	ID dataspace.ParticipantID `path:"id"`
}

// ByOwner narrows a list to what belongs to one participant.
type ByOwner struct {
	Owner dataspace.ParticipantID `query:"owner" doc:"only what belongs to this participant"`
}

type ownedDataset struct {
	Owner dataspace.ParticipantID `path:"owner"`
	ID    dataspace.DatasetID     `path:"id"`
}

type ownedInstrument struct {
	Owner dataspace.ParticipantID `path:"owner"`
	ID    dataspace.InstrumentID  `path:"id"`
}

func (s *server) registerParticipants(api huma.API) {
	add(s, api, route{method: get, path: "/participants", summary: "List participants", tag: "participants"},
		func(ctx context.Context, _ *none) (*body[[]gateway.Participant], error) {
			if err := allowAny(ctx, gateway.ReadParticipants); err != nil {
				return nil, err
			}
			list, err := s.Gateway.Participants(ctx)
			return &body[[]gateway.Participant]{visible(ctx, list, func(p gateway.Participant) dataspace.ParticipantID { return p.ID })}, err
		})
	add(s, api, route{method: post, path: "/participants", summary: "Admit a participant", tag: "participants"},
		func(ctx context.Context, in *with[gateway.Participant]) (*body[gateway.Participant], error) {
			if err := allow(ctx, gateway.WriteParticipants, in.Body.ID); err != nil {
				return nil, err
			}
			p, err := s.Gateway.Register(ctx, in.Body)
			return &body[gateway.Participant]{p}, err
		})
	add(s, api, route{method: get, path: "/participants/{id}", summary: "Show a participant", tag: "participants"},
		func(ctx context.Context, in *ByParticipant) (*body[gateway.Participant], error) {
			if err := allow(ctx, gateway.ReadParticipants, in.ID); err != nil {
				return nil, err
			}
			p, err := s.Gateway.Participant(ctx, in.ID)
			return &body[gateway.Participant]{p}, err
		})
	add(s, api, route{method: put, path: "/participants/{id}", summary: "Change what is known about a participant", tag: "participants"},
		func(ctx context.Context, in *struct {
			ByParticipant
			Body gateway.Participant
		}) (*body[gateway.Participant], error) {
			if err := allow(ctx, gateway.WriteParticipants, in.ID); err != nil {
				return nil, err
			}
			in.Body.ID = in.ID
			p, err := s.Gateway.ChangeParticipant(ctx, in.Body)
			return &body[gateway.Participant]{p}, err
		})
	add(s, api, route{method: remove, path: "/participants/{id}", summary: "Let a participant go", tag: "participants"},
		func(ctx context.Context, in *ByParticipant) (*none, error) {
			if err := allow(ctx, gateway.WriteParticipants, in.ID); err != nil {
				return nil, err
			}
			return &none{}, s.Gateway.RemoveParticipant(ctx, in.ID)
		})
	s.registerDatasets(api)
	s.registerInstruments(api)
}

func (s *server) registerDatasets(api huma.API) {
	add(s, api, route{method: get, path: "/datasets", summary: "List datasets", tag: "datasets"},
		func(ctx context.Context, in *ByOwner) (*body[[]gateway.Dataset], error) {
			if err := allowAny(ctx, gateway.ReadDatasets); err != nil {
				return nil, err
			}
			list, err := s.Gateway.Datasets(ctx, in.Owner)
			return &body[[]gateway.Dataset]{visible(ctx, list, func(d gateway.Dataset) dataspace.ParticipantID { return d.Owner })}, err
		})
	add(s, api, route{method: post, path: "/datasets", summary: "Register a dataset", tag: "datasets"},
		func(ctx context.Context, in *with[gateway.Dataset]) (*body[gateway.Dataset], error) {
			if err := allow(ctx, gateway.WriteDatasets, in.Body.Owner); err != nil {
				return nil, err
			}
			if err := s.sourceAllowed(ctx, in.Body.Owner, in.Body.Source); err != nil {
				return nil, err
			}
			d, err := s.Gateway.AddDataset(ctx, in.Body)
			return &body[gateway.Dataset]{d}, err
		})
	add(s, api, route{method: get, path: "/participants/{owner}/datasets/{id}", summary: "Show a dataset", tag: "datasets"},
		func(ctx context.Context, in *ownedDataset) (*body[gateway.Dataset], error) {
			if err := allow(ctx, gateway.ReadDatasets, in.Owner); err != nil {
				return nil, err
			}
			d, err := s.Gateway.Dataset(ctx, in.Owner, in.ID)
			return &body[gateway.Dataset]{d}, err
		})
	add(s, api, route{method: post, path: "/participants/{owner}/datasets/{id}/list-match", summary: "Confirm which items of a negative list a dataset matches", tag: "datasets"},
		func(ctx context.Context, in *struct {
			Owner dataspace.ParticipantID `path:"owner"`
			ID    dataspace.DatasetID     `path:"id"`
			Body  ConfirmItems
		}) (*body[gateway.Dataset], error) {
			if err := allow(ctx, gateway.WriteDatasets, in.Owner); err != nil {
				return nil, err
			}
			m, err := in.Body.match(s.Rules())
			if err != nil {
				return nil, err
			}
			m.By = who(ctx).Name
			d, err := s.Gateway.ConfirmItems(ctx, in.Owner, in.ID, m)
			return &body[gateway.Dataset]{d}, err
		})
	add(s, api, route{method: remove, path: "/participants/{owner}/datasets/{id}", summary: "Take a dataset off", tag: "datasets"},
		func(ctx context.Context, in *ownedDataset) (*none, error) {
			if err := allow(ctx, gateway.WriteDatasets, in.Owner); err != nil {
				return nil, err
			}
			return &none{}, s.Gateway.RemoveDataset(ctx, in.Owner, in.ID)
		})
}

// ConfirmItems is a person's word on which items of a list a dataset matches.
type ConfirmItems struct {
	Pack    dataspace.PackID `json:"pack"`
	Items   []string         `json:"items" doc:"all that match; empty: none does"`
	Columns dataspace.Digest `json:"columns" doc:"digest of the columns that were looked at"`
	Reason  string           `json:"reason"`
}

// maxConfirmed is how many items the facts of a flow can hold.
const maxConfirmed = 2000

// match binds the word to the list in force, which must have the items.
func (c ConfirmItems) match(set *rules.Set) (dataspace.ListMatch, error) {
	ref, items, err := set.List(c.Pack)
	if err != nil {
		return dataspace.ListMatch{}, err
	}
	if len(c.Items) > maxConfirmed {
		return dataspace.ListMatch{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dataset.item", Place: "items",
			Message: fmt.Sprintf("names more than %d items", maxConfirmed), Hint: "no decision takes more"}
	}
	known := make(map[string]bool, len(items))
	for i := range items {
		known[items[i].ID] = true
	}
	for _, id := range c.Items {
		if !known[id] {
			return dataspace.ListMatch{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dataset.item", Place: id,
				Message: "is no item of the list of " + string(ref.ID) + " " + ref.Version, Hint: "'hutong pack match' proposes items"}
		}
	}
	return dataspace.ListMatch{Pack: ref, Items: append([]string{}, c.Items...), Columns: c.Columns, Reason: c.Reason}, nil
}

// sourceAllowed keeps a participant's key from naming files of the gateway or
// of others: only what lies in its own outbox, by its name and by what links
// lead to. Whoever opens it looks at the links once more.
func (s *server) sourceAllowed(ctx context.Context, owner dataspace.ParticipantID, path string) error {
	if who(ctx).Role != gateway.ParticipantMember {
		return nil
	}
	denied := &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "source.path", Place: "source",
		Message: "the source is not in the participant's outbox", Hint: "put the file into the outbox of the participant, or ask the operator"}
	root, err := filepath.Abs(filepath.Join(s.Outbox, string(owner)))
	if err != nil || !filepath.IsAbs(path) || !within(root, path) {
		return denied
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return denied
	}
	if root, err = filepath.EvalSymlinks(root); err != nil || !within(root, real) {
		return denied
	}
	return nil
}

func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func (s *server) registerInstruments(api huma.API) {
	add(s, api, route{method: get, path: "/instruments", summary: "List instruments", tag: "instruments"},
		func(ctx context.Context, in *ByOwner) (*body[[]gateway.Instrument], error) {
			if err := allowAny(ctx, gateway.ReadInstruments); err != nil {
				return nil, err
			}
			list, err := s.Gateway.Instruments(ctx, in.Owner)
			return &body[[]gateway.Instrument]{visible(ctx, list, func(i gateway.Instrument) dataspace.ParticipantID { return i.Owner })}, err
		})
	add(s, api, route{method: post, path: "/instruments", summary: "Register an instrument; flows that waited for it go on", tag: "instruments"},
		func(ctx context.Context, in *with[gateway.Instrument]) (*body[gateway.Instrument], error) {
			if err := allow(ctx, gateway.WriteInstruments, in.Body.Owner); err != nil {
				return nil, err
			}
			i, err := s.Gateway.AddInstrument(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			users := []dataspace.ParticipantID{i.Owner}
			if i.Covers != nil {
				users = append(users, i.Covers.Exporters...)
			}
			for _, user := range users {
				err = errors.Join(err, s.Flows.InstrumentsChanged(ctx, user))
			}
			return &body[gateway.Instrument]{i}, err
		})
	add(s, api, route{method: remove, path: "/participants/{owner}/instruments/{id}", summary: "Take an instrument back", tag: "instruments"},
		func(ctx context.Context, in *ownedInstrument) (*none, error) {
			if err := allow(ctx, gateway.WriteInstruments, in.Owner); err != nil {
				return nil, err
			}
			return &none{}, s.Gateway.RemoveInstrument(ctx, in.Owner, in.ID)
		})
}
