// Package clear prepares what a decision rests on: it builds the facts of a
// flow from what other steps found, and counts, exactly, the people whose
// data each exporter has sent abroad since 1 January.
//
// It does not decide: the rules do. It knows no law, and it never learns who
// a person is: people come as keyed hashes, and the key is elsewhere.
package clear
