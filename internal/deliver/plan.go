package deliver

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// Propose makes the plan for a profiled dataset. The handling of the packs is
// the minimum. own holds the sender's choices for some columns; they may only
// be stricter. keep is milder than truncate, generalise, mask and pseudonymise,
// and those four are milder than drop. Among the four, only the same action
// with stricter parameters, or drop, counts as stricter.
//
// The minimum of a column is the strictest handling of its element. A column
// whose element is not certain (band review) gets the strictest handling of all
// elements that it could be. A column of text that contains an element which
// must be treated is dropped, because no action can treat a part of a cell.
//
// Propose reports all errors in own together, each as a *dataspace.Problem:
// dataspace.ErrDenied for a choice looser than the minimum,
// dataspace.ErrInvalid for anything else.
func (l Law) Propose(p dataspace.Profile, own []dataspace.ColumnPlan, purpose, format string) (dataspace.Plan, error) {
	plan := dataspace.Plan{Purpose: purpose, Format: format}
	choices, errs := ownChoices(p, own)
	for _, c := range p.Columns {
		cp := l.floorOf(c)
		if choice, chosen := choices[c.Name]; chosen {
			var err error
			if cp, err = l.applyChoice(cp, choice); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		cp.Said, cp.Found = "", nil
		if c.Said.Holds() {
			cp.Said, cp.Found = c.Said.Statement.Says, c.Said.Found
		}
		plan.Columns = append(plan.Columns, cp)
	}
	if len(errs) == 0 {
		errs = append(errs, checkWhole(plan)...)
	}
	if err := errors.Join(errs...); err != nil {
		return dataspace.Plan{}, err
	}
	return plan, nil
}

// ownChoices indexes the sender's choices and refuses unknown columns and
// columns named twice.
func ownChoices(p dataspace.Profile, own []dataspace.ColumnPlan) (map[string]dataspace.ColumnPlan, []error) {
	var errs []error
	choices := make(map[string]dataspace.ColumnPlan, len(own))
	for _, c := range own {
		if _, ok := p.Column(c.Name); !ok {
			errs = append(errs, unknownColumn(c.Name, columnNames(p)))
			continue
		}
		if _, twice := choices[c.Name]; twice {
			errs = append(errs, &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "plan.column.twice", Place: "column " + c.Name,
				Message: "the plan names it twice", Hint: "name each column once",
			})
			continue
		}
		choices[c.Name] = c
	}
	return choices, errs
}

// applyChoice applies the sender's choice to the minimum of a column.
func (l Law) applyChoice(floor, choice dataspace.ColumnPlan) (dataspace.ColumnPlan, error) {
	choice.Element = floor.Element // the profile says what a column is, never the sender
	choice.Rule = ""
	if choice.Action == "" {
		choice.Action = floor.Action
	}
	if bare(choice) {
		if choice.Action == floor.Action {
			choice = floor
		} else {
			choice = l.withDefaults(choice)
		}
	}
	if err := checkColumn(choice); err != nil {
		return choice, err
	}
	if !atLeast(choice, floor) {
		return choice, tooLoose(choice, floor)
	}
	if sameTreatment(choice, floor) {
		choice.Rule = floor.Rule
	}
	return choice, nil
}

// floorOf is the mildest treatment that the law allows a column.
func (l Law) floorOf(c dataspace.ColumnProfile) dataspace.ColumnPlan {
	var could []dataspace.ElementID
	if c.Element != nil {
		could = append(could, *c.Element)
	}
	if c.Band == dataspace.BandReview {
		for _, a := range c.Alternatives {
			could = append(could, a.Element)
		}
	}
	cp := l.floorFor(c.Name, c.Element, could)
	for _, in := range c.Contains {
		if slices.Contains(could, in.Element) {
			continue
		}
		inner := l.floorFor(c.Name, c.Element, []dataspace.ElementID{in.Element})
		if inner.Action != dataspace.Keep && cp.Action != dataspace.Drop {
			cp = dataspace.ColumnPlan{Name: c.Name, Element: c.Element, Action: dataspace.Drop, Rule: inner.Rule}
		}
	}
	return cp
}

// floorFor combines the handling of all the elements that a column could be.
// Two different actions of the middle cannot both be applied; drop satisfies
// both.
func (l Law) floorFor(name string, element *dataspace.ElementID, could []dataspace.ElementID) dataspace.ColumnPlan {
	cp := dataspace.ColumnPlan{Name: name, Element: element, Action: dataspace.Keep}
	for _, h := range l.Handling {
		if !slices.Contains(could, h.Element) {
			continue
		}
		next := l.withDefaults(dataspace.ColumnPlan{Name: name, Element: element, Action: h.Action, Rule: h.Rule})
		switch {
		case severity(next.Action) == 0: // an unknown action: drop
			next.Action = dataspace.Drop
		case cp.Action == next.Action && cp.Rule != "":
			continue // the first rule that asked for it is named
		case severity(cp.Action) == middle && severity(next.Action) == middle:
			next = dataspace.ColumnPlan{Name: name, Element: element, Action: dataspace.Drop, Rule: h.Rule}
		case severity(cp.Action) > severity(next.Action):
			continue
		}
		cp = next
	}
	return cp
}

func columnNames(p dataspace.Profile) []string {
	names := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		names[i] = c.Name
	}
	return names
}

func tooLoose(choice, floor dataspace.ColumnPlan) error {
	hint := "choose " + describe(floor) + " or drop"
	if floor.Action == dataspace.Drop {
		hint = "leave the column dropped"
	}
	if floor.Rule != "" {
		hint += "; rule " + string(floor.Rule) + " asks for it"
	}
	return &dataspace.Problem{
		Kind: dataspace.ErrDenied, Code: "plan.column.looser", Place: "column " + choice.Name,
		Message: fmt.Sprintf("%s is not as strict as %s", describe(choice), describe(floor)),
		Hint:    hint,
	}
}

// describe writes a treatment in words.
func describe(c dataspace.ColumnPlan) string {
	switch c.Action {
	case dataspace.Truncate:
		return fmt.Sprintf("truncate to %d", c.Length)
	case dataspace.Mask:
		return fmt.Sprintf("mask all but first %d and last %d", c.First, c.Last)
	case dataspace.Generalise:
		if c.To == toGrid {
			return fmt.Sprintf("generalise to a grid of %g degrees", c.Grid)
		}
		return "generalise to " + c.To
	}
	return string(c.Action)
}

func unknownColumn(name string, known []string) error {
	p := &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "plan.column.unknown", Place: "column " + name,
		Message: "the dataset has no such column",
		Hint:    "its columns are " + strings.Join(known[:min(len(known), 20)], ", "),
	}
	if near := nearest(name, known); near != "" {
		p.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	return p
}

// nearest returns the known name that name most likely meant, or "".
func nearest(name string, known []string) string {
	best, bestDistance := "", max(1, len([]rune(name))/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts the edits between a and b; a swap of two neighbours is one
// edit.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, prev, cur := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		cur[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(t)]
}
