// Package own is a package of the same module.
package own

// Name is used.
const Name = "own"
