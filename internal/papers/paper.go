package papers

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Paper is a legal document that a participant has. Its id is unique for its
// owner.
type Paper struct {
	dataspace.Instrument
	Owner dataspace.ParticipantID `json:"owner"`
	// Size is the number of bytes of the file.
	Size int64 `json:"size,omitempty"`
	// Document is the digest of a document that was registered without its bytes,
	// by an older version.
	Document     dataspace.Digest `json:"document,omitempty"`
	Registered   time.Time        `json:"registered"`
	Proposed     *Act             `json:"proposed,omitempty"`
	Confirmation *Act             `json:"confirmation,omitempty"`
}

// Act says who proposed or confirmed a document, with which key, and when.
type Act struct {
	By  string    `json:"by"`
	Key string    `json:"key"`
	At  time.Time `json:"at"`
}

// Key names a document.
type Key struct {
	Owner dataspace.ParticipantID
	ID    dataspace.InstrumentID
}

// standing is what a document counts as.
func (p *Paper) standing() dataspace.PaperStanding {
	switch {
	case p.File == "":
		return dataspace.PaperUnsaid
	case p.Confirmation == nil:
		return dataspace.PaperProposed
	}
	return dataspace.PaperConfirmed
}

// Marked is the document with its standing.
func Marked(p Paper) Paper {
	p.Standing = p.standing()
	return p
}

// Users are the participants that may use a document.
func Users(p Paper) []dataspace.ParticipantID {
	out := []dataspace.ParticipantID{p.Owner}
	if p.Covers != nil {
		out = append(out, p.Covers.Exporters...)
	}
	return out
}

// Limits of one document. They are far above any real one and keep a decision
// fast, because it compares every flow with every document.
const (
	maxCovered = 1000
	maxSharing = 200
	maxText    = 200 // bytes of a number or an authority
)

var kindForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

// read checks a new document and gives it with keys in the place of its words.
func read(t *fact.Table, p Paper) (Paper, error) {
	var c checks
	in, err := fact.ReadInstrument(t, "", p.Instrument)
	if err != nil {
		c.errs = append(c.errs, err)
	} else {
		p.Instrument = in
		c.want(kindForm.MatchString(p.Kind), problem(dataspace.ErrInvalid, "instrument.kind", "kind", "a kind is needed, dotted lower case, authority first", "'hutong pack show' names the kinds that rules ask for"))
	}
	c.add(dataspace.CheckName("participant", string(p.Owner)))
	id := string(p.ID)
	c.want(id != "" && len(id) <= 128 && strings.TrimSpace(id) == id && !strings.ContainsFunc(id, unicode.IsControl) && utf8.ValidString(id),
		problem(dataspace.ErrInvalid, "instrument.id", "id", "an id is needed, at most 128 bytes, such as the number of the filing", ""))
	c.want(line(p.Number), problem(dataspace.ErrInvalid, "instrument.number", "number", "the number or registration on the document is needed, one line of at most 200 bytes", "where the document has none, give the number under which it is filed in the company"))
	c.want(line(p.Authority), problem(dataspace.ErrInvalid, "instrument.authority", "authority", "who issued, granted or registered the document is needed, one line of at most 200 bytes", "for an own assessment or an own contract, name the company"))
	c.dates(&p.Instrument)
	c.scope(p.Covers)
	if p.Covers != nil {
		c.said(p.Covers, p.ExpiresOn)
	} else {
		c.want(false, problem(dataspace.ErrInvalid, "instrument.scope", "covers", "the scope is needed: recipients, purposes, data (elements or items), people, until", "a limit that the document leaves open is named in covers.unlimited"))
	}
	return p, c.join()
}

// line reports whether s is a line of text that people can read.
func line(s string) bool {
	return s != "" && len(s) <= maxText && strings.TrimSpace(s) == s && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// checks collects all errors of an input.
type checks struct{ errs []error }

func (c *checks) add(err error) {
	if err != nil {
		c.errs = append(c.errs, err)
	}
}

func (c *checks) want(ok bool, otherwise error) {
	if !ok {
		c.errs = append(c.errs, otherwise)
	}
}

func problem(kind error, code, place, message, hint string) error {
	return &dataspace.Problem{Kind: kind, Code: code, Place: place, Message: message, Hint: hint}
}

// join gives the same input the same text.
func (c *checks) join() error {
	slices.SortStableFunc(c.errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(c.errs...)
}

func (c *checks) day(place, value string) {
	c.want(value == "" || dataspace.ValidDay(value), problem(dataspace.ErrInvalid, "instrument.day", place, "expected a date, 2006-01-02", ""))
}

func (c *checks) dates(i *dataspace.Instrument) {
	c.day("effective_on", i.EffectiveOn)
	c.day("filed_on", i.FiledOn)
	c.day("completed_on", i.CompletedOn)
	c.day("expires_on", i.ExpiresOn)
	c.day("renewed_on", i.RenewedOn)
	c.want(i.EffectiveOn+i.FiledOn+i.CompletedOn != "", problem(dataspace.ErrInvalid, "instrument.day", "effective_on", "a day is needed from which the document is in force: effective_on, completed_on of an assessment, or filed_on", ""))
	// ISO dates compare as strings.
	c.want(i.ExpiresOn == "" || i.EffectiveOn <= i.ExpiresOn, problem(dataspace.ErrInvalid, "instrument.day", "expires_on", "the instrument expires before it takes effect", ""))
}

func (c *checks) scope(s *dataspace.InstrumentScope) {
	if s == nil {
		return
	}
	c.want(s.MaxSubjects >= 0, problem(dataspace.ErrInvalid, "instrument.scope", "covers.max_subjects", "expected a number of people", ""))
	c.day("covers.retained_until", s.Until)
	c.want(len(s.Elements)+len(s.Purposes)+len(s.Acts)+len(s.Items)+len(s.Recipients) <= maxCovered, problem(dataspace.ErrInvalid, "instrument.scope", "covers", fmt.Sprintf("expected at most %d limits", maxCovered), ""))
	c.want(len(s.Exporters) <= maxSharing, problem(dataspace.ErrInvalid, "instrument.scope", "covers.exporters", fmt.Sprintf("expected at most %d", maxSharing), ""))
	for _, id := range s.Exporters {
		c.add(dataspace.CheckName("participant", string(id)))
	}
	if s.Recipient != "" {
		c.add(dataspace.CheckName("participant", s.Recipient))
	}
	for _, id := range s.Recipients {
		c.add(dataspace.CheckName("participant", id))
	}
	for _, item := range s.Items {
		c.want(line(item), problem(dataspace.ErrInvalid, "instrument.scope", "covers.items", "expected ids of the items of a negative list", ""))
	}
}

// The limits that every scope says.
var limits = []string{"recipients", "purposes", "data", "people", "until"}

// said checks that each limit is either given or said to be open, and not both.
func (c *checks) said(s *dataspace.InstrumentScope, expires string) {
	given := map[string]bool{
		"recipients": s.Recipient != "" || len(s.Recipients) > 0,
		"purposes":   len(s.Purposes) > 0,
		"data":       len(s.Elements)+len(s.Items) > 0,
		"people":     s.MaxSubjects > 0,
		"until":      s.Until != "" || expires != "",
	}
	missing := map[string]string{
		"recipients": "which recipients the document covers is needed",
		"purposes":   "which purposes the document covers is needed",
		"data":       "which data the document covers is needed: covers.elements, or covers.items of a negative list",
		"people":     "how many people the document covers is needed: covers.max_subjects",
		"until":      "until when the document covers is needed: expires_on, or covers.retained_until, the last day to which the recipient may keep the data",
	}
	for _, name := range limits {
		open := slices.Contains(s.Unlimited, name)
		c.want(given[name] || open, problem(dataspace.ErrInvalid, "instrument.scope", "covers."+name, missing[name], "if the document itself leaves this open, name "+name+" in covers.unlimited"))
		c.want(!given[name] || !open, problem(dataspace.ErrInvalid, "instrument.scope", "covers.unlimited", name+" cannot be limited and open", "leave one of the two out"))
	}
	for _, name := range s.Unlimited {
		c.want(slices.Contains(limits, name), problem(dataspace.ErrInvalid, "instrument.scope", "covers.unlimited", "there is no limit "+name, "the limits are "+strings.Join(limits, ", ")))
	}
}
