// Package runset keeps large sets of people on disk: sorted files of 16-byte
// keyed hashes that are written once and never changed. Each hash has marks,
// one for each class of people that it is in, and where the file says so the
// last day on which the person was exported, and which identifier the hash was
// made of. The package looks people up in several such files at once and merges
// them. Which files count, and for whom, is not its business.
//
// The format is described byte by byte in docs/reference/counts-format.md.
// Files of version 1 are read beside those of version 2; only version 2 is
// written.
//
// Hashes are uniform, so nothing is gained by packing them tighter than by
// their common beginnings, three bytes in sixteen at a hundred million; all
// sixteen are kept. A person with up to four marks takes 16.6 bytes.
package runset
