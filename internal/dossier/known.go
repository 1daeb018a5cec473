package dossier

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"hutong/internal/dataspace"
)

// Flow is what a gateway knows of a flow. Each part may be missing; the
// questions that it would answer are then asked.
type Flow struct {
	Facts    *dataspace.Facts    `json:"facts,omitempty"`
	Profile  *dataspace.Profile  `json:"profile,omitempty"`
	Plan     *dataspace.Plan     `json:"plan,omitempty"`
	Decision *dataspace.Decision `json:"decision,omitempty"`
}

// Field is one column that leaves.
type Field struct {
	Name        string         `json:"name"`
	Description dataspace.Text `json:"description,omitzero"`
	Element     string         `json:"element,omitempty"`
	Personal    bool           `json:"personal"`
	// The sensitivity under the newer and the older classification.
	Sensitive      dataspace.Text   `json:"sensitive"`
	SensitiveOlder dataspace.Text   `json:"sensitive_older"`
	Action         dataspace.Action `json:"action"`
	Treatment      dataspace.Text   `json:"treatment"`
	Rule           string           `json:"rule,omitempty"`
	Example        string           `json:"example"` // made up
	Remark         *dataspace.Text  `json:"remark,omitempty"`

	always, older bool
}

var (
	textYes     = dataspace.Text{ZH: "是", EN: "yes"}
	textNo      = dataspace.Text{ZH: "否", EN: "no"}
	textContext = dataspace.Text{ZH: "视具体场景", EN: "depends on the context"}
	textUnknown = dataspace.Text{ZH: "未识别", EN: "not recognised"}
)

// actionTexts describe what is done to a column; keep needs no text.
var actionTexts = map[dataspace.Action]dataspace.Text{
	dataspace.Keep: {ZH: "原样", EN: "as it is"}, dataspace.Truncate: {ZH: "截断", EN: "truncated"},
	dataspace.Generalise: {ZH: "泛化", EN: "generalised"}, dataspace.Mask: {ZH: "掩码", EN: "masked"},
	dataspace.Pseudonymise: {ZH: "假名化", EN: "pseudonymised"},
}

// Inventory lists the columns that leave under the plan, in its order. A plan
// without a profile is enough, and so is a profile without a plan: then every
// column of the profile leaves.
func (l *Library) Inventory(f Flow) []Field {
	var out []Field
	if f.Plan != nil {
		for _, c := range f.Plan.Columns {
			if c.Action == dataspace.Drop {
				continue
			}
			var p dataspace.ColumnProfile
			if f.Profile != nil {
				p, _ = f.Profile.Column(c.Name)
			}
			if c.Element == nil {
				c.Element = p.Element
			}
			out = append(out, l.field(c, p))
		}
		return out
	}
	if f.Profile != nil {
		for _, p := range f.Profile.Columns {
			out = append(out, l.field(dataspace.ColumnPlan{Name: p.Name, Element: p.Element, Action: dataspace.Keep}, p))
		}
	}
	return out
}

func (l *Library) field(c dataspace.ColumnPlan, p dataspace.ColumnProfile) Field {
	f := Field{
		Name: c.Name, Personal: p.Personal, Action: c.Action, Treatment: actionTexts[c.Action], Rule: string(c.Rule),
		Sensitive: textUnknown, SensitiveOlder: textUnknown, Description: textUnknown,
	}
	if c.Element != nil {
		f.Element = string(*c.Element)
		if e, ok := l.elements.Lookup(*c.Element); ok {
			newest, older := l.elements.Newest()
			f.Description = e.Name
			f.always, f.older = newest.Always(&e), older.Always(&e)
			f.Sensitive, f.SensitiveOlder = textNo, yesNo(f.older)
			if f.always {
				f.Sensitive = textYes
			} else if newest.InContext(&e) {
				f.Sensitive = textContext
			}
		}
		f.Example = l.inventory.ByElement[f.Element]
	}
	if f.Example == "" {
		f.Example = l.inventory.ByType[p.Type]
	}
	if f.Example == "" {
		f.Example = l.inventory.ByType["string"]
	}
	if c.Action != dataspace.Keep {
		f.Remark = &dataspace.Text{ZH: "出境前" + f.Treatment.ZH, EN: f.Treatment.EN + " before it leaves"}
	}
	return f
}

// described removes descriptions without content, so that they are asked for.
func described(list []Field) []Field {
	out := slices.Clone(list)
	for i := range out {
		if out[i].Description == textUnknown {
			out[i].Description = dataspace.Text{}
		}
	}
	return out
}

// personal says whether a column is about people; for an unrecognised column
// the answer is not known.
func (f Field) personal() dataspace.Text {
	if f.Element == "" && !f.Personal {
		return textUnknown
	}
	return yesNo(f.Personal)
}

func yesNo(b bool) dataspace.Text {
	if b {
		return textYes
	}
	return textNo
}

// known is the source of prefills: the documents of the flow by their JSON
// names, and values derived from them.
func (l *Library) known(f Flow) (map[string]any, error) {
	inventory := l.Inventory(f)
	out := map[string]any{}
	if len(inventory) > 0 {
		out["inventory"] = described(inventory)
		out["kinds"] = names(inventory, func(f Field) bool { return f.Personal })
		out["kinds_sensitive"] = names(inventory, func(f Field) bool { return f.Personal && f.older })
		if f.Profile != nil {
			sensitive, unknown := false, false
			for _, i := range inventory {
				p, ok := f.Profile.Column(i.Name)
				sensitive = sensitive || ok && p.Sensitive || i.Personal && i.always
				unknown = unknown || i.Element == ""
			}
			// An unrecognised column is not assumed to be harmless: a person
			// must decide.
			if sensitive || !unknown {
				out["contains_sensitive"] = sensitive
			}
		}
	}
	if f.Facts != nil {
		l.fromFacts(out, f.Facts)
	}
	return asTree(out)
}

// asTree is a value as JSON has it.
func asTree(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("gather what is known: %w", err)
	}
	var tree map[string]any
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("gather what is known: %w", err)
	}
	return tree, nil
}

func (l *Library) fromFacts(out map[string]any, f *dataspace.Facts) {
	out["facts"] = f
	for i := range l.derived {
		if v := l.derived[i].of(f); v != nil {
			place(out, l.derived[i].Path, v)
		}
	}
	out["recipient"] = map[string]any{"country": l.place(string(f.Recipient().Jurisdiction))}
	region := string(f.Exporter().RegisteredIn)
	if region == "" {
		region = string(f.Exporter().Jurisdiction)
	}
	out["exporter"] = map[string]any{"region": l.place(region)}
	if place := f.Known.Text("storage.place"); place != "" {
		out["storage"] = map[string]any{"place": l.place(place)}
	}
	if items := f.Known.List("data.list_items"); len(items) > 0 {
		out["list_items"] = strings.Join(items, "；")
	}
	instruments := map[string]any{}
	for _, i := range f.Instruments {
		if !i.Counts() {
			continue
		}
		kind := i.Kind[strings.LastIndex(i.Kind, ".")+1:]
		if _, there := instruments[kind]; !there {
			instruments[kind] = i
		}
	}
	out["instruments"] = instruments
}

// names lists the content of the chosen fields; nil when there is none, so that
// it is asked for.
func names(list []Field, choose func(Field) bool) any {
	var zh, en []string
	seen := map[string]bool{}
	for _, f := range list {
		if choose(f) && !seen[f.Description.ZH] {
			seen[f.Description.ZH] = true
			zh, en = append(zh, f.Description.ZH), append(en, f.Description.EN)
		}
	}
	if len(zh) == 0 {
		return nil
	}
	return dataspace.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// place is the name of a country or region; if it has none, the name of the
// nearest larger place.
func (l *Library) place(code string) dataspace.Text {
	for at := code; at != ""; at = at[:max(0, strings.LastIndexByte(at, '-'))] {
		if t, ok := l.places[at]; ok {
			return t
		}
	}
	country, _, sub := strings.Cut(code, "-")
	region, err := language.ParseRegion(country)
	if err != nil {
		return dataspace.Text{ZH: code, EN: code}
	}
	t := dataspace.Text{ZH: display.Regions(language.SimplifiedChinese).Name(region), EN: display.Regions(language.English).Name(region)}
	if sub {
		t.ZH, t.EN = t.ZH+" "+code, t.EN+" "+code
	}
	return t
}

// place puts a value into a tree at its path, whose parts before the last are
// trees.
func place(tree map[string]any, p string, v any) {
	head, rest, more := strings.Cut(p, ".")
	if !more {
		tree[head] = v
		return
	}
	below, ok := tree[head].(map[string]any)
	if !ok {
		below = map[string]any{}
		tree[head] = below
	}
	place(below, rest, v)
}

// lookup finds a value in a tree by its path; nil when there is none.
func lookup(tree any, p string) any {
	for _, part := range strings.Split(p, ".") {
		switch at := tree.(type) {
		case map[string]any:
			tree = at[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			tree = at[i]
		default:
			return nil
		}
	}
	return tree
}
