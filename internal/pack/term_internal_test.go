package pack

import (
	"maps"
	"slices"
	"testing"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hutong/internal/compared"
	"hutong/internal/dataspace"
	"hutong/internal/variable"
	"hutong/packs"
)

// byCEL is a scope in which CEL runs each condition and each definition.
type byCEL struct{ *Scope }

func (s byCEL) ResolveName(name string) (any, bool) {
	at, ok := s.pack.names[name]
	if at.kind != DefinitionName {
		return s.Scope.ResolveName(name)
	}
	out, err := s.pack.define[at.index].value(s)
	if err != nil {
		return types.WrapErr(err), ok
	}
	return out, ok
}

// drawn is a value of a fact that conditions distinguish from others, or unknown.
func drawn(t *rapid.T, v *variable.Variable, words []string, unknown ref.Val) ref.Val {
	word := rapid.SampledFrom(append(slices.Clone(words), "another"))
	if rapid.IntRange(0, 3).Draw(t, "unknown") == 0 {
		return unknown
	}
	switch v.Kind() {
	case dataspace.BoolValue:
		return types.Bool(rapid.Bool().Draw(t, v.Name))
	case dataspace.IntValue:
		return types.Int(rapid.SampledFrom([]int64{0, 1, 99, 100, 500, 501, 10_000, 100_000, 1_000_000, 10_000_001}).Draw(t, v.Name))
	case dataspace.ListValue:
		return variable.ValueOf(dataspace.ListOf(rapid.SliceOfN(word, 0, 3).Draw(t, v.Name)...))
	}
	return types.String(word.Draw(t, v.Name))
}

// TestConditionsWithoutCEL: each condition of each pack that is built in has the
// answer that CEL alone gives, with the same open facts.
func TestConditionsWithoutCEL(t *testing.T) {
	list, err := LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		words := map[string][]string{}
		p.EachCondition(func(_ dataspace.RuleID, _ string, pairs []compared.Pair) {
			for _, pair := range pairs {
				words[pair.Name] = append(words[pair.Name], pair.Text)
				words[pair.Name] = append(words[pair.Name], p.doc.Groups[pair.Group]...)
			}
		})
		conditions := slices.AppendSeq(p.conditions(), maps.Values(p.sides))
		t.Run(string(p.ID()), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				facts := p.facts.Values()
				for i := range facts {
					facts[i] = drawn(t, p.facts.At(i), words[p.facts.At(i).Name], facts[i])
				}
				var numbers []int
				for i := standardFacts; i < p.facts.Len(); i++ {
					numbers = append(numbers, i)
				}
				fast, slow := NewScope(p, p.list, facts, numbers), NewScope(p, p.list, facts, numbers)
				if rapid.Bool().Draw(t, "choices are open") {
					fast.Open()
					slow.Open()
				}
				for i := range conditions {
					c := &conditions[i]
					got, want := c.Eval(&fast), c.Eval(byCEL{&slow})
					if d := cmp.Diff(want, got, cmpopts.EquateErrors(), cmpopts.EquateEmpty()); d != "" {
						t.Fatalf("%s: %s", c.source, d)
					}
				}
			})
		})
	}
}
