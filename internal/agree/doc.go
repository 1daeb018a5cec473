// Package agree brings two participants to a contract and a transfer: the
// contract negotiation and transfer process of the Dataspace Protocol 2025-1,
// in both roles, begun by either side.
//
// Each process is a row. A command stores the new state and the message to
// send in one transaction, then the message is sent, again and again until
// the other side answers. A message from the other side is acknowledged after
// its effect is durable. What a change means, and which command follows, is
// the Handler's business; how messages look on the wire is the Sender's; this
// package decides only whether a transition is one the specification has.
package agree
