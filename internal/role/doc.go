// Package role knows the words by which a column name says whom it is about:
// the borrower, the guarantor, the second guest. The words are data,
// words/roles.yaml.
package role
