// Package rules decides flows from rule packs: it evaluates every regime that
// applies to the facts of a flow. A decision has the verdict, pathway, reasons,
// obligations with due dates, missing facts, and changes that would lead to a
// better verdict. Package pack defines packs.
//
// Three properties hold:
//
//   - A fact that is absent is unknown, never harmless. Conditions are
//     evaluated in three-valued logic. If a rule only may hold, the verdict is
//     human review and missing names the fact, unless the outcome is the same
//     either way.
//   - A rule that cannot be evaluated leads to human review.
//   - The same facts and packs give the same decision, byte for byte.
//
// No jurisdiction is named here: the packs have the law. The package does no I/O,
// reads no clock and uses no randomness. It keeps no counts and knows no
// participants: the facts bring them.
package rules
