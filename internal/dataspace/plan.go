package dataspace

// Action is what a delivery plan does to a column.
type Action string

// The actions, in the order in which they usually become stricter.
const (
	Keep         Action = "keep"
	Truncate     Action = "truncate"     // first N characters
	Generalise   Action = "generalise"   // dates to year or month, coordinates to a grid
	Mask         Action = "mask"         // all but the first and last few characters become *
	Pseudonymise Action = "pseudonymise" // keyed per recipient, deterministic
	Drop         Action = "drop"
)

// Plan is the treatment of each column of a dataset. It names every column of
// the source exactly once: a column that it does not name never leaves.
type Plan struct {
	Purpose string       `json:"purpose"`
	Format  string       `json:"format"` // csv, jsonl, parquet
	Columns []ColumnPlan `json:"columns"`
}

// ColumnPlan is the treatment of one column.
type ColumnPlan struct {
	Name    string     `json:"name"`
	Element *ElementID `json:"element,omitempty"`
	Action  Action     `json:"action"`

	Length int     `json:"length,omitempty"` // truncate: characters kept
	First  int     `json:"first,omitempty"`  // mask: characters kept at the front
	Last   int     `json:"last,omitempty"`   // mask: characters kept at the end
	To     string  `json:"to,omitempty"`     // generalise: year, month, grid
	Grid   float64 `json:"grid,omitempty"`   // generalise to grid: degrees

	// Rule is the rule that required at least this action; empty for the
	// sender's own choice.
	Rule RuleID `json:"rule,omitempty"`

	// Said is what a person says of the column, and Found the element that the
	// profile found before; both are empty if nobody says anything.
	Said  Saying     `json:"said,omitempty"`
	Found *ElementID `json:"found,omitempty"`
}

// Column finds a column by name.
func (p *Plan) Column(name string) (ColumnPlan, bool) {
	for _, c := range p.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return ColumnPlan{}, false
}

// Elements lists the elements that leave under the plan, each once, in the
// order of the columns.
func (p *Plan) Elements() []ElementID {
	seen := map[ElementID]bool{}
	var out []ElementID
	for _, c := range p.Columns {
		if c.Action == Drop || c.Element == nil || seen[*c.Element] {
			continue
		}
		seen[*c.Element] = true
		out = append(out, *c.Element)
	}
	return out
}
