package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/files"
	"hutong/internal/profile"
)

// sourceFlags say how a source is to be read where looking is not enough.
type sourceFlags struct {
	files.Options
	sensitive string
}

// add adds the flags; format is what the one for the format is called.
func (f *sourceFlags) add(cmd *cobra.Command, format string) {
	fs := cmd.Flags()
	fs.StringVar(&f.Format, format, "", "csv, jsonl or parquet; default found out")
	fs.StringVar(&f.Charset, "charset", "", "utf-8, gb18030, utf-16le, ...; default found out")
	fs.StringVar(&f.Delimiter, "delimiter", "", `of csv: one character, or "tab"; default found out`)
	var ids []string
	for _, c := range element.Classifications() {
		ids = append(ids, c.ID)
	}
	fs.StringVar(&f.sensitive, "sensitive", element.Strictest, "what is sensitive data: by "+strings.Join(ids, ", by ")+", or by any of them")
}

// open opens a source; what is wrong with the flags is an error of usage.
func (f *sourceFlags) open(path string) (*files.Source, error) {
	src, err := files.Open(path, f.Options)
	var p *dataspace.Problem
	if errors.As(err, &p) && p.Place == "" {
		return nil, &usageError{err: err, hint: p.Hint}
	}
	return src, err
}

// view is by which classification data is sensitive.
func (f *sourceFlags) view() (element.View, error) {
	v, err := element.ParseView(f.sensitive)
	if err != nil {
		return v, &usageError{err: err, hint: dataspace.Hint(err)}
	}
	return v, nil
}

const day = "2006-01-02"

// dayFlag reads --on; the default is today.
func dayFlag(flag, on string) (time.Time, error) {
	if on == "" {
		return clock.Process().Now(), nil
	}
	t, err := time.Parse(day, on)
	if err != nil {
		return t, usagef(fmt.Sprintf("write it as year-month-day, such as %s 2026-06-15", flag), "%s %s is no day", flag, on)
	}
	return t, nil
}

func (a *app) profileCommand() *cobra.Command {
	var source sourceFlags
	var on string
	cmd := &cobra.Command{
		Use: "profile SOURCE", Short: "What is in a dataset: columns, personal data, people", Args: args(cobra.ExactArgs(1)),
		Long: `Read a file or a directory of files once, every row, and say what each column
holds, how sure that is and why, and how many people the dataset is about.
CSV, JSON Lines and Parquet; charset and delimiter are found out. No value of a
cell is printed or kept, and nothing is written.

The mark before a column: ✓ used as it is, ? a person should look.

Exit codes: 0 done, 1 the source cannot be read, 2 usage.`,
		Example: `  hutong profile customers.csv
  hutong profile exports/ --charset gb18030 --on 2026-01-01
  hutong profile members.parquet --json`,
		RunE: func(cmd *cobra.Command, list []string) error {
			at, err := dayFlag("--on", on)
			if err != nil {
				return err
			}
			src, err := source.open(list[0])
			if err != nil {
				return err
			}
			view, err := source.view()
			if err != nil {
				return err
			}
			p, err := a.profileOf(cmd.Context(), src, profile.Options{On: at, Sensitive: view, Classes: countClasses()}, nil)
			if err != nil {
				return err
			}
			return a.print(p, func(w io.Writer) { a.printProfile(w, p) })
		},
	}
	source.add(cmd, "format")
	cmd.Flags().StringVar(&on, "on", "", "day for which ages are computed; default today")
	return cmd
}

// profileOf profiles a source with progress on stderr. What the run needs on
// disk is gone when it returns; use, which may be nil, sees the people before
// that.
func (a *app) profileOf(ctx context.Context, src *files.Source, opt profile.Options, use func(*profile.Result) error) (p dataspace.Profile, err error) {
	dir, err := os.MkdirTemp("", "hutong-")
	if err != nil {
		return p, fmt.Errorf("make temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m := a.newMeter(a.word("reading", "正在读取"))
	defer m.done()
	opt.Dir, opt.Progress = dir, m.update
	res, err := profile.Run(ctx, src, opt)
	if err != nil {
		if ctx.Err() != nil {
			m.done()
			a.say("%s", a.word("stopped; nothing was written", "已停止，未写入任何内容"))
			return p, quiet{exitFailed}
		}
		return p, err
	}
	defer func() { err = errors.Join(err, res.Census.Close()) }()
	if use != nil {
		err = use(res)
	}
	return res.Profile, err
}

// printProfile shows a profile to people.
func (a *app) printProfile(w io.Writer, p dataspace.Profile) {
	head := []string{p.Source.Format}
	if p.Source.Charset != "" {
		head = append(head, p.Source.Charset)
	}
	if p.Source.Files > 1 {
		head = append(head, thousands(int64(p.Source.Files))+a.word(" files", " 个文件"))
	}
	fmt.Fprintf(w, "%s · %s · %s · %s · %s\n\n", printable(p.Source.Name), strings.Join(head, ", "),
		a.count(p.Rows, "row", "行"), a.count(int64(len(p.Columns)), "column", "列"), size(p.Bytes))
	rows := [][]string{a.profileHead()}
	for _, c := range p.Columns {
		rows = append(rows, a.profileRow(c, p.Rows))
	}
	grid(w, "", rows)
	fmt.Fprintln(w)
	a.printSubjects(w, p)
	if review := countBand(p, dataspace.BandReview); review > 0 {
		fmt.Fprintf(w, a.word("%d of the columns marked ? need a person's look; until then they count as what they may be\n",
			"标 ? 的 %d 列需人工确认；确认之前按其可能的要素处理\n"), review)
	}
}

// count writes a number with its noun.
func (a *app) count(n int64, en, zh string) string {
	if a.lang == "zh" {
		return thousands(n) + " " + zh
	}
	if n != 1 {
		en += "s"
	}
	return thousands(n) + " " + en
}

func (a *app) profileHead() []string {
	if a.lang == "zh" {
		return []string{"", "列", "类型", "要素", "把握", "个人信息", "空值", "依据"}
	}
	return []string{"", "COLUMN", "TYPE", "ELEMENT", "SURE", "PERSONAL", "NULLS", "WHY"}
}

func (a *app) profileRow(c dataspace.ColumnProfile, rows int64) []string {
	mark := map[dataspace.Band]string{dataspace.BandAccept: "✓", dataspace.BandReview: "?"}[c.Band]
	what, sure := "–", ""
	if c.Element != nil {
		what, sure = a.elementName(*c.Element), fmt.Sprintf("%.0f%%", 100*c.Confidence)
	}
	personal := ""
	switch {
	case c.Sensitive:
		personal = a.word("sensitive", "敏感")
	case c.Personal:
		personal = a.word("yes", "是")
	}
	nulls := ""
	if c.Nulls > 0 && rows > 0 {
		nulls = thousands(c.Nulls)
	}
	why := make([]string, 0, 3)
	for _, e := range c.Evidence {
		why = append(why, printable(e))
	}
	for _, in := range c.Contains {
		why = append(why, fmt.Sprintf(a.word("holds %s in %s", "%[2]s含 %[1]s"), in.Element, a.count(in.Rows, "row", "行")))
	}
	if c.Band == dataspace.BandReview && len(c.Alternatives) > 0 {
		why = append(why, a.word("or ", "或为 ")+string(c.Alternatives[0].Element))
	}
	return []string{mark, shorten(printable(c.Name), 32), c.Type, what, sure, personal, nulls, shorten(strings.Join(why, "; "), 72)}
}

// elementName is the id, which plans and packs use, and in Chinese its name.
func (a *app) elementName(id dataspace.ElementID) string {
	if e, ok := element.Lookup(id); ok && a.lang == "zh" && e.Name.ZH != "" {
		return string(id) + " " + e.Name.ZH
	}
	return string(id)
}

func (a *app) printSubjects(w io.Writer, p dataspace.Profile) {
	s := p.Subjects
	number := func(n *int64) string {
		if n == nil {
			return a.word("unknown", "未知")
		}
		return thousands(*n)
	}
	if len(s.Key) == 0 && s.Distinct != nil && *s.Distinct == 0 {
		fmt.Fprintln(w, a.word("people: none found", "个人：未发现"))
		return
	}
	key := a.word("no column tells them apart: each row counts as one", "没有可区分个人的列：每行按一人计")
	if len(s.Key) > 0 {
		names := make([]string, len(s.Key))
		for i, k := range s.Key {
			names[i] = printable(k)
		}
		key = a.word("by ", "按 ") + strings.Join(names, " + ")
	}
	fmt.Fprintf(w, a.word("people: %s (%s)", "个人：%s 人（%s）"), number(s.Distinct), key)
	for _, c := range countClasses() {
		if n, ok := s.Classes[c.ID]; ok {
			fmt.Fprintf(w, a.word(", %s %s", "，%s %s 人"), a.text(c.Text), number(n))
		}
	}
	fmt.Fprintln(w)
	if len(p.Derived) > 0 {
		words := make([]string, len(p.Derived))
		for i, d := range p.Derived {
			words[i] = a.derivedText(d)
		}
		fmt.Fprintf(w, a.word("the table: %s\n", "整表：%s\n"), strings.Join(words, a.word("; ", "；")))
	}
}

func (a *app) derivedText(d string) string {
	switch d {
	case profile.PersonalTable:
		return a.word("is about people", "以个人为对象")
	case profile.TrajectoryTable:
		return a.word("shows where people were over time", "反映个人行踪轨迹")
	case profile.Aggregation:
		return a.word("the columns together say more than each alone", "多项信息聚合")
	}
	if age, ok := profile.Young(d); ok {
		return fmt.Sprintf(a.word("has people under %d", "含不满%d周岁的个人"), age)
	}
	return d
}

func countBand(p dataspace.Profile, b dataspace.Band) int {
	n := 0
	for _, c := range p.Columns {
		if c.Band == b {
			n++
		}
	}
	return n
}
