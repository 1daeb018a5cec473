// Package profile finds out what a dataset contains: the data element of each
// column, exact counts of rows, nulls and people, and findings about the table
// as a whole.
//
// A run goes from readers over batches to census and score:
//
//	Source ─► batches ─► column  looks at values, tries checks    (column.go)
//	                 └─► collector  keyed hashes of people        (collect.go)
//	     at the end      prove   hits → more than chance?           (contain.go)
//	                     score   counts → element, confidence, band (package odds)
//	                     judge   columns → table, flags (judge.go)
//	                     plan    columns → roles, and the keys of each (party.go, key.go)
//	                     census  keys that several people share, the people on disk (package census)
//
// It reads every row once. It reads them a second time only if the first rows
// pointed to other columns as those that identify people, or if all of them had
// the best key and a later one has not. Memory does not grow with rows.
//
// It makes no legal decision: flags come from the taxonomy, and their effect
// from rule packs. It keeps no cell: results contain names of columns and
// counts, and people only as keyed hashes.
package profile
