// Package runset keeps large sets of people on disk: sorted files of 16-byte
// keyed hashes, each with three marks, that are written once and never
// changed. It looks people up in several such files at once and merges them.
// Which files count, and for whom, is not its business.
//
// The format, every number little-endian:
//
//	blocks of 4,096 bytes: 248 hashes in ascending order, their marks (four
//	    bits each), CRC-32C; only the last block may be partly filled
//	the first hash of each block
//	the trailer of 64 bytes: magic, number of people, of each mark, CRC-32C
//	    of the first hashes, CRC-32C of the trailer
//
// Hashes are uniform, so nothing is gained by packing them tighter than by
// their common beginnings, three bytes in sixteen at a hundred million; all
// sixteen are kept. A person takes 16.6 bytes.
package runset
