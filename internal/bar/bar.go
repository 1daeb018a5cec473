package bar

import (
	"cmp"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/variable"
)

// MostAsked is the largest number of questions about one flow. More at once are
// not answered, and the strictest are asked first.
const MostAsked = 3

// Question is a rule that concerns a flow and depends on facts that are not known.
type Question struct {
	Rule  *pack.Rule
	Hangs []int64 // the numbers of those facts
}

// Later lists the rules whose questions are asked once the stricter ones have an
// answer. Rules that ask for the same facts are one question.
func Later(open []Question) map[*pack.Rule]bool {
	if len(open) == 0 {
		return nil
	}
	slices.SortStableFunc(open, func(a, b Question) int { return cmp.Compare(Severity(b.Rule), Severity(a.Rule)) })
	var asked []int64
	later := map[*pack.Rule]bool{}
	for _, q := range open {
		more := slices.Concat(asked, q.Hangs)
		slices.Sort(more)
		if more = slices.Compact(more); len(more) > MostAsked && len(asked) > 0 && len(more) > len(asked) {
			later[q.Rule] = true
			continue
		}
		asked = more
	}
	return later
}

// Severity is that of the verdict to which a rule leads.
func Severity(r *pack.Rule) int {
	v := dataspace.ActionRequired
	if r.Kind == pack.BarRule {
		v = r.Bar
	}
	if len(r.Missing) > 0 {
		v = v.Stricter(dataspace.HumanReview)
	}
	return v.Severity()
}

// Unexamined says of a rule that a decision did not look at it. The answer of the
// rule is no if it is not known whether it concerns the flow, and maybe if its
// question is asked later.
func Unexamined(r *pack.Rule, facts *variable.Table, a pack.Answer) dataspace.Unexamined {
	out := dataspace.Unexamined{Rule: r.ID, Pack: r.Pack.ID(), Article: r.Article, ArticleZH: r.Pack.Chinese(r.Article), Source: r.Source, Confidence: r.Confidence, Text: r.Text}
	for _, id := range a.Hangs {
		if id < 0 || id >= int64(facts.Len()) {
			continue // no fact, but a number or a list of the pack
		}
		v := facts.At(int(id))
		out.Facts = append(out.Facts, v.Name)
		if ask := v.Ask; a.Truth == pack.Maybe && out.Ask == nil && ask.EN != "" {
			out.Ask = &ask
		}
	}
	return out
}
