package law

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// partyFlags say who sends and who receives.
type partyFlags struct{ from, to string }

func (p *partyFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&p.from, "from", "", "who sends: a code such as CN or CN-SH, or a file with facts about the exporter")
	fs.StringVar(&p.to, "to", "", "who receives: a code such as SG or US-CA, or a file with facts about the recipient")
}

func (p *partyFlags) exporter(t *fact.Table) (dataspace.Values, error) {
	if country, region, ok := code(p.from); ok {
		return dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.jurisdiction": dataspace.TextOf(country), "exporter.registered_in": dataspace.TextOf(region), "exporter.exports_from": dataspace.TextOf(region),
		}), nil
	}
	return readParty(t, "--from", "exporter", p.from)
}

func (p *partyFlags) recipient(t *fact.Table) (dataspace.Values, error) {
	if country, region, ok := code(p.to); ok {
		return dataspace.ValuesOf(map[string]dataspace.Value{
			"recipient.jurisdiction": dataspace.TextOf(country), "recipient.registered_in": dataspace.TextOf(region),
		}), nil
	}
	return readParty(t, "--to", "recipient", p.to)
}

var placeCode = regexp.MustCompile(`^([A-Z]{2})(-[A-Z0-9]{1,3})?$`)

// code reads an ISO 3166-1 or 3166-2 code. A file with such a name is given as
// ./CN.
func code(s string) (dataspace.Jurisdiction, dataspace.Region, bool) {
	m := placeCode.FindStringSubmatch(s)
	if m == nil {
		return "", "", false
	}
	if m[2] == "" {
		return dataspace.Jurisdiction(m[1]), "", true
	}
	return dataspace.Jurisdiction(m[1]), dataspace.Region(s), true
}

// readParty reads the facts about one side from a file: as they are, or under
// the name they have in the facts of a flow.
func readParty(t *fact.Table, flag, role, path string) (known dataspace.Values, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		hint := "name a file with facts, or write an ISO 3166 code such as CN, CN-SH or SG"
		if up := strings.ToUpper(path); placeCode.MatchString(up) {
			hint = fmt.Sprintf("did you mean %s?", up)
		}
		return known, frame.Usagef(hint, "%s %s is neither a code nor a file", flag, path)
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

// ofParty reports whether a name is that of a fact of a pack which the party
// states.
func ofParty(t *fact.Table, role fact.Source, name string) bool {
	d, ok := t.Lookup(name)
	return t.Foreign(name) || ok && d.Pack != "" && d.StatedBy(role)
}
