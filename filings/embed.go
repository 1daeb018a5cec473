// Package filings holds what the filings of each authority ask for and say, as
// data: the questions, the documents, the addresses they rest on. It holds no
// code; package dossier reads and fills them.
package filings

import "embed"

// FS is the folder filings/: sources.yaml, questions.yaml, inventory.yaml,
// places.yaml, known.yaml and <jurisdiction>/<kind>.yaml.
//
//go:embed *.yaml */*.yaml
var FS embed.FS
