package unknown_test

import (
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/unknown"
)

func TestWords(t *testing.T) {
	d := &fact.Definition{Name: "a.b", Text: dataspace.Text{EN: "the b", ZH: "乙"}, Ask: dataspace.Text{EN: "Which b?", ZH: "哪个乙？"}}
	m := unknown.Needed(d, dataspace.Text{EN: "art. 1", ZH: "第一条"})
	if m.Fact != "a.b" || m.Why.EN != "not known: the b; art. 1 depends on it" || m.Why.ZH != "未知：乙；第一条的适用取决于此" || m.Ask == nil || *m.Ask != d.Ask {
		t.Errorf("%+v", m)
	}
	d.Ask = dataspace.Text{}
	if m := unknown.Indifferent(d); m.Why.EN != "not known: the b; every possible answer leads to this verdict" || m.Why.ZH != "未知：乙；任何可能的答案均不改变本结论" || m.Ask != nil {
		t.Errorf("%+v", m)
	}
}
