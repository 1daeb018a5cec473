// Package lint has a mistake on purpose: ./check believes the linter's silence
// about the tree only after it has found this one.
package lint

func planted() {}
