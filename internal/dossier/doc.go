// Package dossier writes filing documents: it puts what a gateway knows of a
// flow and what a person answered into the documents that an authority asks
// for. The questions and the texts of the documents are data, see
// hutong/filings; no law is in here. It keeps nothing and writes no files: it
// returns bytes.
//
// Answers hold names and identity numbers of people. They go into the
// documents and nowhere else: no error, list or trace has their values.
package dossier
