package gate

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// Fetch makes "fetch".
func Fetch(env *frame.Env) *cobra.Command {
	var as, purpose, waybill string
	var detach bool
	cmd := &cobra.Command{
		Use: "fetch PEER/PARTICIPANT/DATASET", Short: "Fetch a dataset from a participant behind a peer", Args: frame.Args(cobra.ExactArgs(1)),
		Long: "Ask for a dataset of another side's catalogue. The provider profiles and clears it for you, offers what may leave, and delivers that.",
		Example: `  hutong catalogue shanghai/acme
  hutong fetch shanghai/acme/tickets --purpose business`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := input.CheckPurpose(purpose); err != nil {
				return err
			}
			parts := strings.Split(list[0], "/")
			if len(parts) != 3 {
				return frame.Usagef("write it as PEER/PARTICIPANT/DATASET", "%q does not name a dataset", list[0])
			}
			c, err := env.Client()
			if err != nil {
				return err
			}
			in := api.Fetch{Peer: dataspace.PeerName(parts[0]), From: dataspace.ParticipantID(parts[1]), Dataset: dataspace.DatasetID(parts[2]), Purpose: purpose}
			if in.As, err = sole(cmd.Context(), env, c, as, "as"); err != nil {
				return err
			}
			var f api.FlowView
			if err := c.Call(cmd.Context(), http.MethodPost, "/flows/fetch", in, &f); err != nil {
				return err
			}
			return followTo(cmd.Context(), env, c, f, detach, waybill)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "the participant that asks; default the only one")
	cmd.Flags().StringVar(&purpose, "purpose", "", "what for: "+strings.Join(flow.Purposes, ", "))
	cmd.Flags().StringVar(&waybill, "waybill", "", "where the waybill is written; default <flow>.waybill here")
	cmd.Flags().BoolVar(&detach, "detach", false, "do not follow the flow")
	_ = cmd.MarkFlagRequired("purpose") // the flag exists
	return cmd
}

// Catalogue makes "catalogue".
func Catalogue(env *frame.Env) *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use: "catalogue PEER/PARTICIPANT", Short: "What a participant behind a peer offers", Args: frame.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			peer, name, err := address(list[0], "PEER/PARTICIPANT")
			if err != nil {
				return err
			}
			c, err := env.Client()
			if err != nil {
				return err
			}
			me, err := sole(cmd.Context(), env, c, as, "as")
			if err != nil {
				return err
			}
			var out api.Catalogue
			if err := c.Call(cmd.Context(), http.MethodGet, "/peers/"+frame.Esc(peer)+"/participants/"+frame.Esc(name)+"/catalogue?as="+frame.Esc(me), nil, &out); err != nil {
				return err
			}
			return env.List(out, "DATASET TITLE FORMATS", func(row func(...any)) {
				for _, d := range out.Datasets {
					row(d.ID, d.Title, strings.Join(d.Formats, ","))
				}
			})
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "the participant that asks; default the only one")
	return cmd
}
