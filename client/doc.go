// Package client calls the management API of a Hutong gateway. A program can do
// with it everything that the command line does with a running gateway. The
// package imports no other package of Hutong.
//
// A client is made from the data directory of a gateway on this machine
// ([Open]) or from a URL, a key and an option that says how the server is
// trusted ([New]). Its methods are grouped by subject: [Client.Participants],
// [Client.Flows], and so on. A list is read page by page while the caller
// ranges over it. A refusal is an [Error]; errors.Is finds its kind, such as
// [ErrNotCleared].
//
// # Versions
//
// The package follows semantic versioning together with the program, by the
// tags of the repository. Before 1.0 a minor version may change it, and
// CHANGELOG.md says so. From 1.0 on, within one major version: no exported name
// is removed or changes its meaning; structs may get fields, so name the fields
// in literals; kinds of errors and codes stay. A client works with the gateways
// of its own major version, and ignores fields of answers that it does not
// know. The API has its version in the path, /api/v1.
package client
