package law

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"hutong/filings"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/cli/show"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/dossier"
	"hutong/internal/files"
	"hutong/internal/node"
	"hutong/internal/rules"
)

func (s *filing) run(ctx context.Context, flowID string) error {
	if s.kind == "" {
		return frame.Usagef("'hutong file kinds' lists them", "say what to write with --kind")
	}
	if s.approve && strings.TrimSpace(s.reason) == "" {
		return frame.Usagef("such as --reason \"checked against the contract\"", "--approve needs --reason")
	}
	if s.approve && (strings.TrimSpace(s.by) == "") == (flowID == "") {
		return frame.Usagef("the gateway knows you by your key; without one say who you are: --by \"Wang, DPO\"", "--approve goes with --by without FLOW, and with FLOW without --by")
	}
	if !s.approve && (s.by != "" || s.reason != "") {
		return frame.Usagef("", "--by and --reason go with --approve")
	}
	l, err := dossier.Load(filings.FS)
	if err != nil {
		return err
	}
	form, err := l.Form(dossier.Kind(s.kind))
	if err != nil {
		return &frame.UsageError{Err: err, Hint: dataspace.Hint(err)}
	}
	if len(s.enclosed.cases) > 0 {
		s.from = s.enclosed.cases[0]
	}
	on, err := frame.ParseDay("--on", s.on)
	if err != nil {
		return err
	}
	base := strings.ReplaceAll(string(form.Kind), "/", "-")
	if s.out == "" {
		s.out = "filing-" + base
	}
	if flowID != "" {
		return s.atGateway(ctx, l, form.Kind, flowID)
	}
	in := dossier.Input{Kind: form.Kind, On: on.Format(frame.Day), Apart: true}
	if l, err = s.worded(l); err != nil {
		return err
	}
	if in.Flow, err = s.known(); err != nil {
		return err
	}
	if in.More, err = s.more(); err != nil {
		return err
	}
	if err := s.enclosed.into(&in); err != nil {
		return err
	}
	if in.Earlier, err = s.enclosed.offers(l); err != nil {
		return err
	}
	if s.on == "" && in.Flow.Facts != nil {
		set, err := s.rules()
		if err != nil {
			return err
		}
		in.On = set.Home(in.Flow.Facts.Known).First(on)
	}
	if s.template != "" {
		if in.Template, err = os.ReadFile(s.template); err != nil {
			return frame.Unreadable(s.template, err)
		}
	}
	record := filepath.Join(s.out, base+".approval.json")
	if l, in, err = s.answered(l, in, record); err != nil {
		return err
	}
	d, err := l.Write(in)
	if err != nil {
		return err
	}
	changed, err := s.ready(d)
	if err != nil {
		return err
	}
	return s.finish(d, changed, record)
}

// rules are the packs by which facts are read.
func (s *filing) rules() (*rules.Set, error) {
	if (s.packs == "") != (s.packKey == "") {
		return nil, frame.Usagef("give both: an unsigned pack is never used", "--packs and --pack-key go together")
	}
	if s.set == nil {
		set, err := node.LoadRules(s.packs, s.packKey)
		if err != nil {
			return nil, err
		}
		s.set = set
	}
	return s.set, nil
}

// worded is the library with the words and elements of the packs.
func (s *filing) worded(l *dossier.Library) (*dossier.Library, error) {
	set, err := s.rules()
	if err != nil {
		return nil, err
	}
	return l.WithWords(set.Facts().Words()).WithElements(set.Elements()).WithLaw(decide.Consistency(set)), nil
}

// known reads what the files say about the flow. A person may have written the
// facts that --facts names, so their words are read; those of a case are stored.
func (s *filing) known() (out dossier.Flow, err error) {
	written := s.facts != ""
	if s.from != "" {
		if err := s.fromCase(); err != nil {
			return out, err
		}
	}
	switch {
	case written:
		out.Facts, err = s.written()
	case s.facts != "":
		var facts dataspace.Facts
		facts, err = input.ReadFacts(s.env, nil, s.facts, input.When{}, nil)
		out.Facts = &facts
	}
	if err != nil {
		return out, err
	}
	for path, into := range map[string]any{s.profile: &out.Profile, s.plan: &out.Plan, s.decision: &out.Decision} {
		if path == "" {
			continue
		}
		if err := readDocument(path, into); err != nil {
			return out, err
		}
	}
	if s.from != "" {
		return out, sameCase(s.from, out)
	}
	return out, nil
}

// written reads facts as assess does.
func (s *filing) written() (*dataspace.Facts, error) {
	set, err := s.rules()
	if err != nil {
		return nil, err
	}
	facts, err := input.ReadFacts(s.env, set.Facts(), s.facts, input.When{}, input.Date(set))
	return &facts, err
}

// readDocument reads a document that another command wrote. An unknown name is
// an error: otherwise its value would be ignored silently.
func readDocument(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return frame.Unreadable(path, err)
	}
	asJSON, err := yaml.YAMLToJSON(data)
	if err != nil {
		return input.Malformed("", input.BadFacts(path, errors.New("no YAML or JSON")))
	}
	dec := json.NewDecoder(bytes.NewReader(asJSON))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return input.Malformed("", input.BadFacts(path, err))
	}
	return nil
}

func (s *filing) read(l *dossier.Library) (dossier.Answers, error) {
	out := dossier.Answers{}
	for _, path := range s.answers {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, frame.Unreadable(path, err)
		}
		next, err := l.ParseAnswers(data)
		if err != nil {
			return nil, &frame.UsageError{Err: fmt.Errorf("%s: %w", path, err), Hint: dataspace.Hint(err)}
		}
		out = l.Merge(out, next)
	}
	return out, nil
}

// answered reads the answers, and the approval of an earlier run or a new one. It
// is kept in the directory.
func (s *filing) answered(l *dossier.Library, in dossier.Input, record string) (*dossier.Library, dossier.Input, error) {
	if !s.approve {
		var err error
		if in.Approval, err = earlier(record); err != nil {
			return nil, in, err
		}
	}
	l, in, err := l.Answered(in, s.read)
	if err != nil || !s.approve {
		return l, in, err
	}
	if err := l.Consistent(in); err != nil {
		return nil, in, err
	}
	digest, err := l.Digest(in)
	in.Approval = &dossier.Approval{Digest: digest, By: s.by, On: clock.Process().Now().Format(frame.Day), Reason: s.reason}
	return l, in, err
}

// earlier is the approval of an earlier run; nil if there is none.
func earlier(record string) (*dossier.Approval, error) {
	data, err := os.ReadFile(record)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, frame.Unreadable(record, err)
	}
	var a dossier.Approval
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, input.Malformed("", input.BadFacts(record, err))
	}
	return &a, nil
}

// ready lists the files to write, and refuses those that may not be written.
func (s *filing) ready(d *dossier.Dossier) ([]dossier.File, error) {
	if s.approve && len(d.Missing)+len(d.Findings) > 0 {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotCleared, Code: "filing.unready", Message: fmt.Sprintf("answers missing: %d, conditions that do not hold: %d; such a dossier cannot be approved", len(d.Missing), len(d.Findings)),
			Hint: "run it without --approve to see which"}
	}
	changed, taken, err := unlike(s.out, d.Files)
	if err == nil && len(taken) > 0 && !s.force {
		err = exists(taken[0])
	}
	return changed, err
}

func exists(path string) error {
	return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "filing.exists", Place: path, Message: "is there already with other content",
		Hint: "write over it with --force, or elsewhere with --out"}
}

// finish writes the files and says which steps remain.
func (s *filing) finish(d *dossier.Dossier, changed []dossier.File, record string) error {
	if err := os.MkdirAll(s.out, 0o700); err != nil {
		return fmt.Errorf("make directory %s: %w", s.out, err)
	}
	if d.Approval != nil && record != "" {
		data, err := json.MarshalIndent(d.Approval, "", "  ")
		if err != nil {
			return err
		}
		if err := files.WriteFile(record, append(data, '\n'), 0o600); err != nil {
			return err
		}
	}
	if err := writeAll(s.out, changed); err != nil {
		return err
	}
	if err := s.env.Print(d, func(w io.Writer) { s.show(w, d) }); err != nil {
		return err
	}
	if len(d.Missing)+len(d.Findings) > 0 {
		return frame.Quiet(frame.ExitNotCleared)
	}
	return nil
}

// unsigned names the forms in an approved upload that still wait for a signature or
// a seal: the ZIP is there, but an office does not take it so.
func (s *filing) unsigned(w io.Writer, d *dossier.Dossier) {
	if !slices.ContainsFunc(d.Files, func(f dossier.File) bool { return strings.HasSuffix(f.Name, ".upload.zip") }) {
		return
	}
	var names []string
	for _, f := range d.Forms {
		if len(f.Hand) > 0 {
			names = append(names, frame.Printable(f.Name))
		}
	}
	if len(names) > 0 {
		frame.Paragraph(w, "  ! ", "    ", fmt.Sprintf(s.env.Word("not signed, sealed or dated yet in the ZIP: %s; sign them, and give the scans by --paper before you hand it in", "ZIP 中尚未签字、盖章、注明日期：%s；签章后用 --paper 以扫描件替换，再提交"), strings.Join(names, s.env.Word(", ", "、"))))
	}
}

func (s *filing) show(w io.Writer, d *dossier.Dossier) {
	env := s.env
	state := env.Word("draft", "草稿")
	if !d.Draft {
		state = fmt.Sprintf(env.Word("approved by %s on %s", "已由 %s 于 %s 批准"), d.Approval.By, d.Approval.On)
	}
	fmt.Fprintf(w, "%s · %s\n", env.Text(d.Title), state)
	if d.Layout == dossier.FormNotSeen {
		fmt.Fprintln(w, env.Word("the official form was not seen: check the layout against it before you file", "版式待与官方表格核对"))
	}
	for _, f := range d.Files {
		fmt.Fprintf(w, "  %s\n", filepath.Join(s.out, f.Name))
	}
	if t := d.Fill; t != nil {
		fmt.Fprintf(w, env.Word("template: %d places filled\n", "模板：已填 %d 处\n"), t.Filled)
		for _, name := range t.Unknown {
			fmt.Fprintf(w, "  ? %s\n", name)
		}
	}
	s.showForms(w, d)
	s.unsigned(w, d)
	if d.Due != "" {
		fmt.Fprintf(w, env.Word("due %s\n", "期限 %s\n"), d.Due)
	}
	for _, f := range d.Findings {
		frame.Paragraph(w, "  ✗ ", "    ", env.Text(f.Text)+env.Word(" [", "〔")+env.Text(f.Basis.Article)+", "+env.Word(string(f.Basis.Confidence), show.Confidence(env, f.Basis.Confidence))+env.Word("]", "〕"))
	}
	for _, place := range d.Unread {
		fmt.Fprintf(w, env.Word("  unread: %s has a word that is in no list any more; a new edit has to choose another\n", "  无法识别：%s 中的词已不在词表中，再次修改时须另选\n"), place)
	}
	if len(d.Missing) == 0 {
		fmt.Fprintln(w, env.Word("no answer is missing", "没有待填的答案"))
		return
	}
	fmt.Fprintf(w, "%s%s\n", env.Word("missing: ", "待填："), env.Count(int64(len(d.Missing)), "answer", "项"))
	for _, m := range d.Missing {
		fmt.Fprintf(w, "  ☐ %s %s\n", m.Question, env.Text(m.Text))
	}
}
