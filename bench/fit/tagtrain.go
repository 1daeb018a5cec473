package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hutong/internal/tagger"
)

// The settings of the tagger: chosen on held-out frames.
const (
	tableBits    = 17      // of the table of weights
	taggerRounds = 6       // with other sentences each
	perRound     = 150_000 // sentences
	taggerRate   = 0.15
	shrink       = 2e-6 // of weights that nothing confirms
	dimWord      = 0.12 // how often a word is hidden in training
	dimClass     = 0.25 // how often the lists are
	commonWords  = 12_000
	listedWords  = 52_000
	listedNouns  = 70_000
)

// foldsOf are the characters that stand for others: traditional Chinese ones,
// and letters with marks.
func foldsOf(s *scripts) map[rune]rune {
	out := map[rune]rune{}
	for from, to := range s.simplified {
		out[from] = to
	}
	for r := rune(0xC0); r < 0x250; r++ {
		if d := []rune(norm.NFD.String(string(r))); len(d) > 1 && d[0] < 0x80 {
			out[r] = d[0]
		}
	}
	maps.Copy(out, map[rune]rune{'ø': 'o', 'ł': 'l', 'đ': 'd', 'ß': 's', 'æ': 'a', 'œ': 'o', 'ı': 'i', 'ð': 'd', 'þ': 't', '’': '\'', '‘': '\'', '“': '"', '”': '"', '，': ',', '：': ':', '；': ';', '（': '(', '）': ')', '！': '!', '？': '?', '－': '-', '–': '-', '—': '-', '「': '"', '」': '"', '‧': '·', '•': '·', '・': '·', '．': '.', '【': '[', '】': ']', '／': '/'})
	return out
}

// entriesOf is the list of words.
func entriesOf(b *nameBank, folds map[rune]rune) []uint32 {
	l := tagger.NewLexicon(nil, folds)
	classes := map[uint32]uint32{}
	add := func(text string, c tagger.Class) {
		e := l.Key(text, c)
		classes[e&^63] |= e & 63
	}
	for i, w := range b.words {
		c := tagger.Word
		if i < commonWords {
			c |= tagger.Common
		}
		if i < listedWords && len(w) > 1 {
			add(strings.ToLower(w), c)
		}
	}
	parts := func(list []string, c tagger.Class) {
		for _, name := range list {
			for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '\'' || r == '’' || r == '.' }) {
				if utf8.RuneCountInString(w) > 2 || c != tagger.Place && len(w) > 1 {
					add(strings.ToLower(w), c)
				}
			}
		}
	}
	for _, n := range append(slices.Clone(b.countries), b.english) {
		parts(n.given, tagger.Given)
		parts(n.family, tagger.Surname)
	}
	parts(b.cities, tagger.Place)
	parts(countriesEN, tagger.Place)
	for _, w := range b.dictionary[:min(len(b.dictionary), listedNouns)] {
		add(w, tagger.Word)
	}
	for _, w := range b.surnames {
		add(w, tagger.Surname)
	}
	for _, w := range b.rare {
		add(w, tagger.Rare)
	}
	out := make([]uint32, 0, len(classes))
	for _, e := range slices.Sorted(maps.Keys(classes)) {
		out = append(out, e|classes[e])
	}
	return out
}

// taggerFrames are the frames of one split.
type taggerFrames struct{ en, zh, hant []string }

func readFrames(prefix string) (f taggerFrames, err error) {
	for name, to := range map[string]*[]string{"en.txt": &f.en, "zh.txt": &f.zh, "hant.txt": &f.hant} {
		if *to, err = frames(prefix + name); err != nil {
			return f, err
		}
	}
	return f, nil
}

// sentences makes sentences of frames with the names of a bank.
type sentences struct {
	*rand.Rand
	bank   *nameBank
	frames taggerFrames
	spell  speller
	plain  bool // without changed case, and without other texts
}

// next makes one sentence: of Chinese in one or the other script, or English.
func (s *sentences) next() (sentence, error) {
	n := s.IntN(100)
	if n < 50 {
		return s.english()
	}
	return s.chinese()
}

func (s *sentences) english() (sentence, error) {
	if !s.plain {
		switch n := s.IntN(40); {
		case n < 5:
			return recased(s.Rand, sentence{text: pick(s.Rand, s.bank.lines)}), nil
		case n < 14:
			return recased(s.Rand, s.spell.mixedWords(s.Rand, s.bank)), nil
		}
	}
	out, err := fill(s.Rand, s.bank, pick(s.Rand, s.frames.en), s.spell.english, true)
	if err == nil && !s.plain {
		if s.IntN(6) == 0 { // two sentences in one text
			more, err := fill(s.Rand, s.bank, pick(s.Rand, s.frames.en), s.spell.english, true)
			if err != nil {
				return out, err
			}
			out = after(out, pick(s.Rand, []string{" ", "\n", ". "}), more)
		}
		out = recased(s.Rand, out)
	}
	return out, err
}

func (s *sentences) chinese() (sentence, error) {
	if !s.plain {
		switch n := s.IntN(40); {
		case n < 3:
			return sentence{text: pick(s.Rand, s.bank.linesZH)}, nil
		case n < 7:
			return pick(s.Rand, s.bank.spoken), nil
		case n < 18:
			return s.mixedChinese(), nil
		}
	}
	if s.IntN(4) == 0 {
		return fill(s.Rand, s.bank, pick(s.Rand, s.frames.hant), s.traditional, false)
	}
	out, err := fill(s.Rand, s.bank, pick(s.Rand, s.frames.zh), s.spell.chinese, false)
	if err == nil && !s.plain && s.IntN(4) == 0 {
		more, err := fill(s.Rand, s.bank, pick(s.Rand, s.frames.zh), s.spell.chinese, false)
		if err != nil {
			return out, err
		}
		out = after(out, pick(s.Rand, []string{"", "，", "。", " "}), more)
	}
	return out, err
}

// traditional fills places with traditional characters.
func (s *sentences) traditional(r *rand.Rand, b *nameBank, slot string) ([]piece, error) {
	list, err := s.spell.chinese(r, b, slot)
	for i := range list {
		list[i].text = s.spell.scripts.traditionalForm(list[i].text)
	}
	return list, err
}

// functionWords are the most frequent Chinese words of one character.
var functionWords = []rune("的了在是和与对把被让给从到也都就还很不没会要能将于以及或而但又再已这那我你他她它们来去上下中里")

// mixedChinese are Chinese words in no order, with a name between them or none:
// what is learnt of names must not rest on what stands around them alone.
func (s *sentences) mixedChinese() sentence {
	var list []piece
	named := s.IntN(2) == 0
	n := 3 + s.IntN(9)
	at := s.IntN(n)
	for i := range n {
		switch k := s.IntN(10); {
		case named && i == at:
			list = append(list, piece{text: s.bank.whole(s.Rand), name: true})
		case k < 3:
			list = append(list, piece{text: string(functionWords[s.IntN(len(functionWords))])})
		case k == 3:
			list = append(list, piece{text: s.bank.closestZH(s.Rand)})
		case k == 4:
			list = append(list, piece{text: pick(s.Rand, s.bank.misnamed)})
		default:
			list = append(list, piece{text: s.bank.nouns[int(math.Pow(s.Float64(), 2)*float64(min(len(s.bank.nouns), 60_000)))]})
		}
		if s.IntN(6) == 0 {
			list = append(list, piece{text: pick(s.Rand, []string{"，", "。", "、", "：", " ", "（", "）", "；"})})
		}
	}
	if s.IntN(3) == 0 {
		for i := range list {
			list[i].text = s.spell.scripts.traditionalForm(list[i].text)
		}
	}
	return join(list, false)
}

// mixedWords are English words in no order, with a name between them or none.
func (s speller) mixedWords(r *rand.Rand, b *nameBank) sentence {
	var list []piece
	named := r.IntN(2) == 0
	n := 4 + r.IntN(9)
	at := max(0, r.IntN(n+3)-3) // often the first
	for i := range n {
		if i > 0 {
			list = append(list, piece{text: pick(r, []string{" ", " ", " ", " ", " ", " ", ", ", ". ", ": "})})
		}
		switch k := r.IntN(20); {
		case named && i == at:
			list = append(list, s.fullName(r, b)...)
		case k < 3:
			list = append(list, piece{text: strings.TrimPrefix(s.closest(r, b), "the ")})
		case k == 3:
			list = append(list, piece{text: amount(r)})
		default:
			w := b.words[int(math.Pow(r.Float64(), 2)*float64(min(len(b.words), 20_000)))]
			if i == 0 {
				w = capitalised(w)
			}
			list = append(list, piece{text: w})
		}
	}
	return join(list, false)
}

// after puts a sentence behind another one.
func after(a sentence, between string, b sentence) sentence {
	at := len(a.text) + len(between)
	a.text += between + b.text
	for _, n := range b.names {
		a.names = append(a.names, [2]int{n[0] + at, n[1] + at})
	}
	return a
}

// gold gives the tags of the tokens of a sentence.
func gold(e *tagger.Extractor, n int, s sentence) []int {
	out := make([]int, n)
	at := 0
	for _, name := range s.names {
		for at < n {
			if from, _ := e.Span(at); from >= name[0] {
				break
			}
			at++
		}
		end := at
		for end < n {
			if from, _ := e.Span(end); from >= name[1] {
				break
			}
			end++
		}
		for i := at; i < end; i++ {
			out[i] = tagger.Tag(i-at, end-at)
		}
		at = end
	}
	return out
}

// trainer fits the chain by steps along the gradient (AdaGrad).
type trainer struct {
	weights, squares []float32
	moves, turned    [tagger.Tags][tagger.Tags]float64
	chain            tagger.Chain
	scores           [][tagger.Tags]float64
}

func newTrainer() *trainer {
	n := tagger.Tags << tableBits
	return &trainer{weights: make([]float32, n), squares: make([]float32, n)}
}

// learn takes one step, and returns the loss in nats.
func (t *trainer) learn(e *tagger.Extractor, n int, tags []int) (loss float64) {
	t.scores = t.scores[:0]
	for i := range n {
		var sum [tagger.Tags]float64
		for _, at := range e.Features(i) {
			w := t.weights[int(at)*tagger.Tags:]
			for k := range sum {
				sum[k] += float64(w[k])
			}
		}
		t.scores = append(t.scores, sum)
	}
	p, pairs := t.chain.Run(t.moves, t.scores)
	for i := range n {
		loss -= math.Log(max(1e-12, p[i][tags[i]]))
		for _, at := range e.Features(i) {
			from := int(at) * tagger.Tags
			for k := range tagger.Tags {
				g := float32(p[i][k])
				if k == tags[i] {
					g--
				}
				if g > -1e-4 && g < 1e-4 {
					continue
				}
				g += shrink * t.weights[from+k]
				t.squares[from+k] += g * g
				t.weights[from+k] -= taggerRate * g / (1e-3 + float32(math.Sqrt(float64(t.squares[from+k]))))
			}
		}
		if i > 0 {
			pairs[tags[i-1]][tags[i]]--
		}
	}
	for a := range pairs {
		for b, g := range pairs[a] {
			t.turned[a][b] += g * g
			t.moves[a][b] -= taggerRate * g / (1e-3 + math.Sqrt(t.turned[a][b]))
		}
	}
	return loss
}

// data is the model as it is stored.
func (t *trainer) data(entries []uint32, folds map[rune]rune, line tagger.Line) *tagger.Data {
	d := &tagger.Data{Folds: folds, Entries: entries, Line: line, Moves: t.moves}
	for _, w := range t.weights {
		d.Weights = append(d.Weights, int8(max(-127, min(127, math.Round(float64(w)*tagger.Unit)))))
	}
	return d
}

// writeTagger fits the tagger.
func writeTagger(to string, l *library, s *scripts, progress io.Writer) error {
	fit, held, err := l.nameBanks(s)
	if err != nil {
		return err
	}
	frames, err := readFrames("")
	if err != nil {
		return err
	}
	folds := foldsOf(s)
	entries := entriesOf(fit, folds)
	fmt.Fprintf(progress, "%d words, %d characters\n", len(entries), len(folds))
	lexicon := tagger.NewLexicon(entries, folds)
	e := tagger.NewExtractor(lexicon, tableBits)
	t := newTrainer()
	random := rand.New(rand.NewPCG(26, seedFit))
	make := &sentences{Rand: random, bank: fit, frames: frames, spell: speller{s}}
	for round := range taggerRounds {
		loss, tokens := 0.0, 0
		for range perRound {
			x, err := make.next()
			if err != nil {
				return err
			}
			blur := func(int) (bool, bool) { return random.Float64() < dimWord, random.Float64() < dimClass }
			n := e.Read([]byte(x.text), blur)
			loss += t.learn(e, n, gold(e, n, x))
			tokens += n
		}
		fmt.Fprintf(progress, "round %d: %.4f nats a token\n", round+1, loss/float64(tokens))
	}
	d := t.data(entries, folds, tagger.Line{Factor: 1})
	if d.Line, err = calibrateTagger(d, held, s); err != nil {
		return err
	}
	out := d.Bytes()
	fmt.Fprintf(progress, "%d bytes, line %v\n", len(out), d.Line)
	return os.WriteFile(to, out, 0o644)
}

// calibrateTagger finds the line that makes the probability of a text that names
// somebody true on held-out sentences.
func calibrateTagger(d *tagger.Data, held *nameBank, s *scripts) (tagger.Line, error) {
	m, err := tagger.Parse(d.Bytes())
	if err != nil {
		return d.Line, err
	}
	list, err := heldSentences(held, s, seedCalibrate, 4000)
	if err != nil {
		return d.Line, err
	}
	r := tagger.NewReader(m)
	type seen struct {
		odds float64
		name bool
	}
	var all []seen
	for _, x := range list {
		p := max(1e-6, min(1-1e-6, r.Read([]byte(x.text)).P))
		all = append(all, seen{math.Log(p / (1 - p)), len(x.names) > 0})
	}
	best, least := tagger.Line{Factor: 1}, math.Inf(1)
	for f := .1; f <= 1.5; f += .05 {
		for term := -3.0; term <= 3; term += .1 {
			loss := 0.0
			for _, x := range all {
				p := 1 / (1 + math.Exp(-term-f*x.odds))
				if !x.name {
					p = 1 - p
				}
				loss -= math.Log(max(1e-9, p))
			}
			if loss < least {
				best, least = tagger.Line{Factor: f, Term: term}, loss
			}
		}
	}
	return best, nil
}

// heldSentences are made of the frames and names for measuring.
func heldSentences(held *nameBank, s *scripts, seed uint64, n int) ([]sentence, error) {
	frames, err := readFrames("held-")
	if err != nil {
		return nil, err
	}
	make := &sentences{Rand: rand.New(rand.NewPCG(27, seed)), bank: held, frames: frames, spell: speller{s}, plain: true}
	var out []sentence
	for range n {
		x, err := make.next()
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// tagFigures counts texts and names.
type tagFigures struct {
	texts, named, said, right int // texts
	names, found, exact       int // names
}

func f1(right, said, there int) float64 {
	if right == 0 {
		return 0
	}
	return 2 * float64(right) / float64(said+there)
}

func (f *tagFigures) add(x sentence, in tagger.Found) {
	f.texts++
	f.names += len(x.names)
	f.found += len(in.Names)
	if len(x.names) > 0 {
		f.named++
	}
	if in.P >= .5 {
		f.said++
		if len(x.names) > 0 {
			f.right++
		}
	}
	for _, n := range in.Names {
		if slices.Contains(x.names, [2]int{n.From, n.To}) {
			f.exact++
		}
	}
}

// measureTagger prints what the tagger of the program finds in held-out
// sentences.
func measureTagger(w io.Writer, l *library, s *scripts, wrong int) error {
	_, held, err := l.nameBanks(s)
	if err != nil {
		return err
	}
	list, err := heldSentences(held, s, seedMeasure, 6000)
	if err != nil {
		return err
	}
	r := tagger.NewReader(tagger.Builtin())
	rows := map[string]*tagFigures{}
	for _, x := range list {
		kind := "English"
		if strings.IndexFunc(x.text, func(c rune) bool { return c >= 0x3400 && c < 0xA000 }) >= 0 {
			kind = "Chinese, simplified"
			if folded := strings.Map(func(c rune) rune {
				if to, ok := s.simplified[c]; ok {
					return to
				}
				return c
			}, x.text); folded != x.text {
				kind = "Chinese, traditional"
			}
		}
		in := r.Read([]byte(x.text))
		for _, k := range []string{"all", kind} {
			if rows[k] == nil {
				rows[k] = &tagFigures{}
			}
			rows[k].add(x, in)
		}
		if bad := (in.P >= .5) != (len(x.names) > 0); bad && wrong > 0 {
			wrong--
			fmt.Fprintf(os.Stderr, "%.2f %v: %.200q\n", in.P, len(x.names) > 0, x.text)
		}
	}
	rows["Cantonese, as spoken"] = &tagFigures{}
	for _, x := range held.spoken {
		rows["Cantonese, as spoken"].add(x, r.Read([]byte(x.text)))
	}
	fmt.Fprint(w, "| texts | n | with a name | said | right | F1 of texts | names | found | exact | F1 of names |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, k := range slices.SortedFunc(maps.Keys(rows), cmp.Compare[string]) {
		f := rows[k]
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %.3f | %d | %d | %d | %.3f |\n", k, f.texts, f.named, f.said, f.right, f1(f.right, f.said, f.named), f.names, f.found, f.exact, f1(f.exact, f.found, f.names))
	}
	return nil
}

// spoken are what people say in conversations in Cantonese, with marked names:
// every second conversation for each split.
func (l *library) spoken() (fit, held []sentence, err error) {
	n := 0
	err = l.files("pycantonese", "pycantonese/data/hkcancor/*.cha", func(_ string, data []byte) error {
		out := &fit
		if n++; n%2 == 0 {
			out = &held
		}
		var words []string
		text := strings.ReplaceAll(string(data), "\n\t", " ")
		for line := range strings.Lines(text) {
			if rest, ok := strings.CutPrefix(line, "*"); ok {
				_, rest, _ = strings.Cut(rest, ":")
				words = strings.Fields(rest)
				continue
			}
			rest, ok := strings.CutPrefix(line, "%mor:")
			if !ok {
				continue
			}
			kinds := strings.Fields(rest)
			if len(kinds) != len(words) {
				continue
			}
			var list []piece
			for i, w := range words {
				kind, _, _ := strings.Cut(kinds[i], "|")
				list = append(list, piece{text: w, name: strings.HasPrefix(kind, "nr") || kind == "xnr"})
			}
			if s := join(list, false); len(s.text) > 20 {
				*out = append(*out, s)
			}
		}
		return nil
	})
	return fit, held, err
}
