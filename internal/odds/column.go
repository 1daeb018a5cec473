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

// Column is what was counted over one column.
type Column struct {
	Matches   []headword.Match     // header words in the name
	Learnt    []namemodel.Evidence // of the name
	Initials  bool                 // the name is so short that it can be anything
	Number    string               // the name, if it reads as a person's number
	NumberFit headword.Fit         // how much of the name is that number's
	Values    int64                // neither null nor a word for missing
	Looked    int64                // on how many the checks were tried
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

// Name takes down what the name of the column says.
func (m *Model) Name(c *Column, name string) {
	c.Matches = m.Taxonomy.MatchHeader(name)
	for _, h := range slices.Concat(m.named(name), m.otherScripts(c.Matches)) {
		if !c.Names(h.ID) {
			c.Matches = append(c.Matches, h)
		}
	}
	c.Number, c.NumberFit = headword.PersonNumber(name)
	c.Learnt = m.names.Weigh(name)
	c.Initials = headword.Initials(name)
}

// Comment adds what a comment of the source says of the column.
func (m *Model) Comment(c *Column, comment string) {
	for _, more := range m.Taxonomy.MatchHeader(title(comment)) {
		more.Word += ", in the comment"
		at := slices.IndexFunc(c.Matches, func(h headword.Match) bool { return h.ID == more.ID })
		switch {
		case at < 0:
			c.Matches = append(c.Matches, more)
		case c.Matches[at].Fit < more.Fit || c.Matches[at].Made && !more.Made:
			c.Matches[at] = more
		}
	}
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

// named is what a column is likely to hold that is called by a role alone: the
// names of these people. An English word for a role is also an ordinary word,
// such as the driver of a device.
func (m *Model) named(name string) (out []headword.Match) {
	if !role.Builtin().Of(name).Alone {
		return nil
	}
	fit := headword.Part
	if columnname.HasChinese(name) {
		fit = headword.Tail
	}
	for _, e := range m.Taxonomy.All() {
		if e.Has(element.PersonName) {
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
func (c *Column) Names(id dataspace.ElementID) bool {
	return slices.ContainsFunc(c.Matches, func(m headword.Match) bool { return m.ID == id })
}

// Table scores every column alone, then once more with the groups of the
// certain columns: next to MMSI and call sign, "heading" is that of a ship.
func (m *Model) Table(columns []*Column) []Score {
	out := make([]Score, len(columns))
	near := context{short: abbreviated(columns), empty: !slices.ContainsFunc(columns, func(c *Column) bool { return c.Values > 0 })}
	groups, named := map[string]bool{}, false
	for i, c := range columns {
		out[i] = m.score(c, near)
		if b := out[i].Best; b != nil && out[i].Band == dataspace.BandAccept && b.Element.Group != "generic" {
			groups[b.Element.Group] = true
			named = named || b.Match != nil && b.Element.Has(element.PersonName)
		}
	}
	near.groups, near.named = groups, named
	for i, c := range columns {
		out[i] = m.score(c, near)
	}
	m.pairs(columns, out)
	return out
}

// context is what the other columns of the table say.
type context struct {
	groups map[string]bool // the groups of the elements of certain columns
	short  bool            // the names of the columns are abbreviations
	empty  bool            // the table has no value: only names say what it will hold
	named  bool            // a column says in its name that it holds names of people
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
