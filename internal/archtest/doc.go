// Package archtest holds the tests of the shape of the code: which way
// imports may go, what pure packages may not touch, that no jurisdiction is
// named in Go, and how large files may be.
//
// It reads the Go files itself. A test that asked the go command instead
// would be answered from the test cache and keep passing. It has no code of
// its own and nothing may import it.
package archtest
