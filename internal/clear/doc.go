// Package clear prepares the facts for a decision: it builds the facts of a
// flow from the results of other steps, says which classes of people are
// counted, and estimates when a count reaches a number of the law. The counting
// is package people's.
//
// It does not decide: the rules do. It knows no law, and it never learns who
// a person is: people come as keyed hashes, and the key is elsewhere.
package clear
