package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// Lists are read page by page. A cursor holds the key of the last row of a
// page, so that the next page begins after it even if rows were added
// meanwhile.

// Paged asks for a page of a list.
type Paged struct {
	Cursor string `query:"cursor" doc:"cursor of the page, from the header Hutong-Next of the answer before; default: the first page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"1000"`
}

// page is an answer with a part of a list.
type page[T any] struct {
	Next string `header:"Hutong-Next" doc:"cursor of the next page; absent at the end of the list"`
	Body []T
}

// maxCursor is the largest size of a cursor.
const maxCursor = 1024

// cursorOf encodes the key of a row.
func cursorOf(key ...string) string {
	data, err := json.Marshal(key)
	if err != nil {
		panic(err) // strings have JSON
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// keyOf decodes a cursor: n parts, all empty for the first page.
func keyOf(cursor string, n int) ([]string, error) {
	key := make([]string, n)
	if cursor == "" {
		return key, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor[:min(len(cursor), maxCursor)])
	if err == nil {
		key = nil
		err = json.Unmarshal(data, &key)
	}
	if err != nil || len(key) != n {
		return nil, errCursor
	}
	return key, nil
}

var errCursor = &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "list.cursor", Place: "cursor", Message: "is no cursor of this list",
	Hint: "take it from the header " + client.NextHeader + " of the page before"}

// paged reads a page. It asks for one row more than the page has, to know
// whether there is another page.
func paged[W, R any](in Paged, key func(R) []string, read func(after []string, limit int) ([]R, error)) (*page[W], error) {
	var none R
	after, err := keyOf(in.Cursor, len(key(none)))
	if err != nil {
		return nil, err
	}
	rows, err := read(after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &page[W]{}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Next = cursorOf(key(rows[len(rows)-1])...)
	}
	out.Body, err = wiredAll[W](rows)
	return out, err
}

// pagedFlows reads a page of flows, newest first.
func pagedFlows(ctx context.Context, flows *flow.Service, in Paged, filter flow.Filter) (*page[client.Flow], error) {
	key := func(f flow.Flow) []string {
		return []string{strconv.FormatInt(f.Created.UnixMicro(), 10), string(f.ID)}
	}
	return paged[client.Flow](in, key, func(after []string, limit int) ([]flow.Flow, error) {
		if after[1] != "" {
			at, err := strconv.ParseInt(after[0], 10, 64)
			if err != nil {
				return nil, errCursor
			}
			filter.After = flow.Newest{Created: time.UnixMicro(at), ID: dataspace.FlowID(after[1])}
		}
		filter.Limit = limit
		return flows.List(ctx, filter)
	})
}
