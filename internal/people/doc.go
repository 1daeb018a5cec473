// Package people counts the distinct people whose data has left, for each
// exporter and window, and keeps the people who are only reserved. It keeps
// short lists of people as rows, behind the interface Rows, and long ones as
// files of package runset. It does not know which class a person belongs to,
// which number of the law a count is compared with, or who a person is: people
// are keyed hashes.
package people
