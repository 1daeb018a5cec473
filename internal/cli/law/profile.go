package law

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/pack"
	"hutong/internal/profile"
)

// Profile makes "profile".
func Profile(env *frame.Env) *cobra.Command {
	var source input.Source
	var on, owner string
	var elements []string
	cmd := &cobra.Command{
		Use: "profile SOURCE", Short: "Find the columns, personal data and people in a dataset", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Read a file or a directory of files once, every row. Show what each column holds, how
sure that is and why, and how many people the dataset is about. The formats are CSV,
JSON Lines and Parquet; the charset and the delimiter are detected. No value of a
cell is printed or kept, and no file is written.

With --data-dir or --key-file on the call, the gateway that runs there does it:
SOURCE is a file of this machine, which is sent to it and deleted there at once, or
else the id of a registered dataset of the participant --of.

The mark before a column: ✓ used as it is, ? a person should look.

Exit codes: 0 done, 1 the source cannot be read, 2 usage.`,
		Example: `  hutong profile customers.csv
  hutong profile exports/ --charset gb18030 --on 2026-01-01
  hutong profile members.parquet --json`,
		RunE: func(cmd *cobra.Command, list []string) error {
			at, err := frame.ParseDay("--on", on)
			if err != nil {
				return err
			}
			c, err := env.Given(cmd)
			if err != nil {
				return err
			}
			if c != nil {
				if flag := given(cmd, "on", "sensitive", "elements"); flag != "" {
					return frame.Usagef("leave it out, or the gateway", "a gateway goes by its own day and configuration: --%s goes without it", flag)
				}
				p, err := profileAt(cmd.Context(), env, c, owner, list[0], source)
				if err != nil {
					return err
				}
				return env.Print(p, func(w io.Writer) { printProfile(env, w, p, element.Builtin()) })
			}
			if owner != "" {
				return frame.Usagef("name the gateway with --data-dir", "--of goes with a gateway")
			}
			src, err := source.Open(list[0])
			if err != nil {
				return err
			}
			view, err := source.View()
			if err != nil {
				return err
			}
			known, err := pack.ElementsOfFiles(elements, os.ReadFile)
			if err != nil {
				return err
			}
			p, err := input.Profile(cmd.Context(), env, src, profile.Options{On: at, Sensitive: view, Taxonomy: known, Classes: input.CountClasses()}, nil)
			if err != nil {
				return err
			}
			return env.Print(p, func(w io.Writer) { printProfile(env, w, p, known) })
		},
	}
	source.Add(cmd, "format")
	cmd.Flags().StringArrayVar(&elements, "elements", nil, "elements.yaml of a pack, to find its elements too; may be repeated")
	cmd.Flags().StringVar(&on, "on", "", "day for which ages are computed; default today")
	cmd.Flags().StringVar(&owner, "of", "", "at a gateway: the participant that owns the data; default: the only one")
	return cmd
}

// given returns the first of some flags that the call has.
func given(cmd *cobra.Command, names ...string) string {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

// profileAt lets a gateway profile a file of this machine, or a registered
// dataset.
func profileAt(ctx context.Context, env *frame.Env, c *client.Client, owner, source string, form input.Source) (p dataspace.Profile, err error) {
	if owner, err = frame.Sole(ctx, c, owner, "of"); err != nil {
		return p, err
	}
	up, file, err := input.OpenUpload(source)
	if errors.Is(err, fs.ErrNotExist) {
		if flag := form.Flag(); flag != "" {
			return p, frame.Usagef("the gateway knows the form of a registered dataset", "%s is no file, and --%s goes with one", source, flag)
		}
		doc, err := c.Datasets().Profile(ctx, owner, source)
		if err != nil {
			return p, err
		}
		return frame.Wire[dataspace.Profile](doc)
	}
	if err != nil {
		return p, err
	}
	defer file.Close()
	up.Owner = owner
	doc, err := c.Uploads().Profile(ctx, up, client.SourceForm{Format: form.Format, Charset: form.Charset, Delimiter: form.Delimiter, Dialect: form.Dialect, Header: form.Header, Skip: form.Skip}, file)
	if err != nil {
		return p, err
	}
	return frame.Wire[dataspace.Profile](doc)
}

// printProfile shows a profile to people.
func printProfile(env *frame.Env, w io.Writer, p dataspace.Profile, known *element.Taxonomy) {
	head := []string{p.Source.Format}
	if p.Source.Charset != "" {
		head = append(head, p.Source.Charset)
	}
	if p.Source.Header == dataspace.HeaderNone {
		head = append(head, env.Word("no header", "无表头"))
	}
	if p.Source.Skipped > 0 {
		head = append(head, env.Count(int64(p.Source.Skipped), "skipped line", "行已跳过"))
	}
	if p.Source.Files > 1 {
		head = append(head, frame.Thousands(int64(p.Source.Files))+env.Word(" files", " 个文件"))
	}
	fmt.Fprintf(w, "%s · %s · %s · %s · %s\n\n", frame.Printable(p.Source.Name), strings.Join(head, ", "),
		env.Count(p.Rows, "row", "行"), env.Count(int64(len(p.Columns)), "column", "列"), frame.Size(p.Bytes))
	rows := [][]string{profileHead(env)}
	used := p.Used()
	for i, c := range p.Columns {
		rows = append(rows, profileRow(env, c, open(used.Columns[i]), p.Rows, known))
	}
	frame.Grid(w, "", rows)
	fmt.Fprintln(w)
	for i, c := range p.Columns {
		if c.Said != nil {
			frame.Paragraph(w, "", "  ", said(env, c.Said, used.Columns[i]))
		}
	}
	printSubjects(env, w, p)
	if review := countOpen(used); review > 0 {
		fmt.Fprintf(w, env.Word("a person must look at %d of the columns marked ?; until then each counts as what it may be\n",
			"标 ? 的 %d 列需人工确认；确认之前按其可能的数据项处理\n"), review)
	}
}

func profileHead(env *frame.Env) []string {
	if env.Lang == "zh" {
		return []string{"", "列", "类型", "数据项", "把握", "个人信息", "空值", "依据"}
	}
	return []string{"", "COLUMN", "TYPE", "ELEMENT", "SURE", "PERSONAL", "NULLS", "WHY"}
}

func profileRow(env *frame.Env, c dataspace.ColumnProfile, open bool, rows int64, known *element.Taxonomy) []string {
	mark := map[dataspace.Band]string{dataspace.BandAccept: "✓", dataspace.BandReview: "✓"}[c.Band]
	if open {
		mark = "?"
	}
	what, sure := "–", ""
	if c.Element != nil {
		what, sure = show.Element(env, known, *c.Element), fmt.Sprintf("%.0f%%", 100*c.Confidence)
	}
	personal := ""
	switch {
	case c.Sensitive:
		personal = env.Word("sensitive", "敏感")
	case c.Personal:
		personal = env.Word("yes", "是")
	}
	nulls := ""
	if c.Nulls > 0 && rows > 0 {
		nulls = frame.Thousands(c.Nulls)
	}
	why := make([]string, 0, 3)
	for _, e := range c.Evidence {
		why = append(why, evidence(env, frame.Printable(e)))
	}
	for _, in := range c.Contains {
		if !in.Proved() {
			continue // the evidence says in how many texts
		}
		why = append(why, fmt.Sprintf(env.Word("holds %s in %s", "%[2]s含 %[1]s"), in.Element, env.Count(in.Rows, "row", "行")))
	}
	if c.Band == dataspace.BandReview && len(c.Alternatives) > 0 {
		why = append(why, env.Word("or ", "或为 ")+string(c.Alternatives[0].Element))
	}
	return []string{mark, frame.Shorten(frame.Printable(c.Name), 32), env.Word(c.Type, cmp.Or(typeTexts[c.Type], c.Type)), what, sure, personal, nulls, frame.Shorten(strings.Join(why, "; "), 72)}
}

// typeTexts are the types of columns in Chinese.
var typeTexts = map[string]string{"string": "文本", "integer": "整数", "number": "数值", "date": "日期", "timestamp": "时间", "boolean": "是否", "binary": "二进制", "unknown": "未知"}

var passing = regexp.MustCompile(`^values: (\d+) of (\d+) pass(?: \((.*)\))?$`)

// evidence is why a column is taken for an element, in the language of the user
// as far as its form is a usual one. Names of checks stay.
func evidence(env *frame.Env, text string) string {
	if env.Lang != "zh" {
		return text
	}
	if word, ok := strings.CutPrefix(text, "header: "); ok {
		return "列名：" + strings.Replace(word, ", as in other names of such columns", "（同类列名的组成部分）", 1)
	}
	if m := passing.FindStringSubmatch(text); m != nil {
		out := fmt.Sprintf("取值：%[2]s 个中 %[1]s 个通过校验", m[1], m[2])
		if m[3] != "" {
			out += "（" + m[3] + "）"
		}
		return out
	}
	return strings.Replace(text, "values: ", "取值：", 1)
}

// said is what a person says of a column, whether it holds, and what the column
// is used as.
func said(env *frame.Env, s *dataspace.Said, used dataspace.ColumnProfile) string {
	text := frame.Printable(s.Statement.Column) + env.Word(": ", "：")
	switch s.Statement.Says {
	case dataspace.SaysConfirm:
		text += env.Word("confirmed as ", "确认为 ") + string(*s.Statement.Element)
	case dataspace.SaysNotPersonal:
		text += env.Word("not personal", "非个人信息")
	case dataspace.SaysCorrect:
		text += env.Word("corrected to ", "更正为 ") + string(*s.Statement.Element)
	}
	text += fmt.Sprintf(env.Word(", says %s (%s)", "，%s 说明（%s）"), frame.Printable(s.Statement.By), frame.Printable(s.Statement.Reason))
	if s.Changed != "" {
		return text + env.Word("; the column has changed since, so look again", "；该列此后已变化，请重新确认")
	}
	what := env.Word("no element", "无数据项")
	if used.Element != nil {
		what = string(*used.Element)
	}
	text += env.Word("; used as ", "；采用 ") + what
	for _, p := range s.Proved {
		text += fmt.Sprintf(env.Word(", but %s proves itself in %s and stays", "，但 %s 在 %s中可自证，予以保留"), p.Element, env.Count(p.Rows, "row", "行"))
	}
	return text
}

func printSubjects(env *frame.Env, w io.Writer, p dataspace.Profile) {
	s := p.Subjects
	number := func(n *int64) string {
		if n == nil {
			return env.Word("unknown", "未知")
		}
		return frame.Thousands(*n)
	}
	if len(s.Key) == 0 && s.Distinct != nil && *s.Distinct == 0 {
		fmt.Fprintln(w, env.Word("people: none found", "个人：未发现"))
		return
	}
	key := env.Word("no column tells them apart: each row counts as one", "没有可区分个人的列：每行按一人计")
	if len(s.Key) > 0 {
		names := make([]string, len(s.Key))
		for i, k := range s.Key {
			names[i] = frame.Printable(k)
		}
		key = env.Word("by ", "按 ") + strings.Join(names, " + ")
	}
	fmt.Fprintf(w, env.Word("people: %s (%s)", "个人：%s 人（%s）"), number(p.Subjects.Distinct), key)
	for _, c := range input.CountClasses() {
		if n, ok := p.Subjects.Classes[c.ID]; ok {
			fmt.Fprintf(w, env.Word(", %s %s", "，%s %s 人"), env.Text(c.Text), number(n))
		}
	}
	fmt.Fprintln(w)
	for _, one := range s.Roles {
		name := one.Role
		if name == "" {
			name = env.Word("whom the table is about", "主体")
		}
		var by []string
		for _, k := range one.Keys {
			by = append(by, fmt.Sprintf("%s (%s)", frame.Printable(strings.Join(k.Columns, " + ")), env.Count(k.Rows, "row", "行")))
		}
		if len(by) == 0 {
			by = append(by, env.Word("no key: each row, or each name, counts as one", "无标识：每行或每个姓名按一人计"))
		}
		fmt.Fprintf(w, env.Word("  %s: %s\n", "  %s：%s\n"), name, strings.Join(by, env.Word(", then ", "，再按 ")))
	}
	if len(s.Unread) > 0 {
		fmt.Fprintf(w, env.Word("how old people are could not be read from %s\n", "无法读出年龄的列：%s\n"), frame.Printable(strings.Join(s.Unread, ", ")))
	}
	if q := p.Quasi; q != nil {
		frame.Paragraph(w, "", "  ", quasiText(env, q, p))
	}
	if len(p.Derived) > 0 {
		words := make([]string, len(p.Derived))
		for i, d := range p.Derived {
			words[i] = derivedText(env, d)
		}
		fmt.Fprintf(w, env.Word("the table: %s\n", "整表：%s\n"), strings.Join(words, env.Word("; ", "；")))
	}
}

// quasiText says how far columns that describe people single them out.
func quasiText(env *frame.Env, q *dataspace.QuasiIdentifiers, p dataspace.Profile) string {
	names := frame.Printable(strings.Join(q.Columns, " + "))
	text := fmt.Sprintf(env.Word("%s together describe people: k = %s (rows of the smallest of %s groups with the same values); %s of %s rows (%.0f%%) are alone",
		"%s 合起来描述个人：k = %s（取值相同的 %s 组中最小组的行数）；%s / %s 行（%.0f%%）取值唯一"),
		names, frame.Thousands(q.Smallest), frame.Thousands(q.Groups), frame.Thousands(q.Alone), frame.Thousands(p.Rows), 100*float64(q.Alone)/float64(max(1, p.Rows)))
	if n := p.Subjects.Distinct; n != nil && *n < p.Rows {
		text += env.Word("; some people have several rows, so a group may be of fewer people", "；部分个人有多行，故一组的人数可能更少")
	}
	if q.Direct {
		text += env.Word("; another column identifies people by itself, so this is what holds where such columns are dropped", "；另有可直接识别个人的列，故以上仅在去除该等列后成立")
	}
	return text
}

func derivedText(env *frame.Env, d string) string {
	switch d {
	case profile.PersonalTable:
		return env.Word("is about people", "以个人为对象")
	case profile.TrajectoryTable:
		return env.Word("shows where people were over time", "反映个人行踪轨迹")
	case profile.Aggregation:
		return env.Word("the columns together say more than each alone", "多项信息聚合")
	}
	if age, ok := profile.Young(d); ok {
		return fmt.Sprintf(env.Word("has people under %d", "含不满%d周岁的个人"), age)
	}
	return d
}

// open reports whether a person must look at a column, as decisions take it.
func open(c dataspace.ColumnProfile) bool {
	return c.Band == dataspace.BandReview || c.Said != nil && !c.Said.Holds()
}

func countOpen(p dataspace.Profile) int {
	n := 0
	for _, c := range p.Columns {
		if open(c) {
			n++
		}
	}
	return n
}
