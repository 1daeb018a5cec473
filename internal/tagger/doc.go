// Package tagger finds names of people in running text, in Chinese and English.
// It tags each word, and each Chinese character, by what it is and what stands
// around it: a linear chain over features that are hashed into a table of
// weights.
//
// The weights and the list of words are data, words/tagger.bin. Program
// bench/fit makes them. A name that is found proves nothing: it is more or less
// probable.
package tagger
