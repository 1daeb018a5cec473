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

	"hutong/bench/sentences"
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

// written writes Chinese in other ways for package sentences.
type written struct{ *scripts }

func (w written) Pinyin(text string) []string { return w.pinyin(text) }

func (w written) Traditional(text string) string { return w.traditionalForm(text) }

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
func entriesOf(b *sentences.Bank, folds map[rune]rune) []uint32 {
	l := tagger.NewLexicon(nil, folds)
	classes := map[uint32]uint32{}
	add := func(text string, c tagger.Class) {
		e := l.Key(text, c)
		classes[e&^63] |= e & 63
	}
	for i, w := range b.Words {
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
	for _, n := range append(slices.Clone(b.Countries), b.English) {
		parts(n.Given, tagger.Given)
		parts(n.Family, tagger.Surname)
	}
	parts(b.Cities, tagger.Place)
	parts(sentences.Countries(), tagger.Place)
	for _, w := range b.Dictionary[:min(len(b.Dictionary), listedNouns)] {
		add(w, tagger.Word)
	}
	for _, w := range b.Surnames {
		add(w, tagger.Surname)
	}
	for _, w := range b.Rare {
		add(w, tagger.Rare)
	}
	out := make([]uint32, 0, len(classes))
	for _, e := range slices.Sorted(maps.Keys(classes)) {
		out = append(out, e|classes[e])
	}
	return out
}

// gold gives the tags of the tokens of a sentence.
func gold(e *tagger.Extractor, n int, s sentences.Sentence) []int {
	out := make([]int, n)
	at := 0
	for _, name := range s.Names {
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
	frames, err := sentences.ReadFrames("")
	if err != nil {
		return err
	}
	folds := foldsOf(s)
	entries := entriesOf(&fit.Bank, folds)
	fmt.Fprintf(progress, "%d words, %d characters\n", len(entries), len(folds))
	lexicon := tagger.NewLexicon(entries, folds)
	e := tagger.NewExtractor(lexicon, tableBits)
	t := newTrainer()
	random := rand.New(rand.NewPCG(26, seedFit))
	make := sentences.New(random, &fit.Bank, frames, written{s}, false)
	for round := range taggerRounds {
		loss, tokens := 0.0, 0
		for range perRound {
			x, err := make.Next()
			if err != nil {
				return err
			}
			blur := func(int) (bool, bool) { return random.Float64() < dimWord, random.Float64() < dimClass }
			n := e.Read([]byte(x.Text), blur)
			loss += t.learn(e, n, gold(e, n, x))
			tokens += n
		}
		fmt.Fprintf(progress, "round %d: %.4f nats a token\n", round+1, loss/float64(tokens))
	}
	d := t.data(entries, folds, tagger.Line{Factor: 1})
	if d.Line, err = calibrateTagger(d, &held.Bank, s); err != nil {
		return err
	}
	out := d.Bytes()
	fmt.Fprintf(progress, "%d bytes, line %v\n", len(out), d.Line)
	return os.WriteFile(to, out, 0o644)
}

// calibrateTagger finds the line that makes the probability of a text that names
// somebody true on held-out sentences.
func calibrateTagger(d *tagger.Data, held *sentences.Bank, s *scripts) (tagger.Line, error) {
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
		p := max(1e-6, min(1-1e-6, r.Read([]byte(x.Text)).P))
		all = append(all, seen{math.Log(p / (1 - p)), len(x.Names) > 0})
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
func heldSentences(held *sentences.Bank, s *scripts, seed uint64, n int) ([]sentences.Sentence, error) {
	frames, err := sentences.ReadFrames("held-")
	if err != nil {
		return nil, err
	}
	make := sentences.New(rand.New(rand.NewPCG(27, seed)), held, frames, written{s}, true)
	var out []sentences.Sentence
	for range n {
		x, err := make.Next()
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

func (f *tagFigures) add(x sentences.Sentence, in tagger.Found) {
	f.texts++
	f.names += len(x.Names)
	f.found += len(in.Names)
	if len(x.Names) > 0 {
		f.named++
	}
	if in.P >= .5 {
		f.said++
		if len(x.Names) > 0 {
			f.right++
		}
	}
	for _, n := range in.Names {
		if slices.Contains(x.Names, [2]int{n.From, n.To}) {
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
	list, err := heldSentences(&held.Bank, s, seedMeasure, 6000)
	if err != nil {
		return err
	}
	r := tagger.NewReader(tagger.Builtin())
	rows := map[string]*tagFigures{}
	for _, x := range list {
		kind := "English"
		if strings.IndexFunc(x.Text, func(c rune) bool { return c >= 0x3400 && c < 0xA000 }) >= 0 {
			kind = "Chinese, simplified"
			if folded := strings.Map(func(c rune) rune {
				if to, ok := s.simplified[c]; ok {
					return to
				}
				return c
			}, x.Text); folded != x.Text {
				kind = "Chinese, traditional"
			}
		}
		in := r.Read([]byte(x.Text))
		for _, k := range []string{"all", kind} {
			if rows[k] == nil {
				rows[k] = &tagFigures{}
			}
			rows[k].add(x, in)
		}
		if bad := (in.P >= .5) != (len(x.Names) > 0); bad && wrong > 0 {
			wrong--
			fmt.Fprintf(os.Stderr, "%.2f %v: %.200q\n", in.P, len(x.Names) > 0, x.Text)
		}
	}
	rows["Cantonese, as spoken"] = &tagFigures{}
	for _, x := range held.Spoken {
		rows["Cantonese, as spoken"].add(x, r.Read([]byte(x.Text)))
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
func (l *library) spoken() (fit, held []sentences.Sentence, err error) {
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
			var s sentences.Sentence
			for i, w := range words {
				kind, _, _ := strings.Cut(kinds[i], "|")
				if strings.HasPrefix(kind, "nr") || kind == "xnr" {
					s.Names = append(s.Names, [2]int{len(s.Text), len(s.Text) + len(w)})
				}
				s.Text += w
			}
			if len(s.Text) > 20 {
				*out = append(*out, s)
			}
		}
		return nil
	})
	return fit, held, err
}
