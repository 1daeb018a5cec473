package client

import (
	"context"
	"net/http"
)

// Declaration is what a compliance officer states for a time of a participant,
// or of its datasets.
type Declaration struct {
	Owner   string   `json:"owner"`
	Dataset string   `json:"dataset,omitempty" doc:"absent: it is about the participant, or about all its datasets of which nothing was declared"`
	Fact    string   `json:"fact"`
	Value   any      `json:"value"`
	Reason  string   `json:"reason"`
	Edition *Edition `json:"edition,omitempty" doc:"the edition of the list that was looked at, of a fact about a list"`
	By      string   `json:"by" doc:"the name of the key with which it was recorded"`
	Key     string   `json:"key" doc:"the id of that key"`
	At      string   `json:"at"`
	From    string   `json:"from" doc:"first day"`
	Until   string   `json:"until" doc:"last day"`
	// Replaces and Event are evidence: of the declaration that it replaces, and
	// that it was made.
	Replaces string   `json:"replaces,omitempty"`
	Event    string   `json:"event,omitempty"`
	Revoked  *Revoked `json:"revoked,omitempty" doc:"that it was ended before its last day"`
	State    string   `json:"state" enum:"in_force,ended,revoked"`
}

// Revoked says who ended a declaration, and why.
type Revoked struct {
	Reason string `json:"reason"`
	By     string `json:"by"`
	At     string `json:"at"`
	Event  string `json:"event,omitempty" doc:"the evidence of the declaration"`
}

// Declare is what is to be declared.
type Declare struct {
	Fact    string   `json:"fact" doc:"a fact with standing in the list of facts: its name, or the name that it has where it is stated"`
	Dataset string   `json:"dataset,omitempty" doc:"of a fact about datasets: a registered one; absent: all of which nothing was declared"`
	Value   any      `json:"value" doc:"of the type of the fact, or a text as a person writes it"`
	Until   string   `json:"until,omitempty" doc:"last day; absent: as long as it may hold"`
	Reason  string   `json:"reason" doc:"on what it rests; kept as evidence"`
	Edition *Edition `json:"edition,omitempty" doc:"of a fact about a list: the edition that was looked at; in a sector of a list that is not loaded the answer counts only with it"`
}

// Edition is the edition of a list that somebody looked at.
type Edition struct {
	Name string `json:"name" doc:"the list and its edition, as its issuer names it"`
	On   string `json:"on" doc:"the day on which it was looked at"`
}

// Revoke ends a declaration before its last day.
type Revoke struct {
	Fact    string `json:"fact"`
	Dataset string `json:"dataset,omitempty"`
	Reason  string `json:"reason"`
}

// Declarations returns the newest declaration of each fact, also those that have
// ended.
func (a Participants) Declarations(ctx context.Context, owner string) ([]Declaration, error) {
	return call[[]Declaration](ctx, a.t, http.MethodGet, path("participants", owner, "declarations"), nil)
}

// Declare records a declaration. It replaces an earlier one of the same fact
// about the same dataset. It returns ErrConflict if something else is registered.
func (a Participants) Declare(ctx context.Context, owner string, in Declare) (Declaration, error) {
	return call[Declaration](ctx, a.t, http.MethodPost, path("participants", owner, "declarations"), in)
}

// Revoke ends a declaration. It returns ErrNotFound if there is none.
func (a Participants) Revoke(ctx context.Context, owner string, in Revoke) (Declaration, error) {
	return call[Declaration](ctx, a.t, http.MethodPost, path("participants", owner, "declarations", "revoke"), in)
}
