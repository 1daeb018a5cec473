package fact

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/vocab"
)

// This file reads the words that facts have as values.

// Speaking is the table whose facts have their words from the vocabularies
// given: those of the program and what packs add.
func (t *Table) Speaking(w *vocab.Words) *Table {
	out := *t
	out.words = w
	return &out
}

// Lenient is a table that leaves words which it cannot read as they are: another
// program, which knows more words, reads what it has read.
func (t *Table) Lenient() *Table {
	out := *t
	out.lenient = true
	return &out
}

// Words are the vocabularies of the facts.
func (t *Table) Words() *vocab.Words {
	if t.words == nil {
		return vocab.Standard()
	}
	return t.words
}

// Vocabulary names the vocabulary of a fact; empty if it has none.
func (d *Definition) Vocabulary() vocab.Name {
	switch {
	case d.Type == Region:
		return vocab.Regions
	case d.Type == Jurisdiction:
		return vocab.Jurisdictions
	}
	return vocab.Name(d.Words)
}

// nothing is the word by which a fact says that no other fits; nil if it has
// none.
func nothing(t *Table, d *Definition) *vocab.Word {
	n := d.Vocabulary()
	if n == "" || !t.Words().Known(n) {
		return nil
	}
	return t.Words().None(n)
}

// readWord gives the key of a word of a fact.
func readWord(t *Table, d *Definition, place, s string) (string, error) {
	if n := d.Vocabulary(); n != "" && t.Words().Known(n) {
		return t.Words().Read(n, place, s)
	}
	if len(d.Values) == 0 {
		return s, nil
	}
	folded := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
	if slices.Contains(d.Values, folded) || s == "" {
		return folded, nil
	}
	return "", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.value", Place: place,
		Message: fmt.Sprintf("%q is none of its values", s), Hint: fmt.Sprintf("they are %s", strings.Join(d.Values, ", "))}
}

// readValue gives the value of a fact with keys in the place of the words of it.
func readValue(t *Table, d *Definition, place string, v dataspace.Value) (dataspace.Value, error) {
	switch {
	case v.Kind() == dataspace.TextValue:
		key, err := readWord(t, d, place, v.Text())
		return dataspace.TextOf(key), err
	case v.Kind() != dataspace.ListValue:
		return v, nil
	}
	var keys []string
	var errs []error
	for _, s := range v.List() {
		key, err := readWord(t, d, place, s)
		errs = append(errs, err)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return dataspace.ListOf(keys...), errors.Join(errs...)
}

// stored gives the value of a fact that somebody stated earlier. A word that
// cannot be read any more is not known; of a list with such a word nothing is. A
// place stays that place when the pack that brought it is gone: no law speaks for
// it then, which a person must look at.
func stored(t *Table, d *Definition, v dataspace.Value) dataspace.Value {
	if d.Vocabulary() == "" {
		return v
	}
	got, err := readValue(t, d, d.Name, v)
	switch {
	case err == nil:
		return got
	case d.Type == Jurisdiction && isJurisdiction(v.Text()):
		return v
	}
	return dataspace.Value{}
}

// notePrefix begins the names of what is said beside a fact whose value says
// that no word fits: none.sector.note and none.sector.by.
const notePrefix = "none."

// NoteParts are what is said where no word fits: why, and who says so.
var NoteParts = []string{"note", "by"}

// ofNote is the fact that a name is said beside, by its name there, and the part.
func ofNote(name string) (of, part string, ok bool) {
	rest, ok := strings.CutPrefix(name, notePrefix)
	i := strings.LastIndexByte(rest, '.')
	if !ok || i < 1 || !slices.Contains(NoteParts, rest[i+1:]) {
		return "", "", false
	}
	return rest[:i], rest[i+1:], true
}

// IsNote reports whether a name has the form of what is said beside a fact.
func IsNote(name string) bool {
	_, _, ok := ofNote(name)
	return ok
}

// NoteOf is the name of what is said beside a fact of one party, whose name there
// may leave the party out; empty where it is about the other party.
func NoteOf(name, party string) string {
	of, part, _ := ofNote(name)
	switch {
	case strings.HasPrefix(of, party+"."):
		return name
	case strings.Contains(of, "."):
		return ""
	}
	return noteName(party+"."+of, part)
}

// noteName is the name of a part of what is said beside a fact.
func noteName(of, part string) string { return notePrefix + of + "." + part }

// Note reports whether a name is that of what is said beside a fact of which no
// word fits, and the fact.
func noteOf(t *Table, name string) (*Definition, bool) {
	of, _, ok := ofNote(name)
	if !ok {
		return nil, false
	}
	d, ok := t.Lookup(of)
	return d, ok && nothing(t, d) != nil
}

func isNote(t *Table, name string) bool {
	_, ok := noteOf(t, name)
	return ok
}

// Subject is the fact that a name is about: of that name, or of what is said
// beside it.
func (t *Table) Subject(name string) (*Definition, bool) {
	if d, ok := noteOf(t, name); ok {
		return d, ok
	}
	return t.Lookup(name)
}

// carryNotes sets under one name what is said beside a fact under another.
func carryNotes(t *Table, out *dataspace.Values, d *Definition, from, to string, stated dataspace.Values) {
	if nothing(t, d) == nil {
		return
	}
	for _, part := range NoteParts {
		out.Set(noteName(to, part), stated.Of(noteName(from, part)))
	}
}

// TidyNotes takes away what is said beside facts that have another value now.
func TidyNotes(t *Table, known *dataspace.Values) {
	for name := range known.All() {
		of, _, ok := ofNote(name)
		if !ok {
			continue
		}
		if d, ok := t.Lookup(of); !ok || !saysNone(t, d, known.Of(of)) {
			known.Forget(name)
		}
	}
}

func saysNone(t *Table, d *Definition, v dataspace.Value) bool {
	none := nothing(t, d)
	return none != nil && (v.Text() == none.Key || slices.Contains(v.List(), none.Key))
}

// maxNote is how many bytes a part of a note may have.
const maxNote = 2000

// checkNotes reports everything that is wrong with what is said beside facts of
// which no word fits: such a value is a statement, and needs a reason and a name.
// The facts are given by the names that they have where they are stated.
func checkNotes(t *Table, stated dataspace.Values, lookup func(name string) (*Definition, bool)) error {
	var errs []error
	for name, v := range stated.All() {
		if of, _, ok := ofNote(name); ok {
			d, known := lookup(of)
			switch {
			case !known || nothing(t, d) == nil:
				errs = append(errs, noteProblem(name, "is said beside no fact that can be none of a list", "docs/reference/vocabularies.md names the lists"))
			case v.Kind() != dataspace.TextValue || len(v.Text()) > maxNote || strings.TrimSpace(v.Text()) == "":
				errs = append(errs, noteProblem(name, fmt.Sprintf("must be a text of up to %d bytes", maxNote), ""))
			case !saysNone(t, d, stated.Of(of)):
				errs = append(errs, noteProblem(name, fmt.Sprintf("is said beside %s, which has a value of the list", of), "leave it out"))
			}
			continue
		}
		d, ok := lookup(name)
		if !ok || !saysNone(t, d, v) {
			continue
		}
		if list := v.List(); len(list) > 1 {
			errs = append(errs, noteProblem(name, "says none of these beside other words", "write one or the other"))
		}
		for _, part := range NoteParts {
			if stated.Text(noteName(name, part)) == "" {
				errs = append(errs, noteProblem(name, fmt.Sprintf("says none of the %s, and %s is missing", t.Words().Title(d.Vocabulary()).EN, noteName(name, part)),
					fmt.Sprintf("write why no word fits in %s, and who says so in %s", noteName(name, NoteParts[0]), noteName(name, NoteParts[1]))))
				break
			}
		}
	}
	return errors.Join(errs...)
}

func noteProblem(place, message, hint string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.none", Place: place, Message: message, Hint: hint}
}

// CheckNotes is the check of what is said beside facts of which no word fits, of
// facts under their own names.
func (t *Table) CheckNotes(known dataspace.Values) error {
	if t.lenient {
		return nil
	}
	return checkNotes(t, known, t.Lookup)
}

// UnreadOfParticipant lists the facts, by the names that they have in a participant, whose
// words were stated earlier and cannot be read any more: they count as unknown.
func UnreadOfParticipant(t *Table, stated dataspace.Values) []string {
	var out []string
	for _, d := range t.Fields() {
		if v := stated.Of(d.FieldName()); v.Known() && !stored(t, d, v).Known() {
			out = append(out, d.FieldName())
		}
	}
	return out
}

// UnreadOfDataset is UnreadOfParticipant, for the facts of a dataset.
func UnreadOfDataset(t *Table, stated dataspace.Values) []string {
	var out []string
	for name, v := range stated.All() {
		if d, ok := t.Lookup(wholeName(t, name)); ok && v.Known() && !stored(t, d, v).Known() {
			out = append(out, name)
		}
	}
	return out
}

// ReadParticipant gives what a participant states with keys in the place of its
// words, and reports everything that is wrong with it.
func (t *Table) ReadParticipant(stated dataspace.Values) (dataspace.Values, error) {
	fields := map[string]*Definition{}
	for _, d := range t.Fields() {
		fields[d.FieldName()] = d
	}
	lookup := func(name string) (*Definition, bool) {
		d, ok := fields[name]
		return d, ok
	}
	keyed, err := readStated(t, stated, lookup, "")
	return keyed, errors.Join(err, t.CheckParticipant(keyed), checkNotes(t, keyed, lookup))
}

// ReadDataset is ReadParticipant, for what is stated of a dataset, or of one flow,
// by one of some sources.
func (t *Table) ReadDataset(stated dataspace.Values, by ...Source) (dataspace.Values, error) {
	lookup := func(name string) (*Definition, bool) { return t.Lookup(wholeName(t, name)) }
	keyed, err := readStated(t, stated, lookup, "facts.")
	return keyed, errors.Join(err, t.CheckDataset(keyed, by...), checkNotes(t, keyed, lookup))
}

// ReadWords gives facts, by their own names, with keys in the place of their words.
func (t *Table) ReadWords(known dataspace.Values) (dataspace.Values, error) {
	keyed, err := readStated(t, known, t.Lookup, "")
	return keyed, errors.Join(err, checkNotes(t, keyed, t.Lookup))
}

// ReadDatasetWords is ReadWords, by the names that facts have in a dataset.
func (t *Table) ReadDatasetWords(stated dataspace.Values) (dataspace.Values, error) {
	lookup := func(name string) (*Definition, bool) { return t.Lookup(wholeName(t, name)) }
	keyed, err := readStated(t, stated, lookup, "facts.")
	return keyed, errors.Join(err, checkNotes(t, keyed, lookup))
}

// Readable are facts, by the names that they have in a dataset, without those
// whose words cannot be read any more: they are not known.
func Readable(t *Table, stated dataspace.Values) dataspace.Values {
	stated.Forget(UnreadOfDataset(t, stated)...)
	return stated
}

// WithoutNotes are facts without what is said beside those that others state
// again.
func WithoutNotes(stated, again dataspace.Values) dataspace.Values {
	for name := range again.All() {
		stated.Forget(noteName(name, NoteParts[0]), noteName(name, NoteParts[1]))
	}
	return stated
}

// SaidBy fills in who says that no word fits, where a reason is given and no name.
func SaidBy(stated dataspace.Values, who string) dataspace.Values {
	for name, v := range stated.All() {
		if of, part, ok := ofNote(name); ok && part == NoteParts[0] && v.Known() && !stated.Of(noteName(of, NoteParts[1])).Known() {
			stated.Set(noteName(of, NoteParts[1]), dataspace.TextOf(who))
		}
	}
	return stated
}

// WithNote says beside those facts that are none of their list why, and who says
// so. The names are those that the facts have where they are stated.
func WithNote(stated dataspace.Values, names []string, note, by string) dataspace.Values {
	for _, name := range names {
		if note != "" {
			stated.Set(noteName(name, NoteParts[0]), dataspace.TextOf(note))
		}
		if by != "" {
			stated.Set(noteName(name, NoteParts[1]), dataspace.TextOf(by))
		}
	}
	return stated
}

// readStated reads the words of facts by the names that they have where they are
// stated.
func readStated(t *Table, stated dataspace.Values, lookup func(name string) (*Definition, bool), place string) (dataspace.Values, error) {
	keyed := stated
	var errs []error
	for name, v := range stated.All() {
		d, ok := lookup(name)
		if !ok || v.Kind() != d.Kind() {
			continue
		}
		got, err := readValue(t, d, place+name, v)
		if err != nil {
			errs, got = append(errs, err), dataspace.Value{}
		}
		keyed.Set(name, got)
	}
	return keyed, errors.Join(errs...)
}
