// Package papers keeps the legal documents of the participants behind a gateway:
// filed contracts, certificates, approvals. A document has a scope and a file. An
// exporter proposes one; it counts in decisions only after a compliance officer has
// confirmed it against its file (docs/adr/0033).
package papers
