package flow

import (
	"encoding/json"
	"fmt"

	"hutong/internal/dataspace"
)

// bodyVersion is the version of the stored form of a flow. It grows when a
// member changes its meaning or its name; Decode then reads the older versions.
//
//	0  written before versions: the same members, and no version
//	1  the members of Flow, all in one object
const bodyVersion = 1

// body is a flow as a store keeps it. A store may select by members of it and
// does not otherwise decode it. The queries and migrations of the store use the
// names of the members; a new version keeps these names or migrates them.
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

// Decode reads the stored form of a flow, also an older one. A form of a newer
// version is ErrInvalid: this program would lose the parts it does not know
// when it writes the flow back.
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
