package law

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/dossier"
	"hutong/internal/files"
)

// The files of a case: the result of assess, which file reads without a
// gateway.
const (
	caseFacts    = "facts.json"
	caseProfile  = "profile.json"
	casePlan     = "plan.json"
	caseDecision = "decision.json"
)

// kept is a case that assess stored; profile and plan are nil if only facts
// were given.
type kept struct {
	facts    dataspace.Facts
	profile  *dataspace.Profile
	plan     *dataspace.Plan
	decision dataspace.Decision
}

// save writes the case into dir. Saving the same case again changes nothing. A
// different case is replaced completely, and only with force.
func (k kept) save(env *frame.Env, dir string, force bool) error {
	docs := map[string]any{caseFacts: k.facts, caseProfile: k.profile, casePlan: k.plan, caseDecision: k.decision}
	if k.profile == nil {
		delete(docs, caseProfile)
		delete(docs, casePlan)
	}
	var list []dossier.File
	var stale, names []string
	// The decision is written last: it names its facts, so an incomplete case
	// is detected when it is read.
	for _, name := range []string{caseFacts, caseProfile, casePlan, caseDecision} {
		v, ok := docs[name]
		if !ok {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				stale = append(stale, filepath.Join(dir, name))
			}
			continue
		}
		data, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		list, names = append(list, dossier.File{Name: name, Data: append(data, '\n')}), append(names, name)
	}
	changed, taken, err := unlike(dir, list)
	if err != nil {
		return err
	}
	if taken = append(taken, stale...); len(taken) > 0 && !force {
		return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "case.exists", Place: taken[0], Message: "is there already with other content",
			Hint: "keep the case in another directory, or replace it with --force"}
	}
	for _, path := range stale {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("replace the case: %w", err)
		}
	}
	if err := writeAll(dir, changed); err != nil {
		return err
	}
	env.Say(env.Word("case kept in %s: %s", "案卷已存入 %s：%s"), dir, strings.Join(names, ", "))
	return nil
}

// unlike finds the files of list that dir lacks or holds with different content
// (changed), and those only with different content (taken).
func unlike(dir string, list []dossier.File) (changed []dossier.File, taken []string, err error) {
	for _, f := range list {
		path := filepath.Join(dir, f.Name)
		there, err := os.ReadFile(path)
		switch {
		case err == nil && bytes.Equal(there, f.Data):
			continue
		case err == nil:
			taken = append(taken, path)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, nil, frame.Unreadable(path, err)
		}
		changed = append(changed, f)
	}
	return changed, taken, nil
}

// writeAll writes files that only their owner may read, each completely or not
// at all.
func writeAll(dir string, list []dossier.File) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make directory %s: %w", dir, err)
	}
	for _, f := range list {
		if err := files.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// fromCase uses the files of a case, unless a flag names another file.
func (s *filing) fromCase() error {
	found := false
	for name, path := range map[string]*string{caseFacts: &s.facts, caseProfile: &s.profile, casePlan: &s.plan, caseDecision: &s.decision} {
		in := filepath.Join(s.from, name)
		if _, err := os.Stat(in); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return frame.Unreadable(in, err)
		}
		found = true
		if *path == "" {
			*path = in
		}
	}
	if !found {
		return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "case.none", Place: s.from, Message: "there is no case in this directory",
			Hint: "'hutong assess … --save DIR' keeps one"}
	}
	return nil
}

// sameCase refuses a decision that was made on other facts.
func sameCase(place string, f dossier.Flow) error {
	if f.Facts == nil || f.Decision == nil {
		return nil
	}
	doc, err := dataspace.NewDocument(*f.Facts)
	if err != nil {
		return fmt.Errorf("hash facts: %w", err)
	}
	if doc.Digest() != f.Decision.FactsSHA256 {
		return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "case.mixed", Place: place, Message: "the decision was made on other facts than those given",
			Hint: "assess again with --save and --force"}
	}
	return nil
}
