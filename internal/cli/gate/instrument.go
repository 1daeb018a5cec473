package gate

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
)

// Instrument makes "instrument".
func Instrument(env *frame.Env) *cobra.Command {
	var owner string
	r := resource{noun: "instrument", command: "hutong instrument", example: "SC-2026-0117 --of acme"}
	show := func(ctx context.Context, c *client.Client, id string) (client.Instrument, error) {
		who, err := frame.Sole(ctx, c, owner, "of")
		if err != nil {
			return client.Instrument{}, err
		}
		return c.Instruments().Get(ctx, who, id)
	}
	cmd := frame.Group("instrument", "Legal documents: filings, certificates, approvals",
		instrumentAdd(env, &owner), instrumentConfirm(env, &owner), instrumentList(env, &owner), showCommand(env, r, show), instrumentFile(env, &owner), instrumentRemove(env, &owner))
	cmd.Long = `Instruments are the legal documents that satisfy what a decision demands: filed
contracts, certificates, approvals. Each belongs to a participant, has a file, and
covers what its scope says. One that was added is proposed. It counts after a
compliance officer has confirmed it against its file.`
	cmd.Example = `  hutong instrument add SC-2026-0117 --of acme --kind cn.standard_contract --number SC-2026-0117 --authority "the authority" --file contract.pdf \
      --effective-on 2026-05-01 --filed-on 2026-05-08 --covers-recipient lion --covers-purpose business --covers-max 200000 --unlimited data,until
  hutong instrument confirm SC-2026-0117 --of acme --file contract.pdf --key-file officer.key
  hutong instrument list --of acme`
	cmd.PersistentFlags().StringVar(&owner, "of", "", "the participant that owns it")
	return cmd
}

// instrumentScope holds the flags for the limits of an instrument.
type instrumentScope struct {
	client.InstrumentScope
	sensitive frame.Tri
}

func instrumentAdd(env *frame.Env, owner *string) *cobra.Command {
	var i client.Instrument
	var scope instrumentScope
	var file string
	cmd := &cobra.Command{
		Use: "add ID", Short: "Propose a legal document, with its file", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Propose a filed contract, a certificate or an approval, with its file. It counts
after a compliance officer has confirmed it against the file ('hutong instrument
confirm'). Flows that wait for it then continue automatically.

Say of each of recipients, purposes, data (elements or items of a list), people and
until to what the document is limited, or name it in --unlimited if the document
leaves it open.`,
		Example: `  hutong instrument add SC-2026-0117 --of acme --kind cn.standard_contract --number SC-2026-0117 --authority "the authority" --file contract.pdf \
      --effective-on 2026-05-01 --filed-on 2026-05-08 --covers-recipient lion --covers-purpose business --covers-max 200000 --unlimited data,until`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			var err error
			i.ID = words[0]
			if i.Owner, err = frame.Sole(ctx, c, *owner, "of"); err != nil {
				return err
			}
			i.Covers = scope.limits()
			return addInstrument(ctx, env, c, i, file)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&i.Kind, "kind", "", "kind of the document, such as cn.standard_contract, cn.security_assessment, cn.pipia")
	f.StringVar(&i.Number, "number", "", "number or registration on the document")
	f.StringVar(&i.Authority, "authority", "", "who issued, granted or registered it; of an own assessment, the company")
	f.StringVar(&file, "file", "", "the document itself, as one file")
	f.StringVar(&i.EffectiveOn, "effective-on", "", "2006-01-02, the first day")
	f.StringVar(&i.FiledOn, "filed-on", "", "2006-01-02, the day of filing")
	f.StringVar(&i.CompletedOn, "completed-on", "", "2006-01-02, the day of completion")
	f.StringVar(&i.ExpiresOn, "expires-on", "", "2006-01-02, the last day")
	f.StringVar(&i.RenewedOn, "renewed-on", "", "2006-01-02, the day of the application for renewal")
	scope.add(cmd)
	return cmd
}

func (s *instrumentScope) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&s.Recipients, "covers-recipient", nil, "only these recipients")
	f.StringVar(&s.Scenario, "covers-scenario", "", "only this scenario")
	f.Int64Var(&s.MaxSubjects, "covers-max", 0, "only up to this number of people")
	f.StringSliceVar(&s.Purposes, "covers-purpose", nil, "only for these purposes")
	f.StringSliceVar(&s.Acts, "covers-act", nil, "only these acts: transfer, remote_access, access_inside")
	f.StringVar(&s.Storage, "covers-storage", "", "only kept in this place, such as SG")
	f.StringVar(&s.Until, "covers-until", "", "2006-01-02, last day to which the recipient may keep the data")
	f.StringSliceVar(&s.Exporters, "covers-exporter", nil, "other participants of the group that share it")
	f.StringSliceVar(&s.Elements, "covers-element", nil, "only these data elements")
	f.StringSliceVar(&s.Items, "covers-item", nil, "only these items of a negative list")
	f.StringSliceVar(&s.Unlimited, "unlimited", nil, "the limits that the document leaves open, of recipients, purposes, data, people, until")
	frame.AddTri(cmd, &s.sensitive, "covers-sensitive", "also sensitive data; =false where it was granted for other data only")
}

// limits returns the scope, or nil if no flag limits the instrument.
func (s *instrumentScope) limits() *client.InstrumentScope {
	out := s.InstrumentScope
	frame.Over(&out.Sensitive, s.sensitive)
	if reflect.ValueOf(out).IsZero() {
		return nil
	}
	return &out
}

func addInstrument(ctx context.Context, env *frame.Env, c *client.Client, i client.Instrument, path string) error {
	if path != "" {
		up, file, err := input.OpenUpload(path)
		if err != nil {
			return frame.Unreadable(path, err)
		}
		defer file.Close() // only read
		up.Owner = i.Owner
		sent, err := c.Instruments().Upload(ctx, up, file)
		if err != nil {
			return err
		}
		i.File = sent.File
	}
	out, err := c.Instruments().Add(ctx, i)
	if err != nil {
		return err
	}
	return env.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, env.Word("instrument %s (%s) is proposed\n", "合规文件 %s（%s）已提交，待确认\n"), out.ID, out.Kind)
		fmt.Fprintf(w, env.Word("it counts after a compliance officer has confirmed it: hutong instrument confirm %s --of %s\n", "经合规负责人确认后方可采用：hutong instrument confirm %s --of %s\n"), out.ID, out.Owner)
	})
}

func instrumentConfirm(env *frame.Env, owner *string) *cobra.Command {
	var path, digest string
	cmd := &cobra.Command{
		Use: "confirm ID", Short: "Confirm a proposed document against its file", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Say as a compliance officer that a document is what is said of it: kind, number,
authority, days and scope were compared with its file. Name the file that was looked
at, by its path or its SHA-256; another file is refused. The log keeps who confirmed
it and when. Flows that wait for the document continue automatically.`,
		Example: `  hutong instrument file SC-2026-0117 --of acme --out contract.pdf
  hutong instrument show SC-2026-0117 --of acme
  hutong instrument confirm SC-2026-0117 --of acme --file contract.pdf --key-file officer.key`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if (path == "") == (digest == "") {
				return frame.Usagef("name the file that you looked at with --file, or its SHA-256 with --sha256", "one of --file and --sha256 is needed")
			}
			who, err := frame.Sole(ctx, c, *owner, "of")
			if err != nil {
				return err
			}
			if path != "" {
				up, file, err := input.OpenUpload(path)
				if err != nil {
					return frame.Unreadable(path, err)
				}
				_ = file.Close() // only read
				digest = up.SHA256
			}
			out, err := c.Instruments().Confirm(ctx, who, words[0], digest)
			if err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) {
				fmt.Fprintf(w, env.Word("instrument %s (%s) is confirmed by %s\n", "合规文件 %s（%s）已由 %s 确认\n"), out.ID, out.Kind, out.Confirmation.By)
			})
		}),
	}
	cmd.Flags().StringVar(&path, "file", "", "the file that you looked at")
	cmd.Flags().StringVar(&digest, "sha256", "", "its SHA-256, instead of --file")
	return cmd
}

func instrumentFile(env *frame.Env, owner *string) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "file ID", Short: "Fetch the file of a document", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "Fetch the file of a document from the gateway, to compare it with what is said of it.\nA file that exists is not overwritten.",
		Example: `  hutong instrument file SC-2026-0117 --of acme --out contract.pdf`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if out == "" {
				return frame.Usagef("name the file with --out", "it is not named where the file goes")
			}
			who, err := frame.Sole(ctx, c, *owner, "of")
			if err != nil {
				return err
			}
			data, err := c.Instruments().File(ctx, who, words[0])
			if err != nil {
				return err
			}
			if err := writeNew(out, data); err != nil {
				return err
			}
			sum := sha256.Sum256(data)
			got := client.InstrumentFile{File: hex.EncodeToString(sum[:]), Size: int64(len(data))}
			return env.Print(got, func(w io.Writer) { fmt.Fprintf(w, "%s  %s\n", got.File, out) })
		}),
	}
	cmd.Flags().StringVar(&out, "out", "", "where the file goes (needed)")
	return cmd
}

// writeNew writes a file that must not exist.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("write file of the instrument: %w", err)
	}
	return nil
}

func instrumentRemove(env *frame.Env, owner *string) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "remove ID", Short: "Remove an instrument, after showing what ends with it", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Remove an instrument from the gateway, with its file. Use it when a document was
revoked, or was registered by mistake. If decisions rest on it, the command lists
their flows and datasets first and asks; without a terminal it needs --yes.`,
		Example: `  hutong instrument remove SC-2026-0117 --of acme`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			if *owner == "" {
				return frame.Usagef("name the participant with --of", "the owner of the instrument is not named")
			}
			uses, err := c.Instruments().Uses(ctx, *owner, words[0])
			if err != nil {
				return err
			}
			if len(uses.Flows) > 0 || uses.More {
				printUses(env, frame.Plain(env.Err), uses)
				if err := sure(env, yes); err != nil {
					return err
				}
			}
			return c.Instruments().Remove(ctx, *owner, words[0])
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "remove it without asking")
	return cmd
}

// sure asks a person whether to go on.
func sure(env *frame.Env, yes bool) error {
	if yes {
		return nil
	}
	if !env.Terminal() {
		return frame.Usagef("read what ends with it and say --yes", "there is no terminal to ask on whether to remove it")
	}
	fmt.Fprintf(frame.Plain(env.Err), "%s: ", env.Word("remove it? yes or no", "确认移除？yes 或 no"))
	line, err := bufio.NewReader(env.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read answer: %w", err)
	}
	if strings.TrimSpace(line) != "yes" {
		return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "instrument.kept", Message: "not removed"}
	}
	return nil
}

// printUses says what ends with an instrument.
func printUses(env *frame.Env, w io.Writer, uses client.InstrumentUses) {
	for _, f := range uses.Flows {
		word := env.Word("flow %s (dataset %s of %s, %s) rests on it", "流转 %s（数据集 %s，%s，%s）以其为依据")
		if f.Stops {
			word = env.Word("flow %s (dataset %s of %s, %s) stops without it", "流转 %s（数据集 %s，%s，%s）将因此停止")
		}
		fmt.Fprintf(w, word+"\n", f.Flow, f.Dataset, f.Participant, f.State)
	}
	for _, d := range uses.Datasets {
		fmt.Fprintf(w, env.Word("dataset %s of %s: its next flow needs another one\n", "数据集 %s（%s）：下次流转须另有合规文件\n"), d.Dataset, d.Participant)
	}
	if uses.More {
		fmt.Fprintln(w, env.Word("there are older flows that were not looked at", "更早的流转未予查看"))
	}
}

// standingWord is a standing in words.
func standingWord(env *frame.Env, standing string) string {
	switch standing {
	case "confirmed":
		return env.Word("confirmed", "已确认")
	case "proposed":
		return env.Word("proposed, not confirmed", "待确认")
	}
	return env.Word("scope not said", "未注明适用范围")
}

func instrumentList(env *frame.Env, owner *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List instruments", Args: frame.Args(cobra.NoArgs),
		Long: `List the legal documents that are registered, of one participant or of all. Documents
of an older version have no scope and cover nothing; the list names the flows and
datasets that stop without them.`,
		Example: `  hutong instrument list
  hutong instrument list --of acme --json`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := client.Collect(c.Instruments().List(ctx, *owner))
			if err != nil {
				return err
			}
			err = env.List(list, "ID OF KIND EFFECTIVE FILED EXPIRES STANDING", func(row func(...any)) {
				for _, i := range list {
					row(i.ID, i.Owner, i.Kind, i.EffectiveOn+i.CompletedOn, i.FiledOn, i.ExpiresOn, standingWord(env, i.Standing))
				}
			})
			if err != nil || env.JSON {
				return err
			}
			for _, i := range list {
				if i.Uses != nil && len(i.Uses.Flows) > 0 {
					w := frame.Plain(env.Out)
					fmt.Fprintf(w, env.Word("\n%s of %s covers nothing: add it again with its file and scope, and have it confirmed\n", "\n%s（%s）不涵盖任何流转：请连同原件和适用范围重新提交，并经确认\n"), i.ID, i.Owner)
					printUses(env, w, *i.Uses)
				}
			}
			return nil
		}),
	}
}
