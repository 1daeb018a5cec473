// Package client speaks to the management API of a Hutong gateway: what the
// command line does with a running gateway, a program can do with this
// package. It imports nothing else of Hutong.
//
// A client is made from the data directory of a gateway on this machine
// ([Open]) or from a URL, a key and what the server is trusted by ([New]).
// Its methods are grouped by what they are about: [Client.Participants],
// [Client.Flows], and so on. Lists are read page by page as they are ranged
// over. A refusal is an [Error]; errors.Is finds its kind, such as
// [ErrNotCleared].
//
// # Versions
//
// The package follows semantic versioning together with the program, by the
// tags of the repository. Before 1.0 a minor version may change it, and
// CHANGELOG.md says so. From 1.0 on, within one major version: nothing that
// is exported goes or changes its meaning; structs may get fields, so name the
// fields in literals; kinds of errors and codes stay. A client works with the
// gateways of its own major version, and ignores fields of answers that it
// does not know. The API has its version in the path, /api/v1.
package client
