package tagger

// Extractor makes the features of texts for training.
type Extractor struct {
	lexicon  *Lexicon
	features features
}

// NewExtractor makes an extractor for a table of 2 to the power of bits places.
func NewExtractor(l *Lexicon, bits uint) *Extractor {
	return &Extractor{lexicon: l, features: features{bits: bits}}
}

// Read makes the tokens and features of a text, and returns the number of
// tokens.
func (e *Extractor) Read(text []byte, blur Blur) int {
	e.features.read(e.lexicon, text, blur)
	return len(e.features.tokens)
}

// Span is where a token stands.
func (e *Extractor) Span(token int) (from, to int) {
	t := &e.features.tokens[token]
	return t.from, t.to
}

// Features are the places of a token, valid until the next Read.
func (e *Extractor) Features(token int) []uint32 {
	from := 0
	if token > 0 {
		from = e.features.ends[token-1]
	}
	return e.features.list[from:e.features.ends[token]]
}

// Chain computes the probability of tags, for training.
type Chain struct {
	chain   chain
	lattice lattice
}

// Run takes the weights of pairs of tags and the scores of tokens. tags[i][t] is
// the probability of a tag, pairs[a][b] the expected number of pairs.
func (c *Chain) Run(moves [Tags][Tags]float64, list [][Tags]float64) (tags [][Tags]float64, pairs [Tags][Tags]float64) {
	c.chain.set(moves)
	l := &c.lattice
	l.scores = resized(l.scores, len(list))
	for i := range list {
		l.scores[i] = list[i]
	}
	l.run(&c.chain)
	tags = make([][Tags]float64, len(list))
	for i := range list {
		for t := range Tags {
			tags[i][t] = l.probable(i, tag(t))
		}
		if i == 0 {
			continue
		}
		for a := range Tags {
			for b := range Tags {
				pairs[a][b] += l.forward[i-1][a] * c.chain.steps[a][b] * l.odds[i][b] * l.rear[i][b] / l.norm[i] / l.whole
			}
		}
	}
	return tags, pairs
}
