// Package officer holds what people say of datasets, beside what the profile
// finds: what a column is, and which columns tell people apart. It joins the two
// to what decisions use. A value that proves itself wins over what a person says
// (docs/adr/0025).
package officer
