// Package odrl is the part of the Open Digital Rights Language that Dataspace
// Protocol messages contain: offers and agreements as JSON, read and written
// without JSON-LD processing.
//
// It also translates: Derive writes the clearance of a flow as an offer, and
// ReadTerms reads such an offer back. Left operands of its own have the prefix
// "hutong:"; a JSON-LD processor reads them as absolute IRIs. It does not
// decide whether terms are acceptable and does not enforce them.
package odrl
