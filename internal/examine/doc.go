// Package examine finds errors in rule packs: statements of law with missing
// parts, rules that no flow reaches, packs that contradict each other, cases
// that do not hold, and small mistakes that no case would detect. It reads what
// a pack declares and calls the engine; it decides no flow and changes no pack.
package examine
