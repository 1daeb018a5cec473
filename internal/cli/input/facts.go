// Package input reads what people give to several groups of commands: facts
// about a dataset, choices for its columns, the form of a source, recognition
// agreements. What does not fit is an error of usage with a hint.
package input

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// Facts say about a dataset what no profile finds. What is not said stays
// unknown.
type Facts struct {
	File                     string
	sector, scenario, origin string
	important                string
	core, secret, necessity  frame.Tri
	basis                    string
	separate, notice         frame.Tri
	domesticMixed            frame.Tri
}

// Add adds the flags.
func (f *Facts) Add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.File, "facts", "", "file with facts about the dataset (YAML or JSON); the flags below go over it")
	fs.StringVar(&f.sector, "sector", "", "sector the data belongs to")
	fs.StringVar(&f.scenario, "scenario", "", "scenario of a negative list")
	fs.StringVar(&f.origin, "origin", "", "where the data was collected: domestic or abroad")
	frame.AddTri(cmd, &f.domesticMixed, "domestic-mixed", "domestic data was brought in while processing foreign data")
	fs.StringVar(&f.important, "important", "", "important data: no, yes, notified, published or unknown")
	frame.AddTri(cmd, &f.core, "core", "core data")
	frame.AddTri(cmd, &f.secret, "state-secret", "state secrets")
	frame.AddTri(cmd, &f.necessity, "necessity-shown", "the necessity for the purpose is shown")
	fs.StringVar(&f.basis, "basis", "", "legal basis: consent, contract, hr, statutory, emergency or other")
	frame.AddTri(cmd, &f.separate, "separate-consent", "separate consent was given")
	frame.AddTri(cmd, &f.notice, "notice-given", "the people were told")
}

// Read reads the file of facts and puts the flags over it.
func (f *Facts) Read() (dataspace.DatasetFacts, error) {
	var d dataspace.DatasetFacts
	if f.File != "" {
		if err := readYAML(f.File, &d); err != nil {
			return d, err
		}
	}
	for dst, v := range map[*string]string{&d.Sector: f.sector, &d.Scenario: f.scenario, &d.Origin: f.origin, &d.Important: f.important} {
		if v != "" {
			*dst = v
		}
	}
	frame.Over(&d.Core, f.core)
	frame.Over(&d.StateSecret, f.secret)
	frame.Over(&d.NecessityShown, f.necessity)
	frame.Over(&d.DomesticMixed, f.domesticMixed)
	if f.basis != "" || f.separate.Given || f.notice.Given {
		if d.Consent == nil {
			d.Consent = &dataspace.ConsentFacts{}
		}
		if f.basis != "" {
			d.Consent.Basis = f.basis
		}
		frame.Over(&d.Consent.SeparateConsent, f.separate)
		frame.Over(&d.Consent.NoticeGiven, f.notice)
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
