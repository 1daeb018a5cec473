package papers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/objects"
)

// Config of a Service; every field is needed.
type Config struct {
	Store Store
	// Files keeps the bytes, as <owner>/<SHA-256>: an owner has no file that
	// somebody else has uploaded.
	Files objects.Store
	// Facts are those of the packs in force.
	Facts func() *fact.Table
	// Group is the group of a participant; empty for one that does not exist.
	Group func(ctx context.Context, owner dataspace.ParticipantID) (string, error)
	Now   func() time.Time
	// Event makes the evidence of something that happens now.
	Event func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error)
	// Recorded is called when evidence was stored.
	Recorded func()
}

// Service keeps documents.
type Service struct {
	cfg Config
	// files is locked while a document takes a file, and while files are removed.
	files sync.Mutex
}

// New makes the service.
func New(cfg Config) *Service { return &Service{cfg: cfg} }

// By is who does something: the name and the id of a key.
type By struct{ Name, Key string }

func (s *Service) act(by By) (*Act, error) {
	if by.Name == "" || by.Key == "" {
		return nil, fmt.Errorf("record a document of nobody: %w", dataspace.ErrInvalid)
	}
	return &Act{By: by.Name, Key: by.Key, At: s.cfg.Now().UTC().Truncate(time.Second)}, nil
}

// MaxFile is the largest size of a file.
const MaxFile = 64 << 20

func fileName(owner dataspace.ParticipantID, d dataspace.Digest) string {
	return string(owner) + "/" + string(d)
}

// Upload keeps the bytes of a file for its owner, until a document of the owner
// names its digest.
func (s *Service) Upload(ctx context.Context, owner dataspace.ParticipantID, r io.Reader, want objects.Want) (objects.Info, error) {
	switch {
	case want.Size <= 0 || want.Size > MaxFile:
		return objects.Info{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "instrument.file", Place: "size",
			Message: fmt.Sprintf("a file of an instrument has 1 to %d bytes, not %d", MaxFile, want.Size), Hint: "give the document as one file, such as a PDF"}
	case !isDigest(want.SHA256):
		return objects.Info{}, badDigest("sha256")
	}
	if err := dataspace.CheckName("participant", string(owner)); err != nil {
		return objects.Info{}, err
	}
	// One byte more than announced is enough to detect a body that is too large.
	return s.cfg.Files.Put(ctx, fileName(owner, want.SHA256), io.LimitReader(r, want.Size+1), want)
}

func isDigest(d dataspace.Digest) bool {
	return len(d) == 2*sha256.Size && strings.Trim(string(d), "0123456789abcdef") == ""
}

func badDigest(place string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "instrument.file", Place: place, Message: "expected the SHA-256 of the file, 64 hexadecimal digits"}
}

// Propose registers a document. It does not count before it is confirmed. Its file
// must have been uploaded.
func (s *Service) Propose(ctx context.Context, p Paper, by By) (Paper, error) {
	act, err := s.act(by)
	if err != nil {
		return Paper{}, err
	}
	p.Proposed, p.Confirmation, p.Confirmed, p.Document, p.Standing, p.Size = act, nil, "", "", "", 0
	p, err = read(s.cfg.Facts(), p)
	if err := errors.Join(err, hasFile(p.File)); err != nil {
		return Paper{}, err
	}
	s.files.Lock()
	defer s.files.Unlock()
	info, err := s.cfg.Files.Stat(ctx, fileName(p.Owner, p.File))
	if errors.Is(err, dataspace.ErrNotFound) {
		return Paper{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "instrument.file", Place: "file", Message: "no file of this SHA-256 was uploaded for the participant",
			Hint: "upload it first; 'hutong instrument add --file' does both"}
	}
	if err != nil {
		return Paper{}, fmt.Errorf("add instrument %s of %s: %w", p.ID, p.Owner, err)
	}
	p.Size, p.Registered = info.Size, s.cfg.Now().UTC()
	if err := s.cfg.Store.Insert(ctx, p); err != nil {
		return Paper{}, fmt.Errorf("add instrument %s of %s: %w", p.ID, p.Owner, err)
	}
	return Marked(p), nil
}

func hasFile(d dataspace.Digest) error {
	switch {
	case d == "":
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "instrument.file", Place: "file", Message: "the file of the document is needed, by the SHA-256 of its bytes",
			Hint: "'hutong instrument add --file' uploads it"}
	case !isDigest(d):
		return badDigest("file")
	}
	return nil
}

// Confirm says that somebody has compared a document with its file, which is named
// by its digest. From then on the document counts.
func (s *Service) Confirm(ctx context.Context, of Key, file dataspace.Digest, by By) (Paper, error) {
	act, err := s.act(by)
	if err != nil {
		return Paper{}, err
	}
	was, err := s.Paper(ctx, of)
	if err != nil {
		return Paper{}, err
	}
	id := string(of.ID)
	switch {
	case was.Standing == dataspace.PaperUnsaid:
		return Paper{}, problem(dataspace.ErrConflict, "instrument.unsaid", id, "the instrument has no file and no scope, so there is nothing to confirm", "remove it and add it again, with its file and its scope")
	case was.Standing == dataspace.PaperConfirmed:
		return Paper{}, problem(dataspace.ErrConflict, "instrument.confirmed", id, "the instrument was confirmed already by "+was.Confirmation.By, "")
	case !isDigest(file):
		return Paper{}, badDigest("file")
	case file != was.File:
		return Paper{}, problem(dataspace.ErrConflict, "instrument.other_file", id, "the file that was looked at is not the file of the instrument", "fetch the file with 'hutong instrument file', compare it with what is said of it, and confirm that one")
	}
	if err := s.intact(ctx, was); err != nil {
		return Paper{}, err
	}
	now := was
	now.Confirmation = act
	e, err := s.evidence(now, nil)
	if err != nil {
		return Paper{}, err
	}
	now.Confirmed = e.ID
	if err := s.cfg.Store.Replace(ctx, was, now, e); err != nil {
		return Paper{}, changed(of, err)
	}
	s.cfg.Recorded()
	return Marked(now), nil
}

// intact checks that the file that is kept is the one that is named.
func (s *Service) intact(ctx context.Context, p Paper) error {
	r, err := s.cfg.Files.Get(ctx, fileName(p.Owner, p.File), 0, -1)
	if err != nil {
		return fmt.Errorf("read the file of instrument %s of %s: %w", p.ID, p.Owner, err)
	}
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("read the file of instrument %s of %s: %w", p.ID, p.Owner, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(p.File) {
		return fmt.Errorf("the file of instrument %s of %s has changed where it is kept", p.ID, p.Owner)
	}
	return nil
}

// Said is the evidence of a confirmed document, or of its removal.
type Said struct {
	Paper
	Removed *Act `json:"removed,omitempty"`
}

// Doc is the name of the Said document of an event.
const Doc = "instrument"

func (s *Service) evidence(p Paper, removed *Act) (dataspace.Event, error) {
	p.Standing = ""
	doc, err := dataspace.NewDocument(Said{p, removed})
	if err != nil {
		return dataspace.Event{}, err
	}
	return s.cfg.Event(dataspace.EventInstrument, map[string]dataspace.Document{Doc: doc})
}

func changed(of Key, err error) error {
	if errors.Is(err, dataspace.ErrStale) {
		return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "instrument.changed", Place: string(of.ID), Message: "somebody else has just changed the instrument", Hint: "look at it, and try again", Err: err}
	}
	return fmt.Errorf("change instrument %q of %q: %w", of.ID, of.Owner, err)
}

// Remove removes a document that was revoked or registered by mistake, and its
// file if no other document of the owner has it. The removal of a confirmed one is
// evidence. It returns the document.
func (s *Service) Remove(ctx context.Context, of Key, by By) (Paper, error) {
	act, err := s.act(by)
	if err != nil {
		return Paper{}, err
	}
	was, err := s.Paper(ctx, of)
	if err != nil {
		return Paper{}, err
	}
	var events []dataspace.Event
	if was.Standing == dataspace.PaperConfirmed {
		e, err := s.evidence(was, act)
		if err != nil {
			return Paper{}, err
		}
		events = append(events, e)
	}
	s.files.Lock()
	defer s.files.Unlock()
	if err := s.cfg.Store.Remove(ctx, was, events...); err != nil {
		return Paper{}, changed(of, err)
	}
	if len(events) > 0 {
		s.cfg.Recorded()
	}
	return was, s.drop(context.WithoutCancel(ctx), was)
}

// drop removes the file of a document that is no longer there.
func (s *Service) drop(ctx context.Context, p Paper) error {
	if p.File == "" {
		return nil
	}
	rest, err := s.cfg.Store.Papers(ctx, p.Owner)
	if err != nil || slices.ContainsFunc(rest, func(o Paper) bool { return o.File == p.File }) {
		return err
	}
	return s.cfg.Files.Delete(ctx, fileName(p.Owner, p.File))
}

// Open opens the file of a document.
func (s *Service) Open(ctx context.Context, of Key) (Paper, io.ReadCloser, error) {
	p, err := s.Paper(ctx, of)
	if err != nil {
		return Paper{}, nil, err
	}
	if p.File == "" {
		return Paper{}, nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "instrument.file", Place: string(of.ID), Message: "the instrument has no file: it is from an older version",
			Hint: "remove it and add it again, with its file and its scope"}
	}
	r, err := s.cfg.Files.Get(ctx, fileName(p.Owner, p.File), 0, -1)
	if err != nil {
		return Paper{}, nil, fmt.Errorf("open the file of instrument %s of %s: %w", p.ID, p.Owner, err)
	}
	return p, r, nil
}

// Paper finds a document, or returns ErrNotFound.
func (s *Service) Paper(ctx context.Context, of Key) (Paper, error) {
	p, err := s.cfg.Store.Paper(ctx, of)
	if err != nil {
		return Paper{}, fmt.Errorf("find instrument %q of %q: %w", of.ID, of.Owner, err)
	}
	return p, nil
}

// Papers lists an owner's documents, or all when owner is empty.
func (s *Service) Papers(ctx context.Context, owner dataspace.ParticipantID) ([]Paper, error) {
	return s.cfg.Store.Papers(ctx, owner)
}

// Page lists like Papers, after one and at most limit.
func (s *Service) Page(ctx context.Context, owner dataspace.ParticipantID, after Key, limit int) ([]Paper, error) {
	return s.cfg.Store.Page(ctx, owner, after, limit)
}

// Held returns the documents that a participant may use in a decision: its own,
// and those of other members of its group that name it among the exporters who
// share them. For a shared document the owner is added to those exporters. The
// operator says who belongs to a group, so nobody can share documents with a
// stranger. Held reads nothing of participants outside of the group. Documents that
// do not count are among them, with their standing, so that a decision can say why.
func (s *Service) Held(ctx context.Context, owner dataspace.ParticipantID) ([]dataspace.Instrument, error) {
	if owner == "" {
		return nil, fmt.Errorf("list instruments: an owner is needed: %w", dataspace.ErrInvalid)
	}
	list, err := s.Papers(ctx, owner)
	if err != nil {
		return nil, err
	}
	group, err := s.cfg.Group(ctx, owner)
	if err != nil {
		return nil, err
	}
	if group != "" {
		shared, err := s.cfg.Store.Shared(ctx, owner, group)
		if err != nil {
			return nil, err
		}
		list = append(list, shared...)
		// The order is always the same, because decisions are hashed.
		slices.SortStableFunc(list, func(a, b Paper) int { return cmp.Compare(a.Owner, b.Owner) })
	}
	out := []dataspace.Instrument{}
	for _, p := range list {
		if p.Covers != nil && len(p.Covers.Exporters) > 0 && !slices.Contains(p.Covers.Exporters, p.Owner) {
			scope := *p.Covers
			scope.Exporters = append([]dataspace.ParticipantID{p.Owner}, scope.Exporters...)
			p.Covers = &scope
		}
		out = append(out, p.Instrument)
	}
	return out, nil
}

// keepUnnamed is how long a file is kept that no document names.
const keepUnnamed = 24 * time.Hour

// Sweep removes files that were uploaded long ago and that no document names.
func (s *Service) Sweep(ctx context.Context) error {
	s.files.Lock()
	defer s.files.Unlock()
	list, err := s.cfg.Store.Papers(ctx, "")
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, p := range list {
		named[fileName(p.Owner, p.File)] = true
	}
	const page = 1000
	for after := ""; ; {
		files, err := s.cfg.Files.List(ctx, "", after, page)
		if err != nil {
			return fmt.Errorf("list files of instruments: %w", err)
		}
		for _, f := range files {
			if after = f.Name; !named[f.Name] && f.Modified.Before(s.cfg.Now().Add(-keepUnnamed)) {
				if err := s.cfg.Files.Delete(ctx, f.Name); err != nil {
					return fmt.Errorf("remove a file that no instrument names: %w", err)
				}
			}
		}
		if len(files) < page {
			return nil
		}
	}
}
