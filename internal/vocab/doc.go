// Package vocab knows the closed vocabularies of facts: sectors, regions,
// purposes, acts, formats. It reads what people write to the key that rules
// compare, by synonyms and names in English and Chinese, and refuses every
// other word with those that are nearest.
//
// The words are data (words/*.yaml). The package holds no facts and knows no
// law: what a sector or a region means to a rule, packs say.
package vocab
