// Package prove keeps a gateway's evidence: the transparency log that shows
// each event exactly once, the witness that cosigns the logs of peers, the
// receipts that both sides sign, and the waybill that proves a delivery
// offline, years later, to somebody who trusts neither side.
//
// The log holds salted commitments only. Documents, salts and proofs come
// together in a waybill, and nowhere else.
//
// It does not decide what is evidence: the flow service puts events into the
// outbox in the transaction of the change that they record. It knows no
// protocol but those of C2SP transparency logs, and leaves authentication of
// requests to whoever mounts its handlers.
package prove
