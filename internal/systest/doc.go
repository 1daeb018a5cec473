// Package systest tests the whole program: real gateways as separate processes
// on loopback, used through the management API and the command line. It reads
// only what an operator, a recipient or an auditor could read: answers, files,
// the database and the log of a stopped or running gateway. The tests of each
// package check how a step is done.
package systest
