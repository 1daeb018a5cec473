package gateway

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"hutong/internal/dataspace"
)

// KeyID is the identifier of an API key. It is not the secret. Example:
// "key-7f3kq2mxa5".
type KeyID string

// APIKey is the stored part of an API key: everything except the secret.
type APIKey struct {
	ID          KeyID                   `json:"id"`
	Name        string                  `json:"name"` // for people: who holds it
	Role        Role                    `json:"role"`
	Participant dataspace.ParticipantID `json:"participant,omitempty"` // of role participant
	Created     time.Time               `json:"created"`
	Hash        [32]byte                `json:"-"` // SHA-256 of the secret
}

// Prefixes of secrets, so that scanners can find a leaked secret.
const (
	keyPrefix   = "hutong_"
	setupPrefix = "hutong_setup_"
)

// SetupLife is the time for which the set-up link of a first start is valid.
const SetupLife = time.Hour

// NewKey makes an API key and returns its secret. The secret is shown only once
// and cannot be read again. Only the role participant needs a participant.
func (s *Service) NewKey(ctx context.Context, name string, role Role, participant dataspace.ParticipantID) (secret string, key APIKey, err error) {
	secret, key, err = s.makeKey(name, role, participant)
	if err != nil {
		return "", APIKey{}, err
	}
	if err := s.cfg.Store.InsertKey(ctx, key); err != nil {
		return "", APIKey{}, fmt.Errorf("add API key: %w", err)
	}
	return secret, key, nil
}

func (s *Service) makeKey(name string, role Role, participant dataspace.ParticipantID) (string, APIKey, error) {
	var c checks
	_, known := permissions[role]
	c.want(known, "role", fmt.Sprintf("expected one of %v", Roles()))
	c.want((participant != "") == (role == ParticipantMember), "participant", "a key of role participant names one, other keys do not")
	c.want(name != "" && len(name) <= 128 && !strings.ContainsFunc(name, unicode.IsControl), "name", "say who holds the key, in at most 128 bytes")
	if err := c.join(); err != nil {
		return "", APIKey{}, err
	}
	secret, err := randomText(keyPrefix, 32)
	if err != nil {
		return "", APIKey{}, err
	}
	id, err := randomText("key-", 6)
	if err != nil {
		return "", APIKey{}, err
	}
	return secret, APIKey{ID: KeyID(id), Name: name, Role: role, Participant: participant, Created: s.cfg.Now().UTC(), Hash: sha256.Sum256([]byte(secret))}, nil
}

// Login finds the holder of the secret, or returns ErrUnauthenticated. The
// store is queried by hash, so timing reveals nothing about a secret.
func (s *Service) Login(ctx context.Context, secret string) (Principal, error) {
	refused := problem(dataspace.ErrUnauthenticated, "key.unknown", "", "the API key is not known here", "an operator can make a new one")
	if !strings.HasPrefix(secret, keyPrefix) || len(secret) > 128 {
		return Principal{}, refused
	}
	hash := sha256.Sum256([]byte(secret))
	key, err := s.cfg.Store.KeyByHash(ctx, hash)
	if notFound(err) {
		return Principal{}, refused
	}
	if err != nil {
		return Principal{}, fmt.Errorf("find API key: %w", err)
	}
	if subtle.ConstantTimeCompare(hash[:], key.Hash[:]) != 1 {
		return Principal{}, refused
	}
	return Principal{Key: key.ID, Name: key.Name, Role: key.Role, Participant: key.Participant}, nil
}

// Keys lists the API keys, without secrets.
func (s *Service) Keys(ctx context.Context) ([]APIKey, error) { return s.cfg.Store.Keys(ctx) }

// RemoveKey revokes an API key immediately. It refuses to remove the last key
// of an operator: without it nobody could make another key.
func (s *Service) RemoveKey(ctx context.Context, id KeyID) error {
	err := s.cfg.Store.RemoveKey(ctx, id)
	if errors.Is(err, dataspace.ErrConflict) {
		err = problem(dataspace.ErrConflict, "key.last_operator", string(id), "this is the last key of an operator", "make another one first")
	}
	if err != nil {
		return fmt.Errorf("remove API key %q: %w", id, err)
	}
	return nil
}

// NewSetup makes the token of the set-up link of a gateway that has no operator
// yet. The token is valid for one use within SetupLife. It replaces an earlier
// token. NewSetup returns ErrConflict if there is an operator.
func (s *Service) NewSetup(ctx context.Context) (token string, expires time.Time, err error) {
	token, err = randomText(setupPrefix, 32)
	if err != nil {
		return "", time.Time{}, err
	}
	expires = s.cfg.Now().UTC().Add(SetupLife)
	if err := s.cfg.Store.PutSetup(ctx, sha256.Sum256([]byte(token)), expires); err != nil {
		return "", time.Time{}, fmt.Errorf("make set-up link: %w", err)
	}
	return token, expires, nil
}

// Setup uses up the token of the set-up link and returns the secret of the
// first operator's key. It returns ErrUnauthenticated if the token is unknown,
// used or expired.
func (s *Service) Setup(ctx context.Context, token, name string) (secret string, key APIKey, err error) {
	secret, key, err = s.makeKey(name, Operator, "")
	if err != nil {
		return "", APIKey{}, err
	}
	err = s.cfg.Store.UseSetup(ctx, sha256.Sum256([]byte(token)), s.cfg.Now().UTC(), key)
	if notFound(err) {
		return "", APIKey{}, problem(dataspace.ErrUnauthenticated, "setup.link", "", "the set-up link was used or is too old",
			"start the gateway again for a new link")
	}
	if err != nil {
		return "", APIKey{}, fmt.Errorf("use set-up link: %w", err)
	}
	return secret, key, nil
}

// randomText returns the prefix followed by n random bytes in lower-case
// base32.
func randomText(prefix string, n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("draw random bytes: %w", err)
	}
	return prefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)), nil
}
