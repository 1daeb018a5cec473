package flow

import (
	"encoding/json"
	"fmt"

	"hutong/internal/dataspace"
)

// bodyVersion is that of the stored form of a flow. It grows when a member
// changes its meaning or its name; Decode then reads what older versions wrote.
//
//	0  written before versions: the same members, and no version
//	1  the members of Flow, all in one object
const bodyVersion = 1

// body is a flow as a store keeps it. A store may select by members of it and
// does not decode it otherwise; the names in use stand in the queries and
// migrations of the store, and a new version keeps them or migrates them.
type body struct {
	Version int `json:"body_version"`
	Flow
}

// Encode returns the stored form of a flow.
func Encode(f Flow) ([]byte, error) {
	data, err := json.Marshal(body{bodyVersion, f})
	if err != nil {
		return nil, fmt.Errorf("encode flow %s: %w", f.ID, err)
	}
	return data, nil
}

// Decode reads the stored form of a flow, also an older one. What a newer
// version wrote is ErrInvalid: read without what it means, it would be written
// back without it.
func Decode(data []byte) (Flow, error) {
	var b body
	if err := json.Unmarshal(data, &b); err != nil {
		return Flow{}, fmt.Errorf("decode flow: %w", err)
	}
	if err := dataspace.CheckStored("flow "+string(b.ID), b.Version, bodyVersion); err != nil {
		return Flow{}, err
	}
	return b.Flow, nil
}
