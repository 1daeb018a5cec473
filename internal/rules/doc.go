// Package rules decides flows from rule packs: it evaluates every regime that
// applies to the facts of a flow, and says verdict, pathway, reasons,
// obligations with due dates, what is missing, and what would lead to a better
// verdict. What a pack is stands in package pack.
//
// Three things hold by construction:
//
//   - A fact that is absent is unknown, never harmless. Conditions are
//     evaluated in three-valued logic; a rule that only may hold leads to
//     human review with the fact named in missing, unless the outcome is the
//     same either way.
//   - A rule that cannot be evaluated refuses.
//   - The same facts and packs give the same decision, byte for byte.
//
// No jurisdiction is named here; what a law says stands in the packs. The
// package does no I/O, reads no clock and uses no randomness. It keeps no counts and knows no participants: whoever builds
// the facts does.
package rules
