package authority

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/annex"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// matched is what pack match prints.
type matched struct {
	Pack       dataspace.PackRef `json:"pack"`
	Columns    dataspace.Digest  `json:"columns"`
	Candidates []annex.Candidate `json:"candidates"`
}

func packMatch(env *frame.Env) *cobra.Command {
	var source input.Source
	var id, scenario, dir, profiled string
	cmd := &cobra.Command{
		Use: "match [SOURCE]", Short: "Propose items of a negative list that a dataset may be about", Args: frame.Args(cobra.MaximumNArgs(1)),
		Long: `Profile a dataset, or take its profile with --profile, and propose the items of
a pack's list that its columns may be about: with a score, and why. It decides
nothing. Whoever knows the data reads the items, and confirms with
'hutong dataset confirm-items' which match, or that none does.

Exit codes: 0 done, also where nothing is proposed; 1 failed; 2 usage.`,
		Example: `  hutong pack match members.csv --pack cn/shanghai-negative-list --dir packs --scenario COM-MEMBER`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if id == "" || (len(list) == 0) == (profiled == "") {
				return frame.Usagef("name both: SOURCE --pack ID", "--pack, and a dataset or --profile, are needed")
			}
			all, err := loadPacks(dirsOf(dir))
			if err != nil {
				return err
			}
			known, err := pack.ElementsOf(all)
			if err != nil {
				return err
			}
			for _, p := range all {
				if string(p.Ref().ID) != id {
					continue
				}
				if len(p.Items()) == 0 {
					return noList(id)
				}
				var prof dataspace.Profile
				if profiled != "" {
					prof, err = input.ReadProfile(profiled)
				} else {
					prof, err = input.ProfileFile(cmd.Context(), env, source, list[0], known)
				}
				if err != nil {
					return err
				}
				columns, err := prof.ColumnsDigest()
				if err != nil {
					return err
				}
				return printMatch(env, matched{p.Ref(), columns, append([]annex.Candidate{}, annex.Match(known, p.Items(), scenario, prof)...)})
			}
			return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Message: fmt.Sprintf("there is no pack %q", id), Hint: "--dir names the folder of packs"}
		},
	}
	source.Add(cmd, "source-format")
	f := cmd.Flags()
	f.StringVar(&id, "pack", "", "id of the pack whose list it is")
	f.StringVar(&scenario, "scenario", "", "only items of this scenario")
	f.StringVar(&dir, "dir", "", "folder with packs; default those built in")
	f.StringVar(&profiled, "profile", "", "profile of the dataset, as 'hutong profile --json' prints it")
	return cmd
}

func noList(id string) error {
	return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.list", Place: id, Message: "has no list that is loaded", Hint: "'hutong pack import' reads the official annex into it"}
}

func printMatch(env *frame.Env, m matched) error {
	return env.Print(m, func(w io.Writer) {
		fmt.Fprintf(w, env.Word("%s %s: %s\n", "%s %s：%s\n"), m.Pack.ID, m.Pack.Version, env.Count(int64(len(m.Candidates)), "candidate", "个候选项"))
		for _, c := range m.Candidates {
			fmt.Fprintf(w, "%.2f  %s  %s\n", c.Score, c.Item.ID, strings.Join([]string{c.Item.Scenario, c.Item.Subcategory, c.Item.Name.ZH}, " / "))
			for _, why := range c.Why {
				frame.Paragraph(w, "      ", "      ", why)
			}
		}
		fmt.Fprintln(w, env.Word("a person confirms which match, or that none does: hutong dataset confirm-items", "由专人确认命中的数据项或者均未命中：hutong dataset confirm-items"))
	})
}
