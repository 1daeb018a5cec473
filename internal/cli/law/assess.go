// Package law holds the commands that need no gateway and say what the law
// asks: profile, assess, incident and file.
package law

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hutong/client"
	"hutong/internal/census"
	"hutong/internal/clear"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/cli/show"
	"hutong/internal/clock"
	"hutong/internal/contradict"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/fact"
	"hutong/internal/files"
	"hutong/internal/node"
	"hutong/internal/people"
	"hutong/internal/profile"
	"hutong/internal/recognition"
	"hutong/internal/rules"
	"hutong/internal/vocab"
)

// assessment holds the flags of assess.
type assessment struct {
	env             *frame.Env
	source          input.Source
	facts           input.Facts
	columns         input.Columns
	party           partyFlags
	instrument      instrumentFlags
	purpose, format string
	when            input.When
	packs, packKey  string
	agreed          input.Agreements
	sample          bool
	save            string // directory for the decision and its input
	force           bool
	before          map[string]*int64 // people exported before, by class
	counted         bool              // before was given
}

// Assess makes "assess".
func Assess(env *frame.Env) *cobra.Command {
	s := &assessment{env: env}
	cmd := &cobra.Command{
		Use: "assess [SOURCE]", Short: "May a dataset leave, and how? Decide without a gateway", Args: frame.Args(cobra.MaximumNArgs(1)),
		Long: `Decide about an intended flow by all rules that apply to it, on both sides of the
border. The answer gives the reasons: the article, its source, what is to be done
and by when, what is missing, and what would change the verdict. No data leaves, and
no file is written without --save.

Without SOURCE, --facts names a file with all facts of the flow (YAML or JSON,
facts.schema.json; - reads stdin).

With SOURCE, the command profiles the dataset, makes a plan with the least that the
rules ask for, and decides about that plan. --from and --to name the exporter and the
recipient: by a code such as CN-SH or SG, or by a file with facts about them. --facts
and the flags give the facts about the dataset that no profile finds. A fact that is
not given is unknown, and never taken to be harmless.

--save DIR keeps the case for 'hutong file --from DIR': facts.json and
decision.json, and with SOURCE profile.json and plan.json. They hold no value of
a cell. The command replaces the files of another case only with --force.

` + frame.AtGateway + ` It then
takes --facts, and not SOURCE.

Exit codes: 0 cleared, 3 not cleared (refused, action needed, or a person must
decide), 2 usage or malformed facts, 1 failed.`,
		Example: `  hutong assess --facts facts.yaml
  hutong assess --facts facts.yaml --on 2025-06-30 --as-known 2025-07-15
  hutong assess --facts facts.yaml --at 2026-12-31T17:00:00Z
  hutong assess tickets.csv --from CN-SH --to SG --purpose business --ciio=false --state-organ=false \
      --origin domestic --important no --core=false --state-secret=false \
      --basis consent --separate-consent --notice-given --instrument cn.pipia
  hutong assess tickets.csv --from exporter.yaml --to recipient.yaml --purpose business --drop id_number --save case`,
		RunE: func(cmd *cobra.Command, list []string) error {
			for _, c := range input.CountClasses() {
				s.counted = s.counted || cmd.Flags().Changed("count-"+input.ClassFlag(c.ID))
			}
			if len(list) == 0 {
				return s.ofFacts(cmd)
			}
			c, err := env.Given(cmd)
			if err != nil {
				return err
			}
			if c != nil {
				return frame.Usagef("give all facts with --facts, or begin the flow with 'hutong send'", "a gateway assesses facts, not SOURCE")
			}
			return s.ofSource(cmd, list[0])
		},
	}
	s.facts.AddAll(cmd)
	cmd.Flags().Lookup("facts").Usage = "without SOURCE: file with all facts of the flow, - for stdin; with SOURCE: file with facts about the dataset, the flags below override it"
	s.columns.Add(cmd)
	s.source.Add(cmd, "source-format")
	s.party.add(cmd)
	s.instrument.add(cmd)
	fs := cmd.Flags()
	fs.StringVar(&s.purpose, "purpose", "", "purpose: "+input.Keys(vocab.Purposes))
	fs.StringVar(&s.format, "format", "csv", "format of the file that would be delivered: "+input.Keys(vocab.Formats))
	fs.StringVar(&s.when.On, "on", "", "day of the decision in every place; default: the day that --at or the facts give")
	fs.StringVar(&s.when.At, "at", "", "instant of the decision; each law takes its own day from it; default: the instant in the facts, or now")
	fs.StringVar(&s.when.AsKnown, "as-known", "", "decide by what the packs knew on this day; default: all they know")
	s.before = map[string]*int64{}
	for _, c := range input.CountClasses() {
		s.before[c.ID] = fs.Int64("count-"+input.ClassFlag(c.ID), 0, "people "+c.Text.EN+" exported since 1 January, before this")
	}
	addPackFlags(cmd, &s.packs, &s.packKey)
	s.agreed.Add(cmd)
	frame.AddSampleFlag(cmd, &s.sample)
	fs.StringVar(&s.save, "save", "", "directory to keep the case in: facts, profile, plan and decision as JSON")
	fs.BoolVar(&s.force, "force", false, "with --save: replace the files of another case")
	return cmd
}

// addPackFlags adds the flags that name newer signed packs.
func addPackFlags(cmd *cobra.Command, dir, key *string) {
	cmd.Flags().StringVar(dir, "packs", "", "folder with newer signed rule packs; default those built in")
	cmd.Flags().StringVar(key, "pack-key", "", "file with the public key for these packs")
}

// withoutSource lists the flags that are valid when all facts are given.
var withoutSource = map[string]bool{
	"allow-sample": true, "save": true, "force": true, "facts": true, "on": true, "at": true, "as-known": true, "packs": true, "pack-key": true, "recognition": true, "authority": true,
}

// ofFacts decides over the facts of a file.
func (s *assessment) ofFacts(cmd *cobra.Command) error {
	if s.facts.File == "" {
		return frame.Usagef("give a dataset, or all facts with --facts FILE", "nothing to assess")
	}
	var wrong error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !withoutSource[f.Name] && cmd.InheritedFlags().Lookup(f.Name) == nil && wrong == nil {
			wrong = frame.Usagef("name the dataset too, or write this into the facts", "--%s goes with SOURCE", f.Name)
		}
	})
	if wrong != nil {
		return wrong
	}
	c, err := s.env.Given(cmd)
	if err != nil {
		return err
	}
	k := kept{}
	if c != nil {
		k.facts, k.decision, err = s.decideAt(cmd.Context(), c)
	} else {
		k.facts, k.decision, err = s.decideHere()
	}
	if err != nil {
		return err
	}
	return s.conclude(k)
}

// read reads all facts of a flow, by the table of the facts in force.
func (s *assessment) read(t *fact.Table, date func(map[string]any) error) (dataspace.Facts, error) {
	return input.ReadFacts(s.env, t, s.facts.File, s.when, date)
}

func (s *assessment) decideHere() (f dataspace.Facts, d dataspace.Decision, err error) {
	set, err := s.rules()
	if err != nil {
		return f, d, err
	}
	if f, err = s.read(set.Facts(), input.Date(set)); err != nil {
		return f, d, err
	}
	if err = set.CheckSwitches(f.Switches); err == nil {
		d, err = decide.ByFacts(set, f, contradict.Today(clock.Process().Now()))
	}
	return f, d, input.Malformed(input.StdinName(s.facts.File), err)
}

// decideAt decides by the packs and agreements in force at a gateway.
func (s *assessment) decideAt(ctx context.Context, c *client.Client) (f dataspace.Facts, d dataspace.Decision, err error) {
	if s.packs != "" || s.packKey != "" || s.sample || s.agreed.Named() {
		return f, d, frame.Usagef("leave them out, or the gateway", "a gateway goes by what is in force there: --packs, --pack-key, --allow-sample, --recognition and --authority go without it")
	}
	t, err := input.TableAt(ctx, c)
	if err != nil {
		return f, d, err
	}
	set, err := s.rules() // their zones give the day of an instant
	if err != nil {
		return f, d, err
	}
	if f, err = s.read(t, input.Date(set)); err != nil {
		return f, d, err
	}
	q, err := frame.Wire[client.Facts](f)
	if err != nil {
		return f, d, err
	}
	made, err := c.Law().Assess(ctx, client.Question{Facts: q})
	if err != nil {
		return f, d, refusedFacts(err)
	}
	d, err = frame.Wire[dataspace.Decision](made)
	return f, d, err
}

func (s *assessment) rules() (*rules.Set, error) {
	if (s.packs == "") != (s.packKey == "") {
		return nil, frame.Usagef("give both: an unsigned pack is never used", "--packs and --pack-key go together")
	}
	load := node.LoadRules
	if s.sample {
		load = node.LoadSampleRules
	}
	set, err := load(s.packs, s.packKey)
	if err != nil {
		return nil, err
	}
	agreed, err := s.agreed.Load(s.env)
	if err != nil {
		return nil, err
	}
	return recognition.Apply(set, agreed)
}

// ofSource profiles a dataset, makes its plan and decides.
func (s *assessment) ofSource(cmd *cobra.Command, path string) error {
	if err := s.needed(); err != nil {
		return err
	}
	set, err := s.rules()
	if err != nil {
		return err
	}
	c, err := s.caseOf(set.Facts())
	if err != nil {
		return err
	}
	on, err := s.date(&c, set)
	if err != nil {
		return err
	}
	view, err := s.source.View()
	if err != nil {
		return err
	}
	src, err := s.source.Open(path)
	if err != nil {
		return err
	}
	if err := knownColumns(src, c.Own); err != nil {
		return err
	}
	var k kept
	counting := clear.NewCounting(set.Counts())
	_, err = input.Profile(cmd.Context(), s.env, src, profile.Options{On: on, Sensitive: view, Taxonomy: set.Elements(), Classes: counting.Classes}, func(res *profile.Result) (err error) {
		c.Profile = res.Profile
		plan, err := decide.Propose(set, c)
		if err != nil {
			return choice(err)
		}
		counts, p, err := s.count(set, c, plan, res.Census)
		if err != nil {
			return err
		}
		counts.Set(dataspace.FactCountsStandard, dataspace.TextOf(view.String()))
		k.profile, k.plan = &res.Profile, &plan
		if k.facts, k.decision, err = decide.Decide(set, c, plan, counts); err == nil {
			s.sayPeople(k, p)
		}
		return input.Malformed("", err)
	})
	if err != nil {
		return err
	}
	s.instrument.unasked(s.env, k.decision)
	return s.conclude(k)
}

// needed refuses flags that leave out who sends, who receives, or what for.
func (s *assessment) needed() error {
	for name, v := range map[string]string{"--from": s.party.from, "--to": s.party.to, "--purpose": s.purpose} {
		if v == "" {
			return frame.Usagef("say who sends, who receives and what for: --from CN-SH --to SG --purpose business", "with SOURCE, %s is needed", name)
		}
	}
	return nil
}

// caseOf is what the flags say, before the dataset is looked at.
func (s *assessment) caseOf(t *fact.Table) (c decide.Case, err error) {
	if err := errors.Join(input.WordOf(t.Words(), vocab.Purposes, "--purpose", &s.purpose), input.WordOf(t.Words(), vocab.Formats, "--format", &s.format)); err != nil {
		return c, err
	}
	for _, n := range s.before {
		if *n < 0 {
			return c, frame.Usagef("", "a number of people cannot be negative")
		}
	}
	if err := s.when.Check(); err != nil {
		return c, err
	}
	c = decide.Case{Purpose: s.purpose, Format: s.format, KnownOn: s.when.AsKnown, Today: contradict.Today(clock.Process().Now())}
	if c.Exporter, err = s.party.exporter(t); err != nil {
		return c, err
	}
	if c.Recipient, err = s.party.recipient(t); err != nil {
		return c, err
	}
	if err := errors.Join(s.facts.Over(t, &c.Exporter, fact.Exporter), s.facts.Over(t, &c.Recipient, fact.Recipient)); err != nil {
		return c, err
	}
	for _, party := range []*dataspace.Values{&c.Exporter, &c.Recipient} {
		if *party, err = t.ReadWords(*party); err != nil {
			return c, input.Malformed("", err)
		}
	}
	if c.Dataset, err = s.facts.ReadAbout(t, func(d *fact.Definition) bool {
		return !input.AboutParty(d, fact.Exporter) && !input.AboutParty(d, fact.Recipient)
	}); err != nil {
		return c, input.Malformed("", err)
	}
	if c.Dataset.Known, err = t.ReadDatasetWords(c.Dataset.Known); err != nil {
		return c, input.Malformed("", err)
	}
	if c.Own, err = s.columns.Plans(); err != nil {
		return c, err
	}
	return c, nil
}

// date sets the day of the decision, and the instruments of the flags, which
// are in force on that day.
func (s *assessment) date(c *decide.Case, set *rules.Set) (on time.Time, err error) {
	if s.when.On != "" && s.when.At == "" {
		c.On = s.when.On
	} else {
		at, err := frame.ParseInstant("--at", s.when.At)
		if err != nil {
			return on, err
		}
		c.Dates = clear.DatesOf(set.Home(c.Exporter), at, time.Time{})
		c.On = cmp.Or(s.when.On, c.On)
	}
	if c.Instruments, err = s.instrument.list(set.Facts(), c.On); err != nil {
		return on, err
	}
	return frame.ParseDay("--on", c.On)
}

// knownColumns checks the sender's choices before the source is read.
func knownColumns(src *files.Source, own []dataspace.ColumnPlan) error {
	schema := src.Schema()
	if len(schema.Fields) == 0 {
		return nil // found only by reading
	}
	names := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		names[i] = f.Name
	}
	for _, c := range own {
		if schema.Index(c.Name) >= 0 {
			continue
		}
		hint := "its columns are " + strings.Join(names[:min(len(names), 20)], ", ")
		if near := frame.Nearest(c.Name, names); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return frame.Usagef(hint, "--%s %s: the dataset has no such column", c.Action, c.Name)
	}
	return nil
}

// choice marks an error in the sender's choices as a usage error, because the
// choices are flags.
func choice(err error) error {
	if errors.Is(err, dataspace.ErrInvalid) || errors.Is(err, dataspace.ErrDenied) {
		return &frame.UsageError{Err: err, Hint: dataspace.Hint(err)}
	}
	return err
}

// leaving holds the people of the dataset who would leave, by class.
type leaving struct {
	classes []dataspace.CountClass
	people  people.Totals
}

// any reports whether any person would leave.
func (l leaving) any() bool {
	for _, n := range l.people {
		if n > 0 {
			return true
		}
	}
	return false
}

// count counts the people of the dataset who would leave (p), and adds those
// who left before (out).
func (s *assessment) count(set *rules.Set, c decide.Case, plan dataspace.Plan, counted *census.Census) (out dataspace.Values, p leaving, err error) {
	counting := clear.NewCounting(set.Counts())
	p.classes = counting.Classes
	if p.people, err = counted.Count(clear.Leaving(plan), counting.Classes); err != nil {
		return out, p, fmt.Errorf("count people: %w", err)
	}
	p.people = decide.YoungOf(set, c, counting).Totals(counting, p.people)
	all := people.Totals{}
	for _, class := range counting.Classes {
		id := class.ID
		if all[id] = p.people[id]; s.before[id] != nil {
			all[id] += *s.before[id]
		}
	}
	return counting.Facts(all), p, nil
}

// classWords describes the people who would leave: in the first two classes,
// and in other classes that are not empty.
func classWords(env *frame.Env, p leaving) (out []string) {
	for i, c := range p.classes {
		n := p.people[c.ID]
		switch {
		case i == 0:
			out = append(out, env.Word(frame.Thousands(n), c.Text.ZH+" "+frame.Thousands(n)+" 人"))
		case i == 1 || n > 0:
			out = append(out, env.Text(c.Text)+" "+frame.Thousands(n)+env.Word("", " 人"))
		}
	}
	return out
}

// sayPeople says how many people the decision counts, and which people may be
// missing.
func (s *assessment) sayPeople(k kept, p leaving) {
	env := s.env
	if personal, known := k.facts.Known.Bool(dataspace.FactPersonal); known && !personal {
		env.Say("%s", env.Word("no column with personal data would leave", "没有含个人信息的列出境"))
		return
	}
	if len(k.profile.Subjects.Key) == 0 && p.any() {
		env.Say("%s", env.Word("no column tells people apart: each row counts as one", "没有可区分个人的列：每行按一人计"))
	}
	env.Say("%s", env.Word("people who would leave: ", "将出境：")+strings.Join(classWords(env, p), env.Word(", ", "，")))
	if s.counted {
		env.Say("%s", env.Word("added to those given; who left before and is in this dataset too is counted twice here (a gateway counts exactly)",
			"已与所给人数相加；此前已出境又在本数据集中的个人在此重复计算（网关可精确去重）"))
	} else if p.any() {
		env.Say("%s", env.Word("only they are counted; the total since 1 January may be higher: give what left before with --count-non-sensitive and --count-sensitive",
			"仅计入本数据集；自当年1月1日起的累计人数可能更高，请用 --count-non-sensitive 和 --count-sensitive 给出此前已出境人数"))
	}
}

// conclude stores and prints the decision and maps it to an exit code.
func (s *assessment) conclude(k kept) error {
	if s.save != "" {
		if err := k.save(s.env, s.save, s.force); err != nil {
			return err
		}
	}
	err := s.env.Print(k.decision, func(w io.Writer) {
		show.Result(s.env, w, show.Case{Decision: k.decision, Plan: k.plan, Elements: k.facts.Known.List(dataspace.FactElements), On: k.facts.On})
	})
	if err == nil && k.decision.Verdict != dataspace.Cleared {
		return frame.Quiet(frame.ExitNotCleared)
	}
	return err
}
