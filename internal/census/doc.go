// Package census holds the distinct people of one dataset as keyed hashes, each
// with the marks that put it into a class. It identifies nobody.
//
//	Builder  collects people and claims, in any order       (builder.go)
//	Claim    what a row says of a key that may be shared    (claim.go)
//	Write    sorts and counts them into a file              (writer.go)
//	Census   reads such a file                              (census.go)
//
// It does not know which columns identify whom: package profile does, makes the
// hashes, and says what the bits of a mask mean.
package census
