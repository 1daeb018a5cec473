package profile

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// class is a class of people and the condition for it.
type class struct {
	dataspace.CountClass
	sensitive bool
	view      element.View // the view by which columns are sensitive
}

// resolve reads how classes are counted. It leaves out classes whose numbers
// are stated.
func resolve(list []dataspace.CountClass, known *element.Taxonomy, configured element.View) ([]class, error) {
	var out []class
	ages := 0
	for _, c := range list {
		if c.Of.Stated {
			continue
		}
		one := class{CountClass: c, sensitive: c.Of.Sensitive != "", view: configured}
		if s := c.Of.Sensitive; s != "" && s != dataspace.Configured {
			var err error
			if one.view, err = known.ParseView(s); err != nil {
				return nil, fmt.Errorf("count class %s: %w", c.ID, err)
			}
		}
		if c.Of.Below > 0 {
			ages++
		}
		out = append(out, one)
	}
	if ages > maxAges {
		return nil, fmt.Errorf("count people of %d ages, more than %d: %w", ages, maxAges, dataspace.ErrInvalid)
	}
	return out, nil
}

// ages are the age limits below which people are counted, each once and in
// order.
func ages(list []class) (out []int) {
	for _, c := range list {
		if c.Of.Below > 0 && !slices.Contains(out, c.Of.Below) {
			out = append(out, c.Of.Below)
		}
	}
	slices.Sort(out)
	return out
}

// counts reports whether a value of column i puts a person into the class.
func (f *findings) counts(i int, c class) bool {
	if c.sensitive && f.columns[i].Personal && f.isSensitive(i, c.view) {
		return true
	}
	if len(c.Of.Elements) == 0 {
		return false
	}
	if e := f.columns[i].Element; e != nil && slices.Contains(c.Of.Elements, *e) {
		return true
	}
	return slices.ContainsFunc(f.columns[i].Contains, func(in dataspace.Contained) bool { return slices.Contains(c.Of.Elements, in.Element) })
}

// marks reports whether a value of column i puts a person into some class.
func (f *findings) marks(i int, list []class) bool {
	return slices.ContainsFunc(list, func(c class) bool { return f.counts(i, c) })
}

// mayMark reports whether later rows could show that the column puts people
// into some class.
func (f *findings) mayMark(i int, list []class) bool {
	for k := range f.scores[i].Ranked {
		r := &f.scores[i].Ranked[k]
		if r.P <= .02 {
			continue
		}
		for _, c := range list {
			if c.sensitive && (c.view.Always(&r.Element) || c.view.InContext(&r.Element)) || slices.Contains(c.Of.Elements, r.Element.ID) {
				return true
			}
		}
	}
	return len(f.columns[i].Contains) > 0 || f.columns[i].Type == "null"
}
