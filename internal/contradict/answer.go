package contradict

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// Answer is an answer of a filing beside what was decided. The answer itself is
// never shown.
type Answer struct {
	Question string // its place among the answers
	Text     dataspace.Text
	// Given and Decided are of one type: a text, a number, a yes or no. A choice and
	// a day are texts; free words of a person are not compared.
	Given, Decided any
	// From is the path from which what was decided is taken, and Place names it.
	From, Place string
}

// Answers finds answers that differ from what was decided. Where the answer is about
// a paper, it may be about any listed one of its kind.
func Answers(list []Answer, papers []dataspace.Instrument) (out dataspace.Contradictions) {
	for _, a := range list {
		given, decided := plain(a.Given), plain(a.Decided)
		if given == "" || decided == "" || given == decided || ofPaper(a.From, given, papers) {
			continue
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.answer",
			A:  dataspace.Text{EN: "answer " + a.Question + " (" + a.Text.EN + ")", ZH: "答案" + a.Question + "（" + a.Text.ZH + "）"},
			B:  said(a.Place, decided),
			Is: dataspace.Text{EN: "a filing says what was decided, and the answer says something else", ZH: "申报内容须与判定所依据的事实一致，而答案与之不同"},
			Do: dataspace.Text{EN: "leave the answer out to take what was decided; where that is wrong, put the facts right and decide again", ZH: "删去该答案即采用判定所依据的事实；事实有误的，更正后重新判定"}})
	}
	return out
}

// plain is a value in the form in which two of them are compared.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return fmt.Sprint(n)
		}
		return v.String()
	}
	return fmt.Sprint(v)
}

// ofPaper reports whether any paper of the kind that a path names says the same in
// the member that it names.
func ofPaper(from, given string, papers []dataspace.Instrument) bool {
	rest, ok := strings.CutPrefix(from, "instruments.")
	kind, member, _ := strings.Cut(rest, ".")
	return ok && slices.ContainsFunc(papers, func(in dataspace.Instrument) bool {
		raw, err := json.Marshal(in)
		var members map[string]any
		return in.Kind[strings.LastIndexByte(in.Kind, '.')+1:] == kind &&
			err == nil && json.Unmarshal(raw, &members) == nil && members[member] == given
	})
}
