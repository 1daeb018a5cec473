// Package fact is the table of facts: what a rule can read, what each fact may
// be, who may state it, and what it is called, in a register, on the command
// line and in a question.
//
// The facts themselves are data, in words/facts.yaml. The package holds no values of a flow: those are dataspace.Values.
package fact
