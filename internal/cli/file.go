package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/filings"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
	"hutong/internal/files"
)

// filing is what the flags of file say.
type filing struct {
	app                            *app
	kind, template, out            string
	answers                        []string
	facts, profile, plan, decision string
	approve, force                 bool
	by, reason                     string
}

func (a *app) fileCommand() *cobra.Command {
	s := &filing{app: a}
	cmd := &cobra.Command{
		Use: "file [FLOW]", Short: "Write the documents of a filing", Args: args(cobra.MaximumNArgs(1)),
		Long: `Write the documents that an authority asks for: from what the gateway knows of a
flow, or from files without a gateway, and from your answers. In a directory of
your choice: the document in Chinese and an English reading copy (DOCX), the
inventory of fields (XLSX), all data (JSON), what is missing, and on which
answer or rule each paragraph rests.

What is not answered is marked in the documents and listed in *.missing.yaml,
which you can fill in and give to --answers again. Several files of answers go
over each other in order: one about the organisation serves all filings.

Every page is marked as a draft until --approve. The approval is for exactly
these answers and facts: when one changes, it is a draft again.

With --template a DOCX of your own is filled as well: fields such as
{{processor.name}} and content controls with such a tag.

Answers hold names and identity numbers. All files are readable for you only,
and no message shows an answer.

Exit codes: 0 complete, 3 answers are missing or a condition of the filing does
not hold (the documents are written), 2 usage or malformed answers, 1 failed.`,
		Example: `  hutong file kinds
  hutong file questions --kind pipia --template > answers.yaml
  hutong file 7f3c… --kind pipia --answers company.yaml --answers answers.yaml
  hutong file --facts facts.yaml --profile profile.json --kind security-assessment --answers answers.yaml
  hutong file 7f3c… --kind pipia --answers answers.yaml --force --approve --by "Wang, DPO" --reason "checked"`,
		RunE: func(cmd *cobra.Command, list []string) error {
			flow := ""
			if len(list) > 0 {
				flow = list[0]
			}
			return s.run(cmd.Context(), flow)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.kind, "kind", "", "what to write, see 'hutong file kinds'")
	f.StringArrayVar(&s.answers, "answers", nil, "file with answers, YAML or JSON; may be given several times")
	f.StringVar(&s.template, "template", "", "a DOCX of your own to fill as well")
	f.StringVar(&s.out, "out", "", "directory for the documents; default filing-<kind> here")
	f.StringVar(&s.facts, "facts", "", "without FLOW: file with the facts")
	f.StringVar(&s.profile, "profile", "", "without FLOW: file with the profile ('hutong profile --json')")
	f.StringVar(&s.plan, "plan", "", "without FLOW: file with the plan")
	f.StringVar(&s.decision, "decision", "", "without FLOW: file with the decision ('hutong assess --json')")
	f.BoolVar(&s.force, "force", false, "write over documents that are there")
	f.BoolVar(&s.approve, "approve", false, "approve it for filing: no longer a draft")
	f.StringVar(&s.by, "by", "", "with --approve: who")
	f.StringVar(&s.reason, "reason", "", "with --approve: on what grounds")
	cmd.AddCommand(a.fileKindsCommand(), a.fileQuestionsCommand())
	return cmd
}

func (a *app) fileKindsCommand() *cobra.Command {
	s := &filing{app: a}
	cmd := &cobra.Command{
		Use: "kinds [FLOW]", Short: "What can be filed, and what a flow's decision asks for", Args: args(cobra.MaximumNArgs(1)),
		Example: `  hutong file kinds
  hutong file kinds 7f3c…
  hutong file kinds --decision decision.json`,
		RunE: func(cmd *cobra.Command, list []string) error {
			l, err := dossier.Load(filings.FS)
			if err != nil {
				return err
			}
			if len(list) == 0 && s.decision == "" {
				return a.listKinds(l)
			}
			flow, err := s.flow(cmd.Context(), strings.Join(list, ""))
			if err != nil {
				return err
			}
			if flow.Decision == nil {
				return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "flow.undecided", Message: "nothing has been decided about the flow yet"}
			}
			wanted := l.Wanted(flow.Decision)
			return a.list(wanted, "KIND FOR DONE DUE TITLE", func(line func(...any)) {
				for _, w := range wanted {
					due := w.Due
					if due == "" {
						due = a.text(w.Deadline)
					}
					line(w.Kind, w.For, map[bool]string{true: "✓", false: "–"}[w.Satisfied], shorten(due, 40), a.text(w.Title))
				}
			})
		},
	}
	cmd.Flags().StringVar(&s.decision, "decision", "", "without FLOW: file with the decision")
	return cmd
}

func (a *app) listKinds(l *dossier.Library) error {
	type row struct {
		Kind      dossier.Kind   `json:"kind"`
		Title     dataspace.Text `json:"title"`
		Authority dataspace.Text `json:"authority"`
		Layout    dossier.Layout `json:"layout"`
		CheckedOn string         `json:"checked_on"`
	}
	var out []row
	for _, f := range l.Kinds() {
		out = append(out, row{f.Kind, f.Title, f.Authority, f.Layout, f.CheckedOn})
	}
	return a.list(out, "KIND LAYOUT TITLE", func(line func(...any)) {
		for _, r := range out {
			line(r.Kind, r.Layout, a.text(r.Title))
		}
	})
}

func (a *app) fileQuestionsCommand() *cobra.Command {
	var kind string
	var template bool
	cmd := &cobra.Command{
		Use: "questions", Short: "What a filing asks", Args: args(cobra.NoArgs),
		Example: `  hutong file questions --kind pipia
  hutong file questions --kind pipia --template > answers.yaml`,
		RunE: func(*cobra.Command, []string) error {
			l, err := dossier.Load(filings.FS)
			if err != nil {
				return err
			}
			if template {
				data, err := l.Template(dossier.Kind(kind))
				if err != nil {
					return choice(err)
				}
				_, err = a.Out.Write(data)
				return err
			}
			list, err := l.Questions(dossier.Kind(kind))
			if err != nil {
				return choice(err)
			}
			return a.list(list, "QUESTION TYPE NEEDED TEXT", func(line func(...any)) {
				for _, q := range list {
					line(q.Path, q.Type, a.needed(q), a.text(q.Text))
				}
			})
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "of which filing, see 'hutong file kinds'")
	cmd.Flags().BoolVar(&template, "template", false, "write a file of answers to fill in")
	_ = cmd.MarkFlagRequired("kind") // the flag exists
	return cmd
}

func (a *app) needed(q dossier.Asked) string {
	switch {
	case q.Optional:
		return a.word("no", "否")
	case q.When != "":
		return a.word("if ", "如 ") + q.When
	}
	return a.word("yes", "是")
}

func (s *filing) run(ctx context.Context, flow string) error {
	if s.kind == "" {
		return usagef("'hutong file kinds' lists them", "say what to write with --kind")
	}
	if s.approve && (strings.TrimSpace(s.by) == "" || strings.TrimSpace(s.reason) == "") {
		return usagef("such as --by \"Wang, DPO\" --reason \"checked against the contract\"", "--approve needs --by and --reason")
	}
	if !s.approve && (s.by != "" || s.reason != "") {
		return usagef("", "--by and --reason go with --approve")
	}
	l, err := dossier.Load(filings.FS)
	if err != nil {
		return err
	}
	form, err := l.Form(dossier.Kind(s.kind))
	if err != nil {
		return &usageError{err: err, hint: dataspace.Hint(err)}
	}
	in := dossier.Input{Kind: form.Kind, On: time.Now().Format(day)}
	if in.Flow, err = s.flow(ctx, flow); err != nil {
		return err
	}
	if in.Answers, err = s.read(l); err != nil {
		return err
	}
	if s.template != "" {
		if in.Template, err = os.ReadFile(s.template); err != nil {
			return unreadable(s.template, err)
		}
	}
	base := strings.ReplaceAll(string(form.Kind), "/", "-")
	if s.out == "" {
		s.out = "filing-" + base
	}
	record := filepath.Join(s.out, base+".approval.json")
	if err := s.approval(l, &in, record); err != nil {
		return err
	}
	d, err := l.Write(in)
	if err != nil {
		return err
	}
	return s.finish(d, record)
}

// flow gathers what is known of the flow: from the gateway, or from files.
func (s *filing) flow(ctx context.Context, id string) (out dossier.Flow, err error) {
	given := s.facts + s.profile + s.plan + s.decision
	if id != "" {
		if given != "" {
			return out, usagef("the gateway has them", "--facts, --profile, --plan and --decision go without FLOW")
		}
		c, err := s.app.client()
		if err != nil {
			return out, err
		}
		found := 0
		for name, into := range map[string]any{"facts": &out.Facts, "profile": &out.Profile, "plan": &out.Plan, "decision": &out.Decision} {
			err := c.call(ctx, http.MethodGet, "/flows/"+esc(id)+"/documents/"+name, nil, into)
			if errors.Is(err, dataspace.ErrNotFound) {
				continue // the flow has not come that far
			}
			if err != nil {
				return out, err
			}
			found++
		}
		if found == 0 {
			return out, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "flow.none", Message: fmt.Sprintf("there is no flow %s, or nothing is known of it yet", id), Hint: "'hutong flow list' shows them"}
		}
		return out, nil
	}
	if s.facts != "" {
		facts, err := s.app.readFacts(s.facts, "", "")
		if err != nil {
			return out, err
		}
		out.Facts = &facts
	}
	for path, into := range map[string]any{s.profile: &out.Profile, s.plan: &out.Plan, s.decision: &out.Decision} {
		if path == "" {
			continue
		}
		if err := readDocument(path, into); err != nil {
			return out, err
		}
	}
	return out, nil
}

// readDocument reads what another command wrote; a name that is not known is
// an error, since what it says would be left out without a word.
func readDocument(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return unreadable(path, err)
	}
	asJSON, err := yaml.YAMLToJSON(data)
	if err != nil {
		return malformed("", badFacts(path, errors.New("no YAML or JSON")))
	}
	dec := json.NewDecoder(bytes.NewReader(asJSON))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return malformed("", badFacts(path, err))
	}
	return nil
}

func (s *filing) read(l *dossier.Library) (dossier.Answers, error) {
	out := dossier.Answers{}
	for _, path := range s.answers {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		next, err := l.ParseAnswers(data)
		if err != nil {
			return nil, &usageError{err: fmt.Errorf("%s: %w", path, err), hint: dataspace.Hint(err)}
		}
		out = l.Merge(out, next)
	}
	return out, nil
}

// approval reads the approval of an earlier run, or makes one.
func (s *filing) approval(l *dossier.Library, in *dossier.Input, record string) error {
	if s.approve {
		digest, err := l.Digest(*in)
		if err != nil {
			return err
		}
		in.Approval = &dossier.Approval{Digest: digest, By: s.by, On: in.On, Reason: s.reason}
		return nil
	}
	data, err := os.ReadFile(record)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unreadable(record, err)
	}
	var earlier dossier.Approval
	if err := json.Unmarshal(data, &earlier); err != nil {
		return malformed("", badFacts(record, err))
	}
	in.Approval = &earlier
	return nil
}

// finish writes the files and says what is still to be done.
func (s *filing) finish(d *dossier.Dossier, record string) error {
	if s.approve && len(d.Missing)+len(d.Findings) > 0 {
		return &dataspace.Problem{Kind: dataspace.ErrNotCleared, Code: "filing.unready", Message: fmt.Sprintf("%d answers are missing and %d conditions do not hold: such a dossier cannot be approved", len(d.Missing), len(d.Findings)),
			Hint: "run it without --approve: it says which"}
	}
	if err := os.MkdirAll(s.out, 0o700); err != nil {
		return fmt.Errorf("make directory %s: %w", s.out, err)
	}
	var changed []dossier.File
	for _, f := range d.Files {
		there, err := os.ReadFile(filepath.Join(s.out, f.Name))
		switch {
		case err == nil && bytes.Equal(there, f.Data):
			continue
		case err == nil && !s.force:
			return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "filing.exists", Place: filepath.Join(s.out, f.Name), Message: "is there already and says something else",
				Hint: "write over it with --force, or elsewhere with --out"}
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return unreadable(filepath.Join(s.out, f.Name), err)
		}
		changed = append(changed, f)
	}
	if d.Approval != nil {
		data, err := json.MarshalIndent(d.Approval, "", "  ")
		if err != nil {
			return err
		}
		if err := files.WriteFile(record, append(data, '\n'), 0o600); err != nil {
			return err
		}
	}
	for _, f := range changed {
		if err := files.WriteFile(filepath.Join(s.out, f.Name), f.Data, 0o600); err != nil {
			return err
		}
	}
	if err := s.app.print(d, func(w io.Writer) { s.show(w, d) }); err != nil {
		return err
	}
	if len(d.Missing)+len(d.Findings) > 0 {
		return quiet{exitNotCleared}
	}
	return nil
}

func (s *filing) show(w io.Writer, d *dossier.Dossier) {
	a := s.app
	state := a.word("draft", "草稿")
	if !d.Draft {
		state = fmt.Sprintf(a.word("approved by %s on %s", "已由 %s 于 %s 批准"), d.Approval.By, d.Approval.On)
	}
	fmt.Fprintf(w, "%s · %s\n", a.text(d.Title), state)
	if d.Layout == dossier.FormNotSeen {
		fmt.Fprintln(w, a.word("the official form was not seen: check the layout against it before you file", "版式待与官方表格核对"))
	}
	for _, f := range d.Files {
		fmt.Fprintf(w, "  %s\n", filepath.Join(s.out, f.Name))
	}
	if t := d.Fill; t != nil {
		fmt.Fprintf(w, a.word("template: %d places filled\n", "模板：已填 %d 处\n"), t.Filled)
		for _, name := range t.Unknown {
			fmt.Fprintf(w, "  ? %s\n", name)
		}
	}
	if d.Due != "" {
		fmt.Fprintf(w, a.word("due %s\n", "期限 %s\n"), d.Due)
	}
	for _, f := range d.Findings {
		a.paragraph(w, "  ✗ ", "    ", a.text(f.Text)+a.word(" [", "〔")+a.text(f.Basis.Article)+", "+string(f.Basis.Confidence)+a.word("]", "〕"))
	}
	if len(d.Missing) == 0 {
		fmt.Fprintln(w, a.word("no answer is missing", "没有待填的答案"))
		return
	}
	fmt.Fprintf(w, a.word("missing: %d answers\n", "待填：%d 项\n"), len(d.Missing))
	for _, m := range d.Missing {
		fmt.Fprintf(w, "  ☐ %s %s\n", m.Question, a.text(m.Text))
	}
}
