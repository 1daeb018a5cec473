package gate

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
)

// atGateway is the RunE of a command that speaks to the gateway of the data
// directory: do gets a client for it and the arguments.
func atGateway(env *frame.Env, do func(ctx context.Context, c *client.Client, words []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, words []string) error {
		c, err := env.Client()
		if err != nil {
			return err
		}
		return do(cmd.Context(), c, words)
	}
}

// resource is a kind of thing that a gateway keeps, for the commands that are
// the same for each kind.
type resource struct {
	noun    string // what one is called: "participant"
	command string // the command above: "hutong participant"
	example string // an id, and the flags that go with it
	removed string // what removing one means, as sentences
}

// article is the noun with its "a" or "an".
func (r resource) article() string {
	if strings.ContainsAny(r.noun[:1], "aeiou") {
		return "an " + r.noun
	}
	return "a " + r.noun
}

// removeCommand makes "remove ID".
func removeCommand(env *frame.Env, r resource, remove func(ctx context.Context, c *client.Client, id string) error) *cobra.Command {
	return &cobra.Command{
		Use: "remove ID", Short: "Remove " + r.article(), Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "Remove " + r.article() + " from the gateway. " + r.removed,
		Example: "  " + r.command + " remove " + r.example,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			return remove(ctx, c, words[0])
		}),
	}
}

// showCommand makes "show ID": one thing, for people as YAML.
func showCommand[T any](env *frame.Env, r resource, get func(ctx context.Context, c *client.Client, id string) (T, error)) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show " + r.article(), Args: frame.Args(cobra.ExactArgs(1)),
		Long: "Show all that the gateway keeps of " + r.article() + `. For people it is YAML; with
--json it has the same names.`,
		Example: "  " + r.command + " show " + r.example,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			v, err := get(ctx, c, words[0])
			if err != nil {
				return err
			}
			return env.YAML(v)
		}),
	}
}
