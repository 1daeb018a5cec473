// Package dossier writes filing documents: it puts what a gateway knows about a
// flow and the answers of a person into the documents that an authority
// requires. The questions and the texts of the documents are data, see
// hutong/filings; the package contains no law. It stores nothing and writes no
// files: it returns bytes.
//
// Answers may contain names and identity numbers of people. The package writes
// them only to the documents: no error, list or trace contains their values.
package dossier
