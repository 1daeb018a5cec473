// Package words holds the words that come with the program, as data. It holds
// no code; packages above read it.
package words
