package vocab

import (
	"cmp"
	"regexp"
	"strings"

	"hutong/internal/dataspace"
)

// Gazette is the vocabulary of regions. Those of the country that it has
// tables of are closed; a region of another country is an ISO 3166-2 code and
// taken as it is.
type Gazette struct {
	Title     dataspace.Text `json:"title"`
	None      *Word          `json:"none,omitempty"`
	Provinces []Province     `json:"provinces"`
	Outside   []Outside      `json:"outside"`
	Cities    []City         `json:"cities"`
	Districts []District     `json:"districts"`
	Zones     []Zone         `json:"zones"`
	Asks      []Ask          `json:"asks"`

	country  string            // the one with tables
	province map[string]string // by the first two digits of GB/T 2260
	city     map[string]string // by the first four digits
	whole    map[string]bool   // provinces of which every part counts as the whole
	divided  map[string]bool   // provinces whose cities are known
	keys     map[string]bool
	alias    map[string]string   // codes that are not written any more
	names    map[string][]string // keys by name
}

// Province is a region of ISO 3166-2.
type Province struct {
	Key     string `json:"key" yaml:"key"`
	GBT2260 string `json:"gbt2260" yaml:"gbt2260"`
	Old     string `json:"old" yaml:"old"` // accepted, never written
	// Whole says that every part of it counts as the province.
	Whole bool   `json:"whole,omitempty" yaml:"whole"`
	EN    string `json:"en" yaml:"en"`
	ZH    string `json:"zh" yaml:"zh"`
	Tag   string `json:"tag" yaml:"tag"`
}

// Outside is a region with a code of the country's that counts as a
// jurisdiction of its own.
type Outside struct {
	Key     string `json:"key" yaml:"key"`
	ISO     string `json:"iso" yaml:"iso"`
	GBT2260 string `json:"gbt2260" yaml:"gbt2260"`
	EN      string `json:"en" yaml:"en"`
	ZH      string `json:"zh" yaml:"zh"`
	Tag     string `json:"tag" yaml:"tag"`
}

// City is a prefecture-level city.
type City struct {
	Key     string `json:"key" yaml:"key"`
	GBT2260 string `json:"gbt2260" yaml:"gbt2260"`
	EN      string `json:"en" yaml:"en"`
	ZH      string `json:"zh" yaml:"zh"`
	Tag     string `json:"tag" yaml:"tag"`
}

// District is a part of a municipality. It counts as the municipality.
type District struct {
	GBT2260 string `json:"gbt2260" yaml:"gbt2260"`
	In      string `json:"in" yaml:"in"`
	EN      string `json:"en,omitempty" yaml:"en"`
	ZH      string `json:"zh" yaml:"zh"`
	Tag     string `json:"tag" yaml:"tag"`
}

// Zone is a piece of land that follows from no other code.
type Zone struct {
	Key  string `json:"key" yaml:"key"`
	In   string `json:"in" yaml:"in"`
	EN   string `json:"en" yaml:"en"`
	ZH   string `json:"zh" yaml:"zh"`
	Tag  string `json:"tag" yaml:"tag"`
	Note string `json:"note,omitempty" yaml:"note"`
}

// Ask is a name that several regions have, of which not all are in the tables.
type Ask struct {
	Name string   `json:"name" yaml:"name"`
	Of   []string `json:"of" yaml:"of"`
	Tag  string   `json:"tag" yaml:"tag"`
}

func (g *Gazette) build() {
	g.country, _, _ = strings.Cut(g.Provinces[0].Key, "-")
	g.province, g.city, g.whole, g.divided = map[string]string{}, map[string]string{}, map[string]bool{}, map[string]bool{}
	g.keys, g.alias, g.names = map[string]bool{g.country: true}, map[string]string{}, map[string][]string{}
	for _, p := range g.Provinces {
		g.keys[p.Key], g.alias[p.Old] = true, p.Key
		g.province[p.GBT2260[:2]], g.whole[p.Key] = p.Key, p.Whole
		g.name(p.Key, p.EN, p.ZH)
	}
	for _, o := range g.Outside {
		g.keys[o.Key], g.alias[o.ISO] = true, o.Key
		g.province[o.GBT2260[:2]], g.whole[o.Key] = o.Key, true
		g.name(o.Key, o.EN, o.ZH)
	}
	for _, c := range g.Cities {
		province := g.province[c.GBT2260[:2]]
		if g.whole[province] {
			g.name(province, c.EN, c.ZH)
			continue
		}
		g.keys[c.Key], g.divided[province] = true, true
		g.city[c.GBT2260[:4]] = c.Key
		g.name(c.Key, c.EN, c.ZH)
	}
	for _, d := range g.Districts {
		g.name(d.In, d.EN, d.ZH)
	}
	for _, a := range g.Asks {
		for _, key := range a.Of {
			g.name(key, a.Name)
		}
	}
	for _, z := range g.Zones {
		g.keys[z.Key] = true
		g.name(z.Key, z.EN, z.ZH)
	}
	if g.None != nil {
		g.keys[g.None.Key] = true
		g.name(g.None.Key, append(g.None.Synonyms, g.None.EN, g.None.ZH)...)
	}
}

// short is the region whose code ends like that, in the country with tables.
func (g *Gazette) short(s string) string {
	if key := g.country + "-" + strings.ToUpper(strings.TrimSpace(s)); g.keys[key] {
		return key
	}
	return ""
}

// abroad reports whether a region is one that the tables say nothing about.
func (g *Gazette) abroad(key string) bool {
	return !g.keys[key] && !strings.HasPrefix(key, g.country+"-")
}

func (g *Gazette) name(key string, names ...string) {
	for _, n := range names {
		for _, f := range []string{fold(n), bare(n)} {
			if f != "" && !has(g.names[f], key) {
				g.names[f] = append(g.names[f], key)
			}
		}
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// suffixes are what people leave out at the end of a region's name.
var suffixes = []string{"壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市", "新区", "区", "县", " special administrative region", " sar", " province", " municipality", " city", " new area", " district"}

// bare is a name without its suffix. One character alone names nothing.
func bare(name string) string {
	f := fold(name)
	for _, s := range suffixes {
		if short, ok := strings.CutSuffix(f, s); ok && len([]rune(short)) > 1 {
			return short
		}
	}
	return f
}

var (
	codeForm   = regexp.MustCompile(`^([A-Z]{2})(-[A-Z0-9]{1,8})*$`)
	sixDigits  = regexp.MustCompile(`^[0-9]{6}$`)
	longDigits = regexp.MustCompile(`^[A-Z]{2}-[A-Z]{2}-[0-9]{6}$`)
)

// read applies the rules that stand at the head of regions.yaml.
func (g *Gazette) read(s string) (string, []string) {
	code := strings.ToUpper(strings.TrimSpace(s))
	if g.keys[code] {
		return code, nil
	}
	if key, ok := g.alias[code]; ok {
		return key, nil
	}
	digits := strings.TrimPrefix(code, g.country+"-")
	switch {
	case sixDigits.MatchString(digits):
		return g.byDigits(digits, ""), nil
	case longDigits.MatchString(code) && strings.HasPrefix(code, g.country+"-"):
		return g.byDigits(code[len(code)-6:], code[:len(code)-7]), nil
	}
	if found := append(g.names[fold(s)], g.names[bare(s)]...); len(found) > 0 {
		return g.named(found)
	}
	if codeForm.MatchString(code) && code[:2] != g.country {
		return code, nil
	}
	return "", nil
}

// byDigits reads a code of GB/T 2260. in is the province that was written
// beside it, empty where none was.
func (g *Gazette) byDigits(digits, in string) string {
	province, ok := g.province[digits[:2]]
	if !ok || in != "" && in != province {
		return ""
	}
	if g.whole[province] || digits[2:4] == "00" {
		return province
	}
	if city, ok := g.city[digits[:4]]; ok || g.divided[province] {
		return city // empty: the cities of the province are known, and it is none
	}
	return province + "-" + digits[:4] + "00"
}

// named gives the one region of a name, or all of them.
func (g *Gazette) named(keys []string) (string, []string) {
	var out []string
	for _, k := range keys {
		if !has(out, k) {
			out = append(out, k)
		}
	}
	if len(out) == 1 {
		return out[0], nil
	}
	for i, k := range out {
		out[i] = g.described(k)
	}
	return "", out
}

func (g *Gazette) described(key string) string {
	for _, w := range g.entries() {
		if w.Key == key {
			return described(w.Key, w.EN, w.ZH)
		}
	}
	return key
}

func (g *Gazette) near(s string) []string {
	c, f := newCandidates(), fold(s)
	for _, w := range g.entries() {
		text := described(w.Key, w.EN, w.ZH)
		for _, name := range []string{w.Key, w.EN, w.ZH} {
			c.add(w.Key, text, min(distance(f, fold(name)), distance(f, bare(name))))
		}
	}
	return c.nearest()
}

func (g *Gazette) title() dataspace.Text { return g.Title }

func (g *Gazette) nothing() *Word { return g.None }

func (g *Gazette) open() bool { return false }

func (g *Gazette) entries() []Word {
	var out []Word
	for _, p := range g.Provinces {
		out = append(out, Word{Key: p.Key, EN: p.EN, ZH: p.ZH, Tag: p.Tag, Synonyms: []string{p.GBT2260, p.Old}})
	}
	for _, o := range g.Outside {
		out = append(out, Word{Key: o.Key, EN: o.EN, ZH: o.ZH, Tag: o.Tag, Synonyms: []string{o.ISO, o.GBT2260}})
	}
	for _, x := range g.Cities {
		if !g.keys[x.Key] {
			continue
		}
		out = append(out, Word{Key: x.Key, EN: x.EN, ZH: x.ZH, Tag: x.Tag, Synonyms: []string{x.GBT2260}})
	}
	for _, z := range g.Zones {
		out = append(out, Word{Key: z.Key, EN: z.EN, ZH: z.ZH, Tag: z.Tag, Note: cmp.Or(z.Note, "a zone follows from no other code")})
	}
	return out
}
