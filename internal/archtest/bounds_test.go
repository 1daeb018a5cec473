package archtest_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestBounds: no type, function or package outgrows what one reader can hold in
// mind, except those that are listed with a reason.
func TestBounds(t *testing.T) {
	files, err := readTree(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	types := typesOf(files)
	if len(types) < minTypes {
		t.Errorf("read %d types, at least %d should be there", len(types), minTypes)
	}
	for _, finding := range checkBounds(files, tooMany) {
		t.Error(finding)
	}
}

// typeKey names a type of the module: folder and name.
type typeKey struct{ dir, name string }

func (k typeKey) String() string { return k.dir + "." + k.name }

// declared is what all files of a package say about one type.
type declared struct {
	typeDecl
	methods  int
	mentions map[string]bool // names in its fields and methods
}

// typesOf collects the types of all files but tests.
func typesOf(files []*source) map[typeKey]*declared {
	out := map[typeKey]*declared{}
	get := func(dir, name string) *declared {
		k := typeKey{dir, name}
		if out[k] == nil {
			out[k] = &declared{mentions: map[string]bool{}}
		}
		return out[k]
	}
	for _, f := range files {
		if f.test {
			continue
		}
		for _, d := range f.types {
			one := get(f.dir(), d.name)
			one.typeDecl = d
			for _, name := range d.mentions {
				one.mentions[name] = true
			}
		}
		for _, fn := range f.funcs {
			if fn.receiver == "" {
				continue
			}
			one := get(f.dir(), fn.receiver)
			one.methods++
			for _, name := range fn.mentions {
				one.mentions[name] = true
			}
		}
	}
	return out
}

// methodsOf counts the methods of a type: its own, those of the types of its
// package that it embeds, and those of types that point back to it. A type
// points back when it has a pointer to the whole and the whole knows it: what
// was divided so is one thing still.
func methodsOf(types map[typeKey]*declared, whole typeKey) int {
	counted := map[string]bool{}
	var count func(name string) int
	count = func(name string) int {
		d := types[typeKey{whole.dir, name}]
		if d == nil || counted[name] {
			return 0
		}
		counted[name] = true
		n := d.methods
		for _, e := range d.embeds {
			n += count(e)
		}
		return n
	}
	n := count(whole.name)
	for k, part := range types {
		if k.dir == whole.dir && slices.Contains(part.pointers, whole.name) && types[whole].mentions[k.name] {
			n += count(k.name)
		}
	}
	return n
}

// checkBounds names what is larger than the bounds and not excepted, and each
// exception that is not needed.
func checkBounds(files []*source, except map[string]string) []string {
	var out []string
	used := map[string]bool{}
	over := func(what string, n, bound int, unit string) {
		if n <= bound {
			return
		}
		if reason, ok := except[what]; ok && strings.TrimSpace(reason) != "" {
			used[what] = true
			return
		}
		out = append(out, fmt.Sprintf("%s has %d %s, more than %d", what, n, unit, bound))
	}
	types := typesOf(files)
	for k, d := range types {
		over(k.String(), methodsOf(types, k), maxMethods, "methods")
		over(k.String()+" fields", d.fields, maxFields, "fields")
	}
	lines := map[string]int{}
	for _, f := range files {
		if f.test {
			continue
		}
		lines[f.dir()] += f.lines
		for _, fn := range f.funcs {
			over(f.dir()+"."+fn.name+" parameters", fn.params, maxParams, "parameters")
		}
	}
	for dir, n := range lines {
		over(dir, n, maxLines, "lines without tests")
	}
	for what := range except {
		if !used[what] {
			out = append(out, fmt.Sprintf("%s is within its bounds: take it out of the exceptions", what))
		}
	}
	slices.Sort(out)
	return out
}

// Every bound must be able to fail, and so must an exception.
func TestBoundsFind(t *testing.T) {
	methods := func(n int, receiver string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "func (r %s) m%s%d() {}\n", receiver, strings.Trim(receiver, "*"), i)
		}
		return b.String()
	}
	cases := map[string]struct{ text, want string }{
		"methods":     {"type a struct{}\n" + methods(maxMethods+1, "*a"), "internal/x.a has 41 methods"},
		"embedded":    {"type a struct{ b }\ntype b struct{}\n" + methods(30, "a") + methods(11, "b"), "internal/x.a has 41 methods"},
		"points-back": {"type a struct{ part b }\ntype b struct{ whole *a }\n" + methods(30, "*a") + methods(11, "*b"), "internal/x.a has 41 methods"},
		"made-of-it":  {"type a struct{}\ntype b struct{ whole *a }\nfunc (r *a) f() { b{r}.mb0() }\n" + methods(29, "*a") + methods(11, "b"), "internal/x.a has 41 methods"},
		"fields":      {"type a struct{ " + strings.Repeat("b, ", maxFields) + "c int }", "internal/x.a fields has 21 fields"},
		"parameters":  {"func f(a, b, c int, d, e, f, g string) {}", "internal/x.f parameters has 7 parameters"},
		"lines":       {strings.Repeat("\n", maxLines), "lines without tests, more than"},
		"exception":   {"type a struct{}", "internal/x.b is within its bounds"},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			found := strings.Join(boundsOf(t, cases[name].text, map[string]string{"internal/x.b": "It was large once."}), "\n")
			if !strings.Contains(found, cases[name].want) {
				t.Errorf("found %q, want something with %q", found, cases[name].want)
			}
		})
	}
}

// What is allowed must not be found: types that use a smaller one are not parts
// of it, and a reason excuses.
func TestBoundsLeave(t *testing.T) {
	text := "type a struct{ lower *b }\ntype b struct{}\ntype c struct{ " + strings.Repeat("d, ", maxFields) + "e int }\n"
	for i := range 30 {
		text += fmt.Sprintf("func (r *a) a%d() {}\nfunc (r *b) b%d() {}\n", i, i)
	}
	if found := boundsOf(t, text, map[string]string{"internal/x.c fields": "A form of the law has as many."}); len(found) > 0 {
		t.Errorf("found %q in what is allowed", found)
	}
}

func boundsOf(t *testing.T, text string, except map[string]string) []string {
	t.Helper()
	files, err := readTree(fstest.MapFS{
		"internal/x/a.go":      {Data: []byte("// Package x is for a test.\npackage x\n" + text)},
		"internal/x/a_test.go": {Data: []byte("package x\nfunc f(a, b, c, d, e, f, g int) {}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return checkBounds(files, except)
}
