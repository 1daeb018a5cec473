// Package dataspace is the vocabulary that every other package shares: typed
// identifiers, the documents that pass from one step of a flow to the next
// (profile, facts, decision, plan), the states of long-lived things, evidence
// events and sentinel errors.
//
// It does no I/O, reads no clock and uses no randomness. Behaviour belongs to
// the packages that own it; this package holds only what two of them must agree
// on.
package dataspace
