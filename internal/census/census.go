package census

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"
	"os"
	"path/filepath"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/objects"
	"hutong/internal/people"
)

// The census file; see docs/reference/counts-format.md.
var (
	censusMagic1 = []byte("hutong census 1\n")
	censusMagic  = []byte("hutong census 2\n")
)

const (
	maxTrailer = 16 << 20
	maxSlots   = 8
	slotSize   = 1 + 16
	maskSize   = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// trailer describes the records.
type trailer struct {
	People  int64    `json:"people"`
	Records uint32   `json:"records_crc32c"`
	All     []string `json:"columns"`
	Slots   int      `json:"slots"` // keys of a record
	Meaning
}

// Census holds the distinct people of a dataset as keyed hashes, each with the
// marks that put it into a class. It identifies nobody. Safe for concurrent
// use.
type Census struct {
	path string // empty: it is no file of this machine
	file objects.Object
	old  bool // version 1
	trailer
}

// Open opens a census that is a file of this machine; see Read.
func Open(path string) (*Census, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open census %s: %w", filepath.Base(path), errors.Join(dataspace.ErrNotFound, err))
	}
	if err != nil {
		return nil, fmt.Errorf("open census: %w", err)
	}
	o, err := objects.File(f)
	if err != nil {
		return nil, fmt.Errorf("open census: %w", err)
	}
	c, err := Read(o, filepath.Base(path))
	if err != nil {
		return nil, err
	}
	c.path = path
	return c, nil
}

// Read opens a census and owns the object: Close closes it, and so does an
// error of this call. Errors contain name. An invalid or incomplete census is
// dataspace.ErrInvalid; damage to records is found when they are read.
func Read(o objects.Object, name string) (*Census, error) {
	c := &Census{file: o}
	if err := c.load(o.Size()); err != nil {
		return nil, errors.Join(fmt.Errorf("open census %s: %w", name, err), o.Close())
	}
	return c, nil
}

func (c *Census) load(size int64) error {
	head := make([]byte, len(censusMagic))
	var tail [8]byte
	if size < int64(len(head)+len(tail)) {
		return dataspace.ErrInvalid
	}
	if _, err := c.file.ReadAt(head, 0); err != nil {
		return err
	}
	if _, err := c.file.ReadAt(tail[:], size-8); err != nil {
		return err
	}
	n := int64(binary.BigEndian.Uint32(tail[:]))
	c.old = bytes.Equal(head, censusMagic1)
	if !c.old && !bytes.Equal(head, censusMagic) || n > maxTrailer || size-8-n < int64(len(head)) {
		return dataspace.ErrInvalid
	}
	raw := make([]byte, n)
	if _, err := c.file.ReadAt(raw, size-8-n); err != nil {
		return err
	}
	if crc32.Checksum(raw, castagnoli) != binary.BigEndian.Uint32(tail[4:]) {
		return dataspace.ErrInvalid
	}
	if err := c.decode(raw); err != nil {
		return errors.Join(dataspace.ErrInvalid, err)
	}
	records := size - 8 - n - int64(len(head))
	if c.trailer.People < 0 || c.trailer.People > records || c.trailer.People*int64(c.recordSize()) != records {
		return dataspace.ErrInvalid
	}
	return nil
}

// decode reads the trailer of either version.
func (c *Census) decode(raw []byte) error {
	if c.old {
		var old struct {
			People  int64      `json:"people"`
			Records uint32     `json:"records_crc32c"`
			All     []string   `json:"columns"`
			Bits    [][]string `json:"sensitive"` // names of the columns behind each bit
		}
		if err := json.Unmarshal(raw, &old); err != nil {
			return err
		}
		c.trailer = trailer{People: old.People, Records: old.Records, All: old.All}
		for bit, names := range old.Bits {
			for _, name := range names {
				c.Marks = append(c.Marks, Mark{Bit: bit, Column: name})
			}
		}
		return c.validate()
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c.trailer); err != nil {
		return err
	}
	if c.Slots < 1 || c.Slots > maxSlots {
		return fmt.Errorf("%d keys a record", c.Slots)
	}
	return c.validate()
}

// validate checks that everything the trailer names exists.
func (t *trailer) validate() error {
	for _, m := range t.Marks {
		if m.Bit < 0 || m.Bit >= MaskBits {
			return fmt.Errorf("a mark has bit %d", m.Bit)
		}
	}
	for _, cl := range t.Classes {
		for _, at := range cl.Marks {
			if at < 0 || at >= len(t.Marks) {
				return fmt.Errorf("class %q has mark %d of %d", cl.ID, at, len(t.Marks))
			}
		}
	}
	return nil
}

// recordSize is the record size of the file's version.
func (c *Census) recordSize() int {
	if c.old {
		return recordSize
	}
	return c.Slots*slotSize + maskSize
}

// Serves reports whether the hashes are of an algorithm. Nobody has no hash, so a
// census of nobody serves for each.
func (c *Census) Serves(algorithm string) bool {
	if c.People() == 0 {
		return true
	}
	if c.old {
		return algorithm == OldAlgorithm
	}
	return len(c.Keys) > 0 && c.Keys[0].Algorithm == algorithm
}

// Path is the file that a run has made, or Open has opened.
func (c *Census) Path() string { return c.path }

// Close closes the file and keeps it.
func (c *Census) Close() error { return c.file.Close() }

// Remove closes the file and deletes it.
func (c *Census) Remove() error {
	return errors.Join(c.file.Close(), os.Remove(c.path))
}

// People is the number of distinct people.
func (c *Census) People() int64 { return c.trailer.People }

// Count counts the people by class if only the columns named by leaving leave.
// When no column leaves, it counts nobody. A damaged file is
// dataspace.ErrInvalid.
func (c *Census) Count(leaving func(column string) bool, list []dataspace.CountClass) (people.Totals, error) {
	counts := make([]int64, len(list))
	err := c.Each(leaving, list, func(_ [16]byte, in people.Classes) error {
		countIn(in, counts)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return totals(list, counts), nil
}

// countIn adds a person to the counts of the classes.
func countIn(in people.Classes, counts []int64) {
	for ; in != 0; in &= in - 1 {
		counts[bits.TrailingZeros64(uint64(in))]++
	}
}

func totals(list []dataspace.CountClass, counts []int64) people.Totals {
	out := people.Totals{}
	for i, cl := range list {
		out[cl.ID] = counts[i]
	}
	return out
}

// Each yields the people of Count in ascending order of their hash, with the
// classes of each, as bits in the order of the list. It stops at an error of
// yield. ErrNotFound if the census was not made for one of the classes. Damage
// is found only at the end, as dataspace.ErrInvalid: do not use any result
// before Each has returned nil.
func (c *Census) Each(leaving func(column string) bool, list []dataspace.CountClass, yield func(person [16]byte, in people.Classes) error) error {
	if !slices.ContainsFunc(c.All, leaving) {
		return nil
	}
	in, err := c.membership(leaving, list)
	if err != nil {
		return err
	}
	size := c.recordSize()
	records := io.NewSectionReader(c.file, int64(len(censusMagic)), c.trailer.People*int64(size))
	r := bufio.NewReaderSize(records, 256<<10)
	sum := crc32.New(castagnoli)
	b, at := make([]byte, size), 1 // of the first hash
	if c.old {
		at = 0
	}
	for range c.trailer.People {
		if _, err := io.ReadFull(r, b); err != nil {
			return fmt.Errorf("read census: %w", err)
		}
		_, _ = sum.Write(b)
		if err := yield([16]byte(b[at:at+16]), in.of(binary.BigEndian.Uint64(b[size-maskSize:]))); err != nil {
			return err
		}
	}
	if sum.Sum32() != c.Records {
		return fmt.Errorf("read census: records are damaged: %w", dataspace.ErrInvalid)
	}
	return nil
}

// membership is which bits of a mask put a person into which class.
type membership struct {
	bits []uint64         // for each class
	rest []people.Classes // for each class: the classes of which it is the remainder
}

// of are the classes of a person with a mask.
func (m *membership) of(mask uint64) (in people.Classes) {
	for i, b := range m.bits {
		if mask&b != 0 {
			in |= 1 << i
		}
	}
	for i, r := range m.rest {
		if r != 0 && in&r == 0 {
			in |= 1 << i
		}
	}
	return in
}

// membership is for the classes when some columns leave. Bits for an age always
// count.
func (c *Census) membership(leaving func(column string) bool, list []dataspace.CountClass) (*membership, error) {
	if len(list) > 64 {
		return nil, fmt.Errorf("count %d classes of people: %w", len(list), dataspace.ErrInvalid)
	}
	m := &membership{bits: make([]uint64, len(list)), rest: make([]people.Classes, len(list))}
	for i, want := range list {
		marks, ok := c.marksOf(want)
		if !ok {
			return nil, fmt.Errorf("read census: it was not made for class %s: %w", want.ID, dataspace.ErrNotFound)
		}
		for _, mk := range marks {
			if mk.Column == "" || leaving(mk.Column) {
				m.bits[i] |= 1 << mk.Bit
			}
		}
		for _, id := range want.Of.RestOf {
			at := slices.IndexFunc(list, func(o dataspace.CountClass) bool { return o.ID == id })
			if at < 0 {
				return nil, fmt.Errorf("read census: class %s is the rest of %s, which is not counted: %w", want.ID, id, dataspace.ErrInvalid)
			}
			m.rest[i] |= 1 << at
		}
	}
	return m, nil
}

// Version 1 counted people below one age only, in this bit.
const (
	oldAge    = 14
	oldAgeBit = 63
)

// marksOf are the marks of a class; false if the census was not made for it. A
// census of version 1 has the marks of sensitive columns and of one age.
func (c *Census) marksOf(want dataspace.CountClass) (out []Mark, ok bool) {
	if c.old {
		of := want.Of
		if len(of.Elements) > 0 || of.Below != 0 && of.Below != oldAge {
			return nil, false
		}
		if of.Sensitive != "" {
			out = append(out, c.Marks...)
		}
		if of.Below == oldAge {
			out = append(out, Mark{Bit: oldAgeBit, Below: oldAge})
		}
		return out, true
	}
	at := slices.IndexFunc(c.Classes, func(k ClassMarks) bool { return k.ID == want.ID })
	if at < 0 {
		return nil, false
	}
	for _, n := range c.Classes[at].Marks {
		out = append(out, c.Marks[n])
	}
	return out, true
}
