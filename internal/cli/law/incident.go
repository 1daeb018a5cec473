package law

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/incident"
	"hutong/internal/node"
	"hutong/internal/pack"
)

// Incident makes "incident".
func Incident(env *frame.Env) *cobra.Command {
	var f dataspace.Incident
	var jurisdictions []string
	var dir, key string
	said := incidentFlags()
	cmd := &cobra.Command{
		Use: "incident", Short: "After a security incident: whom to tell, and by when", Args: frame.Args(cobra.NoArgs),
		Long: `List the deadlines that a security incident has started, the earliest first: whom to
tell, by when, and under which article. A fact that is not given is unknown. A
deadline that depends on it is listed as one that may apply; keep it as if it
applied. Where a flow crosses a border, name the jurisdictions of both sides: the
deadlines of all of them run at the same time. Nothing is recorded.

` + frame.AtGateway,
		Example: `  hutong incident --jurisdiction CN --discovered 2026-06-01T10:00:00+08:00 --personal --people 1200000 --ciio=false
  hutong incident --jurisdiction CN,DE,SG --discovered 2026-06-01T10:00:00+08:00 --personal --people 600 --processor=false --assessed 2026-06-04
  hutong incident --jurisdiction CN --discovered 2026-06-01T10:00:00+08:00 --important-data --handled 2026-06-05 --lang zh`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(jurisdictions) == 0 || slices.Contains(jurisdictions, "") || f.Discovered == "" {
				return frame.Usagef("such as --jurisdiction CN --discovered 2026-06-01T10:00:00+08:00", "--jurisdiction and --discovered are needed")
			}
			var err error
			if f.Known, err = said.known(cmd); err != nil {
				return err
			}
			if (dir == "") != (key == "") {
				return frame.Usagef("give both: an unsigned pack is never used", "--packs and --pack-key go together")
			}
			c, err := env.Given(cmd)
			if err != nil {
				return err
			}
			if c != nil && dir != "" {
				return frame.Usagef("leave --packs out, or the gateway", "a gateway goes by the packs in force there")
			}
			list, err := clocks(jurisdictions, func(j string) ([]dataspace.Clock, error) {
				if c != nil {
					return clocksAt(cmd.Context(), c, j, f)
				}
				return clocksHere(dir, key, j, f)
			})
			if err != nil {
				return err
			}
			return env.Print(list, func(w io.Writer) { printClocks(env, w, list) })
		},
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&jurisdictions, "jurisdiction", nil, "jurisdictions whose law applies, ISO 3166-1 such as CN; several with commas")
	fs.StringVar(&f.Discovered, "discovered", "", "when it was discovered, such as 2026-06-01T10:00:00+08:00")
	fs.StringVar(&f.Assessed, "assessed", "", "day on which it was assessed whether it must be notified, 2006-01-02")
	fs.StringVar(&f.Handled, "handled", "", "day on which handling ended, 2006-01-02")
	fs.StringVar(&f.KnownOn, "as-known", "", "use only what the packs knew on this day; default: all they know")
	said.add(cmd)
	addPackFlags(cmd, &dir, &key)
	return cmd
}

// incidentFlag is the flag of one fact of an incident.
type incidentFlag struct {
	of   *fact.Definition
	tri  frame.Tri // of a fact that is true or false
	text string    // of any other
}

type flagsOfIncident []incidentFlag

// incidentFlags are the flags of all facts of an incident.
func incidentFlags() flagsOfIncident {
	t := fact.Incident()
	out := make(flagsOfIncident, t.Len())
	for i := range out {
		out[i].of = t.At(i)
	}
	return out
}

// add adds the flags to a command.
func (l flagsOfIncident) add(cmd *cobra.Command) {
	for i := range l {
		f := &l[i]
		usage := strings.TrimPrefix(f.of.Text.EN, "whether ")
		if f.of.Type == fact.Bool {
			frame.AddTri(cmd, &f.tri, f.of.FlagName(), usage)
			continue
		}
		if f.of.Unit != "" {
			usage += "; with one or more, personal data is"
		}
		cmd.Flags().StringVar(&f.text, f.of.FlagName(), "", usage+" ("+f.of.Form()+")")
	}
}

// known are the facts that the flags state, and what they imply.
func (l flagsOfIncident) known(cmd *cobra.Command) (out dataspace.Values, err error) {
	for i := range l {
		f := &l[i]
		if f.of.Type == fact.Bool {
			out.Set(f.of.FieldName(), dataspace.MaybeBool(f.tri.Value))
			continue
		}
		if !cmd.Flags().Changed(f.of.FlagName()) {
			continue
		}
		v, err := f.of.Parse(f.text)
		if err != nil {
			return out, input.Malformed("--"+f.of.FlagName(), err)
		}
		out.Set(f.of.FieldName(), v)
	}
	fact.Conclude(&out)
	return out, nil
}

// clocks asks for the clocks of one or several jurisdictions. A jurisdiction
// without rules is named beside the clocks of the others.
func clocks(jurisdictions []string, of func(string) ([]dataspace.Clock, error)) ([]dataspace.Clock, error) {
	out := []dataspace.Clock{}
	var none error
	known := false
	for i, j := range jurisdictions {
		if slices.Contains(jurisdictions[:i], j) {
			continue
		}
		list, err := of(j)
		switch {
		case errors.Is(err, dataspace.ErrNotFound) || errors.Is(err, client.ErrNotFound):
			none = err
			out = append(out, incident.NoPack(dataspace.Jurisdiction(j)))
			continue
		case err != nil:
			return nil, err
		}
		known = true
		out = append(out, list...)
	}
	if !known {
		return nil, none
	}
	incident.Sort(out)
	return out, nil
}

// clocksHere uses the built-in packs, or newer packs of a folder.
func clocksHere(dir, key, jurisdiction string, f dataspace.Incident) ([]dataspace.Clock, error) {
	set, err := node.LoadRules(dir, key)
	if err != nil {
		return nil, err
	}
	list, err := incident.Clocks(set.All(), dataspace.Jurisdiction(jurisdiction), f)
	return list, input.Malformed("", err)
}

// clocksAt uses the packs in force at a gateway.
func clocksAt(ctx context.Context, c *client.Client, jurisdiction string, f dataspace.Incident) ([]dataspace.Clock, error) {
	facts, err := frame.Wire[client.Facts](f)
	if err != nil {
		return nil, err
	}
	list, err := c.Law().Clocks(ctx, client.Incident{Jurisdiction: jurisdiction, Facts: facts})
	if err != nil {
		return nil, refusedFacts(err)
	}
	return frame.Wire[[]dataspace.Clock](list)
}

// refusedFacts makes a gateway's error about the facts a usage error, as it is
// without a gateway.
func refusedFacts(err error) error {
	var e *client.Error
	if errors.Is(err, client.ErrInvalid) && errors.As(err, &e) {
		return &frame.UsageError{Err: err, Hint: e.Hint}
	}
	return err
}

func printClocks(env *frame.Env, w io.Writer, list []dataspace.Clock) {
	if len(list) == 0 {
		fmt.Fprintln(w, env.Word("no clock of these packs runs on these facts", "按所给事实，规则包中没有需要计算的时限"))
	}
	several := slices.ContainsFunc(list, func(k dataspace.Clock) bool { return k.Jurisdiction != list[0].Jurisdiction })
	for i := range list {
		printClock(env, w, &list[i], several)
	}
}

// printClock prints a clock; several says that there are others of another law.
func printClock(env *frame.Env, w io.Writer, k *dataspace.Clock, several bool) {
	mark, deadline := "▸", limit(env, k)
	if k.May {
		mark, deadline = "?", deadline+env.Word(" (it may run)", "（可能适用）")
	}
	if several {
		deadline += " · " + string(k.Jurisdiction)
	}
	grade := ""
	if k.Grade != nil {
		grade = " · " + env.Text(*k.Grade)
	}
	if k.Advice {
		grade += env.Word(" · advice, no duty", " · 建议，非法定义务")
	}
	fmt.Fprintf(w, "%s %s  %s%s\n", mark, deadline, env.Text(k.Who), grade)
	frame.Paragraph(w, "  ", "  ", env.Text(k.Text))
	var facts, texts []dataspace.Missing
	for _, m := range k.Missing {
		if strings.Contains(m.Fact, "#") || strings.HasPrefix(m.Fact, "pack:") {
			texts = append(texts, m)
		} else {
			facts = append(facts, m)
		}
	}
	if len(facts) > 0 {
		frame.Paragraph(w, "  ", "  ", env.Word("depends on: ", "取决于：")+whys(env, facts))
	}
	if len(texts) > 0 {
		frame.Paragraph(w, "  ", "  ", env.Word("for a person to find out: ", "须由人员查明：")+whys(env, texts))
	}
	if k.Article != "" {
		fmt.Fprintf(w, "  %s %s\n  %s\n", env.Article(k.Article, k.ArticleZH), show.Sure(env, dataspace.Confidence(k.Confidence)), k.Source)
	}
}

// limit is the deadline of a clock in words.
func limit(env *frame.Env, k *dataspace.Clock) string {
	switch {
	case k.Deadline != "":
		return k.Deadline
	case k.Review:
		return env.Word("a person finds out the time limit", "时限须由人员查明")
	case k.After == pack.Assessed:
		return env.Word("once it is assessed", "评估完成后起算")
	}
	return env.Word("once it is handled", "处置完成后起算")
}

func whys(env *frame.Env, list []dataspace.Missing) string {
	var out []string
	for _, m := range list {
		out = append(out, env.Text(m.Why))
	}
	return strings.Join(out, env.Word("; ", "；"))
}
