package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

type principalKey struct{}

// who is the caller of an authenticated request.
func who(ctx context.Context) gateway.Principal {
	p, _ := ctx.Value(principalKey{}).(gateway.Principal)
	return p
}

// authenticate refuses requests without a known key.
func (s *server) authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		secret, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
		if !ok {
			writeError(api, ctx, &dataspace.Problem{Kind: dataspace.ErrUnauthenticated, Code: "key.missing", Message: "an API key is needed",
				Hint: "send it as Authorization: Bearer KEY"})
			return
		}
		p, err := s.login(ctx.Context(), secret)
		if err != nil {
			writeError(api, ctx, err)
			return
		}
		next(huma.WithValue(ctx, principalKey{}, p))
	}
}

func (s *server) login(ctx context.Context, secret string) (gateway.Principal, error) {
	hash := sha256.Sum256([]byte(secret))
	if s.LocalKey != "" && subtle.ConstantTimeCompare(hash[:], s.local[:]) == 1 {
		return gateway.Principal{Key: "local", Name: "local operator", Role: gateway.Operator}, nil
	}
	return s.Gateway.Login(ctx, secret)
}
