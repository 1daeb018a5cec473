// Package gateway holds the identity of this gateway, its participants, and the
// peers it trusts: its keys, the participants with their datasets and legal
// instruments, the people and programs that manage it, and the peers.
//
// Trust in a peer begins when an operator has compared the fingerprint of its
// keys and confirmed it; from then on TLS, tokens, log and witness of that
// peer are checked against those keys and nothing else, and no certificate
// authority is asked.
//
// It does not speak the dataspace protocol, decide flows, or move data: it
// tells the packages that do so who is calling, what the caller may do, and how
// to call back.
package gateway
