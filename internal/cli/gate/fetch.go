package gate

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/vocab"
)

// fetching holds the flags of fetch.
type fetching struct {
	as, purpose string
	end         ending
}

// Fetch makes "fetch".
func Fetch(env *frame.Env) *cobra.Command {
	var o fetching
	cmd := &cobra.Command{
		Use: "fetch PEER/PARTICIPANT/DATASET", Short: "Fetch a dataset from a participant behind a peer", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Ask for a dataset of another side's catalogue. The provider profiles and clears it
for you, offers what may leave, and delivers that.

Exit codes: as 'hutong send'.`,
		Example: `  hutong catalogue shanghai/acme
  hutong fetch shanghai/acme/tickets --purpose business`,
		RunE: func(cmd *cobra.Command, words []string) error { return fetch(cmd.Context(), env, words[0], o) },
	}
	cmd.Flags().StringVar(&o.as, "as", "", "the participant that asks; default: the only one")
	cmd.Flags().StringVar(&o.purpose, "purpose", "", "purpose: "+input.Keys(vocab.Purposes))
	o.end.add(cmd)
	_ = cmd.MarkFlagRequired("purpose") // the flag exists
	return cmd
}

func fetch(ctx context.Context, env *frame.Env, what string, o fetching) error {
	if err := input.Word(vocab.Purposes, "--purpose", &o.purpose); err != nil {
		return err
	}
	if err := o.end.check(); err != nil {
		return err
	}
	parts := strings.Split(what, "/")
	if len(parts) != 3 {
		return frame.Usagef("write it as PEER/PARTICIPANT/DATASET", "%q does not name a dataset", what)
	}
	c, err := env.Client()
	if err != nil {
		return err
	}
	in := client.Fetch{Peer: parts[0], From: parts[1], Dataset: parts[2], Purpose: o.purpose}
	if in.As, err = frame.Sole(ctx, c, o.as, "as"); err != nil {
		return err
	}
	f, err := c.Flows().Fetch(ctx, in)
	if err != nil {
		return err
	}
	return followTo(ctx, env, c, f, o.end)
}

// Catalogue makes "catalogue".
func Catalogue(env *frame.Env) *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use: "catalogue PEER/PARTICIPANT", Short: "Show the catalogue of a participant behind a peer", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Ask a peer for the catalogue of a participant behind it: the datasets that may be
asked for with 'hutong fetch'. The provider clears a dataset when somebody asks for
it, and may hold back columns.`,
		Example: `  hutong catalogue shanghai/acme`,
		RunE:    func(cmd *cobra.Command, words []string) error { return catalogue(cmd.Context(), env, words[0], as) },
	}
	cmd.Flags().StringVar(&as, "as", "", "the participant that asks; default: the only one")
	return cmd
}

func catalogue(ctx context.Context, env *frame.Env, whose, as string) error {
	peer, name, err := address(whose, "PEER/PARTICIPANT")
	if err != nil {
		return err
	}
	c, err := env.Client()
	if err != nil {
		return err
	}
	me, err := frame.Sole(ctx, c, as, "as")
	if err != nil {
		return err
	}
	var out client.Catalogue
	if out.Datasets, err = client.Collect(c.Peers().Catalogue(ctx, peer, name, me)); err != nil {
		return err
	}
	return env.List(out, "DATASET TITLE FORMATS", func(row func(...any)) {
		for _, d := range out.Datasets {
			row(d.ID, d.Title, strings.Join(d.Formats, ","))
		}
	})
}
