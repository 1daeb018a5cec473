package runset

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/files"
)

// Writer writes a run that appears completely or not at all.
type Writer struct {
	head   Head
	layout layout
	file   *files.Pending
	out    *bufio.Writer
	block  [blockSize]byte
	at     int // of the next person in the block
	firsts []byte
	info   Info
	last   Person
}

// Create begins a run that Commit puts at path, a file of this machine. Call
// Abort in any case.
// ErrInvalid for a head without classes or with too many.
func Create(path string, head Head) (*Writer, error) {
	if err := head.validate(); err != nil || len(head.Classes) == 0 {
		return nil, fmt.Errorf("create list of people: %w", cmp.Or(err, dataspace.ErrInvalid))
	}
	f, err := files.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create list of people: %w", err)
	}
	return &Writer{head: head, layout: head.layout(), file: f, out: bufio.NewWriterSize(f, 64*blockSize)}, nil
}

// Add appends a person. It returns ErrInvalid if the person does not come after
// all before, or if the head does not allow its data.
func (w *Writer) Add(p Person) error {
	if w.info.People > 0 && !w.last.less(&p) || !w.layout.valid(&p) {
		return fmt.Errorf("write list of people: out of order or not of its head: %w", dataspace.ErrInvalid)
	}
	if w.at == w.layout.people {
		if err := w.flush(); err != nil {
			return err
		}
	}
	at := w.at
	b := w.block[at*hashSize : at*hashSize+hashSize]
	binary.LittleEndian.PutUint64(b, p.Hi)
	binary.LittleEndian.PutUint64(b[8:], p.Lo)
	if at == 0 {
		w.firsts = append(w.firsts, b...)
	}
	w.layout.put(w.block[:], at, &p)
	w.at++
	w.info.People++
	if p.Key&Alias == 0 {
		w.info.Add(p.Mask)
	}
	w.last = p
	return nil
}

// put writes the data of a person besides the hash.
func (l *layout) put(block []byte, at int, p *Person) {
	switch l.bits {
	case 4:
		block[l.masks+at/2] |= byte(p.Mask) << (4 * (at & 1))
	case 8:
		block[l.masks+at] = byte(p.Mask)
	case 16:
		binary.LittleEndian.PutUint16(block[l.masks+2*at:], uint16(p.Mask))
	default:
		binary.LittleEndian.PutUint32(block[l.masks+4*at:], uint32(p.Mask))
	}
	if l.hasDay {
		binary.LittleEndian.PutUint16(block[l.days+2*at:], uint16(p.Day))
	}
	if l.hasK {
		block[l.keys+at] = byte(p.Key)
	}
}

// get reads what put wrote.
func (l *layout) get(block []byte, at int, p *Person) {
	switch l.bits {
	case 4:
		p.Mask = Mask(block[l.masks+at/2] >> (4 * (at & 1)) & 15)
	case 8:
		p.Mask = Mask(block[l.masks+at])
	case 16:
		p.Mask = Mask(binary.LittleEndian.Uint16(block[l.masks+2*at:]))
	default:
		p.Mask = Mask(binary.LittleEndian.Uint32(block[l.masks+4*at:]))
	}
	if l.hasDay {
		p.Day = Day(binary.LittleEndian.Uint16(block[l.days+2*at:]))
	}
	if l.hasK {
		p.Key = KeyIndex(block[l.keys+at])
	}
}

func (w *Writer) flush() error {
	binary.LittleEndian.PutUint32(w.block[blockSize-sumSize:], blockSum(w.block[:], len(w.firsts)/hashSize-1))
	_, err := w.out.Write(w.block[:])
	clear(w.block[:])
	w.at = 0
	if err != nil {
		return fmt.Errorf("write list of people: %w", err)
	}
	return nil
}

// Commit makes the run appear at its path. The run need not survive a loss of
// power: a caller that needs durability moves it (objects.Move).
func (w *Writer) Commit() (Info, error) {
	if w.info.People > 0 {
		if err := w.flush(); err != nil {
			return Info{}, err
		}
	}
	head, err := w.head.encode(w.info)
	if err != nil {
		return Info{}, fmt.Errorf("write list of people: %w", err)
	}
	_, _ = w.out.Write(w.firsts) // a bufio.Writer keeps its first error
	_, _ = w.out.Write(head)
	_, _ = w.out.Write(trailer(w.info.People, head, w.firsts))
	if err := w.out.Flush(); err != nil {
		return Info{}, fmt.Errorf("write list of people: %w", err)
	}
	if err := w.file.Finish(); err != nil {
		return Info{}, fmt.Errorf("write list of people: %w", err)
	}
	return w.info, nil
}

// Abort removes the run, unless it was committed.
func (w *Writer) Abort() error { return w.file.Abort() }
