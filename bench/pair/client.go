package pair

import (
	"context"
	"fmt"

	"hutong/client"
)

// Client speaks to the management API of a gateway on this machine. It may be
// used by many at once.
type Client struct {
	*client.Client
	PID int
}

// Open finds the gateway of a data directory.
func Open(dir string) (*Client, error) {
	e, err := client.ReadEndpoint(dir)
	if err != nil {
		return nil, err
	}
	c, err := client.Open(dir, "")
	if err != nil {
		return nil, err
	}
	return &Client{c, e.PID}, nil
}

// Follow waits until the flow has ended or waits for a person. seen is called
// with the first view and with every change after it.
func (c *Client) Follow(ctx context.Context, id string, seen func(client.Flow)) (f client.Flow, err error) {
	for f, err = range c.Flows().Follow(ctx, id) {
		if err != nil {
			return f, fmt.Errorf("follow flow %s: %w", id, err)
		}
		if seen(f); f.Final() || f.Waiting() {
			break
		}
	}
	return f, nil
}
