package runset

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"hutong/internal/dataspace"
	"hutong/internal/files"
)

// The format; see the comment of the package. Do not change it: files of it
// are on disks.
const (
	blockSize   = 4096
	blockPeople = 248
	hashSize    = 16
	marksAt     = blockPeople * hashSize
	sumAt       = marksAt + blockPeople/2
	trailerSize = 64
	magic       = "hutong people 1\n"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// blockSum covers a block and its place, so that one that was written in
// another's place is found.
func blockSum(block []byte, number int) uint32 {
	return crc32.Update(uint32(number), castagnoli, block[:sumAt])
}

// Info is what a run holds.
type Info struct {
	People int64
	Totals
}

// Writer writes a run that appears whole or not at all.
type Writer struct {
	file   *files.Pending
	out    *bufio.Writer
	block  [blockSize]byte
	firsts []byte
	info   Info
	last   Person
}

// Create begins a run that Commit puts at path. Call Abort in any case.
func Create(path string) (*Writer, error) {
	f, err := files.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create list of people: %w", err)
	}
	return &Writer{file: f, out: bufio.NewWriterSize(f, 64*blockSize)}, nil
}

// Add appends a person; ErrInvalid unless after all before, or without marks.
func (w *Writer) Add(p Person) error {
	if w.info.People > 0 && !w.last.less(&p) || !validMask(p.Mask) {
		return fmt.Errorf("write list of people: out of order: %w", dataspace.ErrInvalid)
	}
	at := int(w.info.People % blockPeople)
	if at == 0 && w.info.People > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	b := w.block[at*hashSize : at*hashSize+hashSize]
	binary.LittleEndian.PutUint64(b, p.Hi)
	binary.LittleEndian.PutUint64(b[8:], p.Lo)
	if at == 0 {
		w.firsts = append(w.firsts, b...)
	}
	w.block[marksAt+at/2] |= p.Mask << (4 * (at & 1))
	w.info.People++
	w.info.Add(p.Mask)
	w.last = p
	return nil
}

func (w *Writer) flush() error {
	binary.LittleEndian.PutUint32(w.block[sumAt:], blockSum(w.block[:], len(w.firsts)/hashSize-1))
	_, err := w.out.Write(w.block[:])
	clear(w.block[:])
	if err != nil {
		return fmt.Errorf("write list of people: %w", err)
	}
	return nil
}

// Commit makes the run appear at its path. It is durable on return.
func (w *Writer) Commit() (Info, error) {
	if w.info.People > 0 {
		if err := w.flush(); err != nil {
			return Info{}, err
		}
	}
	_, _ = w.out.Write(w.firsts) // a bufio.Writer keeps its first error
	_, _ = w.out.Write(w.info.trailer(w.firsts))
	if err := w.out.Flush(); err != nil {
		return Info{}, fmt.Errorf("write list of people: %w", err)
	}
	if err := w.file.Commit(); err != nil {
		return Info{}, fmt.Errorf("write list of people: %w", err)
	}
	return w.info, nil
}

// Abort leaves nothing of the run, unless it was committed.
func (w *Writer) Abort() error { return w.file.Abort() }

func (i Info) trailer(firsts []byte) []byte {
	b := append(make([]byte, 0, trailerSize), magic...)
	for _, n := range []int64{i.People, i.Other, i.Sensitive, i.Under14} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(firsts, castagnoli))
	b = append(b, make([]byte, trailerSize-4-len(b))...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}
