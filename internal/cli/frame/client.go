package frame

import (
	"errors"

	"hutong/client"
)

// Client speaks to the gateway that runs on the data directory, by the key
// that the flags name.
func (env *Env) Client() (*client.Client, error) {
	c, err := client.Open(env.DataDir, env.KeyFile)
	var e *client.Error
	if errors.As(err, &e) && e.Code == "key.file" {
		e.Hint = "name a readable file with --key-file; 'hutong key add' makes keys"
	}
	return c, err
}
