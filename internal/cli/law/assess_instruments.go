package law

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// instrumentFlags holds the flags that name the existing legal documents.
type instrumentFlags struct {
	named []string
	file  string
}

func (f *instrumentFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.named, "instrument", nil, "legal document that exists, KIND or KIND:ID, such as cn.pipia; it is taken to be in force on the day of the decision")
	cmd.Flags().StringVar(&f.file, "instruments", "", "file with a list of legal documents, with their dates (as in the facts of a flow)")
}

func (f *instrumentFlags) list(t *fact.Table, on string) ([]dataspace.Instrument, error) {
	var out []dataspace.Instrument
	if f.file != "" {
		data, err := os.ReadFile(f.file)
		if err != nil {
			return nil, frame.Unreadable(f.file, err)
		}
		raw, err := yaml.YAMLToJSON(data)
		if err != nil {
			return nil, input.Malformed("", input.BadFacts(f.file, err))
		}
		var whole struct {
			Instruments json.RawMessage `json:"instruments"`
		}
		if err := json.Unmarshal(raw, &whole); err == nil && whole.Instruments != nil {
			raw = whole.Instruments
		}
		if err := input.DecodeFacts(f.file, raw, &out); err != nil {
			return nil, err
		}
	}
	for _, s := range f.named {
		kind, id, _ := strings.Cut(s, ":")
		if kind == "" {
			return nil, frame.Usagef("write --instrument KIND or KIND:ID, such as --instrument cn.pipia:2026-07", "--instrument %s names no kind", s)
		}
		out = append(out, dataspace.Instrument{Kind: kind, ID: dataspace.InstrumentID(id), EffectiveOn: on})
	}
	for i := range out {
		var err error
		if out[i], err = fact.ReadInstrument(t, fmt.Sprintf("instruments.%d.", i), out[i]); err != nil {
			return nil, input.Malformed(f.file, err)
		}
	}
	return out, nil
}

// unasked names the documents of the flags that no rule asks for: they may be
// mistyped.
func (f *instrumentFlags) unasked(env *frame.Env, d dataspace.Decision) {
	var asked []string
	for _, o := range d.Obligations {
		asked = append(asked, o.Instruments...)
	}
	for _, s := range f.named {
		kind, _, _ := strings.Cut(s, ":")
		if slices.Contains(asked, kind) {
			continue
		}
		env.Say(env.Word("no rule asks for %s here", "此处没有规则要求 %s"), kind)
		if near := frame.Nearest(kind, asked); near != "" {
			env.Say("hint: did you mean %s?", near)
		}
	}
}
