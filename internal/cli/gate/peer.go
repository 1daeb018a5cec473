package gate

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
)

// Peer makes "peer".
func Peer(env *frame.Env) *cobra.Command {
	r := resource{
		noun: "peer", command: "hutong peer", example: "north",
		removed: "Its keys are removed too: compare\nthe fingerprint again if you add the peer again. No data may be on its way.",
	}
	show := func(ctx context.Context, c *client.Client, name string) (client.Peer, error) {
		return c.Peers().Get(ctx, name)
	}
	remove := func(ctx context.Context, c *client.Client, name string) error { return c.Peers().Remove(ctx, name) }
	cmd := frame.Group("peer", "Other gateways this one knows",
		peerAdd(env), peerConfirm(env), peerList(env), peerSelf(env), peerSuspend(env), peerResume(env),
		showCommand(env, r, show), removeCommand(env, r, remove))
	cmd.Long = `Peers are the gateways that this one exchanges data with. Both operators compare
the fingerprint of the other's keys and confirm it; from then on those keys are
pinned.`
	cmd.Example = `  hutong peer self
  hutong peer add north https://north.example:8443
  hutong peer confirm north gjj7-zrci-...`
	return cmd
}

func peerAdd(env *frame.Env) *cobra.Command {
	var fingerprint string
	cmd := &cobra.Command{
		Use: "add NAME URL", Short: "Pair with another gateway", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Fetch the other gateway's card and show the fingerprint of its keys. Compare it
with what that gateway's operator sees ('hutong peer self'), then confirm it,
here and there. From then on those keys are pinned.`,
		Example: `  hutong peer add singapore https://sg.example:8443
  hutong peer confirm singapore gjj7-zrci-...`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			return addPeer(ctx, env, c, client.NewPeer{Name: words[0], URL: words[1]}, fingerprint)
		}),
	}
	cmd.Flags().StringVar(&fingerprint, "fingerprint", "", "confirm at once, if this is the fingerprint")
	return cmd
}

func addPeer(ctx context.Context, env *frame.Env, c *client.Client, in client.NewPeer, fingerprint string) error {
	p, err := c.Peers().Add(ctx, in)
	if err == nil && fingerprint != "" {
		p, err = c.Peers().Confirm(ctx, p.Name, fingerprint)
	}
	if err != nil {
		return err
	}
	return env.Print(p, func(w io.Writer) {
		fmt.Fprintf(w, "%s is %s (%s)\nfingerprint %s\n", p.Name, p.Card.Name, p.Card.Gateway, p.Fingerprint)
		if p.State == client.PeerConfirmed {
			fmt.Fprintln(w, "confirmed: its keys are pinned from now on")
			return
		}
		fmt.Fprintf(w, "compare it with what its operator sees, then:\n  hutong peer confirm %s FINGERPRINT\n", p.Name)
	})
}

func peerConfirm(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "confirm NAME FINGERPRINT", Short: "Trust a peer whose fingerprint was compared", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Confirm that FINGERPRINT is what the other gateway's operator reads out from
'hutong peer self'. From then on its keys are pinned. Before that no data passes.`,
		Example: `  hutong peer confirm singapore gjj7-zrci-...`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			p, err := c.Peers().Confirm(ctx, words[0], words[1])
			if err != nil {
				return err
			}
			return env.Print(p, func(w io.Writer) { fmt.Fprintf(w, "%s is confirmed: its keys are pinned from now on\n", p.Name) })
		}),
	}
}

func peerList(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List peers", Args: frame.Args(cobra.NoArgs),
		Long:    "List the gateways that this one knows: those that wait to be confirmed, those that\nare confirmed, and those that are suspended.",
		Example: `  hutong peer list`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := client.Collect(c.Peers().List(ctx))
			if err != nil {
				return err
			}
			return env.List(list, "NAME GATEWAY STATE URL", func(row func(...any)) {
				for _, p := range list {
					state := p.State
					if p.Policy.Cut {
						state = "cut"
					}
					row(p.Name, p.Card.Gateway, state, p.URL)
				}
			})
		}),
	}
}

func peerSelf(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "self", Short: "Show this gateway's own fingerprint, to read out", Args: frame.Args(cobra.NoArgs),
		Long:    "Show this gateway's name, address, fingerprint and log key. Read the fingerprint\nout to the other operator, over a channel that both trust.",
		Example: `  hutong peer self`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			g, err := c.Gateway().Show(ctx)
			if err != nil {
				return err
			}
			return env.Print(g, func(w io.Writer) {
				fmt.Fprintf(w, "gateway     %s\nurl         %s\nfingerprint %s\nlog key     %s\n", g.Card.Gateway, g.Card.URL, g.Fingerprint, g.Card.Log)
			})
		}),
	}
}

func peerSuspend(env *frame.Env) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "suspend NAME", Short: "Stop all exchange with a peer at once", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Stop at once all exchange with a peer: offers, requests and deliveries that are under
way. The peer stays known and its keys stay pinned.`,
		Example: `  hutong peer suspend singapore --reason "incident 2026-14"`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			p, err := c.Peers().Suspend(ctx, words[0], reason)
			if err != nil {
				return err
			}
			return env.YAML(p)
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "reason, for people at this gateway")
	return cmd
}

func peerResume(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "resume NAME", Short: "Exchange data with a suspended peer again", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "End what 'hutong peer suspend' began. Flows that waited continue.",
		Example: `  hutong peer resume singapore`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			p, err := c.Peers().Resume(ctx, words[0])
			if err != nil {
				return err
			}
			return env.YAML(p)
		}),
	}
}
