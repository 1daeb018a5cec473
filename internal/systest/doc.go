// Package systest tests the whole program: real gateways as processes of
// their own on loopback, driven through the management API and the command
// line. It looks only at what an operator, a recipient or an auditor could
// look at: answers, files, the database and the log of a stopped or running
// gateway. How a step is done is for the tests of its package.
package systest
