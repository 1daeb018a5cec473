package census

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
)

// writer writes a census file that appears complete or not at all.
type writer struct {
	file   *os.File
	out    *bufio.Writer
	sum    uint32
	people int64
	page   []byte // records that wait for their checksum
}

func newWriter(dir string) (*writer, error) {
	f, err := os.CreateTemp(dir, "hutong-census-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("create census: %w", err)
	}
	w := &writer{file: f, out: bufio.NewWriterSize(f, 256<<10)}
	_, _ = w.out.Write(censusMagic) // a bufio.Writer keeps its first error
	return w, nil
}

// add writes a person with one key: the first of the trailer, or the second for
// a row without an identifier.
func (w *writer) add(r record) error {
	key := byte(1)
	if r.mask&RowKeyMask != 0 {
		key = 2
	}
	w.page = append(w.page, key)
	w.page = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(w.page, r.who.Hi), r.who.Lo)
	w.page = binary.BigEndian.AppendUint64(w.page, r.mask&^RowKeyMask)
	w.people++
	if len(w.page) < pageSize {
		return nil
	}
	return w.flush()
}

// pageSize is from how many bytes of records on they are written.
const pageSize = 32 << 10

// flush writes the records that wait.
func (w *writer) flush() error {
	w.sum = crc32.Update(w.sum, castagnoli, w.page)
	_, err := w.out.Write(w.page)
	w.page = w.page[:0]
	return err
}

// finish ends the file. It need not survive a loss of power: whoever wants it to
// last moves it on (objects.Move).
func (w *writer) finish(t trailer) (*Census, error) {
	_ = w.flush() // a bufio.Writer keeps its first error
	t.People, t.Records = w.people, w.sum
	raw, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode census: %w", err)
	}
	_, _ = w.out.Write(raw)
	var tail [8]byte
	binary.BigEndian.PutUint32(tail[:], uint32(len(raw)))
	binary.BigEndian.PutUint32(tail[4:], crc32.Checksum(raw, castagnoli))
	_, _ = w.out.Write(tail[:])
	if err := errors.Join(w.out.Flush(), w.file.Close()); err != nil {
		return nil, fmt.Errorf("write census: %w", err)
	}
	tmp := w.file.Name()
	path := tmp[:len(tmp)-len(".tmp")] + ".census"
	if err := os.Rename(tmp, path); err != nil {
		return nil, fmt.Errorf("write census: %w", err)
	}
	return Open(path)
}

func (w *writer) abort() {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
}
