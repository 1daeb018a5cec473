// Package screen compares recipients with lists of barred recipients that the
// operator gives, such as those of an authority. It answers the fact that a list is
// about, with the edition and the day of the list. A name that may be one of the
// list leads to a person, who says whether it is the same (docs/adr/0034). Which
// list is meant by which law is data of the packs, through the fact.
package screen
