package prove

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"hutong/internal/dataspace"
)

// grounds are the documents of one decision among the entries of a flow.
type grounds struct{ facts, decision string }

// decided are the documents of the decisions by the kind of entry.
var decided = map[dataspace.EventKind]grounds{
	dataspace.EventDecision: {docFacts, docDecision},
	dataspace.EventStart:    {"start_facts", "start_decision"},
	dataspace.EventRefusal:  {"start_facts", "start_decision"},
}

// checkDeclared verifies that each declaration on which a decision rests was
// logged before it, as the facts have it, and that the waybill has no other
// declaration.
func (v *verifier) checkDeclared() error {
	used := map[dataspace.EventID]bool{}
	for i, e := range v.entries {
		of, ok := decided[e.Kind]
		if !ok || e.docs[of.facts] == nil {
			continue
		}
		var facts dataspace.Facts
		if declares, err := v.declares(i, of.facts); err != nil {
			return err
		} else if declares {
			if _, err := v.doc(i, of.facts, &facts); err != nil {
				return err
			}
		}
		place := e.place + "." + of.facts + ".declared"
		for _, d := range facts.Declared {
			if err := v.checkDeclaration(i, place, facts, d, used); err != nil {
				return err
			}
		}
		if err := v.checkBases(i, of.decision, facts.Declared); err != nil {
			return err
		}
	}
	for _, e := range v.entries {
		if e.Kind == dataspace.EventDeclaration && !used[e.ID] {
			return problem("waybill.declared", e.place, "no decision rests on this declaration", nil)
		}
	}
	return nil
}

// declares reports whether facts rest on declarations. Most do not, and need not
// be read.
func (v *verifier) declares(entry int, facts string) (bool, error) {
	var f struct {
		Declared []json.RawMessage `json:"declared"`
	}
	_, err := v.doc(entry, facts, &f)
	return len(f.Declared) > 0, err
}

// checkDeclaration compares a declaration in the facts of an entry with its own
// entry. It reports it once.
func (v *verifier) checkDeclaration(entry int, place string, facts dataspace.Facts, d dataspace.Declaration, used map[dataspace.EventID]bool) error {
	at := slices.IndexFunc(v.entries, func(e openEntry) bool { return e.Kind == dataspace.EventDeclaration && e.ID == d.Event })
	if at < 0 {
		return problem("waybill.declared", place, fmt.Sprintf("the log entry of the declaration of %s is missing", d.Fact), nil)
	}
	if at > entry {
		return problem("waybill.declared", v.entries[at].place, "the declaration was logged after the decision that rests on it", nil)
	}
	var got dataspace.Declared
	if _, err := v.doc(at, dataspace.DocDeclaration, &got); err != nil {
		return err
	}
	said := d
	said.Event = ""
	if got.Revoked != nil || !reflect.DeepEqual(got.Declaration, said) {
		return problem("waybill.declared", v.entries[at].place+"."+dataspace.DocDeclaration, "the declaration was logged otherwise than the facts have it", nil)
	}
	if !d.Holds(facts.On, facts.On) {
		return problem("waybill.declared", place, fmt.Sprintf("the declaration of %s was not in force on %s", d.Fact, facts.On), nil)
	}
	if !facts.Known.Of(d.Fact).Equal(d.Value) {
		return problem("waybill.declared", place, fmt.Sprintf("the facts have another %s than was declared", d.Fact), nil)
	}
	if !used[d.Event] {
		used[d.Event] = true
		v.ok(place, declaredText(d))
	}
	return nil
}

// checkBases verifies that the reasons of a decision name declarations that its
// facts have.
func (v *verifier) checkBases(entry int, name string, declared []dataspace.Declaration) error {
	if v.entries[entry].docs[name] == nil {
		return nil
	}
	// A decision is long, and only these members of it are needed.
	var d struct {
		Reasons []struct {
			Rule     string            `json:"rule"`
			Declared []dataspace.Basis `json:"declared"`
		} `json:"reasons"`
	}
	if _, err := v.doc(entry, name, &d); err != nil {
		return err
	}
	for _, r := range d.Reasons {
		for _, b := range r.Declared {
			if !slices.ContainsFunc(declared, func(d dataspace.Declaration) bool {
				return b == dataspace.Basis{Fact: d.Fact, By: d.By, Until: d.Until, Event: d.Event}
			}) {
				return problem("waybill.declared", v.entries[entry].place+"."+name, fmt.Sprintf("rule %s rests on a declaration of %s that the facts do not have", r.Rule, b.Fact), nil)
			}
		}
	}
	return nil
}

// declaredText shows a declaration.
func declaredText(d dataspace.Declaration) dataspace.Text {
	about := string(d.Owner)
	if d.Dataset != "" {
		about += "/" + string(d.Dataset)
	}
	return text(
		fmt.Sprintf("%s is %s: declared of %s by %s (key %s) on %s, in force from %s until %s, and logged before the decision: %q.", d.Fact, d.Value, about, d.By, d.Key, d.At, d.From, d.Until, d.Reason),
		fmt.Sprintf("%s 为 %s：由 %s（密钥 %s）于 %s 就 %s 作出年度声明，有效期 %s 至 %s，并在判定之前记入日志：%q。", d.Fact, d.Value, d.By, d.Key, d.At, about, d.From, d.Until, d.Reason))
}

// declared are the events of the declarations on which the decisions of a flow
// rest.
func (l *Log) declared(ctx context.Context, events []LoggedRow) ([]LoggedRow, error) {
	ids := map[dataspace.EventID]bool{}
	for _, e := range events {
		of, ok := decided[e.Kind]
		if !ok {
			continue
		}
		var openings map[string]Opening
		if err := json.Unmarshal(e.Openings, &openings); err != nil {
			return nil, fmt.Errorf("read openings of event %s: %w", e.ID, err)
		}
		o, ok := openings[of.facts]
		if !ok {
			continue
		}
		doc, err := l.store.Document(ctx, o.Digest)
		if err != nil {
			return nil, err
		}
		var facts struct {
			Declared []dataspace.Declaration `json:"declared"`
		}
		if err := json.Unmarshal(doc, &facts); err != nil {
			return nil, fmt.Errorf("read the facts of event %s: %w", e.ID, err)
		}
		for _, d := range facts.Declared {
			ids[d.Event] = true
		}
	}
	var out []LoggedRow
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		e, err := l.store.Event(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
