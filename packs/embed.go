// Package packs holds the rule packs that come with the program: law as data,
// one folder for each pack, and the calendars they count working days by. It
// holds no code; package rules reads and evaluates them.
package packs

import "embed"

// FS is the folder packs/: <jurisdiction>/<name>/{pack.yaml,tests.yaml,SOURCES.md}
// and calendars/.
//
//go:embed */*
var FS embed.FS
