package deliver

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"

	"hutong/internal/dataspace"
)

// The journal of an unfinished delivery is stored beside its part file. It has
// a header that binds it to one transfer, and then records. Each record is
// added after the data it describes was synced to disk. A record is its kind,
// the length of its payload (one byte), the payload, and the CRC-32 of all
// three. An incomplete record at the end was cut by a crash and is removed.
const (
	journalMagic  = "hutong journal 1\n"
	journalHeader = len(journalMagic) + sha256.Size

	recordLeaf = 'L' // the hash of the next leaf, which is full
	recordTag  = 'E' // the entity tag of the stream, for HTTPData
	recordDone = 'D' // the Result, in JSON: the part file is whole

	leafRecord = 2 + sha256.Size + 4 // bytes of a recordLeaf
)

// journal is the content of the records.
type journal struct {
	leaves []leafHash
	tag    string
	done   *Result
	good   int // bytes that parsed
}

func newJournal(binding leafHash) []byte {
	return append([]byte(journalMagic), binding[:]...)
}

func appendRecord(dst []byte, kind byte, payload []byte) []byte {
	at := len(dst)
	dst = append(dst, kind, byte(len(payload)))
	dst = append(dst, payload...)
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[at:]))
}

// parseJournal reads the valid records. ok is false for a journal of another
// transfer and for an empty one.
func parseJournal(data []byte, binding leafHash) (j journal, ok bool) {
	if !bytes.HasPrefix(data, newJournal(binding)) {
		return journal{}, false
	}
	j.good = journalHeader
	for j.done == nil {
		rest := data[j.good:]
		if len(rest) < 6 || len(rest) < 6+int(rest[1]) {
			break
		}
		end := 2 + int(rest[1])
		if crc32.ChecksumIEEE(rest[:end]) != binary.BigEndian.Uint32(rest[end:]) || !j.take(rest[0], rest[2:end]) {
			break
		}
		j.good += end + 4
	}
	return j, true
}

func (j *journal) take(kind byte, payload []byte) bool {
	switch kind {
	case recordLeaf:
		if len(payload) != sha256.Size {
			return false
		}
		j.leaves = append(j.leaves, leafHash(payload))
	case recordTag:
		if len(j.leaves) > 0 || j.tag != "" {
			return false
		}
		j.tag = string(payload)
	case recordDone:
		var r Result
		if json.Unmarshal(payload, &r) != nil || !isDigest(r.Root) {
			return false
		}
		j.done = &r
	default:
		return false
	}
	return true
}

// bindingOf identifies the transfer that a journal belongs to. It does not
// include the token, because the token changes when a suspended transfer
// resumes.
func bindingOf(transfer dataspace.TransferID, format string) leafHash {
	return sha256.Sum256([]byte(format + "\n" + string(transfer)))
}
