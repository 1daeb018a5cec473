package contradict

import "hutong/internal/dataspace"

// Answer is an answer of a filing that what was decided says otherwise. The answer
// itself is not shown.
type Answer struct {
	Question string // its place among the answers
	Text     dataspace.Text
	Known    string // the place of what was decided
	Value    string // what was decided
}

// Answers are the contradictions of answers that differ from what was decided.
func Answers(list []Answer) (out dataspace.Contradictions) {
	for _, a := range list {
		out = append(out, dataspace.Contradiction{Code: "contradiction.answer",
			A:  dataspace.Text{EN: "answer " + a.Question + " (" + a.Text.EN + ")", ZH: "答案" + a.Question + "（" + a.Text.ZH + "）"},
			B:  said(a.Known, a.Value),
			Is: dataspace.Text{EN: "a filing says what was decided, and the answer says something else", ZH: "申报内容须与判定所依据的事实一致，而答案与之不同"},
			Do: dataspace.Text{EN: "leave the answer out to take what was decided; where that is wrong, put the facts right and decide again", ZH: "删去该答案即采用判定所依据的事实；事实有误的，更正后重新判定"}})
	}
	return out
}
