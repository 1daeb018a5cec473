// Package naming says whether the texts of a column name people. It asks the
// tagger about some of the texts, and sums up what it says: one text of a
// thousand that looks as if it named somebody is an error more probably than a
// name.
//
// The answer is more or less probable and proves nothing.
package naming

import (
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"hutong/internal/tagger"
)

// Opinion is what the tagger says of one text.
type Opinion struct {
	P              float64 // that it names somebody
	Chinese, Latin bool    // in which characters
}

// Names is what the texts of a column say together.
type Names struct {
	Looked         int64   // the rows with a text that was looked at
	Rows           int64   // those of them that name somebody, more probably than not
	Chinese, Latin int64   // those by characters; a row can have both
	P              float64 // that any text names somebody
}

// The bounds of what a column costs.
const (
	Longest   = 600      // bytes of a text that are looked at
	MostTexts = 128      // texts of a column
	MostBytes = 12 << 10 // of all of them
)

// Text reports whether a value is a text that may name somebody: with a word or
// sign that sentences have and names of places and things have not, one in every
// dozen words; with other words in small letters; or in several lines. Lists
// in brackets and markup are none.
func Text(cell []byte) bool {
	if cell = Cut(cell); len(cell) < 12 || strings.IndexByte("[{<", cell[0]) >= 0 {
		return false
	}
	words, spaces, han, small, lines := 0, 0, 0, 0, 0
	sentence, told, from, before := 0, false, -1, rune(0)
	for i, r := range string(cell) {
		if unicode.Is(unicode.Han, r) {
			han++
			told = told || strings.ContainsRune(toldBy, r)
		} else if unicode.IsLetter(r) {
			if from < 0 {
				from = i
				words++
			}
			before = r
			continue
		}
		if from >= 0 {
			sentence += signOf(in(sentenceWords, cell[from:i]))
			small += signOf(smallWord(cell[from:i]))
			from = -1
		}
		spaces += signOf(r == ' ' || r == '\n')
		lines += signOf(r == '\n')
		told = told || strings.ContainsRune("，。：；！？、,:", r)
		sentence += signOf((before == ':' || before == '?' || before == '!') && unicode.IsSpace(r))
		before = r
	}
	if from >= 0 {
		sentence += signOf(in(sentenceWords, cell[from:]))
		small += signOf(smallWord(cell[from:]))
	}
	switch {
	case han >= 7 && told:
		return true
	case spaces < 2 || words < 3:
		return false
	}
	return sentence > 0 && sentence*12 >= words || words >= 5 && small >= 2 && small*5 >= words || words >= 4 && lines >= 2
}

func signOf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// toldBy are characters that Chinese sentences have.
const toldBy = "了在是请請已未被由把将將向我你您他她它们們说說来來去要给給让讓叫就都也很不没沒會会已"

// smallWord reports whether a word is in small letters and is none of those that
// join names of places and things.
func smallWord(word []byte) bool {
	for _, r := range string(word) {
		if !unicode.IsLower(r) {
			return false
		}
	}
	return len(word) > 1 && !in(joiningWords, word)
}

// in looks a word up, whatever its case.
func in(list map[string]struct{}, word []byte) bool {
	if len(word) > 8 {
		return false
	}
	var low [8]byte
	for i, b := range word {
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		low[i] = b
	}
	_, ok := list[string(low[:len(word)])]
	return ok
}

func listed(words string) map[string]struct{} {
	out := map[string]struct{}{}
	for _, w := range strings.Split(words, ",") {
		out[w] = struct{}{}
	}
	return out
}

var (
	sentenceWords = listed("i,you,he,she,it,we,they,me,him,us,them,my,your,his,her,our,their,is,was,are,were,be,been,am,has,have,had,will,would,can,could,shall,should,must,do,does,did,not,to,for,with,at,from,about,this,that,these,those,what,who,whom,when,where,why,how,if,but,because,please,dear,hi,hello,hey,thanks,thank,name,called,told,said,says,asked,ask,call,sent,signed")
	joiningWords  = listed("of,the,and,an,in,on,upon,by,for,with,de,la,le,les,du,des,del,della,di,da,do,dos,das,van,von,der,den,het,und,et,al,el,y,e,sur,sous,am,an,bei,zu")
)

// nameless is the most that a text says in which the tagger can point to no name
// that is likely one.
const nameless = .3

var readers = sync.Pool{New: func() any { return tagger.NewReader(tagger.Builtin()) }}

// Of asks the tagger about a text.
func Of(text []byte) Opinion {
	r := readers.Get().(*tagger.Reader)
	defer readers.Put(r)
	text = Cut(text)
	in := r.Read(text)
	o := Opinion{P: in.P}
	for _, n := range in.Names {
		o.Chinese = o.Chinese || n.Chinese && likely(text, n)
		o.Latin = o.Latin || !n.Chinese
	}
	if !o.Chinese && !o.Latin {
		o.P = min(o.P, nameless)
	}
	return o
}

// Cut is the part of a text that is looked at.
func Cut(text []byte) []byte {
	if len(text) <= Longest {
		return text
	}
	n := Longest
	for n > Longest-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// shares are how many of the texts of a column that names people could do so;
// each is as probable as any other.
var shares = []float64{.01, .03, .1, .3, .6, 1}

// most is how much a single text can say: the tagger's errors are alike in
// texts that are alike.
const most = 200

// Sum adds up texts.
type Sum struct {
	names  Names
	weight [6]float64
}

// Add counts a text that is in some rows.
func (s *Sum) Add(o Opinion, rows int64) {
	s.names.Looked += rows
	if o.P >= .5 && (o.Chinese || o.Latin) {
		s.names.Rows += rows
		if o.Chinese {
			s.names.Chinese += rows
		}
		if o.Latin {
			s.names.Latin += rows
		}
	}
	p := min(o.P, 1-1e-9)
	ratio := min(most, p/(1-p))
	for i, share := range shares {
		s.weight[i] += math.Log(1 - share + share*ratio)
	}
}

// Names says what the texts say together.
func (s *Sum) Names() Names {
	out := s.names
	if out.Looked == 0 {
		return out
	}
	odds := 0.0
	for _, w := range s.weight {
		odds += math.Exp(min(w, 500)) / float64(len(shares))
	}
	out.P = odds / (1 + odds)
	return out
}
