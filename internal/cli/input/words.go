package input

import (
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/vocab"
)

// Keys are the words that a flag takes, beside their synonyms, for its help.
func Keys(n vocab.Name) string { return strings.Join(vocab.Standard().Keys(n), ", ") }

// Word puts the key of a word in the place of what was written after a flag. The
// vocabularies are those of the program: they are asked before any work is done.
// Words that a pack adds the gateway reads.
func Word(n vocab.Name, flag string, s *string) error {
	return WordOf(vocab.Standard(), n, flag, s)
}

// WordOf is Word, with the vocabularies of the packs in force.
func WordOf(words *vocab.Words, n vocab.Name, flag string, s *string) error {
	key, err := words.Read(n, flag, *s)
	if err != nil {
		return &frame.UsageError{Err: err, Hint: dataspace.Hint(err)}
	}
	*s = key
	return nil
}
