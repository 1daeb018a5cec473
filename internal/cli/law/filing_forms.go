package law

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
)

// enclosed holds the flags of file about what others made: forms, copies, and
// earlier filings.
type enclosed struct {
	forms, papers, earlier []string
	blanks                 string
	upload                 bool
	cases                  []string
}

func (e *enclosed) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&e.forms, "form", nil, "an official form (DOCX) to fill, as FILE or PAPER=FILE; may be given several times")
	f.StringVar(&e.blanks, "blanks", "", "file that says which answer a blank of a form takes")
	f.BoolVar(&e.upload, "upload", false, "put the papers of the upload together, in one ZIP once they are approved")
	f.StringArrayVar(&e.papers, "paper", nil, "with --upload: a copy (PDF, picture) for it, as PAPER=FILE; may be given several times")
	f.StringArrayVar(&e.earlier, "earlier", nil, "directory of an earlier filing, whose answers are offered; may be given several times")
	f.StringArrayVar(&e.cases, "from", nil, "without FLOW: directory in which 'hutong assess --save' kept the case; several make one dossier")
}

// into reads the forms and the copies into the input.
func (e *enclosed) into(in *dossier.Input) error {
	if len(e.papers) > 0 && !e.upload {
		return frame.Usagef("", "--paper goes with --upload")
	}
	says, err := e.says()
	if err != nil {
		return err
	}
	for _, one := range e.forms {
		id, path, named := strings.Cut(one, "=")
		if !named {
			id, path = "", one
		}
		data, err := readSmall(path)
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		in.Forms = append(in.Forms, dossier.GivenForm{Name: name, Data: data, Paper: id, Says: says[name]})
		delete(says, name)
	}
	for _, name := range slices.Sorted(maps.Keys(says)) {
		return frame.Usagef("name a file that --form gives", "--blanks speaks of %s, which is not among the forms", name)
	}
	for _, one := range e.papers {
		id, path, named := strings.Cut(one, "=")
		if !named {
			return frame.Usagef("such as --paper uscc=certificate.pdf", "--paper needs the paper and the file")
		}
		data, err := readSmall(path)
		if err != nil {
			return err
		}
		in.Papers = append(in.Papers, dossier.GivenPaper{Paper: id, Name: filepath.Base(path), Data: data})
	}
	in.Upload = e.upload
	return nil
}

// maxEnclosed is the largest size of a form or a copy.
const maxEnclosed = 20 << 20

func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, frame.Unreadable(path, err)
	}
	if info.Size() > maxEnclosed {
		return nil, frame.Usagef("an upload does not take larger files", "%s is larger than 20 MB", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, frame.Unreadable(path, err)
	}
	return data, nil
}

// says reads the file of --blanks: for each form, by the number of the blank, the
// answer that it takes.
func (e *enclosed) says() (map[string]map[string]string, error) {
	if e.blanks == "" {
		return nil, nil
	}
	data, err := os.ReadFile(e.blanks)
	if err != nil {
		return nil, frame.Unreadable(e.blanks, err)
	}
	out := map[string]map[string]string{}
	if err := yaml.UnmarshalWithOptions(data, &out, yaml.Strict()); err != nil {
		return nil, input.Malformed("", input.BadFacts(e.blanks, errors.New("the file has for each form its blanks, such as {form.docx: {b7: processor.name, b9: hand}}")))
	}
	return out, nil
}

// offers reads the answers of earlier filings.
func (e *enclosed) offers(l *dossier.Library) ([]dossier.Answers, error) {
	var out []dossier.Answers
	for _, dir := range e.earlier {
		list, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.data.json"))
		if err != nil {
			return nil, frame.Unreadable(dir, err)
		}
		if len(list) == 0 {
			return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "filing.noearlier", Place: dir, Message: "there is no earlier filing in this directory", Hint: "give a directory that 'hutong file' wrote"}
		}
		slices.Sort(list)
		for _, path := range list {
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, frame.Unreadable(path, err)
			}
			// Words of an earlier time may be in no list today. They are offered all
			// the same, and read when a person gives them as answers.
			answers, err := l.WithWords(nil).ParseAnswers(data)
			if err != nil {
				return nil, &frame.UsageError{Err: fmt.Errorf("%s: %w", path, err), Hint: dataspace.Hint(err)}
			}
			out = append(out, answers)
		}
	}
	return out, nil
}

// escapeGlob makes a directory's name stand for itself in a pattern.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(dir)
}

// more reads the other cases of the dossier.
func (s *filing) more() ([]dossier.Flow, error) {
	var out []dossier.Flow
	for _, dir := range s.enclosed.cases[min(1, len(s.enclosed.cases)):] {
		one := &filing{env: s.env, from: dir, packs: s.packs, packKey: s.packKey, set: s.set}
		f, err := one.known()
		if err != nil {
			return nil, err
		}
		if f.Facts == nil {
			return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "case.none", Place: dir, Message: "there is no case in this directory", Hint: "'hutong assess … --save DIR' keeps one"}
		}
		out = append(out, f)
	}
	return out, nil
}

// wire puts forms and copies into the request to a gateway.
func (e *enclosed) wire(in *client.FilingInput) error {
	var read dossier.Input
	if err := e.into(&read); err != nil {
		return err
	}
	for _, g := range read.Forms {
		in.Forms = append(in.Forms, client.FilingForm{Name: g.Name, Paper: g.Paper, Data: g.Data, Says: g.Says})
	}
	for _, g := range read.Papers {
		in.Papers = append(in.Papers, client.FilingPaper{Name: g.Name, Paper: g.Paper, Data: g.Data})
	}
	in.Upload = read.Upload
	return nil
}

// showForms says how the forms were filled and what they and the upload lack.
func (s *filing) showForms(w io.Writer, d *dossier.Dossier) {
	env := s.env
	for _, f := range d.Forms {
		fmt.Fprintf(w, env.Word("form %s: %d blanks, %d filled, %d by hand, %d open\n", "表格 %s：空格 %d 处，已填 %d 处，手填 %d 处，未填 %d 处\n"), f.Name, f.Blanks, f.Filled, len(f.Hand), len(f.Open))
		fmt.Fprintf(w, env.Word("  fixed text %s before, %s after: %s\n", "  固定文字摘要：填写前 %s，填写后 %s：%s\n"), f.Before.Short(), f.After.Short(), map[bool]string{true: env.Word("the same", "一致"), false: env.Word("CHANGED", "不一致")}[f.Before == f.After])
		for _, b := range f.Open {
			about := b.Label
			if b.Question != "" {
				about += " → " + b.Question
			}
			fmt.Fprintf(w, "  ☐ %s %s · %s · %s\n", b.ID, env.Text(b.Place), about, env.Text(b.Why))
		}
		for _, b := range f.Hand {
			fmt.Fprintf(w, "  ✎ %s %s · %s\n", b.ID, env.Text(b.Place), b.Label)
		}
	}
	for _, p := range d.Lacking {
		fmt.Fprintf(w, env.Word("  the upload lacks %s: %s\n", "  上传材料尚缺 %s：%s\n"), p.Paper, env.Text(p.Name))
	}
	if s.enclosed.upload && len(d.Lacking) == 0 && d.Draft {
		fmt.Fprintln(w, env.Word("  the papers of the upload are complete; the ZIP is written when they are approved", "  上传材料齐备；批准后生成ZIP"))
	}
}
