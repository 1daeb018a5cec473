package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// factFlags say about a dataset what no profile finds. What is not said stays
// unknown.
type factFlags struct {
	file                     string
	sector, scenario, origin string
	important                string
	core, secret, necessity  tri
	basis                    string
	separate, notice         tri
	domesticMixed            tri
}

func (f *factFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.file, "facts", "", "file with facts about the dataset (YAML or JSON); the flags below go over it")
	fs.StringVar(&f.sector, "sector", "", "sector the data belongs to")
	fs.StringVar(&f.scenario, "scenario", "", "scenario of a negative list")
	fs.StringVar(&f.origin, "origin", "", "where the data was collected: domestic or abroad")
	triFlag(cmd, &f.domesticMixed, "domestic-mixed", "domestic data was brought in while processing foreign data")
	fs.StringVar(&f.important, "important", "", "important data: no, yes, notified, published or unknown")
	triFlag(cmd, &f.core, "core", "core data")
	triFlag(cmd, &f.secret, "state-secret", "state secrets")
	triFlag(cmd, &f.necessity, "necessity-shown", "the necessity for the purpose is shown")
	fs.StringVar(&f.basis, "basis", "", "legal basis: consent, contract, hr, statutory, emergency or other")
	triFlag(cmd, &f.separate, "separate-consent", "separate consent was given")
	triFlag(cmd, &f.notice, "notice-given", "the people were told")
}

func (f *factFlags) facts() (dataspace.DatasetFacts, error) {
	var d dataspace.DatasetFacts
	if f.file != "" {
		if err := readYAML(f.file, &d); err != nil {
			return d, err
		}
	}
	for dst, v := range map[*string]string{&d.Sector: f.sector, &d.Scenario: f.scenario, &d.Origin: f.origin, &d.Important: f.important} {
		if v != "" {
			*dst = v
		}
	}
	over(&d.Core, f.core)
	over(&d.StateSecret, f.secret)
	over(&d.NecessityShown, f.necessity)
	over(&d.DomesticMixed, f.domesticMixed)
	if f.basis != "" || f.separate.given || f.notice.given {
		if d.Consent == nil {
			d.Consent = &dataspace.ConsentFacts{}
		}
		if f.basis != "" {
			d.Consent.Basis = f.basis
		}
		over(&d.Consent.SeparateConsent, f.separate)
		over(&d.Consent.NoticeGiven, f.notice)
	}
	return d, nil
}

// readYAML reads YAML or JSON by the JSON names of v. Unknown names fail.
func readYAML(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	raw, err := yaml.YAMLToJSON(data)
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		err = dec.Decode(v)
	}
	if err != nil {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.form", Place: path, Message: "the facts do not fit", Err: err}
	}
	return nil
}

// columnFlags are the sender's own choices for columns.
type columnFlags struct {
	keep, drop, mask, pseudonymise, truncate, generalise []string
}

func (c *columnFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&c.keep, "keep", nil, "columns to keep as they are, where the rules allow it")
	fs.StringSliceVar(&c.drop, "drop", nil, "columns that do not leave")
	fs.StringSliceVar(&c.mask, "mask", nil, "columns to mask: COLUMN or COLUMN=first:last")
	fs.StringSliceVar(&c.pseudonymise, "pseudonymise", nil, "columns to pseudonymise")
	fs.StringSliceVar(&c.truncate, "truncate", nil, "columns to cut: COLUMN=characters")
	fs.StringSliceVar(&c.generalise, "generalise", nil, "columns to coarsen: COLUMN=year, month or degrees")
}

func (c *columnFlags) plans() ([]dataspace.ColumnPlan, error) {
	var out []dataspace.ColumnPlan
	for _, n := range c.keep {
		out = append(out, dataspace.ColumnPlan{Name: n, Action: dataspace.Keep})
	}
	for _, n := range c.drop {
		out = append(out, dataspace.ColumnPlan{Name: n, Action: dataspace.Drop})
	}
	for _, n := range c.pseudonymise {
		out = append(out, dataspace.ColumnPlan{Name: n, Action: dataspace.Pseudonymise})
	}
	for _, s := range c.mask {
		name, how, _ := strings.Cut(s, "=")
		p := dataspace.ColumnPlan{Name: name, Action: dataspace.Mask}
		if how != "" {
			if _, err := fmt.Sscanf(how, "%d:%d", &p.First, &p.Last); err != nil {
				return nil, usagef("write --mask COLUMN=first:last, such as --mask phone=3:4", "--mask %s", s)
			}
		}
		out = append(out, p)
	}
	for _, s := range c.truncate {
		name, how, _ := strings.Cut(s, "=")
		n, err := strconv.Atoi(how)
		if err != nil || n < 1 {
			return nil, usagef("write --truncate COLUMN=characters, such as --truncate postcode=3", "--truncate %s", s)
		}
		out = append(out, dataspace.ColumnPlan{Name: name, Action: dataspace.Truncate, Length: n})
	}
	for _, s := range c.generalise {
		name, how, _ := strings.Cut(s, "=")
		p := dataspace.ColumnPlan{Name: name, Action: dataspace.Generalise, To: how}
		if how != "year" && how != "month" {
			grid, err := strconv.ParseFloat(how, 64)
			if err != nil || grid <= 0 {
				return nil, usagef("write --generalise COLUMN=year, =month or =degrees, such as --generalise lat=0.1", "--generalise %s", s)
			}
			p.To, p.Grid = "grid", grid
		}
		out = append(out, p)
	}
	return out, nil
}

// checkPurpose refuses a purpose that no rule knows, before any work is done.
func checkPurpose(s string) error {
	if slices.Contains(flow.Purposes, s) {
		return nil
	}
	hint := "one of: " + strings.Join(flow.Purposes, ", ")
	if near := nearest(s, flow.Purposes); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return usagef(hint, "unknown purpose %q", s)
}
