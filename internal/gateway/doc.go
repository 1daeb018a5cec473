// Package gateway knows who this gateway is, who stands behind it, and whom
// it trusts: its keys, the participants with their datasets and legal
// instruments, the people and programs that manage it, and the peers.
//
// Trust in a peer begins when an operator has compared the fingerprint of its
// keys and confirmed it; from then on TLS, tokens, log and witness of that
// peer are checked against those keys and nothing else, and no certificate
// authority is asked.
//
// It does not speak the dataspace protocol, decide flows, or move data: it
// answers for those who do who is calling, whether that caller may, and how
// to call back.
package gateway
