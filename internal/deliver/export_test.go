package deliver

import (
	"bytes"
	"context"

	"hutong/internal/dataspace"
)

// Examine compares the bytes of a delivery with its plan.
func Examine(plan dataspace.Plan, data []byte, rows int64) error {
	req := Request{Plan: plan}
	return req.examine(context.Background(), bytes.NewReader(data), Result{Size: int64(len(data)), Rows: rows})
}
