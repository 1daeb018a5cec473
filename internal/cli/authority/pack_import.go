package authority

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/annex"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/pack"
	"hutong/internal/packtools"
)

// importing holds the flags of pack import.
type importing struct {
	env                            *frame.Env
	file, into, pack               string
	mapping, writeMapping, keyFile string
	yes, acceptUnmapped, sample    bool
	answers                        *bufio.Scanner
}

func packImport(env *frame.Env) *cobra.Command {
	i := &importing{env: env}
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Read the official annex of a negative list into a pack", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Read the annex of a negative list, XLSX or CSV (UTF-8, GB18030), make items of its
rows, and publish the pack again with them: checked, tested, signed, with a
higher version. The pack is the one in --into, or else the one built in.

A mapping file gives the meaning of each column; --write-mapping writes one to be
completed. Without a mapping file the command asks you, if it runs on a terminal. The
command takes a threshold such as «10万人以上、不满100万人个人信息（不含敏感个人信息）»
only if it understands all of it. It lists the rows that are no item, or whose
threshold or pathway it does not understand, and writes them to a file beside the
pack. No row is dropped. --accept-unmapped publishes the pack nevertheless: a row
that was not understood then leads to human review.

The command describes in words what changes from the version before, and asks you to
confirm it.

` + frame.AtGateway + ` This
machine signs the new version and writes it to --into.

Exit codes: 0 published, 1 rows are not mapped or something is wrong, 2 usage.`,
		Example: `  hutong pack import annex.xlsx --pack cn/shanghai-negative-list --into packs --write-mapping mapping.yaml
  hutong pack import annex.xlsx --pack cn/shanghai-negative-list --into packs --mapping mapping.yaml --sign packs.key`,
		RunE: func(cmd *cobra.Command, list []string) error {
			i.file = list[0]
			if i.pack == "" || i.into == "" && i.writeMapping == "" {
				return frame.Usagef("name both: --pack ID --into DIR", "--pack and --into are needed")
			}
			if !fs.ValidPath(i.pack) || !strings.Contains(i.pack, "/") {
				return frame.Usagef("a pack's id is a path such as region/name", "%q is no id of a pack", i.pack)
			}
			t, err := toolsOf(env, cmd)
			if err != nil {
				return err
			}
			return i.run(cmd.Context(), t)
		},
	}
	f := cmd.Flags()
	f.StringVar(&i.pack, "pack", "", "id of the pack with the list")
	f.StringVar(&i.into, "into", "", "folder of packs in which the new version is published")
	f.StringVar(&i.mapping, "mapping", "", "mapping file (YAML)")
	f.StringVar(&i.writeMapping, "write-mapping", "", "only write a mapping file to be completed")
	f.StringVar(&i.keyFile, "sign", "", "secret key that signs the pack; without it the pack stays unsigned")
	f.BoolVar(&i.yes, "yes", false, "publish without asking")
	f.BoolVar(&i.acceptUnmapped, "accept-unmapped", false, "publish although rows are not mapped")
	frame.AddSampleFlag(cmd, &i.sample)
	return cmd
}

// imported is the output of the command.
type imported struct {
	Pack     dataspace.PackRef `json:"pack"`
	Folder   string            `json:"folder,omitempty"` // empty: not published
	Signed   bool              `json:"signed"`
	Items    int               `json:"items"`
	Changes  []annex.Change    `json:"changes"`
	Unmapped []annex.Unmapped  `json:"unmapped"`
	Listed   string            `json:"unmapped_file,omitempty"`
}

func (i *importing) run(ctx context.Context, t tools) error {
	data, err := os.ReadFile(i.file)
	if err != nil {
		return frame.Unreadable(i.file, err)
	}
	m, err := i.mapped(data)
	if err != nil || i.writeMapping != "" {
		return err
	}
	res, err := t.takeAnnex(ctx, packtools.Import{
		Name: i.file, Annex: data, Mapping: m, Pack: i.pack, Folder: os.DirFS(i.into), Sample: i.sample, AcceptUnmapped: i.acceptUnmapped,
	})
	if err != nil {
		return err
	}
	out := imported{Items: res.Items, Changes: res.Changes, Unmapped: res.Unmapped}
	if out.Listed, err = i.listUnmapped(res.Unmapped); err != nil {
		return err
	}
	if res.Pack == nil {
		err := i.env.Print(out, func(w io.Writer) { i.report(w, out, res.Open) })
		i.env.Say("%s", i.env.Word("nothing was published; complete the mapping, or publish with --accept-unmapped: what is not understood is then human review",
			"未发布；请补全映射，或使用 --accept-unmapped 发布（未识别的内容将转人工判断）"))
		return first(err, frame.Quiet(frame.ExitFailed))
	}
	if !i.env.JSON {
		i.report(frame.Plain(i.env.Out), out, res.Open)
	}
	if err := i.confirm(); err != nil {
		return err
	}
	out.Pack, out.Signed = *res.Pack, i.keyFile != ""
	if out.Folder, err = i.publish(res.Files); err != nil {
		return err
	}
	if i.env.JSON {
		return i.env.Print(out, nil)
	}
	fmt.Fprintf(frame.Plain(i.env.Out), i.env.Word("published %s %s (sha256 %s) in %s\n", "已发布 %s %s（sha256 %s）于 %s\n"), out.Pack.ID, out.Pack.Version, out.Pack.SHA256.Short(), out.Folder)
	if !out.Signed {
		i.env.Say("%s", i.env.Word("it is not signed: a gateway takes it after 'hutong pack sign'", "尚未签名：经 hutong pack sign 签名后网关方可使用"))
	}
	if res.Effective == "" {
		i.env.Say("%s", i.env.Word("the mapping has no effective day: until it has one, the list exempts nobody", "映射未写明清单施行日期（effective）：在此之前不适用清单放宽"))
	}
	return nil
}

// publish signs the new version, if there is a key, and puts it in place.
func (i *importing) publish(files packtools.Files) (folder string, err error) {
	if i.keyFile != "" {
		key, err := readSigningKey(i.keyFile)
		if err != nil {
			return "", err
		}
		p, err := files.Over(os.DirFS(i.into), i.pack)
		if err != nil {
			return "", err
		}
		if files[pack.SignatureFile], err = pack.Sign(p, key); err != nil {
			return "", err
		}
	}
	return place(i.into, i.pack, files)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// mapped reads the mapping, writes a template for one, or asks for it.
func (i *importing) mapped(file []byte) (m annex.Mapping, err error) {
	if i.mapping != "" {
		data, err := os.ReadFile(i.mapping)
		if err != nil {
			return m, frame.Unreadable(i.mapping, err)
		}
		return annex.ParseMapping(i.mapping, data)
	}
	sheets, err := annex.Read(i.file, file)
	if err != nil {
		return m, err
	}
	t, err := m.Find(i.file, sheets)
	if err != nil {
		return m, err
	}
	if i.writeMapping == "" && !i.env.Terminal() {
		return m, frame.Usagef("write one with --write-mapping mapping.yaml, complete it, and give it with --mapping", "there is no mapping, and no terminal to ask on: the headers (line %d) are %s", t.Line, strings.Join(t.Headers, ", "))
	}
	text, err := t.Template()
	if err != nil {
		return m, err
	}
	if i.writeMapping != "" {
		if _, err := os.Lstat(i.writeMapping); err == nil {
			return m, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "file.exists", Place: i.writeMapping, Message: "is there already"}
		}
		if err := files.WriteFile(i.writeMapping, text, 0o644); err != nil {
			return m, err
		}
		i.env.Say(i.env.Word("wrote %s: complete it, then give it with --mapping", "已写入 %s：请补全后用 --mapping 提供"), i.writeMapping)
		return m, nil
	}
	return i.ask(t)
}

// question asks a person; an empty answer accepts the proposal.
func (i *importing) question(what, proposed string) (string, error) {
	if i.answers == nil {
		i.answers = bufio.NewScanner(i.env.In)
	}
	fmt.Fprintf(frame.Plain(i.env.Err), "%s [%s]: ", what, proposed)
	if !i.answers.Scan() {
		return "", frame.Usagef("give a mapping file with --mapping", "the answers ended")
	}
	if s := strings.TrimSpace(i.answers.Text()); s != "" {
		return s, nil
	}
	return proposed, nil
}

// ask makes a mapping from a person's answers, column by column.
func (i *importing) ask(t annex.Table) (annex.Mapping, error) {
	m := annex.Mapping{Sheet: t.Sheet, HeaderRow: t.Line, Columns: map[annex.Field]string{}, Constants: map[annex.Field]string{}, FillDown: []annex.Field{annex.Scenario, annex.Subcategory}}
	for n, h := range t.Headers {
		fmt.Fprintf(frame.Plain(i.env.Err), "%3d  %s\n", n+1, h)
	}
	i.env.Say("%s", i.env.Word("for each field: the number of its column, =text for the same in every row, - for none", "逐项填写：列号；=文字 表示各行相同；- 表示无"))
	proposal := t.Propose()
	for _, f := range annex.Fields {
		proposed := "-"
		for n, h := range t.Headers {
			if h != "" && h == proposal[f] {
				proposed = strconv.Itoa(n + 1)
			}
		}
		answer, err := i.question(string(f), proposed)
		if err != nil {
			return m, err
		}
		n, number := strconv.Atoi(answer)
		switch {
		case number == nil && n >= 1 && n <= len(t.Headers):
			m.Columns[f] = t.Headers[n-1]
		case strings.HasPrefix(answer, "="):
			m.Constants[f] = answer[1:]
		case answer != "-":
			return m, frame.Usagef("", "%q is no column", answer)
		}
	}
	for _, q := range []struct {
		what, proposed string
		to             *string
	}{
		{"article", "", &m.Article}, {"source (https://…)", "", &m.Source}, {"confidence (VSS, SEC, …)", "VSS", (*string)(&m.Confidence)},
		{"effective (2006-01-02)", "", &m.Effective}, {"subject (people, sensitive, both, all)", "", &m.Subject}, {"not_stated (none, unknown)", "unknown", &m.NotStated},
	} {
		var err error
		if *q.to, err = i.question(q.what, q.proposed); err != nil {
			return m, err
		}
	}
	if err := m.Check(i.file); err != nil {
		return m, err
	}
	return m, i.askWords(&m, t)
}

// mostWords is how many texts of a column are asked about. If more of them are
// not understood, the wrong column was named.
const mostWords = 20

// askWords asks what the texts mean that are not understood.
func (i *importing) askWords(m *annex.Mapping, t annex.Table) error {
	m.Values = map[annex.Field]map[string]string{}
	for _, f := range annex.Worded {
		unread, err := m.Unread(i.file, t, f)
		if err != nil {
			return err
		}
		if len(unread) > mostWords {
			i.env.Say(i.env.Word("%d texts of %s are not understood: is it the right column?", "%d 处文字（%s）未能识别：列选对了吗？"), len(unread), f)
			continue
		}
		for _, text := range unread {
			meaning, err := i.askWord(m, f, text)
			if err != nil {
				return err
			}
			if meaning == "" {
				continue
			}
			if m.Values[f] == nil {
				m.Values[f] = map[string]string{}
			}
			m.Values[f][text] = meaning
		}
	}
	return nil
}

// askWord asks for the meaning of one text until the answer is understood; empty
// leaves it to a person.
func (i *importing) askWord(m *annex.Mapping, f annex.Field, text string) (string, error) {
	for {
		answer, err := i.question(fmt.Sprintf(i.env.Word("%s: what does “%s” mean? - leaves it to human review", "%s：“%s”是什么意思？- 表示留待人工复核"), f, text), "-")
		if err != nil || answer == "-" {
			return "", err
		}
		if err := m.Reads(f, answer); err != nil {
			i.env.Say("%s", err)
			continue
		}
		return answer, nil
	}
}

// confirm asks whether to publish.
func (i *importing) confirm() error {
	if i.yes {
		return nil
	}
	if !i.env.Terminal() {
		return frame.Usagef("read the changes and say --yes", "there is no terminal to ask on whether to publish")
	}
	answer, err := i.question(i.env.Word("publish? yes or no", "发布？yes 或 no"), "no")
	if err == nil && answer != "yes" {
		err = &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "pack.import", Message: "not published"}
	}
	return err
}

// listUnmapped writes the rows that are not mapped to a file next to the pack.
func (i *importing) listUnmapped(rows []annex.Unmapped) (string, error) {
	if len(rows) == 0 {
		return "", nil
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	lines := [][]string{{"line", "kept", "ignored", "why", "cells"}}
	for _, u := range rows {
		row := []string{strconv.Itoa(u.Line), strconv.FormatBool(u.Kept), strconv.FormatBool(u.Ignored), u.Why}
		for _, c := range u.Cells {
			row = append(row, frame.Inert(c))
		}
		lines = append(lines, row)
	}
	if err := w.WriteAll(lines); err != nil {
		return "", fmt.Errorf("write unmapped rows: %w", err)
	}
	path := filepath.Join(i.into, filepath.FromSlash(i.pack)) + ".unmapped.csv"
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", frame.Unreadable(path, err)
	}
	return path, files.WriteFile(path, b.Bytes(), 0o644)
}

func (i *importing) report(w io.Writer, out imported, open int) {
	env := i.env
	fmt.Fprintf(w, env.Word("%s, %s against the version before\n", "%s，较前一版本 %s\n"), env.Count(int64(out.Items), "item", "个数据项"), env.Count(int64(len(out.Changes)), "change", "处变化"))
	for _, c := range out.Changes {
		fmt.Fprintf(w, "%s %s\n", map[string]string{"added": "+", "removed": "-", "changed": "~"}[c.Kind], env.Text(c.Text))
	}
	if len(out.Unmapped) == 0 {
		return
	}
	if ignored := len(out.Unmapped) - open; ignored > 0 {
		fmt.Fprintf(w, env.Word("%s ignored, as the mapping says\n", "按映射忽略 %s\n"), env.Count(int64(ignored), "row", "行"))
	}
	if open > 0 {
		fmt.Fprintf(w, env.Word("%s not mapped (%s):\n", "%s 未映射（%s）：\n"), env.Count(int64(open), "row", "行"), out.Listed)
	}
	for _, u := range out.Unmapped {
		if !u.Ignored {
			fmt.Fprintf(w, env.Word("  line %d: %s: %s\n", "  第%d行：%s：%s\n"), u.Line, u.Why, strings.Join(u.Cells, " | "))
		}
	}
}
