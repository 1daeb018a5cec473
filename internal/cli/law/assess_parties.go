package law

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
)

// partyFlags say who sends and who receives.
type partyFlags struct {
	from, to                    string
	ciio, stateOrgan            frame.Tri
	sameGroup, foreignAuthority frame.Tri
}

func (p *partyFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&p.from, "from", "", "who sends: a code such as CN or CN-SH, or a file with facts about the exporter")
	fs.StringVar(&p.to, "to", "", "who receives: a code such as SG or US-CA, or a file with facts about the recipient")
	frame.AddTri(cmd, &p.ciio, "ciio", "the exporter operates critical information infrastructure")
	frame.AddTri(cmd, &p.stateOrgan, "state-organ", "the exporter is a state organ")
	frame.AddTri(cmd, &p.sameGroup, "same-group", "the recipient belongs to the exporter's group of companies")
	frame.AddTri(cmd, &p.foreignAuthority, "foreign-authority", "the recipient is a foreign court or law-enforcement body")
}

func (p *partyFlags) exporter() (e dataspace.ExporterFacts, err error) {
	if country, region, ok := code(p.from); ok {
		e = dataspace.ExporterFacts{Jurisdiction: country, RegisteredIn: region, ExportsFrom: region}
	} else if err := readParty("--from", "exporter", p.from, &e); err != nil {
		return e, err
	}
	frame.Over(&e.CIIO, p.ciio)
	frame.Over(&e.StateOrgan, p.stateOrgan)
	return e, nil
}

func (p *partyFlags) recipient() (r dataspace.RecipientFacts, err error) {
	if country, region, ok := code(p.to); ok {
		r = dataspace.RecipientFacts{Jurisdiction: country, RegisteredIn: region}
	} else if err := readParty("--to", "recipient", p.to, &r); err != nil {
		return r, err
	}
	frame.Over(&r.SameGroup, p.sameGroup)
	frame.Over(&r.ForeignAuthority, p.foreignAuthority)
	return r, nil
}

var placeCode = regexp.MustCompile(`^([A-Z]{2})(-[A-Z0-9]{1,3})?$`)

// code reads an ISO 3166-1 or 3166-2 code. A file of such a name is written
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
func readParty(flag, role, path string, v any) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		hint := "name a file with facts, or write an ISO 3166 code such as CN, CN-SH or SG"
		if up := strings.ToUpper(path); placeCode.MatchString(up) {
			hint = fmt.Sprintf("did you mean %s?", up)
		}
		return frame.Usagef(hint, "%s %s is neither a code nor a file", flag, path)
	}
	if err != nil {
		return frame.Unreadable(path, err)
	}
	raw, err := yaml.YAMLToJSON(data)
	if err != nil {
		return input.Malformed("", input.BadFacts(path, err))
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(raw, &whole); err == nil {
		if inner, ok := whole[role]; ok {
			for name := range whole {
				if name != "exporter" && name != "recipient" {
					return input.Malformed("", input.UnknownFact(path, name))
				}
			}
			raw = inner
		}
	}
	return input.DecodeFacts(path, raw, v)
}
