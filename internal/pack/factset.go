package pack

// factSet is a set of facts, by their number.
type factSet []uint64

func (s *factSet) add(facts ...int) {
	for _, i := range facts {
		for len(*s) <= i/64 {
			*s = append(*s, 0)
		}
		(*s)[i/64] |= 1 << (i % 64)
	}
}

func (s factSet) has(i int) bool { return i/64 < len(s) && s[i/64]&(1<<(i%64)) != 0 }
