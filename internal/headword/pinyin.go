package headword

import (
	"encoding/json"
	"sync"

	"hutong/words"
)

// pinyin gives the syllables of the Chinese header words of the program.
var pinyin = sync.OnceValue(func() map[string]string {
	var list [][2]string
	if err := json.Unmarshal(words.Pinyin, &list); err != nil {
		panic("headword: embedded pinyin: " + err.Error()) // a test loads it
	}
	out := make(map[string]string, len(list))
	for _, w := range list {
		out[w[0]] = w[1]
	}
	return out
})
