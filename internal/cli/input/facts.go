// Package input reads what people give to several groups of commands: facts
// about a dataset, choices for its columns, the form of a source, recognition
// agreements. Input that does not fit is an error of usage with a hint.
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
)

// Facts are what no profile finds: one flag for each fact of the standard table
// that may be given here, one for the facts of packs, and a file. A fact that is
// not given stays unknown.
type Facts struct {
	File  string
	given []*factFlag
	named []string // NAME=VALUE, of any fact
}

// factFlag is the flag of one fact.
type factFlag struct {
	def   *fact.Definition
	value dataspace.Value
	given bool // unknown that is said goes over what a file says
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

// Type implements pflag.Value.
func (f *factFlag) Type() string { return f.def.Form() }

// AddDataset adds the flags for the facts of a dataset and its file.
func (f *Facts) AddDataset(cmd *cobra.Command) { f.add(cmd, fact.Dataset) }

// AddFlow adds the flags for the facts of a flow and its file.
func (f *Facts) AddFlow(cmd *cobra.Command) { f.add(cmd, fact.Dataset, fact.Flow) }

// AddAll adds the flags for all facts that anybody states, and the file of
// those about the dataset.
func (f *Facts) AddAll(cmd *cobra.Command) {
	f.add(cmd, fact.Dataset, fact.Flow, fact.Exporter, fact.Recipient)
}

func (f *Facts) add(cmd *cobra.Command, by ...fact.Source) {
	fs := cmd.Flags()
	fs.StringVar(&f.File, "facts", "", "file with facts about the dataset (YAML or JSON); the flags below go over it")
	f.addNamed(fs)
	for i := range fact.Standard().All() {
		d := fact.Standard().At(i)
		if slices.ContainsFunc(by, d.StatedBy) && !saidOtherwise[d.Name] {
			f.flag(fs, d)
		}
	}
}

// addNamed adds the flag that states a fact by its name.
func (f *Facts) addNamed(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.named, "set", nil, "a fact by its name, as those that packs declare: `NAME=VALUE`, commas between the texts of a list; may be repeated")
}

// NeedTable reports whether what is given can be read only by the table of the
// facts in force.
func (f *Facts) NeedTable() bool { return f.File != "" || len(f.named) > 0 }

// saidOtherwise are the facts that other flags say where a flow is meant: who
// sends, who receives and what for.
var saidOtherwise = map[string]bool{
	"exporter.id": true, "exporter.jurisdiction": true, "exporter.registered_in": true, "exporter.exports_from": true,
	"recipient.id": true, "recipient.jurisdiction": true, "recipient.registered_in": true, "purpose": true,
}

// AddParticipant adds the flags for the facts of a participant.
func (f *Facts) AddParticipant(cmd *cobra.Command) {
	f.addNamed(cmd.Flags())
	for _, d := range fact.Standard().Fields() {
		if d.FieldName() != "id" && d.FieldName() != "jurisdiction" {
			f.flag(cmd.Flags(), d)
		}
	}
}

// OfParticipant are the facts said of a participant, by the names that they
// have there.
func (f *Facts) OfParticipant(t *fact.Table) (out dataspace.Values, err error) {
	values, given, err := f.said(t)
	for _, name := range given {
		as := name
		if d, ok := t.Lookup(name); ok {
			as = d.FieldName()
		}
		out.Set(as, values.Of(name))
	}
	return out, err
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

// said are the facts that flags say, by their names; given are all names that
// a flag stands for, also those that it says to be unknown.
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
			return values, given, Malformed("--set", t.Unknown(name))
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

// Read reads those of a dataset, or of a flow: what the file says, and the flags
// over it.
func (f *Facts) Read(t *fact.Table) (dataspace.DatasetFacts, error) {
	return f.ReadAbout(t, func(*fact.Definition) bool { return true })
}

// ReadAbout is Read, of the flags that say what is wanted.
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
	return d, err
}

// Any reports whether anything is said.
func (f *Facts) Any() bool {
	return f.NeedTable() || slices.ContainsFunc(f.given, func(v *factFlag) bool { return v.given })
}

// Over puts what flags say about one party over what is known of it.
func (f *Facts) Over(t *fact.Table, known *dataspace.Values, party fact.Source) error {
	values, given, err := f.said(t)
	for _, name := range given {
		if d, ok := t.Lookup(name); ok && AboutParty(d, party) {
			known.Set(name, values.Of(name))
		}
	}
	return err
}

// AboutParty reports whether a fact is about who sends, or who receives.
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

// CheckNamed refuses names that are no facts, and values that they cannot have.
func CheckNamed(t *fact.Table, path string, known dataspace.Values) error {
	for name, v := range known.All() {
		d, ok := t.Lookup(name)
		switch {
		case ok:
			if err := d.Check(v); err != nil {
				return Malformed(path, err)
			}
		case t.Foreign(name):
			return Malformed(path, t.Unknown(name))
		case v.Known():
			return Malformed("", UnknownFact(path, name))
		}
	}
	return nil
}

// TableAt is the table of the facts that a gateway knows.
func TableAt(ctx context.Context, c *client.Client) (*fact.Table, error) {
	list, err := c.Law().Facts(ctx)
	if err != nil {
		return nil, err
	}
	defs, err := frame.Wire[[]fact.Definition](list)
	if err != nil {
		return nil, err
	}
	return fact.New(defs)
}
