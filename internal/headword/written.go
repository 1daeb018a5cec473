package headword

import (
	"encoding/json"
	"sync"

	"hutong/words"
)

// written is how a Chinese word is written otherwise.
type written struct {
	syllables   string // in Latin letters, with spaces
	traditional string
}

// headwords are the Chinese header words of the program.
var headwords = sync.OnceValue(func() map[string]written {
	var list [][3]string
	if err := json.Unmarshal(words.Headwords, &list); err != nil {
		panic("headword: embedded words: " + err.Error()) // a test loads them
	}
	out := make(map[string]written, len(list))
	for _, w := range list {
		out[w[0]] = written{w[1], w[2]}
	}
	return out
})
