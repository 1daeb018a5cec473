// Package agree runs the contract negotiation and transfer process of the
// Dataspace Protocol 2025-1 between two participants, in both roles, begun by
// either side.
//
// Each process is a row. A command stores the new state and the message to send
// in one transaction. The message is then sent again and again until the other
// side answers. A message from the other side is acknowledged after its effect
// is durable. The Handler decides what a change means and which command
// follows; the Sender decides how messages look on the wire. This package
// decides only whether the specification has a transition.
package agree
