package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hutong/internal/api"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/files"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/objects/folder"
	"hutong/internal/profile"
)

// sources opens the sources of flows.
type sources struct {
	outbox  string // holds a directory for each participant
	uploads *folder.Store
	opener  *files.Opener
}

// remembered is how many sources are not examined again while they are the same.
const remembered = 256

func newSources(outbox string, uploads *folder.Store) (sources, error) {
	opener, err := files.NewOpener(remembered)
	return sources{outbox: outbox, uploads: uploads, opener: opener}, err
}

// source is read for profiling and for delivery. internal/sourcetest tests its
// contract.
type source interface {
	profile.Source
	deliver.Source
}

// places find the sources of each kind.
var places = map[dataspace.SourceKind]func(sources, dataspace.Source) (files.Place, error){
	dataspace.SourceFile:   sources.file,
	dataspace.SourceUpload: sources.upload,
}

// open opens the source of a flow.
func (s sources) open(f flow.Supply) (source, error) {
	at, err := s.place(f)
	if err != nil {
		return nil, err
	}
	form := f.SourceForm
	src, err := s.opener.Open(at, files.Options{Format: form.Format, Charset: form.Charset, Delimiter: form.Delimiter, Dialect: form.Dialect, Header: form.Header, Skip: form.Skip})
	if err != nil {
		return nil, err
	}
	return src, nil
}

// place finds the source of a flow.
func (s sources) place(f flow.Supply) (files.Place, error) {
	if err := f.Source.Check(); err != nil {
		return files.Place{}, err
	}
	find := places[f.Source.Kind]
	if find == nil {
		return files.Place{}, fmt.Errorf("open source: nothing reads kind %q: %w", f.Source.Kind, dataspace.ErrInvalid)
	}
	return find(s, f.Source)
}

// upload finds a file that was uploaded to the gateway.
func (s sources) upload(of dataspace.Source) (files.Place, error) {
	path, err := s.uploads.Path(of.Place)
	return files.Place{Path: path}, err
}

// file finds a file or directory of this machine. A path below the outbox of a
// participant must not lead outside of it: participants write into their
// outboxes and could add a link after the path was checked.
func (s sources) file(of dataspace.Source) (files.Place, error) {
	dir, err := filepath.Abs(s.outbox)
	if err != nil {
		return files.Place{}, fmt.Errorf("find outbox: %w", err)
	}
	path := filepath.Clean(of.Place)
	rel, err := filepath.Rel(dir, path)
	owner, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	if err != nil || owner == ".." || owner == "." {
		return files.Place{Path: path}, nil // an operator's choice
	}
	return files.Place{Path: path, Within: filepath.Join(dir, owner)}, nil
}

// Reading reads datasets, and records what people say of them.
func (n *Node) Reading() api.Reading {
	return api.Reading{
		Officer:  n.state.said,
		Declared: n.state.declared,
		Papers:   n.state.looked.papers,
		Screens:  n.state.looked.screens,
		Profile: func(ctx context.Context, d gateway.Dataset) (dataspace.Profile, error) {
			return readDataset(ctx, n, d)
		},
		Keys: func(ctx context.Context, d gateway.Dataset) ([]dataspace.KeyCandidate, error) {
			return countKeys(ctx, n, d)
		},
	}
}

// readDataset reads the source of a dataset once and stores nothing. The profile
// has what people say of the dataset beside what was found.
func readDataset(ctx context.Context, n *Node, d gateway.Dataset) (out dataspace.Profile, err error) {
	err = withSource(ctx, n, d, func(src profile.Source, opt profile.Options) error {
		opt.CountOnly = true
		r, err := profile.Run(ctx, src, opt)
		if err == nil {
			out = r.Profile
		}
		return err
	})
	return out, err
}

// countKeys counts the people of a dataset by each key.
func countKeys(ctx context.Context, n *Node, d gateway.Dataset) (out []dataspace.KeyCandidate, err error) {
	err = withSource(ctx, n, d, func(src profile.Source, opt profile.Options) (err error) {
		out, err = profile.Candidates(ctx, src, opt)
		return err
	})
	return out, err
}

// withSource opens the source of a dataset, and a directory for what is sorted.
func withSource(ctx context.Context, n *Node, d gateway.Dataset, use func(profile.Source, profile.Options) error) (err error) {
	elements := n.Rules().Elements()
	view, err := elements.ParseView(n.Config.Sensitive)
	if err != nil {
		return err
	}
	src, err := n.state.sources.open(flow.Supply{Source: d.Source, SourceForm: flow.SourceForm{Format: d.Format, Charset: d.Charset, Delimiter: d.Delimiter, Dialect: d.Dialect, Header: d.Header, Skip: d.Skip, System: d.System}})
	if err != nil {
		return err
	}
	kept, err := n.state.said.Kept(ctx, d.Owner, d.ID)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(n.dir("scratch"), "profile-")
	if err != nil {
		return fmt.Errorf("make directory for profiling: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return use(src, profile.Options{
		Say: kept.Say(elements), Keys: kept.Keys, Dir: dir, On: n.clock.Now(), Taxonomy: elements, Sensitive: view, Classes: n.Rules().Counts(),
	})
}
