package law

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/filings"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
	"hutong/internal/rules"
)

// filing holds the flags of file.
type filing struct {
	env                            *frame.Env
	kind, template, out            string
	answers                        []string
	facts, profile, plan, decision string
	approve, force                 bool
	by, reason                     string
	from, on                       string
	packs, packKey                 string
	set                            *rules.Set // once it is needed
	enclosed                       enclosed
}

// File makes "file".
func File(env *frame.Env) *cobra.Command {
	s := &filing{env: env}
	cmd := &cobra.Command{
		Use: "file [FLOW]", Short: "Write the documents of a filing", Args: frame.Args(cobra.MaximumNArgs(1)),
		Long: `Write the documents that an authority asks for. They are made from your answers and
from what the gateway knows of a flow. Without a gateway they are made from the case
that 'hutong assess --save' kept, or from single files. The packs in force give the
words in --facts their meaning, as in 'hutong assess'. The directory of your choice
gets the document in Chinese and an English reading copy (DOCX), the inventory of
fields (XLSX), all data (JSON), a list of what is missing, and a list of the answer
or rule on which each paragraph rests.

The documents mark each missing answer, and *.missing.yaml lists it: fill it in and
give it to --answers again. With several files of answers, a later file overrides an
earlier one. One file about the organisation serves all filings.

Every page is marked as a draft until --approve. The approval is for exactly
these answers and facts: when one changes, it is a draft again. The gateway records
the approval for a flow as evidence, by a compliance officer's key. Without a gateway
the directory keeps the approval.

--form fills in an official form: the standard contract, a letter of authorization.
Its blanks are found by their place and the label beside them: underscores,
underlined spaces, brackets, boxes to tick, empty cells. Nothing else of the form
changes, and the digest of its fixed text is shown before and after. A blank that no
answer fits stays empty and is listed, and so are those for a signature.

--upload puts the papers of the upload together, by their names and in their order;
--paper gives the copies that belong to it. --earlier offers the answers of an
earlier filing for what is missing, in *.offered.yaml: read it before you use it.

--template fills in a DOCX of your own as well: fields such as {{processor.name}} and
content controls with such a tag.

Answers hold names and identity numbers. Only you can read the files, and no message
shows an answer.

Exit codes: 0 complete, 3 answers are missing or a condition of the filing does
not hold (the documents are written), 2 usage or malformed answers, 1 failed.`,
		Example: `  hutong file kinds
  hutong file questions --kind pipia --template > answers.yaml
  hutong file 7f3c… --kind pipia --answers company.yaml --answers answers.yaml
  hutong file --from case --kind standard-contract --answers answers.yaml
  hutong file --from case --kind standard-contract-filing --answers answers.yaml --form contract=contract.docx --paper uscc=certificate.pdf --upload
  hutong file --facts facts.yaml --profile profile.json --kind security-assessment --answers answers.yaml
  hutong file 7f3c… --kind pipia --answers answers.yaml --force --approve --reason "checked" --key-file compliance.key`,
		RunE: func(cmd *cobra.Command, list []string) error {
			return s.run(cmd.Context(), strings.Join(list, ""))
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.kind, "kind", "", "kind of the filing, see 'hutong file kinds'")
	f.StringArrayVar(&s.answers, "answers", nil, "file with answers, YAML or JSON; may be given several times")
	f.StringVar(&s.template, "template", "", "a DOCX of your own to fill as well")
	f.StringVar(&s.out, "out", "", "directory for the documents; default filing-<kind> here")
	f.StringVar(&s.on, "on", "", "day of the documents; default today")
	s.enclosed.flags(cmd)
	f.StringVar(&s.facts, "facts", "", "without FLOW: file with the facts")
	f.StringVar(&s.profile, "profile", "", "without FLOW: file with the profile ('hutong profile --json')")
	f.StringVar(&s.plan, "plan", "", "without FLOW: file with the plan")
	f.StringVar(&s.decision, "decision", "", "without FLOW: file with the decision ('hutong assess --json')")
	f.BoolVar(&s.force, "force", false, "overwrite existing documents")
	f.BoolVar(&s.approve, "approve", false, "approve it for filing: no longer a draft")
	f.StringVar(&s.by, "by", "", "with --approve and without FLOW: name of the person who approves")
	f.StringVar(&s.reason, "reason", "", "with --approve: reason of the approval")
	addPackFlags(cmd, &s.packs, &s.packKey)
	cmd.AddCommand(fileKindsCommand(env), fileQuestionsCommand(env))
	return cmd
}

func fileKindsCommand(env *frame.Env) *cobra.Command {
	s := &filing{env: env}
	cmd := &cobra.Command{
		Use: "kinds [FLOW]", Short: "List kinds of filing, and those that a flow's decision asks for", Args: frame.Args(cobra.MaximumNArgs(1)),
		Long: `List the kinds of filing documents that can be written. With FLOW, or with a decision
from a file, list those that the decision asks for, whether they exist, and when
they are due.

` + frame.AtGateway,
		Example: `  hutong file kinds
  hutong file kinds 7f3c…
  hutong file kinds --from case
  hutong file kinds --decision decision.json`,
		RunE: func(cmd *cobra.Command, list []string) error {
			l, err := dossier.Load(filings.FS)
			if err != nil {
				return err
			}
			if len(list) == 0 && s.from == "" && s.decision == "" {
				return listKinds(env, cmd, l)
			}
			wanted, err := s.wanted(cmd.Context(), l, strings.Join(list, ""))
			if err != nil {
				return err
			}
			return env.List(wanted, "KIND FOR DONE DUE TITLE", func(line func(...any)) {
				for _, w := range wanted {
					due := w.Due
					if due == "" {
						due = env.Text(w.Deadline)
					}
					line(w.Kind, w.For, map[bool]string{true: "✓", false: "–"}[w.Satisfied], frame.Shorten(due, 40), env.Text(w.Title))
				}
			})
		},
	}
	cmd.Flags().StringVar(&s.from, "from", "", "without FLOW: directory in which 'hutong assess --save' kept the case")
	cmd.Flags().StringVar(&s.decision, "decision", "", "without FLOW: file with the decision")
	return cmd
}

func listKinds(env *frame.Env, cmd *cobra.Command, l *dossier.Library) error {
	c, err := env.Given(cmd)
	if err != nil {
		return err
	}
	var out []client.FilingKind
	if c != nil {
		out, err = c.Filings().Kinds(cmd.Context())
	} else {
		for _, f := range l.Kinds() {
			out = append(out, client.FilingKind{Kind: string(f.Kind), Title: client.Text(f.Title), Authority: client.Text(f.Authority), Layout: string(f.Layout), CheckedOn: f.CheckedOn})
		}
	}
	if err != nil {
		return err
	}
	return env.List(out, "KIND LAYOUT TITLE", func(line func(...any)) {
		for _, r := range out {
			line(r.Kind, r.Layout, env.Text(dataspace.Text(r.Title)))
		}
	})
}

func fileQuestionsCommand(env *frame.Env) *cobra.Command {
	var kind string
	var template bool
	cmd := &cobra.Command{
		Use: "questions", Short: "List the questions of a filing", Args: frame.Args(cobra.NoArgs),
		Long: `List the questions of a filing: which need an answer, and in which case. --template
writes them as a file of answers to fill in.

` + frame.AtGateway,
		Example: `  hutong file questions --kind pipia
  hutong file questions --kind pipia --template > answers.yaml`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := dossier.Load(filings.FS)
			if err != nil {
				return err
			}
			c, err := env.Given(cmd)
			if err != nil {
				return err
			}
			if template && c != nil {
				return frame.Usagef("leave the gateway out", "a gateway lists questions; the file to fill in is written without it")
			}
			if template {
				data, err := l.Template(dossier.Kind(kind))
				if err != nil {
					return choice(err)
				}
				_, err = env.Out.Write(data)
				return err
			}
			list, err := questionsOf(cmd.Context(), c, l, kind)
			if err != nil {
				return choice(err)
			}
			return env.List(list, "QUESTION TYPE NEEDED TEXT", func(line func(...any)) {
				for _, q := range list {
					line(q.Path, q.Type, needed(env, q, list), env.Text(q.Text))
				}
			})
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "kind of the filing, see 'hutong file kinds'")
	cmd.Flags().BoolVar(&template, "template", false, "write a file of answers to fill in")
	_ = cmd.MarkFlagRequired("kind") // the flag exists
	return cmd
}

// questionsOf returns the questions of a kind, from the gateway if the call
// names one.
func questionsOf(ctx context.Context, c *client.Client, l *dossier.Library, kind string) ([]dossier.Asked, error) {
	if c == nil {
		return l.Questions(dossier.Kind(kind))
	}
	list, err := c.Filings().Questions(ctx, kind)
	if err != nil {
		return nil, err
	}
	return frame.Wire[[]dossier.Asked](list)
}
