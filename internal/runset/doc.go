// Package runset keeps large sets of people on disk: sorted files of 16-byte
// keyed hashes that are written once and never changed. Each hash has a mark
// for each class of people that it is in. If the file says so, it also has the
// last day on which the person was exported, and the identifier from which the
// hash was made. The package looks people up in several such files at once and
// merges them. It does not know which files count, or for whom.
//
// The format is described byte by byte in docs/reference/counts-format.md. It
// reads files of versions 1 and 2, and writes only version 2.
//
// Hashes are uniform, so compression could only remove their common prefixes:
// three bytes of sixteen at a hundred million people. All sixteen bytes are
// kept. A person with up to four marks takes 16.6 bytes.
package runset
