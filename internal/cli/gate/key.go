package gate

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
)

// Key makes "key".
func Key(env *frame.Env) *cobra.Command {
	r := resource{
		noun: "key", command: "hutong key", example: "k-7f3c",
		removed: "The gateway no longer accepts\nit. The last key of an operator stays.",
	}
	remove := func(ctx context.Context, c *client.Client, id string) error { return c.Keys().Remove(ctx, id) }
	cmd := frame.Group("key", "API keys of people and programs", keyAdd(env), keyList(env), removeCommand(env, r, remove))
	cmd.Long = `API keys say who calls the management API, and what that person or program may do.
A command uses the local operator's key of the data directory unless --key-file
names another.`
	cmd.Example = `  hutong key add "Li Wei" --role compliance --out li-wei.key
  hutong key list`
	return cmd
}

func keyAdd(env *frame.Env) *cobra.Command {
	var in client.NewKey
	var out string
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Make an API key", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "Make an API key for a person or program. The secret is shown once, or written to\na file that only you can read.",
		Example: `  hutong key add "Li Wei" --role compliance --out li-wei.key`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			in.Name = words[0]
			return addKey(ctx, env, c, in, out)
		}),
	}
	cmd.Flags().StringVar(&in.Role, "role", "", "operator, compliance, participant or auditor")
	cmd.Flags().StringVar(&in.Participant, "participant", "", "the participant, for the role participant")
	cmd.Flags().StringVar(&out, "out", "", "write the secret to this file")
	return cmd
}

// addKey makes a key; its secret is printed, or written to the file out.
func addKey(ctx context.Context, env *frame.Env, c *client.Client, in client.NewKey, out string) error {
	k, err := c.Keys().Add(ctx, in)
	if err != nil {
		return err
	}
	if out != "" {
		if err := os.WriteFile(out, []byte(k.Secret+"\n"), 0o600); err != nil {
			return fmt.Errorf("write key: %w", err)
		}
		k.Secret = ""
	}
	return env.Print(k, func(w io.Writer) {
		fmt.Fprintf(w, "key %s of %s, role %s\n", k.Key.ID, k.Key.Name, k.Key.Role)
		if out != "" {
			fmt.Fprintf(w, "secret written to %s\n", out)
		} else {
			fmt.Fprintf(w, "secret, shown once: %s\n", k.Secret)
		}
	})
}

func keyList(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List keys", Args: frame.Args(cobra.NoArgs),
		Long:    "List the API keys with their roles. Secrets are not kept and cannot be shown.",
		Example: `  hutong key list`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := client.Collect(c.Keys().List(ctx))
			if err != nil {
				return err
			}
			return env.List(list, "ID ROLE PARTICIPANT NAME", func(row func(...any)) {
				for _, k := range list {
					row(k.ID, k.Role, k.Participant, k.Name)
				}
			})
		}),
	}
}
