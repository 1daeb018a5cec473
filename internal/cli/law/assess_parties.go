package law

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/vocab"
)

// partyFlags holds the flags for sender and recipient.
type partyFlags struct{ from, to string }

func (p *partyFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&p.from, "from", "", "the exporter: a code such as CN or CN-SH, or a file with facts about the exporter")
	fs.StringVar(&p.to, "to", "", "the recipient: a code such as SG or US-CA, or a file with facts about the recipient")
}

func (p *partyFlags) exporter(t *fact.Table) (dataspace.Values, error) {
	country, region, ok, err := place(t, "--from", p.from)
	if err != nil {
		return dataspace.Values{}, err
	}
	if ok {
		return dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.jurisdiction": dataspace.TextOf(country), "exporter.registered_in": dataspace.TextOf(region), "exporter.exports_from": dataspace.TextOf(region),
		}), nil
	}
	return readParty(t, "--from", "exporter", p.from)
}

func (p *partyFlags) recipient(t *fact.Table) (dataspace.Values, error) {
	country, region, ok, err := place(t, "--to", p.to)
	if err != nil {
		return dataspace.Values{}, err
	}
	if ok {
		return dataspace.ValuesOf(map[string]dataspace.Value{
			"recipient.jurisdiction": dataspace.TextOf(country), "recipient.registered_in": dataspace.TextOf(region),
		}), nil
	}
	return readParty(t, "--to", "recipient", p.to)
}

// place reads a place: an ISO 3166 code, another code or a name of it. The name of
// a file is no place; a file that has the name of a place is given as ./NAME. A
// word that is neither is refused with the nearest places.
func place(t *fact.Table, flag, s string) (country, region string, ok bool, err error) {
	words := t.Words()
	key, unread := words.Read(vocab.Jurisdictions, flag, s)
	if unread == nil {
		return key, "", true, nil
	}
	if key, unread = words.Read(vocab.Regions, flag, s); unread == nil {
		country, region = key, key
		if i := strings.IndexByte(key, '-'); i > 0 {
			country = key[:i]
		}
		return country, region, true, nil
	}
	if _, err := os.Stat(s); err == nil || strings.ContainsAny(s, "./") {
		return "", "", false, nil
	}
	return "", "", false, &frame.UsageError{Err: unread, Hint: dataspace.Hint(unread) + "; or name a file with facts"}
}

// readParty reads the facts about one side from a file: at the top level, or
// under the name of the side in the facts of a flow.
func readParty(t *fact.Table, flag, role, path string) (known dataspace.Values, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return known, frame.Usagef("name a file with facts, or write a place such as CN, CN-SH or SG", "%s %s is neither a place nor a file", flag, path)
	}
	if err != nil {
		return known, frame.Unreadable(path, err)
	}
	whole, err := input.ReadValues(path, data)
	if err != nil {
		return known, err
	}
	named := map[string]dataspace.Value{}
	inner := whole.Under(role+".").Len() > 0
	for name, v := range whole.All() {
		switch {
		case fact.IsNote(name):
			if name = fact.NoteOf(name, role); name == "" {
				continue // about the other side
			}
			named[name] = v
			continue
		case ofParty(t, fact.Source(role), name):
			named[name] = v
			continue
		case inner && (strings.HasPrefix(name, "exporter.") || strings.HasPrefix(name, "recipient.")):
		case inner:
			return known, input.Malformed("", input.UnknownFact(path, name))
		default:
			name = role + "." + name
		}
		if strings.HasPrefix(name, role+".") {
			named[name] = v
		}
	}
	known = dataspace.ValuesOf(named)
	return known, input.CheckNamed(t, path, known)
}

// ofParty reports whether a name is a fact of a pack that the party states.
func ofParty(t *fact.Table, role fact.Source, name string) bool {
	d, ok := t.Lookup(name)
	return t.Foreign(name) || ok && d.Pack != "" && d.StatedBy(role)
}
