// Package archtest has the tests of the structure of the code: the allowed
// directions of imports, what pure packages may not use, and the largest sizes
// of files, functions, types and packages. No text and no identifier in Go may
// name a jurisdiction or a law. Comments, texts of the program and documents are
// in plain English.
//
// It reads the Go files itself. A test that uses the go command would get its
// result from the test cache and keep passing. The package has no code of its
// own and nothing may import it.
package archtest
