// Package archtest holds the tests of the shape of the code: which way
// imports may go, what pure packages may not touch, that no jurisdiction or law
// is named in Go, neither in a text nor by an identifier, and how large files,
// functions, types and packages may be.
//
// It reads the Go files itself. A test that asked the go command instead
// would be answered from the test cache and keep passing. It has no code of
// its own and nothing may import it.
package archtest
