// Package office writes and fills Office Open XML files: text documents,
// sheets, and templates that somebody else made. Bytes go in and bytes come
// out; the same input gives the same bytes, so nothing here reads a clock or
// makes up an identifier. It knows nothing of what the documents say.
package office
