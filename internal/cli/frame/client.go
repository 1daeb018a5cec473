package frame

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hutong/client"
)

// Client returns a client of the gateway that runs on the data directory, with
// the key that the flags name.
func (env *Env) Client() (*client.Client, error) {
	c, err := client.Open(env.DataDir, env.KeyFile)
	var e *client.Error
	if errors.As(err, &e) && e.Code == "key.file" {
		e.Hint = "name a readable file with --key-file; 'hutong key add' makes keys"
	}
	return c, err
}

// AtGateway is the paragraph of help for a command that also works without a
// gateway; see Given.
const AtGateway = `If the command line has --data-dir or --key-file, the gateway that runs there does
the work, with its packs in force.`

// Given returns a client of the gateway that the call itself names, by
// --data-dir or --key-file. It returns nil if the call names none; the command
// then works without a gateway. It ignores the environment variables: they are
// for commands that need a gateway.
func (env *Env) Given(cmd *cobra.Command) (*client.Client, error) {
	if f := cmd.Flags(); !f.Changed("data-dir") && !f.Changed("key-file") {
		return nil, nil
	}
	return env.Client()
}

// Sole returns the participant to act for: the named one, or the only one that
// exists.
func Sole(ctx context.Context, c *client.Client, named, flag string) (string, error) {
	if named != "" {
		return named, nil
	}
	only := ""
	for p, err := range c.Participants().List(ctx) {
		switch {
		case err != nil:
			return "", err
		case only != "":
			return "", Usagef("name it with --"+flag, "several participants stand behind this gateway")
		}
		only = p.ID
	}
	if only == "" {
		return "", Usagef("admit one with 'hutong participant add'", "no participant stands behind this gateway")
	}
	return only, nil
}

// Wire converts a type of the program to the type of the API, or back: the
// names are the same.
func Wire[W any](v any) (out W, err error) {
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		return out, fmt.Errorf("turn %T into %T: %w", v, out, err)
	}
	return out, nil
}
