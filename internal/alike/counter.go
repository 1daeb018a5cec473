package alike

import "math/bits"

// counter counts hashes. It is used again for each part.
type counter struct {
	hashes []uint64
	rows   []uint32 // 0: the place is empty
}

// count yields each of some hashes once, with how often it is there.
func (c *counter) count(list []uint64, yield func(group) error) error {
	if len(list) == 0 {
		return nil
	}
	// At most half of the places are taken, so that the next free one is near.
	size := 1 << bits.Len(uint(2*len(list)-1))
	if len(c.hashes) < size {
		c.hashes, c.rows = make([]uint64, size), make([]uint32, size)
	}
	hashes, rows := c.hashes[:size], c.rows[:size]
	clear(rows)
	mask := uint64(size - 1)
	for _, hash := range list {
		at := hash & mask
		for rows[at] != 0 && hashes[at] != hash {
			at = (at + 1) & mask
		}
		hashes[at] = hash
		rows[at]++
	}
	for at, n := range rows {
		if n == 0 {
			continue
		}
		if err := yield(group{hashes[at], uint64(n)}); err != nil {
			return err
		}
	}
	return nil
}
