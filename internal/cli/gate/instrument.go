package gate

import (
	"context"
	"fmt"
	"io"
	"reflect"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
)

// Instrument makes "instrument".
func Instrument(env *frame.Env) *cobra.Command {
	var owner string
	r := resource{
		noun: "instrument", command: "hutong instrument", example: "SH-2026-0117 --of acme",
		removed: "Use it when a document was\nrevoked, or was registered by mistake.",
	}
	remove := func(ctx context.Context, c *client.Client, id string) error {
		if owner == "" {
			return frame.Usagef("name the participant with --of", "the owner of the instrument is not named")
		}
		return c.Instruments().Remove(ctx, owner, id)
	}
	cmd := frame.Group("instrument", "Legal documents: filings, certificates, approvals",
		instrumentAdd(env, &owner), instrumentList(env, &owner), removeCommand(env, r, remove))
	cmd.Long = `Instruments are the legal documents that satisfy what a decision demands: filed
contracts, certificates, approvals. Each belongs to a participant and covers what
its scope says.`
	cmd.Example = `  hutong instrument add SH-2026-0117 --of acme --kind cn.standard_contract --effective-on 2026-05-01 --filed-on 2026-05-08
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
	cmd := &cobra.Command{
		Use: "add ID", Short: "Register a legal document", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "Register a filed contract, a certificate or an approval. Flows that waited for it\ncontinue automatically.",
		Example: `  hutong instrument add SH-2026-0117 --of acme --kind cn.standard_contract --effective-on 2026-05-01 --filed-on 2026-05-08`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			var err error
			i.ID = words[0]
			if i.Owner, err = frame.Sole(ctx, c, *owner, "of"); err != nil {
				return err
			}
			i.Covers = scope.limits()
			return addInstrument(ctx, env, c, i)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&i.Kind, "kind", "", "kind of the document, such as cn.standard_contract, cn.security_assessment, cn.pipia")
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
	f.StringVar(&s.Recipient, "covers-recipient", "", "only this recipient")
	f.StringVar(&s.Scenario, "covers-scenario", "", "only this scenario")
	f.Int64Var(&s.MaxSubjects, "covers-max", 0, "only up to this number of people")
	f.StringSliceVar(&s.Purposes, "covers-purpose", nil, "only for these purposes")
	f.StringSliceVar(&s.Acts, "covers-act", nil, "only these acts: transfer, remote_access, access_inside")
	f.StringVar(&s.Storage, "covers-storage", "", "only kept in this place, such as SG")
	f.StringVar(&s.Until, "covers-until", "", "2006-01-02, last day to which the recipient may keep the data")
	f.StringSliceVar(&s.Exporters, "covers-exporter", nil, "other participants of the group that share it")
	f.StringSliceVar(&s.Elements, "covers-element", nil, "only these data elements")
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

func addInstrument(ctx context.Context, env *frame.Env, c *client.Client, i client.Instrument) error {
	out, err := c.Instruments().Add(ctx, i)
	if err != nil {
		return err
	}
	return env.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, env.Word("instrument %s (%s) is registered\n", "合规文件 %s（%s）已登记\n"), out.ID, out.Kind)
	})
}

func instrumentList(env *frame.Env, owner *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List instruments", Args: frame.Args(cobra.NoArgs),
		Long: "List the legal documents that are registered, of one participant or of all.",
		Example: `  hutong instrument list
  hutong instrument list --of acme --json`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := client.Collect(c.Instruments().List(ctx, *owner))
			if err != nil {
				return err
			}
			return env.List(list, "ID OF KIND EFFECTIVE FILED EXPIRES", func(row func(...any)) {
				for _, i := range list {
					row(i.ID, i.Owner, i.Kind, i.EffectiveOn+i.CompletedOn, i.FiledOn, i.ExpiresOn)
				}
			})
		}),
	}
}
