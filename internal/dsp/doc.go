// Package dsp is the HTTPS binding of the Dataspace Protocol 2025-1: the wire
// form of its messages, the endpoints that other connectors call, and the
// client that calls theirs.
//
// Every message is checked against the specification's JSON Schemas in both
// directions. Messages are plain JSON; foreign contexts and properties are
// tolerated and never fetched or interpreted. Package agree decides the effect
// of a message. An Authenticator from outside decides who a caller is, and
// Credentials prove the identity of this side in our own requests.
package dsp
