package pack

import (
	"errors"
	"fmt"
	"path"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// elementFile is the file of a pack's folder with elements of its own.
const elementFile = "elements.yaml"

// loadElements reads the elements that the pack brings. Package rules checks that
// no other pack of a set has one of them too.
func (p *Pack) loadElements(dir string, files map[string][]byte) error {
	data, ok := files[elementFile]
	if !ok {
		return nil
	}
	x := element.Extension{Pack: p.doc.ID}
	if err := decodeStrict(path.Join(dir, elementFile), data, &x.File); err != nil {
		return err
	}
	if err := x.Check(); err != nil {
		return err
	}
	p.elements = &x
	return nil
}

// ElementsOf returns the elements that come with the program and those of the
// given packs.
func ElementsOf(packs []*Pack) (*element.Taxonomy, error) {
	var list []element.Extension
	for _, p := range packs {
		if p.elements != nil {
			list = append(list, *p.elements)
		}
	}
	return element.Builtin().With(list...)
}

// KnownElements refuses a pack that names an element that neither the program
// nor any of the packs has: a rule about it would never apply.
func KnownElements(packs []*Pack, known *element.Taxonomy) error {
	var errs []error
	for _, p := range packs {
		for _, h := range p.handling {
			for _, id := range h.Elements {
				if _, ok := known.Lookup(id); !ok {
					errs = append(errs, unknownElement(p, h.ID, id))
				}
			}
		}
	}
	return errors.Join(errs...)
}

func unknownElement(p *Pack, rule dataspace.RuleID, id dataspace.ElementID) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "set.element", Place: string(rule),
		Message: fmt.Sprintf("pack %s names %q, which is no element", p.doc.ID, id),
		Hint:    "write an element that exists, or bring it in elements.yaml of the pack"}
}

// ElementsOfFiles returns the elements that come with the program and those of
// element files outside of packs.
func ElementsOfFiles(names []string, read func(name string) ([]byte, error)) (*element.Taxonomy, error) {
	var list []element.Extension
	for _, name := range names {
		data, err := read(name)
		if err != nil {
			return nil, fmt.Errorf("read elements: %w", err)
		}
		x := element.Extension{Pack: dataspace.PackID(name)}
		if err := decodeStrict(name, data, &x.File); err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return element.Builtin().With(list...)
}
