package runset

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"hutong/internal/dataspace"
)

// Head says what the entries of a file mean.
type Head struct {
	// Classes are the ids of the classes, in the order of the bits of a mask. A
	// file of version 1 names none: the program that wrote it knew the meaning
	// of its three bits.
	Classes []string
	// Keys describe how the hashes are made. Without keys, all hashes are made
	// in the only way of version 1.
	Keys []Key
	// Days says that the last day of each person is kept.
	Days bool
}

// Key describes how hashes were made of one identifier.
type Key struct {
	// Scope says where the identifier is unique: everywhere, or in one system.
	Scope string `json:"scope"`
	// Algorithm names the keyed hash and how the identifier was written before.
	Algorithm string `json:"algorithm"`
}

// Info describes a run. People counts entries, including aliases.
type Info struct {
	People int64
	Tally
}

// The formats; see docs/reference/counts-format.md. Do not change them: files
// of them are on disks.
const (
	blockSize   = 4096
	hashSize    = 16
	sumSize     = 4
	trailerSize = 64
	maxHead     = 1 << 20
	magic1      = "hutong people 1\n"
	magic2      = "hutong people 2\n"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// layout gives the positions in a block of the hashes, masks, days and key
// indexes, each for all people of the block, and of the checksum. It also gives
// the allowed values.
type layout struct {
	people       int // of a full block
	bits         int // of a mask
	masks        int // where they begin
	days, keys   int // where they begin, if they are kept
	hasDay, hasK bool
	marks        Mask // that a person may have
	kinds        int  // of keys
}

// layout returns the layout of files with this head.
func (h Head) layout() layout {
	l := layout{bits: 4, hasDay: h.Days, hasK: len(h.Keys) > 1, marks: h.marks(), kinds: len(h.Keys)}
	for l.bits < len(h.Classes) {
		l.bits *= 2
	}
	each := hashSize*8 + l.bits
	if l.hasDay {
		each += 16
	}
	if l.hasK {
		each += 8
	}
	// An even number, so that two masks of four bits fill a byte.
	l.people = (blockSize - sumSize) * 8 / each &^ 1
	l.masks = l.people * hashSize
	l.days = l.masks + l.people*l.bits/8
	l.keys = l.days
	if l.hasDay {
		l.keys += 2 * l.people
	}
	return l
}

// validate returns ErrInvalid unless files can have this head.
func (h Head) validate() error {
	seen := map[string]bool{}
	for _, c := range h.Classes {
		if c == "" || seen[c] {
			return fmt.Errorf("class %q is empty or stands there twice: %w", c, dataspace.ErrInvalid)
		}
		seen[c] = true
	}
	if len(h.Classes) > MaxClasses || len(h.Keys) > int(Alias) {
		return fmt.Errorf("%d classes and %d kinds of keys are too many: %w", len(h.Classes), len(h.Keys), dataspace.ErrInvalid)
	}
	return nil
}

// marks are the bits that a mask may have.
func (h Head) marks() Mask {
	n := len(h.Classes)
	if n == 0 {
		n = 3 // as in version 1
	}
	return Mask(1<<n - 1)
}

// valid reports whether a person can be written: each person must be in a
// class.
func (l *layout) valid(p *Person) bool {
	return p.Mask != 0 && p.Mask&^l.marks == 0 && (p.Day == 0 || l.hasDay) &&
		(p.Key == 0 || l.hasK && int(p.Key&^Alias) < l.kinds)
}

// headJSON is the head as it stands in a file.
type headJSON struct {
	Classes []string `json:"classes"`
	People  []int64  `json:"people"` // of each class
	Keys    []Key    `json:"keys,omitempty"`
	Days    bool     `json:"days,omitempty"`
}

func (h Head) encode(i Info) ([]byte, error) {
	return json.Marshal(headJSON{Classes: h.Classes, People: i.Tally[:len(h.Classes)], Keys: h.Keys, Days: h.Days})
}

func (h *Head) decode(raw []byte, i *Info) error {
	var j headJSON
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&j); err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	if len(j.Classes) == 0 || len(j.People) != len(j.Classes) {
		return fmt.Errorf("read head: %d classes of %d: %w", len(j.People), len(j.Classes), dataspace.ErrInvalid)
	}
	*h = Head{Classes: j.Classes, Keys: j.Keys, Days: j.Days}
	if err := h.validate(); err != nil {
		return err
	}
	copy(i.Tally[:], j.People)
	return nil
}

// trailer ends a file.
func trailer(people int64, head, firsts []byte) []byte {
	b := append(make([]byte, 0, trailerSize), magic2...)
	b = binary.LittleEndian.AppendUint64(b, uint64(people))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(head)))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(head, castagnoli))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(firsts, castagnoli))
	b = append(b, make([]byte, trailerSize-4-len(b))...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// blockSum covers a block and its position, so that a block at a wrong position
// is detected.
func blockSum(block []byte, number int) uint32 {
	return crc32.Update(uint32(number), castagnoli, block[:blockSize-sumSize])
}
