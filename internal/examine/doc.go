// Package examine looks for what is wrong with rule packs: statements without
// what a statement of law must have, rules that no flow reaches, packs that
// contradict each other, cases that do not hold, and small mistakes that no case
// would notice. It reads what a pack declares and asks the engine; it decides no
// flow and changes no pack.
package examine
