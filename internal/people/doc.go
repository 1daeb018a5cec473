// Package people counts the distinct people whose data has left: who is counted
// for which exporter, over which window, and who is only reserved. It keeps
// short lists of people as rows, behind the interface Rows, and long ones as
// files of package runset. It does not know who belongs to which class, which
// number of the law a count is compared with, or who anybody is: people are
// keyed hashes.
package people
