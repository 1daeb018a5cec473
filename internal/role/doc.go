// Package role knows the words by which a column name says whom it is about:
// the borrower, the guarantor, the second guest. It also knows what stands in
// an identifier's place where there is none. The words are data, words/roles.yaml.
package role
