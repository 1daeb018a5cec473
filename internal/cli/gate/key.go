package gate

import (
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/cli/frame"
	"hutong/internal/gateway"
)

// Key makes "key".
func Key(env *frame.Env) *cobra.Command {
	var in api.NewKey
	var out string
	add := &cobra.Command{
		Use: "add NAME", Short: "Make an API key", Args: frame.Args(cobra.ExactArgs(1)),
		Long:    "Make an API key for a person or program. The secret is shown once, or written to a file that only you can read.",
		Example: `  hutong key add "Li Wei" --role compliance --out li-wei.key`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			in.Name = list[0]
			var k api.IssuedKey
			if err := c.Call(cmd.Context(), http.MethodPost, "/keys", in, &k); err != nil {
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
		},
	}
	add.Flags().StringVar((*string)(&in.Role), "role", "", "operator, compliance, participant or auditor")
	add.Flags().StringVar((*string)(&in.Participant), "participant", "", "whose, for the role participant")
	add.Flags().StringVar(&out, "out", "", "write the secret to this file")
	return frame.Group("key", "API keys of people and programs", add,
		&cobra.Command{Use: "list", Short: "List keys", Args: frame.Args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			var list []gateway.APIKey
			if err := c.Call(cmd.Context(), http.MethodGet, "/keys", nil, &list); err != nil {
				return err
			}
			return env.List(list, "ID ROLE PARTICIPANT NAME", func(row func(...any)) {
				for _, k := range list {
					row(k.ID, k.Role, k.Participant, k.Name)
				}
			})
		}},
		removeCommand(env, "key", func(id string) (string, error) { return "/keys/" + frame.Esc(id), nil }))
}
