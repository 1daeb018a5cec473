// Package runs decodes the numbers that Parquet stores partly as runs of one
// number and partly packed to some bits each: definition levels, and the places
// of values in a dictionary.
package runs

import (
	"encoding/binary"
	"errors"
)

// MaxWidth is the largest number of bits of a number.
const MaxWidth = 32

var (
	errCut  = errors.New("numbers of a page end before its values do")
	errWide = errors.New("a number has more bits than its page says")
)

// Decoder reads numbers one after the other. The zero value has none.
type Decoder struct {
	data  []byte // what follows
	width int    // bits of a number
	left  int    // numbers left in the run or in packed
	value uint32 // of the run

	packed []byte // nil in a run
	bit    int    // the first bit in packed that was not read
}

// Reset begins to read numbers of some bits, at most MaxWidth, from data.
func (d *Decoder) Reset(data []byte, width int) { *d = Decoder{data: data, width: width} }

// ResetPacked begins to read numbers of one bit, without runs.
func (d *Decoder) ResetPacked(data []byte) {
	*d = Decoder{width: 1, packed: data[:len(data):len(data)], left: 8 * len(data)}
}

// Run takes the next n numbers if they are all the same one.
func (d *Decoder) Run(n int) (value uint32, ok bool) {
	if d.left == 0 && n > 0 {
		if d.next() != nil {
			return 0, false // Read says why
		}
	}
	if d.packed != nil || d.left < n {
		return 0, false
	}
	d.left -= n
	return d.value, true
}

// Read fills dst. It fails if there are not so many numbers.
func (d *Decoder) Read(dst []uint32) error {
	for len(dst) > 0 {
		if d.left == 0 {
			if err := d.next(); err != nil {
				return err
			}
			continue
		}
		n := min(d.left, len(dst))
		if d.packed == nil {
			for i := range dst[:n] {
				dst[i] = d.value
			}
		} else if err := d.unpack(dst[:n]); err != nil {
			return err
		}
		d.left -= n
		dst = dst[n:]
	}
	return nil
}

// next reads the head of a run or of packed numbers. After an error there is
// nothing more to read.
func (d *Decoder) next() error {
	data := d.data
	d.data = nil
	head, n := binary.Uvarint(data)
	if n <= 0 || head>>1 > 1<<31 {
		return errCut
	}
	data = data[n:]
	count := int(head >> 1)
	if head&1 == 1 {
		// The last bytes may be missing where no number needs them.
		size := min(count*d.width, len(data))
		d.packed, d.data = data[:size:size], data[size:]
		d.bit, d.left = 0, count*8
		return nil
	}
	size := (d.width + 7) / 8
	if size > len(data) {
		return errCut
	}
	d.value = 0
	for i, b := range data[:size] {
		d.value |= uint32(b) << (8 * i)
	}
	if uint64(d.value)>>d.width != 0 {
		return errWide
	}
	d.packed, d.data, d.left = nil, data[size:], count
	return nil
}

func (d *Decoder) unpack(dst []uint32) error {
	if (len(d.packed)*8 - d.bit) < len(dst)*d.width {
		return errCut
	}
	mask := uint64(1)<<d.width - 1
	i := 0
	for ; i < len(dst) && d.bit>>3+8 <= len(d.packed); i++ {
		dst[i] = uint32(binary.LittleEndian.Uint64(d.packed[d.bit>>3:]) >> (d.bit & 7) & mask)
		d.bit += d.width
	}
	for ; i < len(dst); i++ { // near the end
		var last [8]byte
		copy(last[:], d.packed[d.bit>>3:])
		dst[i] = uint32(binary.LittleEndian.Uint64(last[:]) >> (d.bit & 7) & mask)
		d.bit += d.width
	}
	return nil
}
