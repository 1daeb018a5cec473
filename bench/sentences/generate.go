package sentences

import (
	"math"
	"math/rand/v2"
	"strings"

	"hutong/bench/draw"
)

// Frames are the frames of one split.
type Frames struct{ en, zh, hant []string }

func ReadFrames(prefix string) (f Frames, err error) {
	for name, to := range map[string]*[]string{"en.txt": &f.en, "zh.txt": &f.zh, "hant.txt": &f.hant} {
		if *to, err = frames(prefix + name); err != nil {
			return f, err
		}
	}
	return f, nil
}

// Generator makes sentences of frames with the names of a bank.
type Generator struct {
	random *rand.Rand
	bank   *Bank
	frames Frames
	spell  speller
	plain  bool // without changed case, and without other texts
}

// New makes a generator. A plain one makes sentences of frames only.
func New(r *rand.Rand, b *Bank, f Frames, s Scripts, plain bool) *Generator {
	return &Generator{random: r, bank: b, frames: f, spell: speller{s}, plain: plain}
}

// Next makes one sentence: of Chinese in one or the other script, or English.
func (s *Generator) Next() (Sentence, error) {
	n := s.random.IntN(100)
	if n < 50 {
		return s.english()
	}
	return s.chinese()
}

func (s *Generator) english() (Sentence, error) {
	if !s.plain {
		switch n := s.random.IntN(40); {
		case n < 5:
			return recased(s.random, Sentence{Text: draw.Pick(s.random, s.bank.Lines)}), nil
		case n < 14:
			return recased(s.random, s.spell.mixedWords(s.random, s.bank)), nil
		}
	}
	out, err := fill(s.random, s.bank, draw.Pick(s.random, s.frames.en), s.spell.english, true)
	if err == nil && !s.plain {
		if s.random.IntN(6) == 0 { // two sentences in one text
			more, err := fill(s.random, s.bank, draw.Pick(s.random, s.frames.en), s.spell.english, true)
			if err != nil {
				return out, err
			}
			out = after(out, draw.Pick(s.random, []string{" ", "\n", ". "}), more)
		}
		out = recased(s.random, out)
	}
	return out, err
}

func (s *Generator) chinese() (Sentence, error) {
	if !s.plain {
		switch n := s.random.IntN(40); {
		case n < 3:
			return Sentence{Text: draw.Pick(s.random, s.bank.LinesZH)}, nil
		case n < 7:
			return draw.Pick(s.random, s.bank.Spoken), nil
		case n < 18:
			return s.mixedChinese(), nil
		}
	}
	if s.random.IntN(4) == 0 {
		return fill(s.random, s.bank, draw.Pick(s.random, s.frames.hant), s.traditional, false)
	}
	out, err := fill(s.random, s.bank, draw.Pick(s.random, s.frames.zh), s.spell.chinese, false)
	if err == nil && !s.plain && s.random.IntN(4) == 0 {
		more, err := fill(s.random, s.bank, draw.Pick(s.random, s.frames.zh), s.spell.chinese, false)
		if err != nil {
			return out, err
		}
		out = after(out, draw.Pick(s.random, []string{"", "，", "。", " "}), more)
	}
	return out, err
}

// traditional fills places with traditional characters.
func (s *Generator) traditional(r *rand.Rand, b *Bank, slot string) ([]piece, error) {
	list, err := s.spell.chinese(r, b, slot)
	for i := range list {
		list[i].text = s.spell.scripts.Traditional(list[i].text)
	}
	return list, err
}

// functionWords are the most frequent Chinese words of one character.
var functionWords = []rune("的了在是和与对把被让给从到也都就还很不没会要能将于以及或而但又再已这那我你他她它们来去上下中里")

// mixedChinese are Chinese words in no order, with a name between them or none:
// what is learnt of names must not rest on what stands around them alone.
func (s *Generator) mixedChinese() Sentence {
	var list []piece
	named := s.random.IntN(2) == 0
	n := 3 + s.random.IntN(9)
	at := s.random.IntN(n)
	for i := range n {
		switch k := s.random.IntN(10); {
		case named && i == at:
			list = append(list, piece{text: s.bank.whole(s.random), name: true})
		case k < 3:
			list = append(list, piece{text: string(functionWords[s.random.IntN(len(functionWords))])})
		case k == 3:
			list = append(list, piece{text: s.bank.closestZH(s.random)})
		case k == 4:
			list = append(list, piece{text: draw.Pick(s.random, s.bank.Misnamed)})
		default:
			list = append(list, piece{text: s.bank.Nouns[int(math.Pow(s.random.Float64(), 2)*float64(min(len(s.bank.Nouns), 60_000)))]})
		}
		if s.random.IntN(6) == 0 {
			list = append(list, piece{text: draw.Pick(s.random, []string{"，", "。", "、", "：", " ", "（", "）", "；"})})
		}
	}
	if s.random.IntN(3) == 0 {
		for i := range list {
			list[i].text = s.spell.scripts.Traditional(list[i].text)
		}
	}
	return join(list, false)
}

// mixedWords are English words in no order, with a name between them or none.
func (s speller) mixedWords(r *rand.Rand, b *Bank) Sentence {
	var list []piece
	named := r.IntN(2) == 0
	n := 4 + r.IntN(9)
	at := max(0, r.IntN(n+3)-3) // often the first
	for i := range n {
		if i > 0 {
			list = append(list, piece{text: draw.Pick(r, []string{" ", " ", " ", " ", " ", " ", ", ", ". ", ": "})})
		}
		switch k := r.IntN(20); {
		case named && i == at:
			list = append(list, s.fullName(r, b)...)
		case k < 3:
			list = append(list, piece{text: strings.TrimPrefix(s.closest(r, b), "the ")})
		case k == 3:
			list = append(list, piece{text: amount(r)})
		default:
			w := b.Words[int(math.Pow(r.Float64(), 2)*float64(min(len(b.Words), 20_000)))]
			if i == 0 {
				w = capitalised(w)
			}
			list = append(list, piece{text: w})
		}
	}
	return join(list, false)
}

// after puts a sentence behind another one.
func after(a Sentence, between string, b Sentence) Sentence {
	at := len(a.Text) + len(between)
	a.Text += between + b.Text
	for _, n := range b.Names {
		a.Names = append(a.Names, [2]int{n[0] + at, n[1] + at})
	}
	return a
}
