package gate

import (
	"fmt"
	"io"
	"net/http"
	"reflect"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Instrument makes "instrument".
func Instrument(env *frame.Env) *cobra.Command {
	var owner string
	path := func(id string) (string, error) {
		if owner == "" {
			return "", frame.Usagef("name the participant with --of", "whose instrument?")
		}
		return "/participants/" + frame.Esc(owner) + "/instruments/" + frame.Esc(id), nil
	}
	var i gateway.Instrument
	var scope dataspace.InstrumentScope
	var sensitive frame.Tri
	add := &cobra.Command{
		Use: "add ID", Short: "Register a legal document", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "Register a filed contract, a certificate or an approval. Flows that waited for it go on by themselves.",
		Example: `  hutong instrument add SH-2026-0117 --of acme --kind cn.standard_contract --effective-on 2026-05-01 --filed-on 2026-05-08`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			i.ID = dataspace.InstrumentID(list[0])
			if i.Owner, err = sole(cmd.Context(), env, c, owner, "of"); err != nil {
				return err
			}
			frame.Over(&scope.Sensitive, sensitive)
			if !reflect.ValueOf(scope).IsZero() {
				i.Covers = &scope
			}
			var out gateway.Instrument
			if err := c.Call(cmd.Context(), http.MethodPost, "/instruments", i, &out); err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { fmt.Fprintf(w, "instrument %s (%s) is registered\n", out.ID, out.Kind) })
		},
	}
	f := add.Flags()
	f.StringVar(&i.Kind, "kind", "", "such as cn.standard_contract, cn.security_assessment, cn.pipia")
	f.StringVar(&i.EffectiveOn, "effective-on", "", "2006-01-02")
	f.StringVar(&i.FiledOn, "filed-on", "", "2006-01-02")
	f.StringVar(&i.CompletedOn, "completed-on", "", "2006-01-02")
	f.StringVar(&i.ExpiresOn, "expires-on", "", "2006-01-02, the last day")
	f.StringVar(&scope.Recipient, "covers-recipient", "", "only this recipient")
	f.StringVar(&scope.Scenario, "covers-scenario", "", "only this scenario")
	f.Int64Var(&scope.MaxSubjects, "covers-max", 0, "only up to so many people")
	f.StringVar(&i.RenewedOn, "renewed-on", "", "2006-01-02, when renewal was applied for")
	f.StringSliceVar(&scope.Purposes, "covers-purpose", nil, "only for these purposes")
	f.StringSliceVar(&scope.Acts, "covers-act", nil, "only these acts: transfer, remote_access, access_inside")
	f.StringVar((*string)(&scope.Storage), "covers-storage", "", "only kept in this place, such as SG")
	f.StringVar(&scope.Until, "covers-until", "", "2006-01-02, last day to which the recipient may keep the data")
	frame.AddTri(add, &sensitive, "covers-sensitive", "also sensitive data; =false where it was granted for other data only")
	exporters := f.StringSlice("covers-exporter", nil, "other participants of the group that share it")
	elements := f.StringSlice("covers-element", nil, "only these data elements")
	add.PreRun = func(*cobra.Command, []string) {
		for _, e := range *elements {
			scope.Elements = append(scope.Elements, dataspace.ElementID(e))
		}
		for _, id := range *exporters {
			scope.Exporters = append(scope.Exporters, dataspace.ParticipantID(id))
		}
	}
	cmd := frame.Group("instrument", "Legal documents: filings, certificates, approvals", add,
		&cobra.Command{Use: "list", Short: "List instruments", Args: frame.Args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			var list []gateway.Instrument
			if err := c.Call(cmd.Context(), http.MethodGet, "/instruments?owner="+frame.Esc(owner), nil, &list); err != nil {
				return err
			}
			return env.List(list, "ID OF KIND EFFECTIVE FILED EXPIRES", func(row func(...any)) {
				for _, i := range list {
					row(i.ID, i.Owner, i.Kind, i.EffectiveOn+i.CompletedOn, i.FiledOn, i.ExpiresOn)
				}
			})
		}},
		removeCommand(env, "instrument", path))
	cmd.PersistentFlags().StringVar(&owner, "of", "", "the participant whose it is")
	return cmd
}
