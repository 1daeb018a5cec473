package gate

import (
	"context"
	"net/http"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// address splits PEER/NAME.
func address(s, what string) (dataspace.PeerName, string, error) {
	peer, name, ok := strings.Cut(s, "/")
	if !ok || peer == "" || name == "" {
		return "", "", frame.Usagef("write it as "+what, "%q is not %s", s, what)
	}
	return dataspace.PeerName(peer), name, nil
}

// sole is the participant to act for: the one named, or the only one there is.
func sole(ctx context.Context, env *frame.Env, c *frame.Client, named, flag string) (dataspace.ParticipantID, error) {
	if named != "" {
		return dataspace.ParticipantID(named), nil
	}
	var list []gateway.Participant
	if err := c.Call(ctx, http.MethodGet, "/participants", nil, &list); err != nil {
		return "", err
	}
	if len(list) == 1 {
		return list[0].ID, nil
	}
	if len(list) == 0 {
		return "", frame.Usagef("admit one with 'hutong participant add'", "no participant stands behind this gateway")
	}
	return "", frame.Usagef("name it with --"+flag, "%d participants stand behind this gateway", len(list))
}
