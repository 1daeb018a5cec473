package gate

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
)

// removeCommand makes "remove ID", with or without an owner.
func removeCommand(env *frame.Env, what string, path func(id string) (string, error)) *cobra.Command {
	return &cobra.Command{Use: "remove ID", Short: "Remove " + article(what), Args: frame.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			p, err := path(list[0])
			if err != nil {
				return err
			}
			return c.Call(cmd.Context(), http.MethodDelete, p, nil, nil)
		}}
}

// article is what with its "a" or "an".
func article(what string) string {
	if strings.ContainsAny(what[:1], "aeiou") {
		return "an " + what
	}
	return "a " + what
}

// show makes "show ID": one thing as JSON, for people indented.
func showCommand[T any](env *frame.Env, what string, path func(id string) (string, error)) *cobra.Command {
	return &cobra.Command{Use: "show ID", Short: "Show " + article(what), Args: frame.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			p, err := path(list[0])
			if err != nil {
				return err
			}
			var v T
			if err := c.Call(cmd.Context(), http.MethodGet, p, nil, &v); err != nil {
				return err
			}
			return env.YAML(v)
		}}
}
