// Package headword finds the header words of elements in names of columns: whole,
// at the end or inside a name, in English, in Chinese of both scripts, in pinyin and by initials.
//
// The header words come with the elements. How the Chinese ones of the program
// are read, and written in traditional characters, is data, words/headwords.json.
package headword
