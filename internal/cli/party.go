package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/internal/dataspace"
)

// partyFlags say who sends and who receives.
type partyFlags struct {
	from, to                    string
	ciio, stateOrgan            tri
	sameGroup, foreignAuthority tri
}

func (p *partyFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&p.from, "from", "", "who sends: a code such as CN or CN-SH, or a file with facts about the exporter")
	fs.StringVar(&p.to, "to", "", "who receives: a code such as SG or US-CA, or a file with facts about the recipient")
	triFlag(cmd, &p.ciio, "ciio", "the exporter operates critical information infrastructure")
	triFlag(cmd, &p.stateOrgan, "state-organ", "the exporter is a state organ")
	triFlag(cmd, &p.sameGroup, "same-group", "the recipient belongs to the exporter's group of companies")
	triFlag(cmd, &p.foreignAuthority, "foreign-authority", "the recipient is a foreign court or law-enforcement body")
}

func (p *partyFlags) exporter() (e dataspace.ExporterFacts, err error) {
	if country, region, ok := code(p.from); ok {
		e = dataspace.ExporterFacts{Jurisdiction: country, RegisteredIn: region, ExportsFrom: region}
	} else if err := readParty("--from", "exporter", p.from, &e); err != nil {
		return e, err
	}
	over(&e.CIIO, p.ciio)
	over(&e.StateOrgan, p.stateOrgan)
	return e, nil
}

func (p *partyFlags) recipient() (r dataspace.RecipientFacts, err error) {
	if country, region, ok := code(p.to); ok {
		r = dataspace.RecipientFacts{Jurisdiction: country, RegisteredIn: region}
	} else if err := readParty("--to", "recipient", p.to, &r); err != nil {
		return r, err
	}
	over(&r.SameGroup, p.sameGroup)
	over(&r.ForeignAuthority, p.foreignAuthority)
	return r, nil
}

// over puts a flag over what a file said, if it was given.
func over(dst **bool, t tri) {
	if t.given {
		*dst = t.v
	}
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
		return usagef(hint, "%s %s is neither a code nor a file", flag, path)
	}
	if err != nil {
		return unreadable(path, err)
	}
	raw, err := yaml.YAMLToJSON(data)
	if err != nil {
		return malformed("", badFacts(path, err))
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(raw, &whole); err == nil {
		if inner, ok := whole[role]; ok {
			for name := range whole {
				if name != "exporter" && name != "recipient" {
					return malformed("", unknownFact(path, name))
				}
			}
			raw = inner
		}
	}
	return decodeFacts(path, raw, v)
}

// oneOf refuses a value that is none of list.
func oneOf(flag, v string, list []string) error {
	if slices.Contains(list, v) {
		return nil
	}
	hint := "one of: " + strings.Join(list, ", ")
	if near := nearest(v, list); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return usagef(hint, "%s %s is not known", flag, v)
}

// instrumentFlags name the legal documents that there are.
type instrumentFlags struct {
	named []string
	file  string
}

func (f *instrumentFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.named, "instrument", nil, "legal document that is there, KIND or KIND:ID, such as cn.pipia; taken to be in force since the day of the decision")
	cmd.Flags().StringVar(&f.file, "instruments", "", "file with a list of legal documents, with their dates (as in the facts of a flow)")
}

func (f *instrumentFlags) list(on string) ([]dataspace.Instrument, error) {
	var out []dataspace.Instrument
	if f.file != "" {
		data, err := os.ReadFile(f.file)
		if err != nil {
			return nil, unreadable(f.file, err)
		}
		raw, err := yaml.YAMLToJSON(data)
		if err != nil {
			return nil, malformed("", badFacts(f.file, err))
		}
		var whole struct {
			Instruments json.RawMessage `json:"instruments"`
		}
		if err := json.Unmarshal(raw, &whole); err == nil && whole.Instruments != nil {
			raw = whole.Instruments
		}
		if err := decodeFacts(f.file, raw, &out); err != nil {
			return nil, err
		}
	}
	for _, s := range f.named {
		kind, id, _ := strings.Cut(s, ":")
		if kind == "" {
			return nil, usagef("write --instrument KIND or KIND:ID, such as --instrument cn.pipia:2026-07", "--instrument %s names no kind", s)
		}
		out = append(out, dataspace.Instrument{Kind: kind, ID: dataspace.InstrumentID(id), EffectiveOn: on})
	}
	return out, nil
}

// unasked says which of the documents named no rule asks for here: it may be
// mistyped.
func (f *instrumentFlags) unasked(a *app, d dataspace.Decision) {
	var asked []string
	for _, o := range d.Obligations {
		asked = append(asked, o.Instruments...)
	}
	for _, s := range f.named {
		kind, _, _ := strings.Cut(s, ":")
		if slices.Contains(asked, kind) {
			continue
		}
		a.say(a.word("no rule asks for %s here", "此处没有规则要求 %s"), kind)
		if near := nearest(kind, asked); near != "" {
			a.say("hint: did you mean %s?", near)
		}
	}
}
