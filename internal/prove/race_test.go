//go:build race

package prove_test

func init() { raced = true }
