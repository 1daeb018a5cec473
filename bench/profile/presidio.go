package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/look"
)

// labelledText is a text with the places of personal data.
type labelledText struct {
	Text  string `json:"full_text"`
	Spans []struct {
		Type  string `json:"entity_type"`
		Value string `json:"entity_value"`
	} `json:"spans"`
}

// spanTypes are the kinds of places that values with a form have.
var spanTypes = []struct {
	name, label       string
	ids               []dataspace.ElementID
	recall, precision float64 // bounds; 0 is none
}{
	{"e-mail", "EMAIL_ADDRESS", is("email").ids, 1, 0},
	{"IBAN", "IBAN_CODE", is("iban").ids, 1, 0},
	{"card", "CREDIT_CARD", is("bank_card").ids, 1, 0},
	{"phone", "PHONE_NUMBER", is("phone_intl", "mobile_cn").ids, .85, .95},
	{"US social security number", "US_SSN", is("us_ssn").ids, 0, 0},
	{"IP address", "IP_ADDRESS", is("ip_address").ids, 0, 0},
}

// presidio measures what is found in running English text. All texts are one
// column, as they are in a table. The profile says which elements they contain;
// which text has them is what the guard of the output would find there, and the
// number of texts must be the profile's.
func presidio(ctx context.Context, b *bench, r *report) error {
	texts, there, err := presidioTexts(b, r)
	if err != nil || !there {
		return err
	}
	values := make([]string, len(texts))
	for i := range texts {
		values[i] = texts[i].Text
	}
	cs, err := b.columns(ctx, []column{{name: "text", values: values}})
	if err != nil {
		return err
	}
	found, err := inTexts(cs[0], values)
	if err != nil {
		return err
	}
	r.Head = []string{"kind", "places", "found", "said", "of these right"}
	for _, t := range spanTypes {
		places, hit, said, right := 0, 0, 0, 0
		for i := range texts {
			var labelled []string
			for _, s := range texts[i].Spans {
				if s.Type == t.label {
					labelled = append(labelled, s.Value)
				}
			}
			values := found[i].of(t.ids)
			for _, l := range labelled {
				places++
				if slices.ContainsFunc(values, func(v string) bool { return sameValue(l, v) }) {
					hit++
				} else {
					r.wrong("missed %s %q in %.160q", t.name, l, texts[i].Text)
				}
			}
			for _, v := range values {
				said++
				if slices.ContainsFunc(labelled, func(l string) bool { return sameValue(l, v) }) {
					right++
				} else {
					r.wrong("said %s %q in %.160q", t.name, v, texts[i].Text)
				}
			}
		}
		if t.recall > 0 {
			r.atLeast(t.recall, t.name+" recall", share(hit, places), outOf(hit, places))
		} else {
			r.figure(t.name+" recall", share(hit, places), outOf(hit, places))
		}
		if t.precision > 0 {
			r.atLeast(t.precision, t.name+" precision", share(right, said), outOf(right, said))
		}
		r.Rows = append(r.Rows, []string{t.name, fmt.Sprint(places), fmt.Sprint(hit), fmt.Sprint(said), fmt.Sprint(right)})
	}
	return nil
}

func presidioTexts(b *bench, r *report) (texts []labelledText, there bool, err error) {
	raw, there, err := r.file(filepath.Join(b.options.shared, "data", "labelled", "presidio_synth.json"))
	if err != nil || !there {
		return nil, false, err
	}
	return texts, true, json.Unmarshal(raw, &texts)
}

// foundIn is what one text proves, by element.
type foundIn map[dataspace.ElementID][]string

func (f foundIn) of(ids []dataspace.ElementID) (out []string) {
	for _, id := range ids {
		out = append(out, f[id]...)
	}
	return out
}

// inTexts says for each text what of the profile's findings is in it, with the
// code that the guard of the output uses.
func inTexts(c dataspace.ColumnProfile, texts []string) ([]foundIn, error) {
	t := element.Builtin()
	looker := look.New(t, t.Provable(), nil)
	out := make([]foundIn, len(texts))
	rows := map[dataspace.ElementID]int64{}
	for i, text := range texts {
		out[i] = foundIn{}
		looker.Cell([]byte(text), func(h look.Hit, value []byte) {
			if slices.ContainsFunc(c.Coincidences, func(o dataspace.Coincidence) bool {
				return o.Element == h.Element && o.Shape == h.ShapeName() && o.Whole == h.Whole
			}) {
				return
			}
			if v := string(value); !slices.Contains(out[i][h.Element], v) {
				out[i][h.Element] = append(out[i][h.Element], v)
			}
		})
		for id := range out[i] {
			rows[id]++
		}
	}
	for _, in := range c.Contains {
		if !in.Proved() {
			continue // names, which section text measures
		}
		if rows[in.Element] != in.Rows {
			return nil, fmt.Errorf("%d texts have %s, and the profile says %d", rows[in.Element], in.Element, in.Rows)
		}
		delete(rows, in.Element)
	}
	if len(rows) > 0 {
		return nil, fmt.Errorf("texts have %v, and the profile does not say so", rows)
	}
	return out, nil
}

// sameValue reports whether a value is the labelled one, or most of it.
func sameValue(labelled, value string) bool {
	l, v := letters(labelled), letters(value)
	return strings.Contains(l, v) && 2*len(v) >= len(l) || strings.Contains(v, l)
}

// letters is a text without signs between letters and digits.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r > 0x7f:
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}
