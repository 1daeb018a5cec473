// Package input reads the input that several groups of commands share: facts
// about a dataset, choices for its columns, the format of a source, recognition
// agreements. Wrong input gives a usage error with a hint.
package input

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/vocab"
)

// Facts holds the flags for facts that no profile can find: one for each fact
// of the standard table that may be given here, one for the facts of packs, and
// one for a file. A fact that is not given stays unknown.
type Facts struct {
	File  string
	given []*factFlag
	named []string // NAME=VALUE, of any fact
	// note and by are said beside those flags whose word says that none fits.
	note, by string
}

// factFlag is the flag of one fact.
type factFlag struct {
	def   *fact.Definition
	value dataspace.Value
	given bool // an explicit "unknown" overrides the value of a file
}

var _ pflag.Value = (*factFlag)(nil)

// String implements pflag.Value.
func (f *factFlag) String() string {
	if f.def != nil && f.def.Type == fact.List {
		return strings.Join(f.value.List(), ",")
	}
	return f.value.String()
}

// Set implements pflag.Value. A list grows each time.
func (f *factFlag) Set(s string) error {
	v, err := f.def.Parse(s)
	if err != nil {
		return err
	}
	if f.def.Type == fact.List {
		v = dataspace.ListOf(append(slices.Clone(f.value.List()), v.List()...)...)
	}
	f.value, f.given = v, true
	return nil
}

// Repeats reports whether each use adds to the fact.
func (f *factFlag) Repeats() bool { return f.def.Type == fact.List }

// Type implements pflag.Value.
func (f *factFlag) Type() string { return f.def.Form() }

// AddDataset adds the flags for the facts of a dataset and its file.
func (f *Facts) AddDataset(cmd *cobra.Command) { f.add(cmd, fact.Dataset) }

// AddFlow adds the flags for the facts of a flow and its file.
func (f *Facts) AddFlow(cmd *cobra.Command) { f.add(cmd, fact.Dataset, fact.Flow) }

// AddAll adds the flags for all facts that a person can state, and the flag for
// the file of facts about the dataset.
func (f *Facts) AddAll(cmd *cobra.Command) {
	f.add(cmd, fact.Dataset, fact.Flow, fact.Exporter, fact.Recipient)
}

func (f *Facts) add(cmd *cobra.Command, by ...fact.Source) {
	fs := cmd.Flags()
	fs.StringVar(&f.File, "facts", "", "file with facts about the dataset (YAML or JSON); the flags below override it")
	f.addNamed(fs)
	f.addNote(fs)
	for i := range fact.Standard().All() {
		d := fact.Standard().At(i)
		if slices.ContainsFunc(by, d.StatedBy) && !saidOtherwise[d.Name] {
			f.flag(fs, d)
		}
	}
}

// addNamed adds the flag that states a fact by its name.
func (f *Facts) addNamed(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.named, "set", nil, "a fact by its name, such as a fact that a pack declares: `NAME=VALUE`, commas between the texts of a list; may be repeated")
}

// NeedTable reports whether the given facts can be read only with the table of
// the facts in force.
func (f *Facts) NeedTable() bool { return f.File != "" || len(f.named) > 0 }

// saidOtherwise lists the facts of a flow that other flags state: sender,
// recipient and purpose.
var saidOtherwise = map[string]bool{
	"exporter.id": true, "exporter.jurisdiction": true, "exporter.registered_in": true, "exporter.exports_from": true,
	"recipient.id": true, "recipient.jurisdiction": true, "recipient.registered_in": true, "purpose": true,
}

// AddParticipant adds the flags for the facts of a participant.
func (f *Facts) AddParticipant(cmd *cobra.Command) {
	f.addNamed(cmd.Flags())
	f.addNote(cmd.Flags())
	for _, d := range fact.Standard().Fields() {
		if d.FieldName() != "id" && d.FieldName() != "jurisdiction" {
			f.flag(cmd.Flags(), d)
		}
	}
}

func (f *Facts) addNote(fs *pflag.FlagSet) {
	fs.StringVar(&f.note, "none-note", "", "for a flag that says none: why no word of the list fits")
	fs.StringVar(&f.by, "none-by", "", "name of the person who says none; a gateway uses the name of the key")
}

// notes returns the notes of the facts that are none of their list, by the names
// given. A fact without a note is left out.
func (f *Facts) notes(values dataspace.Values, as func(*fact.Definition) string) dataspace.Values {
	var names []string
	for _, v := range f.given {
		n := v.def.Vocabulary()
		if n == "" || !v.given || as(v.def) == "" {
			continue
		}
		none := vocab.Standard().None(n)
		for _, word := range append(v.value.List(), v.value.Text()) {
			if key, err := vocab.Standard().Read(n, "", word); none != nil && err == nil && key == none.Key {
				names = append(names, as(v.def))
			}
		}
	}
	return fact.WithNote(values, names, f.note, f.by)
}

// OfParticipant returns the given facts of a participant, by their names for a
// participant.
func (f *Facts) OfParticipant(t *fact.Table) (out dataspace.Values, err error) {
	values, given, err := f.said(t)
	for _, name := range given {
		as := name
		if d, ok := t.Lookup(name); ok {
			as = d.FieldName()
		}
		out.Set(as, values.Of(name))
	}
	return f.notes(out, (*fact.Definition).FieldName), err
}

func (f *Facts) flag(fs *pflag.FlagSet, d *fact.Definition) {
	name := d.FlagName()
	if name == "" || d.Any != "" || d.Member || fs.Lookup(name) != nil {
		return
	}
	v := &factFlag{def: d}
	f.given = append(f.given, v)
	fs.Var(v, name, d.Text.EN)
	if d.Type == fact.Bool {
		fs.Lookup(name).NoOptDefVal = "true"
	}
}

// said holds the facts that the flags state, by name. given holds the names of
// all given flags, also those that a flag states to be unknown.
func (f *Facts) said(t *fact.Table) (values dataspace.Values, given []string, err error) {
	for _, v := range f.given {
		if v.given {
			given = append(given, v.def.Name)
			values.Set(v.def.Name, v.value)
		}
	}
	for _, s := range f.named {
		name, text, ok := strings.Cut(s, "=")
		if !ok {
			return values, given, frame.Usagef("write --set NAME=VALUE", "--set %s has no value", s)
		}
		d, ok := t.Lookup(name)
		if !ok || d.Any != "" || d.Member {
			return values, given, unknownSet(t, name)
		}
		v, err := d.Parse(text)
		if err != nil {
			return values, given, Malformed("--set "+s, err)
		}
		given = append(given, name)
		values.Set(name, v)
	}
	return values, given, nil
}

// unknownSet is the error of a --set that names no fact. A field's name alone
// leads to the whole name.
func unknownSet(t *fact.Table, name string) error {
	for i := range t.Len() {
		if d := t.At(i); d.Any == "" && !d.Member && strings.HasSuffix(d.Name, "."+name) {
			return &frame.UsageError{Err: fmt.Errorf("--set: %w", t.Unknown(name)), Hint: fmt.Sprintf("did you mean %s?", d.Name)}
		}
	}
	return Malformed("--set", t.Unknown(name))
}

// Read reads the facts of a dataset or of a flow: those of the file, overridden
// by the flags.
func (f *Facts) Read(t *fact.Table) (dataspace.DatasetFacts, error) {
	return f.ReadAbout(t, func(*fact.Definition) bool { return true })
}

// ReadAbout is Read for only the flags that wanted chooses.
func (f *Facts) ReadAbout(t *fact.Table, wanted func(*fact.Definition) bool) (d dataspace.DatasetFacts, err error) {
	if f.File != "" {
		if err := readDatasetFacts(t, f.File, &d); err != nil {
			return d, err
		}
	}
	values, given, err := f.said(t)
	for _, name := range given {
		if def, ok := t.Lookup(name); !ok || wanted(def) {
			d.Known.Set(strings.TrimPrefix(name, "data."), values.Of(name))
		}
	}
	d.Known = f.notes(d.Known, func(def *fact.Definition) string {
		if !wanted(def) {
			return ""
		}
		return def.DatasetName()
	})
	return d, err
}

// Any reports whether any fact is given.
func (f *Facts) Any() bool {
	return f.NeedTable() || slices.ContainsFunc(f.given, func(v *factFlag) bool { return v.given })
}

// Over overrides the known facts of one party with the flags.
func (f *Facts) Over(t *fact.Table, known *dataspace.Values, party fact.Source) error {
	values, given, err := f.said(t)
	for _, name := range given {
		if d, ok := t.Lookup(name); ok && AboutParty(d, party) {
			known.Set(name, values.Of(name))
		}
	}
	*known = f.notes(*known, func(d *fact.Definition) string {
		if !AboutParty(d, party) {
			return ""
		}
		return d.Name
	})
	return err
}

// AboutParty reports whether a fact is about the sender or the recipient.
func AboutParty(d *fact.Definition, party fact.Source) bool {
	return strings.HasPrefix(d.Name, string(party)+".") || d.Pack != "" && d.StatedBy(party) && !d.StatedBy(fact.Dataset)
}

// readDatasetFacts reads the facts about a dataset or a flow from a file.
func readDatasetFacts(t *fact.Table, path string, d *dataspace.DatasetFacts) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	raw, err := yaml.YAMLToJSON(data)
	if err == nil {
		err = json.Unmarshal(raw, d)
	}
	if err != nil {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.form", Place: path, Message: "the facts do not fit", Err: err}
	}
	return CheckNamed(t, path, t.OfDataset(d.Known))
}

// ReadValues reads YAML or JSON as facts.
func ReadValues(path string, data []byte) (known dataspace.Values, err error) {
	raw, err := yaml.YAMLToJSON(data)
	if err != nil {
		return known, Malformed("", BadFacts(path, err))
	}
	if err := json.Unmarshal(raw, &known); err != nil {
		if errors.Is(err, dataspace.ErrInvalid) {
			return known, Malformed(path, err)
		}
		return known, Malformed("", BadFacts(path, err))
	}
	return known, nil
}

// CheckNamed refuses names that are not facts, and values that a fact cannot
// have.
func CheckNamed(t *fact.Table, path string, known dataspace.Values) error {
	for name, v := range known.All() {
		d, ok := t.Lookup(name)
		switch {
		case ok && d.Vocabulary() != "": // its words are read by whoever knows the packs in force
		case ok:
			if err := d.Check(v); err != nil {
				return Malformed(path, err)
			}
		case fact.IsNote(name):
		case t.Foreign(name):
			return Malformed(path, t.Unknown(name))
		case v.Known():
			return Malformed("", UnknownFact(path, name))
		}
	}
	return nil
}

// TableAt returns the table of the facts of a gateway.
func TableAt(ctx context.Context, c *client.Client) (*fact.Table, error) {
	list, err := c.Law().Facts(ctx)
	if err != nil {
		return nil, err
	}
	defs, err := frame.Wire[[]fact.Definition](list)
	if err != nil {
		return nil, err
	}
	t, err := fact.New(defs)
	if err != nil {
		return nil, err
	}
	return t.Lenient(), nil // the gateway reads the words that only its packs know
}
