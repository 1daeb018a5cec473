package pack

import (
	"fmt"
	"sort"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/compared"
	"hutong/internal/dataspace"
	"hutong/internal/estimate"
	"hutong/internal/fact"
	"hutong/internal/variable"
)

const (
	// maxCost bounds the work of one condition, in CEL's units. The bound is
	// proved when the pack is loaded, so that no run needs to measure it.
	maxCost = 1 << 20
	// maxList bounds the lists in facts; the proof of maxCost uses it.
	maxList = fact.MaxList
	// NumberBase separates the identifiers of a pack's numbers from those of
	// facts in an unknown result.
	NumberBase = 1 << 16
)

// Truth is the value of a condition in three-valued logic.
type Truth uint8

const (
	No Truth = iota + 1
	Maybe
	Yes
)

// And is Kleene's conjunction.
func (t Truth) And(u Truth) Truth { return min(t, u) }

// Answer is a condition's truth. If it is maybe, Hangs has the identifiers of
// the unknown values that it depends on, ascending.
type Answer struct {
	Truth Truth
	Hangs []int64
	Err   error // the condition could not be evaluated
}

// Condition is a compiled CEL expression of type bool. The zero condition is
// always true.
type Condition struct {
	source string
	prog   cel.Program
	refs   []string // the names it uses, ascending
	pairs  []compared.Pair
	bounds []compared.Bound
	free   []string // see compared.Bounds
	needed []string // see compared.Needed
	term   compared.Term[slot]
}

func (c Condition) Empty() bool { return c.prog == nil }

// Eval is safe for concurrent use with different scopes.
func (c *Condition) Eval(s cel.Activation) Answer {
	if c.prog == nil {
		return Answer{Truth: Yes}
	}
	return toAnswer(c.value(s))
}

// value is that of the expression.
func (c *Condition) value(s cel.Activation) (ref.Val, error) {
	if scope, ok := s.(*Scope); ok {
		if v := c.term.Value(scope); v != nil {
			return v, nil
		}
	}
	out, _, err := c.prog.Eval(s)
	return out, err
}

func toAnswer(out ref.Val, err error) Answer {
	if err != nil {
		return Answer{Truth: Maybe, Err: err}
	}
	switch v := out.(type) {
	case types.Bool:
		if v {
			return Answer{Truth: Yes}
		}
		return Answer{Truth: No}
	case *types.Unknown:
		return Answer{Truth: Maybe, Hangs: v.IDs()}
	}
	return Answer{Truth: Maybe, Err: fmt.Errorf("evaluate condition: result is no bool: %w", dataspace.ErrInvalid)}
}

// language compiles the conditions of one pack: the facts, the pack's numbers
// as number.<name>, its definitions as is.<name>, its groups as group.<name>.
type language struct {
	base   *cel.Env
	names  []cel.EnvOption
	env    *cel.Env // base with the names; made for the first condition
	groups map[string][]string
	places map[string]slot // where a scope finds the names; nil: in no scope
}

var baseEnv = func() *cel.Env {
	standard := variable.Standard()
	opts := make([]cel.EnvOption, 0, standard.Len()+len(listNames))
	for i := range standard.Len() {
		opts = append(opts, cel.Variable(standard.At(i).Name, standard.At(i).CEL))
	}
	for _, l := range listNames {
		opts = append(opts, cel.Variable(l.name, l.kind))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		panic(err) // the declarations above are constant
	}
	return env
}()

func newLanguage(base *cel.Env, p *Document, places map[string]slot) *language {
	l := &language{base: base, groups: p.Groups, places: places}
	for _, name := range sortedKeys(p.Numbers) {
		l.names = append(l.names, cel.Variable("number."+name, cel.IntType))
	}
	for _, name := range sortedKeys(p.Groups) {
		l.names = append(l.names, cel.Variable("group."+name, variable.StringList))
	}
	return l
}

// declare adds a name, before anything is compiled.
func (l *language) declare(name string, kind *cel.Type) {
	l.names = append(l.names, cel.Variable(name, kind))
}

// compile type-checks source against the declared names and proves its cost.
func (l *language) compile(source string) (Condition, error) {
	if source == "" {
		return Condition{}, nil
	}
	if l.env == nil {
		env, err := l.base.Extend(l.names...)
		if err != nil {
			return Condition{}, fmt.Errorf("declare names: %w", err)
		}
		l.env = env
	}
	ast, iss := l.env.Compile(source)
	if iss.Err() != nil {
		first := iss.Errors()[0]
		return Condition{}, fmt.Errorf("at %d:%d of the condition: %s", first.Location.Line(), first.Location.Column()+1, first.Message)
	}
	if ast.OutputType() != cel.BoolType {
		return Condition{}, fmt.Errorf("result is %s, not bool", ast.OutputType())
	}
	est, err := l.env.EstimateCost(ast, estimate.Sizes{Groups: l.groups})
	if err != nil {
		return Condition{}, err
	}
	if est.Max > maxCost {
		return Condition{}, fmt.Errorf("may cost %d, more than %d", est.Max, maxCost)
	}
	prog, err := l.env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return Condition{}, err
	}
	expr := ast.NativeRep().Expr()
	bounds, free := compared.Bounds(expr)
	return Condition{
		source: source, prog: prog, refs: references(ast), pairs: compared.Of(expr), bounds: bounds, free: free, needed: compared.Needed(expr),
		term: compared.TermOf(expr, func(name string) (slot, bool) { at, ok := l.places[name]; return at, ok }),
	}, nil
}

func references(ast *cel.Ast) []string {
	seen := map[string]bool{}
	for _, r := range ast.NativeRep().ReferenceMap() {
		if r.Name != "" {
			seen[r.Name] = true
		}
	}
	return sortedKeys(seen)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
