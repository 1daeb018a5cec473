package gate

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Peer makes "peer".
func Peer(env *frame.Env) *cobra.Command {
	var fingerprint string
	add := &cobra.Command{
		Use: "add NAME URL", Short: "Pair with another gateway", Args: frame.Args(cobra.ExactArgs(2)),
		Long: `Fetch the other gateway's card and show the fingerprint of its keys. Compare it
with what that gateway's operator sees ('hutong peer self'), then confirm it,
here and there. From then on those keys are pinned.`,
		Example: `  hutong peer add singapore https://sg.example:8443
  hutong peer confirm singapore gjj7-zrci-...`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			var p gateway.Peer
			if err := c.Call(cmd.Context(), http.MethodPost, "/peers", api.NewPeer{Name: dataspace.PeerName(list[0]), URL: list[1]}, &p); err != nil {
				return err
			}
			if fingerprint != "" {
				if err := c.Call(cmd.Context(), http.MethodPost, "/peers/"+frame.Esc(p.Name)+"/confirm", api.ConfirmPeer{Fingerprint: fingerprint}, &p); err != nil {
					return err
				}
			}
			return env.Print(p, func(w io.Writer) {
				fmt.Fprintf(w, "%s is %s (%s)\nfingerprint %s\n", p.Name, p.Card.Name, p.Card.Gateway, p.Fingerprint)
				if p.State == gateway.Confirmed {
					fmt.Fprintln(w, "confirmed: its keys are pinned from now on")
					return
				}
				fmt.Fprintf(w, "compare it with what its operator sees, then:\n  hutong peer confirm %s FINGERPRINT\n", p.Name)
			})
		},
	}
	add.Flags().StringVar(&fingerprint, "fingerprint", "", "confirm at once, if this is the fingerprint")
	return frame.Group("peer", "Other gateways this one knows", add,
		&cobra.Command{Use: "confirm NAME FINGERPRINT", Short: "Trust a peer whose fingerprint was compared", Args: frame.Args(cobra.ExactArgs(2)),
			RunE: func(cmd *cobra.Command, list []string) error {
				c, err := env.Client()
				if err != nil {
					return err
				}
				var p gateway.Peer
				if err := c.Call(cmd.Context(), http.MethodPost, "/peers/"+frame.Esc(list[0])+"/confirm", api.ConfirmPeer{Fingerprint: list[1]}, &p); err != nil {
					return err
				}
				return env.Print(p, func(w io.Writer) { fmt.Fprintf(w, "%s is confirmed: its keys are pinned from now on\n", p.Name) })
			}},
		&cobra.Command{Use: "list", Short: "List peers", Args: frame.Args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			var list []gateway.Peer
			if err := c.Call(cmd.Context(), http.MethodGet, "/peers", nil, &list); err != nil {
				return err
			}
			return env.List(list, "NAME GATEWAY STATE URL", func(row func(...any)) {
				for _, p := range list {
					state := string(p.State)
					if p.Policy.Cut {
						state = "cut"
					}
					row(p.Name, p.Card.Gateway, state, p.URL)
				}
			})
		}},
		&cobra.Command{Use: "self", Short: "Show this gateway's own fingerprint, to read out", Args: frame.Args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			var g api.Gateway
			if err := c.Call(cmd.Context(), http.MethodGet, "/gateway", nil, &g); err != nil {
				return err
			}
			return env.Print(g, func(w io.Writer) {
				fmt.Fprintf(w, "gateway     %s\nurl         %s\nfingerprint %s\nlog key     %s\n", g.Card.Gateway, g.Card.URL, g.Fingerprint, g.Card.Log)
			})
		}},
		peerCut(env, "suspend", "Cut everything with a peer at once"), peerCut(env, "resume", "Take up with a suspended peer again"),
		showCommand[gateway.Peer](env, "peer", func(id string) (string, error) { return "/peers/" + frame.Esc(id), nil }),
		removeCommand(env, "peer", func(id string) (string, error) { return "/peers/" + frame.Esc(id), nil }),
	)
}

func peerCut(env *frame.Env, verb, short string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{Use: verb + " NAME", Short: short, Args: frame.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			body := map[string]string{}
			if verb == "suspend" {
				body["reason"] = reason
			}
			var p gateway.Peer
			if err := c.Call(cmd.Context(), http.MethodPost, "/peers/"+frame.Esc(list[0])+"/"+verb, body, &p); err != nil {
				return err
			}
			return env.YAML(p)
		}}
	if verb == "suspend" {
		cmd.Flags().StringVar(&reason, "reason", "", "why, for people here")
	}
	return cmd
}
