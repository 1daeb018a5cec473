// Package odrl is the part of the Open Digital Rights Language that Dataspace
// Protocol messages carry: offers and agreements as JSON, read and written
// without JSON-LD processing.
//
// It also translates: Derive writes what was cleared for a flow as an offer,
// ReadTerms reads such an offer back. Left operands of its own have the prefix
// "hutong:", which a JSON-LD processor takes for an absolute IRI. It does not
// decide whether terms are acceptable and does not enforce them.
package odrl
