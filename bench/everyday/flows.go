// Package everyday holds a grid of everyday flows of data, each with what a
// data protection officer would answer, and why: flows.yaml, for lawyers to read
// and correct (README.md). The answers were written from the sources of law, by
// somebody who had not seen those of the rules engine. This package reads the
// file; it decides nothing.
package everyday

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/goccy/go-yaml"
)

//go:embed flows.yaml
var flows []byte

// Grid is the whole file.
type Grid struct {
	Version    string      `yaml:"version"`
	Changes    []Change    `yaml:"changes"`
	Statements []Statement `yaml:"statements"`
	Demands    []Demand    `yaml:"demands"`
	Papers     []Paper     `yaml:"papers"`
	Flows      []Flow      `yaml:"flows"`
}

// Text is one text in both languages.
type Text struct {
	EN string `yaml:"en"`
	ZH string `yaml:"zh"`
}

// Change is what was altered after the file was first written, and why.
type Change struct {
	On   string `yaml:"on"`
	Flow string `yaml:"flow"`
	By   string `yaml:"by"`
	What string `yaml:"what"`
	Why  string `yaml:"why"`
}

// Statement is what a person may say of a flow. Fact is the fact that it states
// and Is its value; a statement that no fact can hold has neither.
type Statement struct {
	ID   string `yaml:"id"`
	Fact string `yaml:"fact"`
	Is   any    `yaml:"is"`
	Text `yaml:",inline"`
}

// Demand is what must be done before data leaves, or a duty that follows. New
// says that no rule pack had a demand of this name when the file was written.
type Demand struct {
	ID   string   `yaml:"id"`
	New  bool     `yaml:"new"`
	Rows []string `yaml:"rows"`
	Text `yaml:",inline"`
}

// Paper is a kind of document that no rule pack had when the file was written.
type Paper struct {
	ID   string   `yaml:"id"`
	Rows []string `yaml:"rows"`
	Text `yaml:",inline"`
}

// Flow is one flow of everyday business at two stages: with what people know at
// first, and with all facts and papers on the table.
type Flow struct {
	ID         string `yaml:"id"`
	Title      Text   `yaml:"title"`
	Story      Text   `yaml:"story"`
	KnownFirst Stage  `yaml:"known_first"`
	All        Stage  `yaml:"all"`
}

// Stage is what is known, and the answer to it. Facts is a document of facts, as
// `hutong assess --facts` reads it. Beside are facts that it has no field for.
type Stage struct {
	Facts  map[string]any `yaml:"facts"`
	Beside []Text         `yaml:"beside"`
	Answer Answer         `yaml:"answer"`
}

// Document gives the facts of the stage as JSON.
func (s *Stage) Document() ([]byte, error) {
	data, err := json.Marshal(s.Facts)
	if err != nil {
		return nil, fmt.Errorf("write facts as JSON: %w", err)
	}
	return data, nil
}

// The kinds of answers.
const (
	Decisive    = "decisive"    // the same whatever else is true
	Conditional = "conditional" // it turns on statements that nobody has made
	Review      = "review"      // an official text or an approval is missing
)

// Answer is what the officer says. Demands must be met before data leaves,
// Perhaps are further ones that depend on what is open, and Later follow.
type Answer struct {
	Kind      string   `yaml:"kind"`
	Verdict   string   `yaml:"verdict"`
	Regimes   []Regime `yaml:"regimes"`
	Demands   []string `yaml:"demands"`
	Perhaps   []string `yaml:"perhaps"`
	Later     []Later  `yaml:"later"`
	TurnsOn   *TurnsOn `yaml:"turns_on"`
	AsksFirst *Text    `yaml:"asks_first"`
	Missing   *Text    `yaml:"missing"`
	Rows      []string `yaml:"rows"`
	Why       Text     `yaml:"why"`
	Doubt     *Text    `yaml:"doubt"`
}

// Regime is the answer of one law, in the words of a decision.
type Regime struct {
	Jurisdiction string `yaml:"jurisdiction"`
	Side         string `yaml:"side"`
	Outcome      `yaml:",inline"`
}

// Outcome is a pathway and the verdict on it.
type Outcome struct {
	Pathway string `yaml:"pathway"`
	Verdict string `yaml:"verdict"`
}

// Later is a duty that follows; Due is its last day, if it has one.
type Later struct {
	ID  string `yaml:"id"`
	Due string `yaml:"due"`
}

// TurnsOn is a condition: where all statements of If are true, Then holds, else
// at the worst Else.
type TurnsOn struct {
	If   []string `yaml:"if"`
	Then Outcome  `yaml:"then"`
	Else Outcome  `yaml:"else"`
}

// Load reads the grid.
func Load() (*Grid, error) { return read(flows) }

// read reads a grid and refuses keys that it does not have.
func read(data []byte) (*Grid, error) {
	var g Grid
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&g); err != nil {
		return nil, fmt.Errorf("read grid of flows: %w", err)
	}
	return &g, nil
}
