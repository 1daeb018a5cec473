// Package dsp is the HTTPS binding of the Dataspace Protocol 2025-1: the wire
// form of its messages, the endpoints that other connectors call, and the
// client that calls theirs.
//
// Every message is checked against the specification's JSON Schemas in both
// directions. Messages are plain JSON; foreign contexts and properties are
// tolerated and never fetched or interpreted. What a message does is decided
// by package agree; who a caller is, and how a request of ours proves who we
// are, by an Authenticator and Credentials from outside.
package dsp
