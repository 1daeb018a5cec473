package dataspace_test

import (
	"errors"
	"strings"
	"testing"

	"hutong/internal/dataspace"
)

// A list of contradictions is one error: of its kind, with every place, and its
// first problem for whoever shows only one. An empty list is none.
func TestContradictions(t *testing.T) {
	if err := (dataspace.Contradictions{}).Err(); err != nil {
		t.Errorf("no contradiction is the error %v", err)
	}
	list := dataspace.Contradictions{
		{Code: "contradiction.a", A: dataspace.Text{EN: "a: 1"}, B: dataspace.Text{EN: "b: 2"}, Is: dataspace.Text{EN: "both cannot be"}, Do: dataspace.Text{EN: "state one"}},
		{Code: "contradiction.c", A: dataspace.Text{EN: "c: 1"}, B: dataspace.Text{EN: "d: 2"}},
	}
	err := list.Err()
	if !errors.Is(err, dataspace.ErrContradiction) || !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("%v is of another kind", err)
	}
	var p *dataspace.Problem
	if !errors.As(err, &p) || p.Code != "contradiction.a" || p.Place != "a: 1 and b: 2" || p.Message != "both cannot be" || dataspace.Hint(err) != "state one" {
		t.Errorf("the first problem is %+v", p)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "c: 1 and d: 2") {
		t.Errorf("written as %q", err)
	}
}

// Each action is stricter than the milder one next to it, and an unknown one is
// none of them.
func TestActions(t *testing.T) {
	a, steps := dataspace.Drop, 0
	for {
		b, ok := a.Milder()
		if !ok {
			break
		}
		if b.Strictness() >= a.Strictness() {
			t.Errorf("%s is not milder than %s", b, a)
		}
		a, steps = b, steps+1
	}
	if a != dataspace.Keep || steps != 5 {
		t.Errorf("%d steps end at %s", steps, a)
	}
	if n := dataspace.Action("other").Strictness(); n != -1 {
		t.Errorf("an unknown action has the strictness %d", n)
	}
}

func TestSupposes(t *testing.T) {
	c := &dataspace.Conditional{If: []dataspace.Supposed{{Fact: "data.core"}, {Fact: "origin"}}}
	if c.Supposes("origin") != 1 || c.Supposes("sector") != -1 || (*dataspace.Conditional)(nil).Supposes("origin") != -1 {
		t.Error("a statement is found at the wrong place")
	}
	if v := dataspace.Cleared.Stricter(dataspace.HumanReview); v != dataspace.HumanReview || v.Stricter(dataspace.Cleared) != v {
		t.Errorf("the stricter verdict is %s", v)
	}
}
