// Package office writes and fills Office Open XML files: text documents,
// sheets, and templates made by others. It takes bytes and returns bytes. The
// same input gives the same bytes, so nothing here reads a clock or generates
// an identifier. It does not interpret the content of the documents.
package office
