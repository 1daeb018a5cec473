package odds

import (
	"slices"
	"strings"

	"hutong/internal/columnname"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/headword"
	"hutong/internal/latin"
	"hutong/internal/namemodel"
	"hutong/internal/position"
	"hutong/internal/role"
)

// Likeness counts what else the tried values can be.
type Likeness struct {
	Telling []int64                   // by check: values that hardly another column has
	Eights  int64                     // eight digits, as in a plan for telephones
	Axes    [2 * position.Boxes]int64 // a latitude or a longitude in a part of the world
}

// Named is what the name of a column says.
type Named struct {
	Matches   []headword.Match     // header words in the name
	Learnt    []namemodel.Evidence // of the name
	Initials  bool                 // the name is so short that it can be anything
	Number    string               // the name, if it reads as a person's number
	NumberFit headword.Fit         // how much of the name is that number's
	Staff     bool                 // the name says that it is of somebody who handles many rows
}

// Column is what was counted over one column.
type Column struct {
	Named
	Values int64 // neither null nor a word for missing
	Looked int64 // on how many the checks were tried
	// Passes, Shapes and Prose count the tried values that pass each check of the
	// model, have each shape, are sentences, or are in another script than Latin.
	Passes  []int64
	Shapes  [len(element.Shapes)]int64
	Prose   int64
	Foreign int64
	// Tried is the number of different values that were tried, Odds are the sums
	// of what they name.
	Tried int64
	Odds  [latin.Kinds]int64
	Likeness
	// Distinct is the number of different values, unless there are Many.
	Distinct   int
	Many       bool
	Decimals   int64 // values with a decimal point
	Texts      int64 // values that are no number and no date
	Sequential bool  // the values count up by one, in some order
}

// Name takes down what the name of the column says. It remembers the names that
// it read last, because a gateway reads the same tables again.
func (m *Model) Name(c *Column, name string) {
	n, ok := m.read.Get(name)
	if !ok {
		name = strings.Clone(name) // what is remembered holds no table in memory
		n = m.readName(name)
		if len(name) <= longestName {
			m.read.Add(name, n)
		}
	}
	c.Named = n
	c.Matches = slices.Clone(n.Matches) // Comment changes them
}

// At most so many names are remembered, and none that is longer, in bytes.
const (
	readNames   = 4096
	longestName = 256
)

func (m *Model) readName(name string) (n Named) {
	n.Matches = m.Taxonomy.MatchHeader(name)
	says := role.Builtin().Of(name)
	someone, office := headword.Someone(name)
	for _, h := range slices.Concat(m.named(name, &says, someone), m.otherScripts(n.Matches)) {
		if !n.Names(h.ID) {
			n.Matches = append(n.Matches, h)
		}
	}
	n.Number, n.NumberFit = headword.PersonNumber(name)
	if headword.Flag(name) {
		n.Matches = m.withoutDirect(n.Matches)
	}
	n.Staff = says.Staff() || office
	n.Learnt = m.names.Weigh(name)
	n.Initials = headword.Initials(name)
	return n
}

// Comment adds what a comment of the source says of the column.
func (m *Model) Comment(c *Column, comment string) {
	comment = title(comment)
	list := m.Taxonomy.MatchHeader(comment)
	if headword.Flag(comment) {
		list = m.withoutDirect(list)
	}
	for _, more := range list {
		more.Word += ", in the comment"
		at := slices.IndexFunc(c.Matches, func(h headword.Match) bool { return h.ID == more.ID })
		switch {
		case at < 0:
			c.Matches = append(c.Matches, more)
		case c.Matches[at].Fit < more.Fit || c.Matches[at].Made && !more.Made || c.Matches[at].Shared && !more.Shared:
			c.Matches[at] = more
		}
	}
}

// withoutDirect leaves out what identifies a person: a mark beside an address is
// no address.
func (m *Model) withoutDirect(list []headword.Match) []headword.Match {
	return slices.DeleteFunc(list, func(h headword.Match) bool {
		e, ok := m.Taxonomy.Lookup(h.ID)
		return ok && (e.IDClass == element.Direct || e.Group == "contact")
	})
}

// longestTitle is the length of a comment that can be a title, in bytes.
const longestTitle = 60

// title is the part of a comment that can be the title of a column: "姓名" of
// "姓名，必填". It is empty for a longer text.
func title(comment string) string {
	if at := strings.IndexAny(comment, ",，;；(（[【:：。\n\r"); at >= 0 {
		comment = comment[:at]
	}
	if comment = strings.TrimSpace(comment); len(comment) > longestTitle {
		return ""
	}
	return comment
}

// account is the element of a number or name that an account has.
const account dataspace.ElementID = "username_account"

// named is what a column is likely to hold that is called by a role alone: the
// names of these people. One English word for a role is also an ordinary word,
// such as the driver of a device.
func (m *Model) named(name string, says *role.Reading, someone bool) (out []headword.Match) {
	if !someone && (!says.Alone || says.Roles[0].Weak) {
		return nil
	}
	fit := headword.Part
	if columnname.HasChinese(name) || someone || says.Number == 0 && len(columnname.Words(name)) > 1 {
		fit = headword.Tail
	}
	for _, e := range m.Taxonomy.All() {
		if e.Has(element.PersonName) || someone && e.ID == account {
			out = append(out, headword.Match{ID: e.ID, Fit: fit, Word: name})
		}
	}
	return out
}

// otherScripts are names of people in the scripts that the name of a column
// does not speak of: 姓名 can hold Latin names, and 英文姓名 ends with it.
func (m *Model) otherScripts(matches []headword.Match) (out []headword.Match) {
	for _, h := range matches {
		if e, ok := m.Taxonomy.Lookup(h.ID); !ok || !e.Has(element.PersonName) || h.Fit < headword.Tail {
			continue
		}
		for _, e := range m.Taxonomy.All() {
			if e.Has(element.PersonName) && e.ID != h.ID {
				out = append(out, headword.Match{ID: e.ID, Fit: headword.Tail, Word: h.Word})
			}
		}
	}
	return out
}

// learnt is what the name model says of an element.
func (c *Column) learnt(id dataspace.ElementID) *namemodel.Evidence {
	for i := range c.Learnt {
		if c.Learnt[i].ID == id {
			return &c.Learnt[i]
		}
	}
	return nil
}

// Names reports whether a header word of the element is in the name.
func (n *Named) Names(id dataspace.ElementID) bool {
	return slices.ContainsFunc(n.Matches, func(m headword.Match) bool { return m.ID == id })
}

// Table scores every column alone, then once more with the groups of the
// certain columns: next to MMSI and call sign, "heading" is that of a ship. It
// goes on while header words that other things are called too gain a column
// beside which they count.
func (m *Model) Table(columns []*Column) []Score {
	out := make([]Score, len(columns))
	near := context{short: abbreviated(columns), empty: !slices.ContainsFunc(columns, func(c *Column) bool { return c.Values > 0 })}
	shared := slices.ContainsFunc(columns, func(c *Column) bool {
		return slices.ContainsFunc(c.Matches, func(h headword.Match) bool { return h.Shared })
	})
	for round := 1; ; round++ {
		for i, c := range columns {
			out[i] = m.score(c, near)
		}
		next := near.with(columns, out)
		if round > 1 && !(shared && round < mostRounds && next.more(&near)) {
			break
		}
		near = next
	}
	m.pairs(columns, out)
	return out
}

// mostRounds is how often the columns of a table are scored at most.
const mostRounds = 4

// context is what the other columns of the table say.
type context struct {
	groups map[string]bool // the groups of the elements of certain columns
	short  bool            // the names of the columns are abbreviations
	empty  bool            // the table has no value: only names say what it will hold
	named  bool            // a column says in its name that it holds names of people
	beside map[string]bool // the elements and their groups of columns that are likely, with values or without
	people bool            // such a column identifies people whom the table may be about
}

// with is the context that the scores of the columns make.
func (n *context) with(columns []*Column, scores []Score) context {
	out := context{short: n.short, empty: n.empty, groups: map[string]bool{}, beside: map[string]bool{}}
	for i, c := range columns {
		b := scores[i].Best
		if b == nil {
			continue
		}
		if b.P >= AcceptFrom && !c.Staff {
			out.beside[b.Element.Group], out.beside[string(b.Element.ID)] = true, true
			out.people = out.people || b.Element.Personal == element.PersonalYes && b.Element.IDClass == element.Direct
		}
		if scores[i].Band == dataspace.BandAccept && b.Element.Group != "generic" {
			out.groups[b.Element.Group] = true
			out.named = out.named || b.Match != nil && b.Element.Has(element.PersonName)
		}
	}
	return out
}

// more reports whether the context has columns beside which words count that the
// other one has not.
func (n *context) more(o *context) bool {
	for group := range n.beside {
		if !o.beside[group] {
			return true
		}
	}
	return n.people && !o.people
}

// match is a header word of a column as the other columns let it count.
func (n *context) match(h headword.Match, e *element.Element) headword.Match {
	if !h.Shared {
		return h
	}
	beside := n.people
	if s := e.Headers.Shared; s != nil {
		beside = slices.ContainsFunc(s.Beside, func(of string) bool { return n.beside[of] })
	}
	if !beside {
		h.Fit = headword.Hint
	}
	return h
}

// abbreviated reports whether the names of the columns are abbreviations: one
// such name can be a coincidence, several of few are a habit.
func abbreviated(columns []*Column) bool {
	n := 0
	for _, c := range columns {
		if slices.ContainsFunc(c.Matches, func(m headword.Match) bool { return m.Short }) {
			n++
		}
	}
	return n >= 2 && n*5 >= len(columns)*2
}
