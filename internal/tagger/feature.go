package tagger

// features makes the features of tokens as places in the table of weights.
type features struct {
	tokens []token
	list   []uint32 // of all tokens after each other
	ends   []int    // where those of a token end
	bits   uint
	lines  []hanWord
	cased  uint64 // whether the text is written in one case
}

// hanWord says which words of the list begin and end at a character, by their
// length, and whether the character is in one.
type hanWord struct {
	begins, ends  uint8  // the length of the longest
	inside        uint8  // of a word that begins before and ends after it
	before, after uint64 // hashes of the longest that ends before it, and begins after it
	name          uint8  // 1 rare, 2 frequent family name, 4 the first of two characters of one
}

// longestWord is the number of characters of the longest Chinese word that is
// looked up.
const longestWord = 4

// Blur hides what is known of a token, so that what is learnt does not rest on
// it alone: the word itself, or its class. Only training uses it.
type Blur func(token int) (word, class bool)

// read makes the tokens and features of a text.
func (f *features) read(l *Lexicon, text []byte, blur Blur) {
	f.tokens = l.cut(f.tokens[:0], text)
	f.list, f.ends = f.list[:0], f.ends[:0]
	for i := range f.tokens {
		t := &f.tokens[i]
		if t.kind == word {
			t.class = l.class(t.word)
		}
	}
	f.lines = append(f.lines[:0], make([]hanWord, len(f.tokens))...)
	f.words(l)
	f.cases()
	if blur != nil {
		for i := range f.tokens {
			w, c := blur(i)
			if t := &f.tokens[i]; t.kind == word {
				if w {
					t.word = offset + 5
				}
				if c {
					t.class = 0
				}
			} else if w && t.kind == han {
				f.lines[i].before, f.lines[i].after = 0, 0
			}
		}
	}
	for i := range f.tokens {
		f.of(i)
		f.ends = append(f.ends, len(f.list))
	}
}

// words finds the Chinese words of the list.
func (f *features) words(l *Lexicon) {
	for i := range f.tokens {
		if f.tokens[i].kind != han {
			continue
		}
		h := uint64(offset)
		if c := l.class(surnameHash(f.tokens[i].word)); c&Surname != 0 {
			f.lines[i].name |= 2
		} else if c&Rare != 0 {
			f.lines[i].name |= 1
		}
		for n := 1; n <= longestWord && i+n <= len(f.tokens) && f.tokens[i+n-1].kind == han; n++ {
			h = add(h, f.tokens[i+n-1].first)
			if n == 1 {
				continue
			}
			if n == 2 && l.class(surnameHash(h)) != 0 {
				f.lines[i].name |= 4
			}
			if l.class(h) == 0 {
				continue
			}
			f.lines[i].begins = uint8(n)
			if last := &f.lines[i+n-1]; last.ends < uint8(n) {
				last.ends = uint8(n)
				if i+n < len(f.tokens) {
					f.lines[i+n].before = h
				}
			}
			if i > 0 {
				f.lines[i-1].after = h
			}
			for k := i + 1; k < i+n-1; k++ {
				f.lines[k].inside = max(f.lines[k].inside, uint8(n))
			}
		}
	}
}

// cases notes whether all words of the text are in small letters, in capitals,
// or begin with one.
func (f *features) cases() {
	var n [other + 1]int
	all := 0
	for i := range f.tokens {
		if f.tokens[i].kind == word {
			n[f.tokens[i].form]++
			all++
		}
	}
	f.cased = 0
	switch {
	case all == 0:
	case n[lower] == all:
		f.cased = 1
	case n[upper]+n[capital] == all:
		f.cased = 2
	case n[lower] == 0:
		f.cased = 3
	}
}

// around is the token at a place, or one that stands for the edge of the text.
func (f *features) around(i int) *token {
	if i < 0 || i >= len(f.tokens) {
		return &edge
	}
	return &f.tokens[i]
}

var edge = token{word: offset + 4}

// shape sums up how a token is written.
func (t *token) shape() uint64 {
	glued := uint64(0)
	if t.glued {
		glued = 1
	}
	size := uint64(min(t.size, 6))
	if t.kind == sign {
		size = uint64(t.first)
	}
	return size<<8 | uint64(t.kind)<<5 | uint64(t.form)<<1 | glued
}

// put adds a feature of a template with one or two values.
func (f *features) put(template, a, b uint64) {
	h := (template+1)*0x9E3779B97F4A7C15 ^ a*0xD6E8FEB86659FD93
	h ^= h >> 31
	h = (h ^ b) * 0xC2B2AE3D27D4EB4F
	f.list = append(f.list, uint32(h>>(64-f.bits)))
}

// of makes the features of a token.
func (f *features) of(i int) {
	t := &f.tokens[i]
	a, b, c, d := f.around(i-2), f.around(i-1), f.around(i+1), f.around(i+2)
	s, sb, sc := t.shape(), b.shape(), c.shape()
	f.put(0, uint64(t.kind), 0)
	f.put(1, t.word, 0)
	f.put(2, b.word, 0)
	f.put(3, c.word, 0)
	f.put(4, a.word, 0)
	f.put(5, d.word, 0)
	f.put(6, b.word, t.word)
	f.put(7, t.word, c.word)
	f.put(8, a.word, b.word)
	f.put(9, c.word, d.word)
	f.put(10, s, 0)
	f.put(11, sb, s)
	f.put(12, s, sc)
	if t.kind == han {
		f.ofHan(i, t, b, c)
		return
	}
	f.put(13, sb<<32|s, sc)
	if t.kind == sign {
		return
	}
	k, kb, kc := uint64(t.class), uint64(b.class), uint64(c.class)
	f.put(14, t.start[0], uint64(t.form))
	f.put(15, t.start[1], uint64(t.form))
	for n, e := range t.end {
		f.put(uint64(16+n), e, uint64(t.form))
	}
	k |= f.cased << 8
	f.put(19, k, s)
	f.put(20, kb, k)
	f.put(21, k, kc)
	f.put(22, kb<<20|k, kc)
	f.put(23, k, b.word)
	f.put(24, k, c.word)
	form := uint64(t.form) | f.cased<<8
	f.put(25, form, b.word)
	f.put(26, form, c.word)
	f.put(27, form<<16|k, mix(b.word)^c.word)
	f.put(28, form<<16|k, mix(a.word)^b.word)
	f.put(29, k<<32|uint64(b.form)<<16|kb, form)
	f.put(30, k<<32|uint64(c.form)<<16|kc, form)
	f.put(31, uint64(a.class)<<32|kb<<16|k, uint64(a.form)<<16|uint64(b.form)<<8|form)
	f.put(32, uint64(d.class)<<32|kc<<16|k, uint64(d.form)<<16|uint64(c.form)<<8|form)
}

// ofHan makes the features of a Chinese character.
func (f *features) ofHan(i int, t, b, c *token) {
	w := &f.lines[i]
	name := uint64(w.name)
	var before, before2, after hanWord
	if i > 0 {
		before = f.lines[i-1]
	}
	if i > 1 {
		before2 = f.lines[i-2]
	}
	if i+1 < len(f.lines) {
		after = f.lines[i+1]
	}
	at := uint64(w.begins)<<16 | uint64(w.ends)<<8 | uint64(w.inside)
	around := uint64(before.begins)<<24 | uint64(before.ends)<<16 | uint64(after.begins)<<8 | uint64(after.ends)
	f.put(40, name, at)
	f.put(41, name, uint64(before.name))
	f.put(42, uint64(before.name), uint64(before2.name)<<8|name)
	f.put(43, at, around)
	f.put(44, name<<32|at, uint64(before.name))
	f.put(45, w.before, name)
	f.put(46, w.after, uint64(before.name)<<8|uint64(before2.name))
	f.put(47, after.after, name)
	f.put(48, mix(b.word)^t.word, c.word)
	f.put(49, b.word, c.word)
	f.put(50, name, b.word)
	f.put(51, uint64(before.name), c.word)
	f.put(52, uint64(before2.name), c.word)
	f.put(53, uint64(before.name)<<8|uint64(before2.name), t.word)
	f.put(54, w.before, w.after)
	f.put(55, before.before, uint64(before.name)<<32|at)
	f.put(56, at, uint64(before.name)<<8|uint64(before2.name))
	if i+2 < len(f.lines) {
		f.put(57, f.lines[i+2].after, name)
		f.put(58, uint64(f.lines[i+2].begins)<<8|uint64(after.begins), name<<32|at)
	}
}
