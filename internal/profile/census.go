package profile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"hutong/internal/dataspace"
)

// The census file: magic, records of 24 bytes (hash, mask) in ascending order
// of hash, the trailer as JSON, then its length (4 bytes) and its CRC-32C
// (4 bytes), both big-endian.
var censusMagic = []byte("hutong census 1\n")

const maxTrailer = 16 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type trailer struct {
	People  int64      `json:"people"`
	Records uint32     `json:"records_crc32c"`
	All     []string   `json:"columns"`
	Bits    [][]string `json:"sensitive"` // names of the columns behind each bit
}

// Census is the distinct people of a dataset as keyed hashes, each with the
// sensitive columns in which it has a value and whether it is under 14. It
// says who nobody is. Safe for concurrent use.
type Census struct {
	path string
	file *os.File
	trailer
}

// OpenCensus opens a census file. A file that is not one, or not whole, is
// dataspace.ErrInvalid; damage to records is found when they are read.
func OpenCensus(path string) (*Census, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open census %s: %w", filepath.Base(path), errors.Join(dataspace.ErrNotFound, err))
	}
	if err != nil {
		return nil, fmt.Errorf("open census: %w", err)
	}
	c := &Census{path: path, file: f}
	if err := c.load(); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("open census %s: %w", filepath.Base(path), err)
	}
	return c, nil
}

func (c *Census) load() error {
	info, err := c.file.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
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
	if !bytes.Equal(head, censusMagic) || n > maxTrailer || size-8-n < int64(len(head)) {
		return dataspace.ErrInvalid
	}
	raw := make([]byte, n)
	if _, err := c.file.ReadAt(raw, size-8-n); err != nil {
		return err
	}
	if crc32.Checksum(raw, castagnoli) != binary.BigEndian.Uint32(tail[4:]) {
		return dataspace.ErrInvalid
	}
	if err := json.Unmarshal(raw, &c.trailer); err != nil {
		return errors.Join(dataspace.ErrInvalid, err)
	}
	if c.trailer.People < 0 || int64(len(head))+c.trailer.People*recordSize != size-8-n || len(c.Bits) > maskBits {
		return dataspace.ErrInvalid
	}
	return nil
}

// Path is where the census is kept.
func (c *Census) Path() string { return c.path }

// Close closes the file and keeps it.
func (c *Census) Close() error { return c.file.Close() }

// Remove closes the file and deletes it.
func (c *Census) Remove() error {
	return errors.Join(c.file.Close(), os.Remove(c.path))
}

// People is how many distinct people there are.
func (c *Census) People() int64 { return c.trailer.People }

// Count counts the people when only the columns that leaving names leave.
// Sensitive are those under 14 and those with a value in a sensitive column
// that leaves; everybody else is nonSensitive. When no column leaves, nobody
// does. A damaged file is dataspace.ErrInvalid.
func (c *Census) Count(leaving func(column string) bool) (nonSensitive, sensitive, under14 int64, err error) {
	err = c.Each(leaving, func(_ [16]byte, s, u bool) error {
		if s {
			sensitive++
		} else {
			nonSensitive++
		}
		if u {
			under14++
		}
		return nil
	})
	if err != nil {
		return 0, 0, 0, err
	}
	return nonSensitive, sensitive, under14, nil
}

// Each yields the people of Count in ascending order of their hash. It stops
// with yield's error. Damage is found only at the end, as
// dataspace.ErrInvalid: act on nothing before Each has returned nil.
func (c *Census) Each(leaving func(column string) bool, yield func(person [16]byte, sensitive, under14 bool) error) error {
	any := false
	for _, name := range c.All {
		any = any || leaving(name)
	}
	if !any {
		return nil
	}
	leave := uint64(0)
	for bit, names := range c.Bits {
		for _, name := range names {
			if leaving(name) {
				leave |= 1 << bit
			}
		}
	}
	records := io.NewSectionReader(c.file, int64(len(censusMagic)), c.trailer.People*recordSize)
	in := bufio.NewReaderSize(records, 256<<10)
	sum := crc32.New(castagnoli)
	var b [recordSize]byte
	for range c.trailer.People {
		if _, err := io.ReadFull(in, b[:]); err != nil {
			return fmt.Errorf("read census: %w", err)
		}
		_, _ = sum.Write(b[:])
		mask := binary.BigEndian.Uint64(b[16:])
		young := mask&under14Mask != 0
		if err := yield([16]byte(b[:16]), young || mask&leave != 0, young); err != nil {
			return err
		}
	}
	if sum.Sum32() != c.Records {
		return fmt.Errorf("read census: records are damaged: %w", dataspace.ErrInvalid)
	}
	return nil
}

// censusWriter writes a census that appears whole or not at all.
type censusWriter struct {
	file    *os.File
	out     *bufio.Writer
	sum     uint32
	people  int64
	scratch [recordSize]byte
}

func newCensusWriter(dir string) (*censusWriter, error) {
	f, err := os.CreateTemp(dir, "hutong-census-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("create census: %w", err)
	}
	w := &censusWriter{file: f, out: bufio.NewWriterSize(f, 256<<10)}
	_, _ = w.out.Write(censusMagic) // a bufio.Writer keeps its first error
	return w, nil
}

func (w *censusWriter) add(r *record) error {
	r.put(w.scratch[:])
	w.sum = crc32.Update(w.sum, castagnoli, w.scratch[:])
	w.people++
	_, err := w.out.Write(w.scratch[:])
	return err
}

// finish makes the file durable under its final name.
func (w *censusWriter) finish(columns []string, bits [][]string) (*Census, error) {
	raw, err := json.Marshal(trailer{People: w.people, Records: w.sum, All: columns, Bits: bits})
	if err != nil {
		return nil, fmt.Errorf("encode census: %w", err)
	}
	_, _ = w.out.Write(raw)
	var tail [8]byte
	binary.BigEndian.PutUint32(tail[:], uint32(len(raw)))
	binary.BigEndian.PutUint32(tail[4:], crc32.Checksum(raw, castagnoli))
	_, _ = w.out.Write(tail[:])
	if err := errors.Join(w.out.Flush(), w.file.Sync(), w.file.Close()); err != nil {
		return nil, fmt.Errorf("write census: %w", err)
	}
	tmp := w.file.Name()
	path := tmp[:len(tmp)-len(".tmp")] + ".census"
	if err := os.Rename(tmp, path); err != nil {
		return nil, fmt.Errorf("write census: %w", err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("write census: %w", err)
	}
	return OpenCensus(path)
}

func (w *censusWriter) abort() {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
