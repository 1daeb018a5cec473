package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/rules"
	"hutong/packs"
)

func (a *app) packCommand() *cobra.Command {
	cmd := a.groupCommand("pack", "Rule packs: law as data", a.packList(), a.packShow(), a.packCheck(), a.packTest(), a.packDiff(), a.packCompare(), a.packChanges(),
		a.packMutate(), a.packImport(), a.packMatch(), a.packSign(), a.packKeygen())
	cmd.Long = `Rule packs: law as data. A pack is a folder with pack.yaml, tests.yaml and
SOURCES.md. Without DIR these commands look at the packs that are built in; DIR
is a pack's folder, or one with packs below it.`
	return cmd
}

// loadPacks loads the packs of folders, or those built in.
func loadPacks(dirs []string) ([]*rules.Pack, error) {
	if len(dirs) == 0 {
		return rules.LoadAll(packs.FS)
	}
	var all []*rules.Pack
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, unreadable(dir, err)
		}
		if !info.IsDir() {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.dir", Place: dir, Message: "is no directory", Hint: "name the folder that holds pack.yaml"}
		}
		list, err := loadPackDir(dir)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.none", Place: dir, Message: "holds no pack", Hint: "a pack is a folder with pack.yaml"}
		}
		all = append(all, list...)
	}
	return all, nil
}

// loadPackDir loads the packs below dir. A pack names its calendar and the
// pack it overlays from the root of the tree that it stands in, which is dir or
// some folder above it.
func loadPackDir(dir string) ([]*rules.Pack, error) {
	if _, err := os.Stat(filepath.Join(dir, "pack.yaml")); errors.Is(err, fs.ErrNotExist) {
		return rules.LoadAll(overBuiltIn{os.DirFS(dir)})
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var found *rules.Pack
	var first error
	for root, inside := abs, "."; ; {
		p, err := rules.Load(overBuiltIn{os.DirFS(root)}, inside)
		switch {
		case err == nil && string(p.Ref().ID) == inside:
			return []*rules.Pack{p}, nil // this is the root that its id is relative to
		case err == nil && found == nil:
			found = p
		case err != nil && first == nil:
			first = err
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) || strings.Count(inside, "/") == 2 || root == filepath.Dir(root) {
			break
		}
		inside = path.Join(filepath.Base(root), inside)
		root = filepath.Dir(root)
	}
	if found != nil {
		return []*rules.Pack{found}, nil
	}
	return nil, first
}

// overBuiltIn is a folder of packs beneath which the built-in ones lie: what a
// pack overlays, and its calendar, are found there where the folder lacks them.
type overBuiltIn struct{ fs.FS }

// Open implements fs.FS.
func (o overBuiltIn) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if errors.Is(err, fs.ErrNotExist) && path.Base(name) != "pack.sig" {
		if below, other := packs.FS.Open(name); other == nil {
			return below, nil
		}
	}
	return f, err
}

func (a *app) packList() *cobra.Command {
	return &cobra.Command{
		Use: "list [DIR...]", Short: "List packs with version and digest", Args: args(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, list []string) error {
			all, err := loadPacks(list)
			if err != nil {
				return err
			}
			type packRow struct {
				dataspace.PackRef
				Jurisdiction dataspace.Jurisdiction `json:"jurisdiction"`
				Title        dataspace.Text         `json:"title"`
				Rules        int                    `json:"rules"`
			}
			out := make([]packRow, len(all))
			for i, p := range all {
				out[i] = packRow{p.Ref(), p.Jurisdiction(), p.Title(), len(p.Rules())}
			}
			return a.print(out, func(w io.Writer) {
				rows := [][]string{{a.word("ID", "标识"), a.word("VERSION", "版本"), a.word("RULES", "规则"), "SHA256", a.word("TITLE", "名称")}}
				for _, p := range out {
					rows = append(rows, []string{string(p.ID), p.Version, fmt.Sprint(p.Rules), p.SHA256.Short(), a.text(p.Title)})
				}
				grid(w, "", rows)
			})
		},
	}
}

func (a *app) packShow() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show the rules of a pack: article, confidence, text, source", Args: args(cobra.ExactArgs(1)),
		Long: `Show the rules of a pack. The confidence says how well the law behind a rule is
founded: VSS official text seen, SEC secondary source, SEC-W weak secondary
source, MEM from memory, DER derived.`,
		Example: `  hutong pack show cn/national --lang zh`,
		RunE: func(_ *cobra.Command, list []string) error {
			all, err := loadPacks(dirsOf(dir))
			if err != nil {
				return err
			}
			ids := make([]string, len(all))
			for i, p := range all {
				if ids[i] = string(p.Ref().ID); ids[i] == list[0] {
					return a.showPack(p)
				}
			}
			hint := "there are " + strings.Join(ids, ", ")
			if near := nearest(list[0], ids); near != "" {
				hint = fmt.Sprintf("did you mean %s?", near)
			}
			return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Message: fmt.Sprintf("there is no pack %q", list[0]), Hint: hint}
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder with packs; default those built in")
	return cmd
}

func dirsOf(dir string) []string {
	if dir == "" {
		return nil
	}
	return []string{dir}
}

func (a *app) showPack(p *rules.Pack) error {
	v := struct {
		Pack  dataspace.PackRef `json:"pack"`
		Title dataspace.Text    `json:"title"`
		Rules []rules.RuleInfo  `json:"rules"`
	}{p.Ref(), p.Title(), p.Rules()}
	return a.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s  %s\nsha256 %s\n", v.Pack.ID, v.Pack.Version, a.text(v.Title), v.Pack.SHA256)
		for _, r := range v.Rules {
			when := ""
			if r.From != "" || r.To != "" {
				when = fmt.Sprintf("  %s – %s", r.From, r.To)
			}
			if r.Recorded != "" {
				when += a.word("  recorded ", "  收录于 ") + r.Recorded
			}
			if r.Withdrawn != "" {
				when += a.word("  withdrawn ", "  撤回于 ") + r.Withdrawn
			}
			fmt.Fprintf(w, "\n%s  (%s)%s\n  %s [%s]\n", r.ID, r.Kind, strings.TrimRight(when, " "), r.Article, r.Confidence)
			a.paragraph(w, "  ", "  ", a.text(r.Text))
			fmt.Fprintf(w, "  %s\n", r.Source)
		}
	})
}

// packFindings is what pack check found in one pack.
type packFindings struct {
	Pack     dataspace.PackRef `json:"pack"`
	Rules    int               `json:"rules"`
	Findings []examine.Finding `json:"findings"`
}

func (a *app) packCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check [DIR...]", Short: "Check packs: sources, texts, validity, reach, cases", Args: args(cobra.ArbitraryArgs),
		Long: `Check that every rule has article, source, confidence and text in both languages,
can speak, and has a case; that validities do not overlap and elements exist.
Over all packs together: that they can be used together, that no pack makes a
rule of another unreachable, that no two packs of one jurisdiction say different
things of the same flow, and that no obligation or kind of instrument is
described twice in different ways.

Exit codes: 0 nothing found, 1 something found or nothing to check.`,
		RunE: func(_ *cobra.Command, list []string) error {
			all, err := loadPacks(list)
			if err != nil {
				return err
			}
			findings := examine.CheckAll(all)
			out := make([]packFindings, len(all))
			found, checked := 0, 0
			for i, p := range all {
				out[i] = packFindings{p.Ref(), len(p.Rules()), append([]examine.Finding{}, findings[p.Ref().ID]...)}
				found += len(out[i].Findings)
				checked += out[i].Rules
			}
			err = a.print(out, func(w io.Writer) {
				for _, p := range out {
					mark := "✓"
					if len(p.Findings) > 0 {
						mark = "✗"
					}
					fmt.Fprintf(w, "%s %s %s: %s, %s\n", mark, p.Pack.ID, p.Pack.Version, a.count(int64(p.Rules), "rule", "条规则"), a.count(int64(len(p.Findings)), "finding", "个问题"))
					for _, f := range p.Findings {
						fmt.Fprintf(w, "  %s: %s [%s]\n", packPlace(p.Pack.ID, f.Rule), f.Message, f.Code)
					}
				}
			})
			return verdictOf(err, checked, found)
		},
	}
}

func packPlace(pack dataspace.PackID, rule dataspace.RuleID) string {
	if rule == "" {
		return string(pack)
	}
	return string(pack) + "/pack.yaml, " + string(rule)
}

// verdictOf is the error of a command that checks: also nothing checked is
// one.
func verdictOf(err error, checked, found int) error {
	switch {
	case err != nil:
		return err
	case checked == 0:
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.nothing", Message: "nothing was checked"}
	case found > 0:
		return quiet{exitFailed}
	}
	return nil
}

func (a *app) packTest() *cobra.Command {
	return &cobra.Command{
		Use: "test [DIR...]", Short: "Run the cases of packs; every rule must decide one", Args: args(cobra.ArbitraryArgs),
		Long: `Run the cases of each pack's tests.yaml. Every case must come out as it says, and
every rule must decide at least one case.

Exit codes: 0 all hold, 1 a case fails, a rule decides nothing, or there was nothing to run.`,
		RunE: func(_ *cobra.Command, list []string) error {
			all, err := loadPacks(list)
			if err != nil {
				return err
			}
			out := make([]examine.TestReport, len(all))
			failed, ran := 0, 0
			for i, p := range all {
				out[i] = examine.Test(p)
				ran += len(out[i].Cases)
				if !out[i].OK() {
					failed++
				}
			}
			err = a.print(out, func(w io.Writer) {
				for _, r := range out {
					a.printTest(w, r)
				}
			})
			return verdictOf(err, ran, failed)
		},
	}
}

func (a *app) printTest(w io.Writer, r examine.TestReport) {
	failures := 0
	for _, c := range r.Cases {
		if len(c.Failures) > 0 {
			failures++
		}
	}
	mark := "✓"
	if !r.OK() {
		mark = "✗"
	}
	fmt.Fprintf(w, a.word("%s %s %s: %s, %d failed; %d of %d rules decided\n", "%s %s %s：%s，失败 %d；规则 %d/%d 条有判例\n"),
		mark, r.Pack.ID, r.Pack.Version, a.count(int64(len(r.Cases)), "case", "个用例"), failures, len(r.Decided), len(r.Decided)+len(r.Undecided))
	if r.Err != "" {
		fmt.Fprintf(w, "  %s\n", r.Err)
	}
	for _, c := range r.Cases {
		for _, f := range c.Failures {
			fmt.Fprintf(w, "  %s/tests.yaml, %s: %s\n", r.Pack.ID, c.ID, f)
		}
	}
	for _, id := range r.Undecided {
		fmt.Fprintf(w, a.word("  %s: no case is decided by it\n", "  %s：没有用例由其判定\n"), packPlace(r.Pack.ID, id))
	}
}
