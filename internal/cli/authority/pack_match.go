package authority

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/annex"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/packtools"
)

// matched is the output of pack match.
type matched struct {
	Pack       dataspace.PackRef `json:"pack"`
	Columns    dataspace.Digest  `json:"columns"`
	Candidates []annex.Candidate `json:"candidates"`
}

// matching holds the flags of pack match.
type matching struct {
	env                         *frame.Env
	source                      input.Source
	id, scenario, dir, profiled string
	owner                       string
}

func packMatch(env *frame.Env) *cobra.Command {
	o := matching{env: env}
	cmd := &cobra.Command{
		Use: "match [SOURCE]", Short: "Propose items of a negative list that a dataset may be about", Args: frame.Args(cobra.MaximumNArgs(1)),
		Long: `Profile a dataset, or take its profile with --profile, and propose the items of
a pack's list that its columns may be about, each with a score and the reasons. It
decides nothing. A person who knows the data reads the items, and confirms with
'hutong dataset confirm-items' which match, or that none does.

` + frame.AtGateway + ` SOURCE is
then the id of a registered dataset of the participant --of, and the gateway
profiles it.

Exit codes: 0 done, also where nothing is proposed; 1 failed; 2 usage.`,
		Example: `  hutong pack match members.csv --pack cn/shanghai-negative-list --dir packs --scenario COM-MEMBER
  hutong pack match members --of acme --pack cn/shanghai-negative-list --data-dir sh`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if o.id == "" || (len(list) == 0) == (o.profiled == "") {
				return frame.Usagef("name both: SOURCE --pack ID", "--pack, and a dataset or --profile, are needed")
			}
			c, err := env.Given(cmd)
			if err != nil {
				return err
			}
			name := strings.Join(list, "")
			var m matched
			switch {
			case c == nil && o.owner != "":
				return frame.Usagef("name the gateway with --data-dir", "--of goes with a gateway")
			case c == nil:
				m, err = o.here(cmd.Context(), name)
			case o.dir != "" || o.profiled != "":
				return frame.Usagef("name a registered dataset", "a gateway matches its own datasets by the packs in force: --dir and --profile go without it")
			default:
				m, err = o.there(cmd.Context(), c, name)
			}
			if err != nil {
				return err
			}
			return printMatch(env, m)
		},
	}
	o.source.Add(cmd, "source-format")
	f := cmd.Flags()
	f.StringVar(&o.id, "pack", "", "id of the pack with the list")
	f.StringVar(&o.scenario, "scenario", "", "only items of this scenario")
	f.StringVar(&o.dir, "dir", "", "folder with packs; default those built in")
	f.StringVar(&o.profiled, "profile", "", "profile of the dataset, as 'hutong profile --json' prints it")
	f.StringVar(&o.owner, "of", "", "at a gateway: the participant that owns the dataset; default: the only one")
	return cmd
}

// here matches a file of this machine.
func (o matching) here(ctx context.Context, source string) (matched, error) {
	all, err := loadPacks(dirsOf(o.dir))
	if err != nil {
		return matched{}, err
	}
	known, err := pack.ElementsOf(all)
	if err != nil {
		return matched{}, err
	}
	p, err := packtools.Find(all, o.id)
	if err != nil {
		return matched{}, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Message: fmt.Sprintf("there is no pack %q", o.id), Hint: "--dir names the folder of packs"}
	}
	if len(p.Items()) == 0 {
		return matched{}, noList(o.id)
	}
	var prof dataspace.Profile
	if o.profiled != "" {
		prof, err = input.ReadProfile(o.profiled)
	} else {
		prof, err = input.ProfileFile(ctx, o.env, o.source, source, known)
	}
	if err != nil {
		return matched{}, err
	}
	columns, err := prof.ColumnsDigest()
	return matched{p.Ref(), columns, append([]annex.Candidate{}, annex.Match(known, p.Items(), o.scenario, prof)...)}, err
}

// there lets a gateway match one of its datasets.
func (o matching) there(ctx context.Context, c *client.Client, dataset string) (matched, error) {
	owner, err := frame.Sole(ctx, c, o.owner, "of")
	if err != nil {
		return matched{}, err
	}
	return asked[matched](c.Datasets().ProposeItems(ctx, owner, dataset, client.ItemQuery{Pack: o.id, Scenario: o.scenario}))
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
