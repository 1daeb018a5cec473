// Package words holds the words that come with the program, as data: the facts
// that rules read, the elements that a column can be and what speaks for each,
// names of places, and what tells an age. It also has the roles that people have in a table, the
// values that are nobody, and the closed vocabularies. It holds no code; packages
// fact, element, nobody, odds, role, vocab and youth read it.
package words
