package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hutong/internal/about"
	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/role"
	"hutong/internal/table"
	"hutong/internal/youth"
)

// party is one of the people that a row may be about.
type party struct {
	roles  []string // the roles' ids; none: whom the table is about
	number int      // of several with the same roles
	extra  int      // a further number of the same kind in the same role is another person
	main   bool     // a row has this person even if no column tells who it is
	staff  bool
	keys   []int // places in the plan's keys, best first
	proof  int   // place of an identity number that is not the first key, -1 without
	names  []int // columns with the person's name
	births []birth
	mask   []int // columns that put the person into a class
	others []other
}

// birth is a column that says how old the party's person is.
type birth struct {
	column int
	from   dataspace.ElementID // empty: only its name or its values say so
	kind   youth.Kind
}

// plan is what a collector collects: whom a row may be about, and how each of
// them is told apart. The main person comes first.
type plan struct {
	keys    []key
	parties []party
	// tells are the columns that say something of people. A row that has a value
	// in none of them is about nobody.
	tells    []int
	mentions []mention
}

// claimed says of which keys the people are settled at the end: keys that
// stand in for a better one somewhere, and keys that a name or an identity
// number can show to be shared.
func (p *plan) claimed() []bool {
	domains := map[string]bool{}
	for n := range p.parties {
		one := &p.parties[n]
		for at, k := range one.keys {
			key := &p.keys[k]
			byName := key.byName() && len(one.names) > 0
			byProof := one.proof >= 0 && one.proof != k
			if at > 0 || byName || byProof {
				domains[key.domain] = true
			}
		}
	}
	out := make([]bool, len(p.keys))
	for k := range p.keys {
		out[k] = domains[p.keys[k].domain]
	}
	return out
}

// byName reports whether two names with one key are two people.
func (k *key) byName() bool { return k.rank >= rankContact && k.rank != rankNames && !k.chosen }

// id names a party within its table.
func (p *party) id() string { return idOf(p.roles, p.number, p.extra) }

func idOf(roles []string, number, extra int) string {
	id := strings.Join(roles, "+")
	if number > 0 {
		id += "#" + strconv.Itoa(number)
	}
	if extra > 0 {
		id += "/" + strconv.Itoa(extra)
	}
	return id
}

// draft is a party while columns are distributed.
type draft struct {
	roles   []string
	number  int
	extra   int
	kind    role.Kind
	columns []int
	keys    []key
	names   []int
	others  []other // whose columns it took because they are the same person's
}

func (d *draft) id() string { return idOf(d.roles, d.number, d.extra) }

func (d *draft) known() bool { return len(d.keys) > 0 || len(d.names) > 0 }

func (d *draft) best() int {
	best := rankNames
	for _, k := range d.keys {
		best = min(best, k.rank)
	}
	return best
}

// grouping distributes the columns of a table over parties.
type grouping struct {
	run    *run
	found  *findings
	words  *role.Words
	all    []role.Reading  // of the columns' names
	named  map[string]bool // roles that have a column with a name
	drafts []*draft
}

// plan says what the collector must collect, given all findings; nil when the
// table is not about people.
func (r *run) plan(f *findings) *plan {
	if !f.people && len(r.namedByColumns(census.NewHasher(r.opt.Hash, r.opt.Key))) == 0 {
		return nil
	}
	g := &grouping{run: r, found: f, words: role.Builtin(), named: map[string]bool{}}
	g.distribute()
	main := g.settle()
	p := &plan{}
	if main != nil {
		g.add(p, main, true)
	}
	for _, d := range g.drafts {
		if d != main && d.known() {
			g.add(p, d, false)
		}
	}
	switch {
	case len(p.parties) == 0:
		g.add(p, &draft{}, true)
	case len(p.parties) == 1:
		p.parties[0].main = true
	}
	g.attach(p)
	for i := range f.columns {
		if e, ok := f.element(i); ok && (f.columns[i].Personal || f.handled && about.OfRow(&e)) && e.Personal != element.PersonalNo || len(r.columns[i].whole) > 0 {
			p.tells = append(p.tells, i)
		}
	}
	p.mentions = r.mentions(f)
	return p
}

// distribute puts each column into the party that its name points to.
func (g *grouping) distribute() {
	all := make([]role.Reading, len(g.run.columns))
	for i, c := range g.run.columns {
		all[i] = g.words.Of(c.field.Name)
		if g.isName(i) {
			for _, w := range all[i].Roles {
				g.named[w.Role.ID] = true
			}
		}
	}
	g.all = all
	before := map[string]map[string]bool{} // the subjects that stand before a role
	list := make([][]string, len(all))
	for i := range all {
		for _, w := range all[i].Roles {
			if !w.Weak || g.named[w.Role.ID] {
				list[i] = append(list[i], w.Role.ID)
			}
		}
		if tail := g.tail(list[i]); len(tail) > 0 && len(tail) < len(list[i]) {
			id := strings.Join(tail, "+")
			if before[id] == nil {
				before[id] = map[string]bool{}
			}
			before[id][strings.Join(list[i], "+")] = true
		}
	}
	for i, roles := range list {
		// "customer emergency contact" is the emergency contact, unless the
		// table has another subject's as well.
		if tail := g.tail(roles); len(tail) > 0 && len(before[strings.Join(tail, "+")]) == 1 {
			roles = tail
		}
		kind := role.Kind("")
		if len(roles) > 0 {
			kind = g.words.Lookup(roles[len(roles)-1]).Kind
		}
		if len(roles) == 0 && !g.siblings(all, i) {
			all[i].Number = 0
		}
		d := g.draft(roles, all[i].Number)
		d.kind = kind
		d.columns = append(d.columns, i)
		if k, ok := g.run.keyOf(g.found, i, all[i].Own); ok {
			d.keys = append(d.keys, k)
		} else if g.isName(i) {
			d.names = append(d.names, i)
		}
	}
	slices.SortStableFunc(g.drafts, func(a, b *draft) int {
		return cmp.Or(slices.CompareFunc(a.roles, b.roles, func(x, y string) int {
			return cmp.Compare(g.words.Rank(g.words.Lookup(x)), g.words.Rank(g.words.Lookup(y)))
		}), cmp.Compare(a.number, b.number))
	})
}

// siblings reports whether the number in a column's name counts people: there
// is a column of the same name with another number, and of the same kind.
func (g *grouping) siblings(all []role.Reading, i int) bool {
	for j := range all {
		if all[j].Stem == all[i].Stem && all[j].Number != all[i].Number && len(all[j].Roles) == len(all[i].Roles) && g.element(j) == g.element(i) {
			return true
		}
	}
	return false
}

// tail is the list without the roles whose person a table is usually about.
func (g *grouping) tail(roles []string) []string {
	return slices.DeleteFunc(slices.Clone(roles), func(id string) bool { return g.words.Lookup(id).Kind == role.Subject })
}

// draft finds or makes the party of roles and a number.
func (g *grouping) draft(roles []string, number int) *draft {
	for _, d := range g.drafts {
		if d.number == number && slices.Equal(d.roles, roles) {
			return d
		}
	}
	d := &draft{roles: roles, number: number}
	g.drafts = append(g.drafts, d)
	return d
}

func (g *grouping) isName(i int) bool {
	e, ok := g.found.element(i)
	return ok && g.found.columns[i].Confidence >= .5 && g.run.columns[i].values > 0 && e.Has(element.PersonName)
}

// settle finds the main person, and gives that person the columns that are
// nobody else's. It returns nil if a row is about several people and no column
// about a main one.
func (g *grouping) settle() *draft {
	bare := g.draft(nil, 0)
	u := uniter{g.words, g.drafts, g.run.columns, g.run.opt.Keys, &g.run.followed, g.conflict}
	u.among()
	u.unite()
	main := bare
	if s := g.subject(bare); s != nil {
		s.take(bare)
		main = s
	}
	g.numbered(main)
	together(g, main)
	g.split()
	if !main.known() {
		others := slices.ContainsFunc(g.drafts, func(d *draft) bool {
			return d != main && d.known() && d.kind != role.Private && d.kind != role.Staff
		})
		if others || !g.personal(main) {
			return nil
		}
	}
	return main
}

// take moves the columns of another draft into d.
func (d *draft) take(o *draft) {
	d.columns = append(d.columns, o.columns...)
	d.keys = append(d.keys, o.keys...)
	d.names = append(d.names, o.names...)
	o.columns, o.keys, o.names = nil, nil, nil
}

// subject is the role whose person the columns without a role are about, nil
// if there is none.
func (g *grouping) subject(bare *draft) *draft {
	for _, d := range g.drafts {
		if d.number == 0 && len(d.roles) == 1 && d.kind == role.Subject && d.known() && !g.conflict(d, bare) {
			return d
		}
	}
	if len(bare.names) > 0 {
		return nil
	}
	for _, d := range g.drafts {
		if d.number == 0 && len(d.roles) == 1 && d.kind == role.Party && d.known() && !g.conflict(d, bare) {
			return d
		}
	}
	if bare.best() <= rankOwn || !bare.known() {
		return nil
	}
	for _, d := range g.drafts {
		if d.number == 0 && len(d.roles) == 1 && len(d.names) > 0 && len(d.keys) == 0 {
			return d
		}
	}
	return nil
}

// conflict reports whether two drafts have a number or name of the same kind:
// then they are two people.
func (g *grouping) conflict(a, b *draft) bool {
	for _, k := range a.keys {
		if slices.ContainsFunc(b.keys, func(o key) bool { return o.element == k.element && o.rank != rankOwn }) {
			return true
		}
	}
	return slices.ContainsFunc(a.names, func(i int) bool {
		return slices.ContainsFunc(b.names, func(j int) bool { return g.element(i) == g.element(j) })
	})
}

func (g *grouping) element(i int) dataspace.ElementID {
	e, _ := g.found.element(i)
	return e.ID
}

// numbered gives the columns of a number to the person without one, where they
// can only be that person's: further telephones of somebody with a number of a
// better kind, or the first of several.
func (g *grouping) numbered(main *draft) {
	for _, d := range g.drafts {
		if d.number == 0 {
			continue
		}
		to := main
		if len(d.roles) > 0 {
			to = g.draft(d.roles, 0)
		}
		contacts := len(d.names) == 0 && d.best() >= rankContact
		switch {
		case d == main:
		case !d.known():
		case contacts && to.known() && to.best() < rankContact, d.number == 1 && to.known() && !g.conflict(d, to):
			to.take(d)
		}
	}
}

// split makes a person of each further identity number of the same kind within
// one role: two different numbers in a row are two people.
func (g *grouping) split() {
	for _, d := range slices.Clone(g.drafts) {
		g.run.order(d.keys)
		var kept []key
		extra := d.extra
		for _, k := range d.keys {
			again := k.rank == rankNumber && slices.ContainsFunc(kept, func(o key) bool { return o.element == k.element })
			if !again {
				kept = append(kept, k)
				continue
			}
			extra++
			g.drafts = append(g.drafts, &draft{roles: d.roles, number: d.number, extra: extra, kind: d.kind, keys: []key{k}, columns: k.columns})
			d.columns = slices.DeleteFunc(d.columns, func(i int) bool { return i == k.columns[0] })
		}
		d.keys = kept
	}
}

// personal reports whether columns of the draft describe a person.
func (g *grouping) personal(d *draft) bool {
	return slices.ContainsFunc(d.columns, func(i int) bool {
		e, ok := g.found.element(i)
		return ok && e.Personal == element.PersonalYes
	})
}

// maxKeys is how many keys of one person are looked at: the best, and those
// that stand in for it.
const maxKeys = 4

// add appends the party of a draft to the plan.
func (g *grouping) add(p *plan, d *draft, main bool) {
	one := party{roles: d.roles, number: d.number, extra: d.extra, main: main, staff: d.kind == role.Staff, proof: -1, names: d.names, others: d.others}
	slices.Sort(one.names)
	slices.Sort(d.columns)
	var born []int
	for _, i := range d.columns {
		if g.element(i) == "date_of_birth" && g.found.columns[i].Confidence >= .5 && g.run.columns[i].values > 0 {
			born = append(born, i)
		}
	}
	keys := slices.Clone(d.keys)
	if len(d.names) > 0 && len(born) > 0 {
		keys = append(keys, key{columns: append(slices.Clone(one.names), born[0]), domain: "name+birth", rank: rankNames})
	}
	g.run.order(keys)
	choose(g.run, d.id(), keys)
	for n, k := range keys {
		if n >= maxKeys && k.rank != rankNumber {
			continue
		}
		if k.rank == rankNumber && n > 0 && one.proof < 0 && keys[0].rank != rankNumber {
			one.proof = len(p.keys)
		}
		one.keys = append(one.keys, len(p.keys))
		p.keys = append(p.keys, k)
	}
	p.parties = append(p.parties, one)
}

// attach says for each column which people it puts into a class or gives an
// age: those of its party, or everybody in the row if that party is none.
func (g *grouping) attach(p *plan) {
	owner := map[int]int{}
	for n := range p.parties {
		for _, d := range g.drafts {
			if slices.Equal(d.roles, p.parties[n].roles) && d.number == p.parties[n].number && d.extra == p.parties[n].extra {
				for _, i := range d.columns {
					owner[i] = n
				}
			}
		}
	}
	_, dated := g.run.day()
	for i := range g.run.columns {
		of := p.parties
		if n, ok := owner[i]; ok {
			of = p.parties[n : n+1]
		} else if p.parties[0].main {
			of = p.parties[:1]
		}
		from, isBirth := g.birth(i)
		for n := range of {
			if g.found.marks(i, g.run.classes) {
				of[n].mask = append(of[n].mask, i)
			}
			if isBirth && dated {
				of[n].births = append(of[n].births, from)
			}
		}
	}
}

// birth reports whether a column says how old somebody is, and how.
func (g *grouping) birth(i int) (birth, bool) {
	c, id := g.run.columns[i], g.element(i)
	if c.values == 0 {
		return birth{}, false
	}
	kind := youth.Name(g.all[i].Rest, slices.ContainsFunc(g.all[i].Roles, func(f role.Found) bool { return f.Role.ID == youth.Student }))
	switch known := g.found.columns[i].Confidence >= .5; {
	case id == "age":
		if kind != youth.Group {
			kind = youth.Age
		}
		return birth{i, id, kind}, true
	case known && (id == "date_of_birth" || id == datedNumber):
		return birth{i, id, youth.Birth}, true
	case kind == youth.School && c.schools.Adults():
		return birth{}, false // of adults
	case kind != youth.None:
		return birth{i, "", kind}, true
	case c.schools.Children():
		return birth{i, "", youth.School}, true
	}
	hidden := g.found.columns[i].Masked
	unread := id == "date_of_birth" || id == datedNumber || hidden != nil && hidden.Of == datedNumber || slices.ContainsFunc(c.whole, func(w partOf) bool { return w.Element == datedNumber })
	return birth{i, "", youth.School}, unread
}

// mayMark adds the columns of which later rows could show that they put people
// into a class.
func (p *plan) mayMark(f *findings, list []class) {
	for i := range f.columns {
		if f.marks(i, list) || !f.mayMark(i, list) {
			continue
		}
		for n := range p.parties {
			p.parties[n].mask = append(p.parties[n].mask, i)
		}
	}
}

// lean leaves out the keys that are needed only where the best one of a party
// has no value. It keeps those that another party may have.
func (p *plan) lean() *plan {
	out := &plan{tells: p.tells, mentions: p.mentions}
	for n := range p.parties {
		one := p.parties[n]
		one.keys, one.proof = nil, -1
		for at, k := range p.parties[n].keys {
			if at > 0 && k != p.parties[n].proof && !p.shares(n, p.keys[k].domain) {
				continue
			}
			if k == p.parties[n].proof {
				one.proof = len(out.keys)
			}
			one.keys = append(one.keys, len(out.keys))
			out.keys = append(out.keys, p.keys[k])
		}
		out.parties = append(out.parties, one)
	}
	return out
}

// shares reports whether another party than n has a key of the domain.
func (p *plan) shares(n int, domain string) bool {
	for m := range p.parties {
		if m != n && slices.ContainsFunc(p.parties[m].keys, func(k int) bool { return p.keys[k].domain == domain }) {
			return true
		}
	}
	return false
}

// print says what a plan counts, without the marks: plans with one print count
// the same people.
func (p *plan) print() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n", p.mentions)
	for n := range p.parties {
		one := &p.parties[n]
		fmt.Fprintf(&b, "%s %v %v %v %v:", one.id(), one.main, one.staff, one.names, one.births)
		for _, k := range one.keys {
			fmt.Fprintf(&b, " %v %q %v %v %v", p.keys[k].columns, p.keys[k].domain, p.keys[k].texts, p.keys[k].within, p.keys[k].chosen)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// covers reports whether p marks all that q marks.
func (p *plan) covers(q *plan) bool {
	for n := range q.parties {
		for _, i := range q.parties[n].mask {
			if !slices.Contains(p.parties[n].mask, i) {
				return false
			}
		}
	}
	return true
}

// guess chooses, after the first batch, what to collect: the most likely plan,
// and a bit for every column that may put people into a class. The keys that
// stand in for the best one are left out while each row has it.
func (r *run) guess(b *table.Batch) {
	f := judge(r.known, r.columns, r.scores(), r.opt.Sensitive).under(r.opt.Say)
	r.describing = newDescribing(r, describes(r, f))
	p, _ := united(r, f, func(list []*follower) error { // it gives no error
		follow(list, b)
		return nil
	})
	if p == nil {
		return
	}
	rows := int64(b.Rows)
	p.mayMark(f, r.classes)
	if !slices.ContainsFunc(p.parties, func(one party) bool { return len(one.keys) > 1 && r.missing(p.keys[one.keys[0]], rows) }) {
		p = p.lean()
	}
	r.collect(p)
}

// missing reports whether some of the first rows has no value in the key.
func (r *run) missing(k key, rows int64) bool {
	return slices.ContainsFunc(k.columns, func(i int) bool { return r.columns[i].values < rows })
}

// collected reports whether the collector already has what the plan needs.
func (r *run) collected(p *plan) bool {
	if r.collector == nil {
		return false
	}
	have, lean := r.collector.plan, p.lean()
	if r.collector.texts.unkeyed > 0 && !slices.Equal(have.tells, p.tells) {
		return false
	}
	print := have.print()
	if print == p.print() {
		return have.covers(p)
	}
	if print != lean.print() || !have.covers(p) {
		return false
	}
	for n := range p.parties {
		if len(p.parties[n].keys) > len(lean.parties[n].keys) && r.collector.missed[n] > 0 {
			return false
		}
	}
	return true
}

// closeCollector removes what was collected.
func (r *run) closeCollector() {
	if r.collector != nil {
		r.collector.close()
		r.collector = nil
	}
}
