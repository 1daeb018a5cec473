// Package deliver decides what happens to each column of a dataset (the
// plan), does exactly that to every cell on its way out, and moves the result
// to the recipient so that it arrives whole or not at all.
//
// Sender: Propose and Check make and judge plans, Compile turns one into a
// Pipeline, a Guard scans the pipeline's output for what must not leave, and
// Server hands the stream to whoever holds a grant's token. Recipient: Pull
// fetches a stream, survives being killed, and publishes the file in one
// step after its hash tree fits the sender's.
//
// The bytes of a delivery are a function of source, plan, recipient key and
// format alone. A resumed delivery is therefore made again from the start of
// the source and what the recipient already holds is skipped; nothing is
// spooled to disk on the sender's side.
//
// The package does not decide whether data may leave, does not speak DSP and
// writes no evidence; it reports what happened to its Observer.
package deliver

import (
	"context"
	"io"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// The transfer formats a grant can be for.
const (
	// HTTPData is the DSP format every connector speaks: the bytes of the
	// delivery as the body of a GET.
	HTTPData = "HttpData-PULL"
	// HutongLeaves is the same bytes in frames of one leaf, resumable at any
	// leaf and closed by the root of the hash tree.
	HutongLeaves = "HutongLeaves-PULL"
)

// Result is what was delivered. Provider and recipient compute it apart and
// both sign it.
type Result struct {
	Root   dataspace.Digest `json:"root"` // RFC 6962 tree over leaves of LeafSize bytes
	Size   int64            `json:"size"` // bytes
	Rows   int64            `json:"rows"` // -1: the other side did not say
	Leaves int64            `json:"leaves"`
}

// Source is a dataset that can be read from its start any number of times,
// giving the same bytes each time.
type Source interface {
	Read(ctx context.Context) (table.Reader, error)
	// Stamp changes when the source was replaced or changed.
	Stamp() string
}

// digester is a Reader that hashes what it reads. The digest is known once
// Next has returned io.EOF.
type digester interface {
	Digest() (dataspace.Digest, bool)
}

// OpenSource opens the source a grant names. dataspace.ErrNotFound when it is
// gone.
type OpenSource func(ctx context.Context, g *Grant) (Source, error)

// NewWriter makes a writer of "csv", "jsonl" or "parquet". It must give the
// same bytes for the same rows however they are cut into batches.
type NewWriter func(name string, w io.Writer, s table.Schema) (table.Writer, error)

// Keys holds the secrets that pseudonyms are made with.
type Keys interface {
	// PseudonymKey returns at least 32 bytes, always the same ones for one
	// recipient and different ones for any other.
	PseudonymKey(recipient string) ([]byte, error)
}

// Observer learns what happens to deliveries. Calls come from the goroutine
// that serves the stream and must return soon.
type Observer interface {
	// Progress is called about once a leaf, counting from the start of the
	// dataset, also for what a resumed delivery skips.
	Progress(id dataspace.TransferID, rows, bytes int64)
	// Delivered is called after the last byte was handed over. The result was
	// durable in the Store before that. It is called again if the recipient
	// fetches again.
	Delivered(id dataspace.TransferID, r Result)
	// Failed is called when a stream broke. dataspace.ErrPeerUnreachable and
	// context.Canceled: the recipient may come back. dataspace.ErrDenied,
	// ErrConflict, ErrInvalid: the grant is dead, and the Store says so.
	Failed(id dataspace.TransferID, err error)
}
