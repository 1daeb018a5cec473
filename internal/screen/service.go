package screen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/objects"
)

// Row is a list, or what a person says of an entry and a recipient.
type Row struct {
	Kind  string // kindList or kindAnswer
	Name  string
	Event dataspace.EventID // the evidence of its last change
	Body  []byte            // JSON
}

const (
	kindList   = "list"
	kindAnswer = "answer"
)

// Store keeps rows.
type Store interface {
	// Rows are those of a kind, in order of name.
	Rows(ctx context.Context, kind string) ([]Row, error)
	// Put adds or replaces a row with its evidence, both or none. It returns
	// ErrStale if the row that it replaces does not have the given event, where the
	// empty event is that of no row. A row without a body is removed.
	Put(ctx context.Context, row Row, replaces dataspace.EventID, evidence dataspace.Event) error
}

// Config of a Service; every field is needed.
type Config struct {
	Store Store
	Files objects.Store // lists as they were given, by their SHA-256
	Facts func() *fact.Table
	Now   func() time.Time
	Event func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error)
	// Recorded is called when evidence was stored.
	Recorded func()
}

// Service keeps lists and compares recipients with them.
type Service struct {
	cfg   Config
	mu    sync.Mutex
	ready map[dataspace.Digest]*index
	found map[compared]matched
}

// compared names a comparison of a list with the names of a recipient, and matched
// is what came of it.
type compared struct{ list, names dataspace.Digest }

type matched struct {
	found []Match
	apart int
}

// mostFound is how many comparisons are remembered.
const mostFound = 1000

// New makes the service.
func New(cfg Config) *Service {
	return &Service{cfg: cfg, ready: map[dataspace.Digest]*index{}, found: map[compared]matched{}}
}

// List is an edition of a list of barred recipients.
type List struct {
	ID        string            `json:"id"`
	Fact      string            `json:"fact"` // that it answers
	Authority string            `json:"authority"`
	Edition   string            `json:"edition"`
	Day       string            `json:"day"` // of the edition
	SHA256    dataspace.Digest  `json:"sha256"`
	Entries   int               `json:"entries"`
	By        string            `json:"by"`
	Key       string            `json:"key"`
	At        string            `json:"at"`
	Event     dataspace.EventID `json:"event,omitempty"`
}

// By is who does something: the name and the id of a key.
type By struct{ Name, Key string }

// Answer is what a person says of an entry that looks like a recipient. The
// answer «somebody else» holds as long as the entry and the names of the recipient
// are what they were. The answer «the same» holds until a person says otherwise: a
// recipient leaves no list by taking another name.
type Answer struct {
	Peer        dataspace.PeerName      `json:"peer"`
	Participant dataspace.ParticipantID `json:"participant"`
	Names       dataspace.Digest        `json:"names"`
	List        string                  `json:"list"`
	Entry       string                  `json:"entry"` // its key
	Same        bool                    `json:"same"`
	Reason      string                  `json:"reason"`
	By          string                  `json:"by"`
	Key         string                  `json:"key"`
	At          string                  `json:"at"`
	Event       dataspace.EventID       `json:"event,omitempty"`
}

// Doc is the name of the document of an event: a List, an Answer, or the List with
// who removed it.
const Doc = "screening"

func problem(kind error, code, place, message, hint string) error {
	return &dataspace.Problem{Kind: kind, Code: code, Place: place, Message: message, Hint: hint}
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Import takes an edition of a list, in the place of the one before. A day before
// that of the edition that is there is refused.
func (s *Service) Import(ctx context.Context, l List, data []byte, by By) (List, error) {
	l.Day, l.Edition, l.Authority = strings.TrimSpace(l.Day), strings.TrimSpace(l.Edition), strings.TrimSpace(l.Authority)
	today := s.cfg.Now().UTC().Format(time.DateOnly)
	switch {
	case by.Name == "" || by.Key == "":
		return List{}, fmt.Errorf("import a list for nobody: %w", dataspace.ErrInvalid)
	case !idForm.MatchString(l.ID):
		return List{}, problem(dataspace.ErrInvalid, "screen.id", "id", "a list needs an id of lower-case letters, digits and dashes", "")
	case l.Edition == "" || len(l.Edition) > maxName || l.Authority == "" || len(l.Authority) > maxName:
		return List{}, problem(dataspace.ErrInvalid, "screen.edition", "edition", "a list needs its edition and the authority that publishes it", "")
	case !dataspace.ValidDay(l.Day) || l.Day > s.cfg.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly):
		return List{}, problem(dataspace.ErrInvalid, "screen.day", "day", "a list needs the day of its edition, which is not in the future: today is "+today, "")
	case len(data) > MaxFile:
		return List{}, problem(dataspace.ErrInvalid, "screen.list", "file", fmt.Sprintf("the list has more than %d bytes", MaxFile), "")
	}
	if d, ok := s.cfg.Facts().Lookup(l.Fact); !ok || d.Kind() != dataspace.BoolValue || !d.StatedBy(fact.Recipient) {
		return List{}, problem(dataspace.ErrInvalid, "screen.fact", l.Fact, "is no yes-or-no fact that a recipient states", "'hutong fact' lists facts")
	}
	entries, err := ReadList(data)
	if err != nil {
		return List{}, err
	}
	before, event, err := s.find(ctx, l.ID)
	if err != nil {
		return List{}, err
	}
	if event != "" && before.Fact != l.Fact {
		return List{}, problem(dataspace.ErrConflict, "screen.other_fact", l.ID, "the list answers "+before.Fact+", and its recipients would no longer be looked for there", "import a list for another fact by another id")
	}
	if event != "" && before.Day > l.Day {
		return List{}, problem(dataspace.ErrConflict, "screen.older", l.ID, "the edition of "+before.Day+" is there, which is newer", "remove the list first if the older one is the right one")
	}
	l.SHA256, l.Entries, l.By, l.Key, l.At, l.Event = dataspace.DigestOf(data), len(entries), by.Name, by.Key, s.cfg.Now().UTC().Format(time.RFC3339), ""
	if _, err := s.cfg.Files.Put(ctx, string(l.SHA256), bytes.NewReader(data), objects.Want{Size: int64(len(data)), SHA256: l.SHA256}); err != nil {
		return List{}, fmt.Errorf("keep list %s: %w", l.ID, err)
	}
	l.Event, err = put(ctx, s, Row{Kind: kindList, Name: l.ID}, event, l, func(e dataspace.EventID) any { l.Event = e; return l })
	return l, err
}

// put stores what is said, with its evidence.
func put(ctx context.Context, s *Service, row Row, replaces dataspace.EventID, said any, kept func(dataspace.EventID) any) (dataspace.EventID, error) {
	doc, err := dataspace.NewDocument(said)
	if err != nil {
		return "", err
	}
	e, err := s.cfg.Event(dataspace.EventScreening, map[string]dataspace.Document{Doc: doc})
	if err != nil {
		return "", err
	}
	row.Event = e.ID
	if body := kept(e.ID); body != nil {
		if row.Body, err = json.Marshal(body); err != nil {
			return "", err
		}
	}
	err = s.cfg.Store.Put(ctx, row, replaces, e)
	if errors.Is(err, dataspace.ErrStale) {
		return "", &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "screen.changed", Place: row.Name, Message: "somebody else has just changed it", Hint: "look at it, and try again", Err: err}
	}
	if err != nil {
		return "", fmt.Errorf("record screening %s: %w", row.Name, err)
	}
	s.cfg.Recorded()
	return e.ID, nil
}

// Lists are the lists that are there.
func (s *Service) Lists(ctx context.Context) ([]List, error) {
	return all[List](ctx, s, kindList)
}

func all[T any](ctx context.Context, s *Service, kind string) ([]T, error) {
	rows, err := s.cfg.Store.Rows(ctx, kind)
	if err != nil {
		return nil, fmt.Errorf("read screening: %w", err)
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Body, &out[i]); err != nil {
			return nil, fmt.Errorf("read screening %s: %w", r.Name, err)
		}
	}
	return out, nil
}

// find is a list and the evidence of its import, which is empty if there is none.
func (s *Service) find(ctx context.Context, id string) (List, dataspace.EventID, error) {
	lists, err := s.Lists(ctx)
	for _, l := range lists {
		if l.ID == id {
			return l, l.Event, err
		}
	}
	return List{}, "", err
}

// Remove removes a list. Recipients are not compared with it any more. A list on
// which a person found a recipient stays: it can be replaced by an edition, and
// the answer can be taken back, but nobody leaves it in silence.
func (s *Service) Remove(ctx context.Context, id string, by By) error {
	l, event, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if event == "" {
		return problem(dataspace.ErrNotFound, "screen.none", id, "there is no such list", "'hutong screen list' shows the lists")
	}
	answers, err := all[Answer](ctx, s, kindAnswer)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(answers, func(a Answer) bool { return a.List == id && a.Same }); at >= 0 {
		who := string(answers[at].Peer) + "/" + string(answers[at].Participant)
		return problem(dataspace.ErrConflict, "screen.found", id, who+" was found to be on the list, and would get data without it",
			"say that it is somebody else first, if it is: hutong screen resolve "+who+" --other")
	}
	said := struct {
		List
		Removed By `json:"removed"`
	}{l, by}
	_, err = put(ctx, s, Row{Kind: kindList, Name: id}, event, said, func(dataspace.EventID) any { return nil })
	return err
}

// index is a list, ready for comparison.
func (s *Service) index(ctx context.Context, l List) (*index, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x, ok := s.ready[l.SHA256]; ok {
		return x, nil
	}
	r, err := s.cfg.Files.Get(ctx, string(l.SHA256), 0, -1)
	if err != nil {
		return nil, fmt.Errorf("read list %s: %w", l.ID, err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("read list %s: %w", l.ID, err)
	}
	if dataspace.DigestOf(data) != l.SHA256 {
		return nil, fmt.Errorf("list %s has changed where it is kept", l.ID)
	}
	entries, err := ReadList(data)
	if err != nil {
		return nil, err
	}
	if len(s.ready) > 8 { // editions that are no longer there
		clear(s.ready)
	}
	x := newIndex(entries)
	s.ready[l.SHA256] = x
	return x, nil
}

// Recipient is whom lists are compared with.
type Recipient struct {
	Peer        dataspace.PeerName
	Participant dataspace.ParticipantID
	Name        dataspace.Text
}

func (r Recipient) names() []string {
	return slices.DeleteFunc([]string{r.Name.EN, r.Name.ZH}, func(s string) bool { return s == "" })
}

func (r Recipient) digest() dataspace.Digest {
	return dataspace.DigestOf([]byte(r.Name.EN + "\n" + r.Name.ZH))
}

// The results of a comparison with one list.
const (
	Clear       = "clear"
	Listed      = "listed"
	Possible    = "possible"     // a person has not said yet of each match whether it is the recipient
	NotCompared = "not_compared" // nor of the entries that cannot be compared with the recipient
)

// Result is what one list says of a recipient.
type Result struct {
	List   List   `json:"list"`
	Result string `json:"result"`
	// Matches are the entries that the recipient may be. Open are those of which no
	// person has said anything, by their keys; the key of the whole edition stands
	// for the entries that cannot be compared.
	Matches  []Match  `json:"matches"`
	Open     []string `json:"open"`
	Apart    int      `json:"apart,omitempty"` // entries in a script in which the recipient has no name
	resolved []dataspace.EventID
}

// Screen compares a recipient with all lists.
func (s *Service) Screen(ctx context.Context, r Recipient) ([]Result, error) {
	lists, err := s.Lists(ctx)
	if err != nil || len(lists) == 0 {
		return []Result{}, err
	}
	answers, err := all[Answer](ctx, s, kindAnswer)
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(lists))
	for i, l := range lists {
		m, err := s.compare(ctx, l, r)
		if err != nil {
			return nil, err
		}
		out[i] = result(l, m, r, answers)
	}
	return out, nil
}

// compare compares a recipient with a list, once.
func (s *Service) compare(ctx context.Context, l List, r Recipient) (matched, error) {
	key := compared{l.SHA256, r.digest()}
	s.mu.Lock()
	m, ok := s.found[key]
	s.mu.Unlock()
	if ok {
		return m, nil
	}
	x, err := s.index(ctx, l)
	if err != nil {
		return matched{}, err
	}
	m.found, m.apart = x.matches(r.names())
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.found) >= mostFound {
		clear(s.found)
	}
	s.found[key] = m
	return m, nil
}

// whole is the key of all entries of an edition that cannot be compared.
func (l *List) whole() string { return string(l.SHA256)[:16] }

func result(l List, m matched, r Recipient, answers []Answer) Result {
	out := Result{List: l, Result: Clear, Matches: append([]Match{}, m.found...), Open: []string{}, Apart: m.apart}
	same := out.found(r, answers)
	said := func(entry string) bool {
		at := slices.IndexFunc(answers, func(a Answer) bool {
			return a.of(r, l.ID) && !a.Same && a.Names == r.digest() && a.Entry == entry
		})
		if at >= 0 {
			out.resolved = append(out.resolved, answers[at].Event)
		}
		return at >= 0
	}
	for _, m := range m.found {
		if !slices.Contains(same, m.Key) && !said(m.Key) {
			out.Open = append(out.Open, m.Key)
		}
	}
	matches := len(out.Open)
	if (m.apart > 0 || len(r.names()) == 0) && !said(l.whole()) {
		out.Open = append(out.Open, l.whole())
	}
	switch {
	case len(same) > 0:
		out.Result = Listed
	case matches > 0:
		out.Result = Possible
	case len(out.Open) > 0:
		out.Result = NotCompared
	}
	return out
}

// found are the entries of which a person said that they are the recipient. Those
// that its names, or the entries, no longer show are matches too.
func (res *Result) found(r Recipient, answers []Answer) (same []string) {
	for _, a := range answers {
		if !a.of(r, res.List.ID) || !a.Same {
			continue
		}
		same = append(same, a.Entry)
		res.resolved = append(res.resolved, a.Event)
		if !slices.ContainsFunc(res.Matches, func(m Match) bool { return m.Key == a.Entry }) {
			res.Matches = append(res.Matches, Match{Key: a.Entry, Names: []string{}, Likeness: Said})
		}
	}
	return same
}

// of reports whether an answer is about a recipient and a list.
func (a *Answer) of(r Recipient, list string) bool {
	return a.Peer == r.Peer && a.Participant == r.Participant && a.List == list
}

// Facts are the facts that the lists answer about a recipient, and on which lists
// they rest. It is an error that leads to a person if an entry may be the
// recipient, or cannot be compared with it, and nobody has said whether it is: an
// open fact is no question, because a law may take it for a no.
func (s *Service) Facts(ctx context.Context, r Recipient) (dataspace.Values, []dataspace.Screening, error) {
	results, err := s.Screen(ctx, r)
	if err != nil {
		return dataspace.Values{}, nil, err
	}
	var facts dataspace.Values
	var on []dataspace.Screening
	for _, res := range results {
		l := res.List
		if err := res.asks(r); err != nil {
			return dataspace.Values{}, nil, err
		}
		if listed := res.Result == Listed; listed || !facts.Of(l.Fact).Known() {
			facts.Set(l.Fact, dataspace.BoolOf(listed))
		}
		on = append(on, dataspace.Screening{Fact: l.Fact, List: l.ID, Edition: l.Edition, Day: l.Day, SHA256: l.SHA256, Result: res.Result, Event: l.Event, Resolved: res.resolved})
	}
	return facts, on, nil
}

// asks is the error that leads to a person. The flow stays where it is and is tried
// again: it is neither cleared nor refused.
func (res *Result) asks(r Recipient) error {
	l, who := res.List, string(r.Peer)+"/"+string(r.Participant)
	switch res.Result {
	case Possible:
		return problem(dataspace.ErrUnavailable, "screen.possible", who,
			fmt.Sprintf("the recipient may be on the list %s (edition %s of %s): entries that look alike: %d; nobody has said whether they are the same", l.ID, l.Edition, l.Day, res.alike()),
			"a compliance officer compares them: hutong screen check "+who)
	case NotCompared:
		return problem(dataspace.ErrUnavailable, "screen.not_compared", who,
			fmt.Sprintf("the recipient has no name in the script of some entries of the list %s (edition %s of %s): %d; nobody has said whether it is one of them", l.ID, l.Edition, l.Day, res.Apart),
			"ask the peer to state the name in that script too, or a compliance officer compares them: hutong screen check "+who)
	}
	return nil
}

// Say is what a person says of an entry of a list, by its key: whether it is the
// recipient, and why.
type Say struct {
	List   string
	Entry  string
	Same   bool
	Reason string
}

// alike counts the matches of which nobody has said anything.
func (res *Result) alike() (n int) {
	for _, m := range res.Matches {
		if slices.Contains(res.Open, m.Key) {
			n++
		}
	}
	return n
}

// has reports whether a person can say something of an entry.
func (res *Result) has(entry string) bool {
	return slices.Contains(res.Open, entry) || entry == res.List.whole() && res.Apart > 0 ||
		slices.ContainsFunc(res.Matches, func(m Match) bool { return m.Key == entry })
}

// Resolve records what a person says of an entry that looks like a recipient.
func (s *Service) Resolve(ctx context.Context, r Recipient, say Say, by By) (Answer, error) {
	if by.Name == "" || by.Key == "" {
		return Answer{}, fmt.Errorf("record the word of nobody: %w", dataspace.ErrInvalid)
	}
	if !dataspace.IsReason(say.Reason) {
		return Answer{}, problem(dataspace.ErrInvalid, "screen.reason", "reason", "an answer needs a reason of up to 2,000 bytes", "say by what the two were told apart or found to be the same; the reason is kept as evidence")
	}
	results, err := s.Screen(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	at := slices.IndexFunc(results, func(res Result) bool { return res.List.ID == say.List })
	if at < 0 || !results[at].has(say.Entry) {
		return Answer{}, problem(dataspace.ErrNotFound, "screen.entry", say.Entry, "no such entry of the list looks like the recipient", "'hutong screen check' shows those that do")
	}
	a := Answer{Peer: r.Peer, Participant: r.Participant, Names: r.digest(), List: say.List, Entry: say.Entry, Same: say.Same, Reason: say.Reason, By: by.Name, Key: by.Key, At: s.cfg.Now().UTC().Format(time.RFC3339)}
	name := strings.Join([]string{string(r.Peer), string(r.Participant), say.List, say.Entry}, "/")
	answers, err := s.cfg.Store.Rows(ctx, kindAnswer)
	if err != nil {
		return Answer{}, err
	}
	var before dataspace.EventID
	for _, row := range answers {
		if row.Name == name {
			before = row.Event
		}
	}
	a.Event, err = put(ctx, s, Row{Kind: kindAnswer, Name: name}, before, a, func(e dataspace.EventID) any { a.Event = e; return a })
	return a, err
}
