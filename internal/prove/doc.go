// Package prove keeps the evidence of a gateway: the transparency log that
// contains each event exactly once, the witness that cosigns the logs of peers,
// the receipts that both sides sign, and the waybill. A waybill proves a
// delivery offline, also years later, to a person who trusts neither side.
//
// The log holds salted commitments only. Documents, salts and proofs are
// together only in a waybill.
//
// The package does not decide what is evidence: the flow service writes events
// to the outbox in the same transaction as the change that they record. The
// package knows no protocol except those of C2SP transparency logs. The server
// that mounts its handlers authenticates the requests.
package prove
