// Package deliver decides what happens to each column of a dataset (the plan),
// applies the plan to every cell on its way out, and moves the result to the
// recipient. The result arrives complete or not at all.
//
// Sender: Propose makes a plan and Check checks it; Compile turns it into a
// Pipeline; a Guard scans the output of the pipeline for elements that must not
// leave; Server sends the stream to the holder of a grant's token. Recipient:
// Pull fetches a stream, continues after a crash, and publishes the file in one
// step when the hash tree matches the sender's.
//
// The bytes of a delivery depend only on source, plan, recipient key and
// format. A resumed delivery is therefore made again from the start of the
// source, and the part that the recipient already has is skipped. The sender
// writes no temporary copy to disk.
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

// The transfer formats of a grant.
const (
	// HTTPData is the DSP format that every connector supports: the bytes of
	// the delivery are the body of a GET.
	HTTPData = "HttpData-PULL"
	// HutongLeaves sends the same bytes in frames of one leaf. A transfer can
	// resume at any leaf and ends with the root of the hash tree.
	HutongLeaves = "HutongLeaves-PULL"
)

// Result is what was delivered. Provider and recipient compute it independently
// and both sign it.
type Result struct {
	Root   dataspace.Digest `json:"root"` // RFC 6962 tree over leaves of LeafSize bytes
	Size   int64            `json:"size"` // bytes
	Rows   int64            `json:"rows"` // -1: the other side did not say
	Leaves int64            `json:"leaves"`
}

// Source is a dataset that can be read from its start any number of times and
// gives the same bytes each time.
type Source interface {
	Read(ctx context.Context) (table.Reader, error)
	// Stamp changes when the source is replaced or changed.
	Stamp() string
}

// digester is a Reader that hashes what it reads. The digest is known once
// Next has returned io.EOF.
type digester interface {
	Digest() (dataspace.Digest, bool)
}

// OpenSource opens the source that a grant names. It returns
// dataspace.ErrNotFound when the source no longer exists.
type OpenSource func(ctx context.Context, g *Grant) (Source, error)

// NewWriter makes a writer of "csv", "jsonl" or "parquet". The same rows must
// give the same bytes, however they are divided into batches.
type NewWriter func(name string, w io.Writer, s table.Schema) (table.Writer, error)

// Keys holds the secrets from which pseudonyms are made.
type Keys interface {
	// PseudonymKey returns at least 32 bytes: always the same for one
	// recipient, and different for every other recipient.
	PseudonymKey(recipient string) ([]byte, error)
}

// Observer receives the events of deliveries. Calls come from the goroutine
// that serves the stream and must return soon.
type Observer interface {
	// Progress is called about once a leaf. It counts from the start of the
	// dataset and includes the part that a resumed delivery skips.
	Progress(id dataspace.TransferID, rows, bytes int64)
	// Delivered is called after the last byte was sent. The result is durable
	// in the Store before the call. It is called again if the recipient fetches
	// again.
	Delivered(id dataspace.TransferID, r Result)
	// Failed is called when a stream broke. After dataspace.ErrPeerUnreachable
	// and context.Canceled the recipient may try again. After
	// dataspace.ErrDenied, ErrConflict and ErrInvalid the grant is dead, and
	// the Store records it.
	Failed(id dataspace.TransferID, err error)
}
