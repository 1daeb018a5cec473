// Package unknown puts into words what a decision says of facts that are not known.
package unknown

import (
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Needed says that an article depends on a fact that is not known.
func Needed(d *fact.Definition, article dataspace.Text) dataspace.Missing {
	return missing(d, dataspace.Text{EN: article.EN + " depends on it", ZH: article.ZH + "的适用取决于此"})
}

// Indifferent says that no answer to the question for a fact changes the verdict.
func Indifferent(d *fact.Definition) dataspace.Missing {
	return missing(d, dataspace.Text{EN: "every possible answer leads to this verdict", ZH: "任何可能的答案均不改变本结论"})
}

func missing(d *fact.Definition, so dataspace.Text) dataspace.Missing {
	m := dataspace.Missing{Fact: d.Name, Why: dataspace.Text{
		EN: fmt.Sprintf("not known: %s; %s", d.Text.EN, so.EN), ZH: fmt.Sprintf("未知：%s；%s", d.Text.ZH, so.ZH),
	}}
	if ask := d.Ask; ask.EN != "" {
		m.Ask = &ask
	}
	return m
}
