// Package nobody knows the values that are nobody: words for a value that is not
// there, and what stands where an identifier is asked for. The words are data,
// words/nobody.yaml.
package nobody
