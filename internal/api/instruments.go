package api

import (
	"context"
	"errors"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// ByInstrument names an instrument in a path.
type ByInstrument struct {
	Owner dataspace.ParticipantID `path:"owner"`
	ID    dataspace.InstrumentID  `path:"id"`
}

func (in *ByInstrument) owner() dataspace.ParticipantID { return in.Owner }

// listedInstruments narrows a list of instruments.
type listedInstruments struct {
	ByOwner
	Paged
}

// newInstrument is an instrument to be registered.
type newInstrument struct{ Body client.Instrument }

func (in *newInstrument) owner() dataspace.ParticipantID {
	return dataspace.ParticipantID(in.Body.Owner)
}

// instrumentHandlers serve legal documents.
type instrumentHandlers struct {
	gateway *gateway.Service
	lists   gateway.Lists
	flows   *flow.Service
}

func (h instrumentHandlers) list(ctx context.Context, in *listedInstruments) (*page[client.Instrument], error) {
	key := func(i gateway.Instrument) []string { return []string{string(i.Owner), string(i.ID)} }
	return paged[client.Instrument](in.Paged, key, func(after []string, limit int) ([]gateway.Instrument, error) {
		last := gateway.InstrumentKey{Owner: dataspace.ParticipantID(after[0]), ID: dataspace.InstrumentID(after[1])}
		return h.lists.InstrumentsPage(ctx, in.Owner, last, limit)
	})
}

func (h instrumentHandlers) add(ctx context.Context, in *newInstrument) (*body[client.Instrument], error) {
	i, err := unwired[gateway.Instrument](in.Body)
	if err == nil {
		i, err = h.gateway.AddInstrument(ctx, i)
	}
	if err != nil {
		return nil, err
	}
	users := []dataspace.ParticipantID{i.Owner}
	if i.Covers != nil {
		users = append(users, i.Covers.Exporters...)
	}
	for _, user := range users {
		err = errors.Join(err, h.flows.Commands.InstrumentsChanged(ctx, user))
	}
	return answer[client.Instrument](i, err)
}

func (h instrumentHandlers) remove(ctx context.Context, in *ByInstrument) (*none, error) {
	return &none{}, h.gateway.RemoveInstrument(ctx, in.Owner, in.ID)
}
