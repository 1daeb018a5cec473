// Package profile finds out what is in a dataset: the data element of each
// column, exact counts of rows, nulls and people, and what follows for the
// table as a whole.
//
// A run goes from readers over batches to census and score:
//
//	Source ─► batches ─► column  counts values, tries checks      (column.go)
//	                 └─► collector  keyed hashes of people, spilled (collect.go, spill.go)
//	     at the end      score   counts → element, confidence, band (detector.go, score.go)
//	                     judge   columns → table, flags, person key (judge.go, key.go)
//	                     Census  the people, sorted, on disk        (census.go)
//
// It reads every row once; a second time only where the first rows misled it
// about which column tells people apart. Memory does not grow with rows.
//
// It decides nothing about law: flags come from the taxonomy, what they lead
// to from rule packs. It keeps no cell: results hold names of columns and
// counts, and people only as keyed hashes.
package profile
