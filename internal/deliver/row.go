package deliver

import (
	"encoding/json"
	"fmt"

	"hutong/internal/dataspace"
)

// grantForm is that of the stored form of a grant. It grows when a member
// changes its meaning or its name; DecodeGrant then reads what older versions
// wrote.
//
//	0  written before forms: the members had the names of the fields of Grant
//	1  the names of grantRow
const grantForm = 1

// grantRow is what never changes of a Grant, as it is stored. State, reason,
// result and expiry change, and a store keeps them apart. Members of form 0
// have the same names in other capitals, which the decoder does not tell apart.
type grantRow struct {
	Form      int                  `json:"body_version"`
	ID        dataspace.TransferID `json:"id"`
	Flow      dataspace.FlowID     `json:"flow"`
	Dataset   dataspace.DatasetID  `json:"dataset"`
	Source    dataspace.Source     `json:"source"`
	Stamp     string               `json:"stamp"`
	Profile   dataspace.Profile    `json:"profile"`
	Plan      dataspace.Plan       `json:"plan"`
	Recipient string               `json:"recipient"`
	Format    string               `json:"format"`
}

// EncodeGrant returns the stored form of a grant, without what changes of it.
func EncodeGrant(g Grant) ([]byte, error) {
	data, err := json.Marshal(grantRow{
		Form: grantForm, ID: g.ID, Flow: g.Flow, Dataset: g.Dataset, Source: g.Source, Stamp: g.Stamp,
		Profile: g.Profile, Plan: g.Plan, Recipient: g.Recipient, Format: g.Format,
	})
	if err != nil {
		return nil, fmt.Errorf("encode grant %s: %w", g.ID, err)
	}
	return data, nil
}

// DecodeGrant reads the stored form of a grant.
func DecodeGrant(data []byte) (Grant, error) {
	var row grantRow
	if err := json.Unmarshal(data, &row); err != nil {
		return Grant{}, fmt.Errorf("decode grant: %w", err)
	}
	if err := dataspace.CheckStored("grant "+string(row.ID), row.Form, grantForm); err != nil {
		return Grant{}, err
	}
	return Grant{
		ID: row.ID, Flow: row.Flow, Dataset: row.Dataset, Source: row.Source, Stamp: row.Stamp,
		Profile: row.Profile, Plan: row.Plan, Recipient: row.Recipient, Format: row.Format,
	}, nil
}
