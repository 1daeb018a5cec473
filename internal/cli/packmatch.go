package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hutong/internal/annex"
	"hutong/internal/api"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/profile"
)

// matched is what pack match prints.
type matched struct {
	Pack       dataspace.PackRef `json:"pack"`
	Columns    dataspace.Digest  `json:"columns"`
	Candidates []annex.Candidate `json:"candidates"`
}

func (a *app) packMatch() *cobra.Command {
	var source sourceFlags
	var id, scenario, dir, profiled string
	cmd := &cobra.Command{
		Use: "match [SOURCE]", Short: "Propose items of a negative list that a dataset may be about", Args: args(cobra.MaximumNArgs(1)),
		Long: `Profile a dataset, or take its profile with --profile, and propose the items of
a pack's list that its columns may be about: with a score, and why. It decides
nothing. Whoever knows the data reads the items, and confirms with
'hutong dataset confirm-items' which match, or that none does.

Exit codes: 0 done, also where nothing is proposed; 1 failed; 2 usage.`,
		Example: `  hutong pack match members.csv --pack cn/shanghai-negative-list --dir packs --scenario COM-MEMBER`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if id == "" || (len(list) == 0) == (profiled == "") {
				return usagef("name both: SOURCE --pack ID", "--pack, and a dataset or --profile, are needed")
			}
			all, err := loadPacks(dirsOf(dir))
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
					prof, err = readProfile(profiled)
				} else {
					prof, err = a.profileFile(cmd, source, list[0])
				}
				if err != nil {
					return err
				}
				columns, err := prof.ColumnsDigest()
				if err != nil {
					return err
				}
				return a.printMatch(matched{p.Ref(), columns, append([]annex.Candidate{}, annex.Match(p.Items(), scenario, prof)...)})
			}
			return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "pack.unknown", Message: fmt.Sprintf("there is no pack %q", id), Hint: "--dir names the folder of packs"}
		},
	}
	source.add(cmd, "source-format")
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

func (a *app) printMatch(m matched) error {
	return a.print(m, func(w io.Writer) {
		fmt.Fprintf(w, a.word("%s %s: %s\n", "%s %s：%s\n"), m.Pack.ID, m.Pack.Version, a.count(int64(len(m.Candidates)), "candidate", "个候选项"))
		for _, c := range m.Candidates {
			fmt.Fprintf(w, "%.2f  %s  %s\n", c.Score, c.Item.ID, strings.Join([]string{c.Item.Scenario, c.Item.Subcategory, c.Item.Name.ZH}, " / "))
			for _, why := range c.Why {
				a.paragraph(w, "      ", "      ", why)
			}
		}
		fmt.Fprintln(w, a.word("a person confirms which match, or that none does: hutong dataset confirm-items", "由专人确认命中的数据项或者均未命中：hutong dataset confirm-items"))
	})
}

func readProfile(path string) (p dataspace.Profile, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return p, unreadable(path, err)
	}
	if err := json.Unmarshal(data, &p); err != nil || len(p.Columns) == 0 {
		return p, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "profile.form", Place: path, Message: "is no profile", Hint: "'hutong profile SOURCE --json' prints one"}
	}
	return p, nil
}

func (a *app) profileFile(cmd *cobra.Command, source sourceFlags, path string) (dataspace.Profile, error) {
	src, err := source.open(path)
	if err != nil {
		return dataspace.Profile{}, err
	}
	return a.profileOf(cmd.Context(), src, profile.Options{On: clock.Process().Now()}, nil)
}

func (a *app) datasetConfirm(owner *string) *cobra.Command {
	var in api.ConfirmItems
	var none bool
	var profiled string
	cmd := &cobra.Command{
		Use: "confirm-items ID", Short: "Confirm which items of a negative list a dataset matches", Args: args(cobra.ExactArgs(1)),
		Long: `Record your word, with the name of your key, the time and the reason, on which
items of a pack's list a registered dataset matches, or that none does. It is
used for every later flow of the dataset while its columns are found to be what
they are now and the list is the same; when either changes, nobody has looked,
and flows that hang on it wait for a person again.

The dataset is profiled where this command runs, unless --profile is given.`,
		Example: `  hutong dataset confirm-items members --of acme --pack cn/shanghai-negative-list --item SH-1a2b3c4d --reason "compared with the annex, 2026-06-01"
  hutong dataset confirm-items orders --of acme --pack cn/shanghai-negative-list --none --reason "no item names orders"`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if in.Pack == "" || in.Reason == "" || none == (len(in.Items) > 0) {
				return usagef("say --item for each that matches, or --none", "--pack, --reason, and either --item or --none are needed")
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			who, err := a.sole(cmd.Context(), c, *owner, "of")
			if err != nil {
				return err
			}
			at := "/participants/" + esc(who) + "/datasets/" + esc(list[0])
			var d gateway.Dataset
			if err := c.call(cmd.Context(), http.MethodGet, at, nil, &d); err != nil {
				return err
			}
			var prof dataspace.Profile
			if profiled != "" {
				prof, err = readProfile(profiled)
			} else {
				form := sourceFlags{}
				form.Format, form.Charset, form.Delimiter = d.Format, d.Charset, d.Delimiter
				prof, err = a.profileFile(cmd, form, d.Source)
			}
			if err != nil {
				return err
			}
			if in.Columns, err = prof.ColumnsDigest(); err != nil {
				return err
			}
			if in.Items == nil {
				in.Items = []string{}
			}
			if err := c.call(cmd.Context(), http.MethodPost, at+"/list-match", in, &d); err != nil {
				return err
			}
			m := d.Facts.ListMatch
			if m == nil {
				return errors.New("confirm items: the gateway did not keep them")
			}
			return a.print(d, func(w io.Writer) {
				what := strings.Join(m.Items, ", ")
				if what == "" {
					what = a.word("none", "无")
				}
				fmt.Fprintf(w, a.word("dataset %s matches of the list of %s %s: %s\nconfirmed by %s at %s\n", "数据集 %s 命中 %s %s 清单数据项：%s\n由 %s 于 %s 确认\n"),
					d.ID, m.Pack.ID, m.Pack.Version, what, m.By, m.At.Format(time.RFC3339))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar((*string)(&in.Pack), "pack", "", "id of the pack whose list it is")
	f.StringSliceVar(&in.Items, "item", nil, "id of an item that matches; repeat it for all")
	f.BoolVar(&none, "none", false, "no item matches")
	f.StringVar(&in.Reason, "reason", "", "why: what you compared with what")
	f.StringVar(&profiled, "profile", "", "profile of the dataset, as 'hutong profile --json' prints it")
	return cmd
}
