package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hutong/internal/api"
	"hutong/internal/element"
	"hutong/internal/gateway"
)

// minCodes is how many error codes there are at least.
const minCodes = 120

// generated compares a document with what the program says now.
func generated(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have := read(t, path); have != want {
		t.Errorf("docs/%s does not say what the program does; run: go test ./docs -update", path)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The list of validators in the reference of packs.
func TestValidators(t *testing.T) {
	const path, begin, end = "reference/pack-format.md", "<!-- validators: made from internal/element by: go test ./docs -update -->\n", "<!-- end -->"
	names := element.Validators()
	if len(names) < 50 {
		t.Errorf("%d validators: too few to be all", len(names))
	}
	var digits, others []string
	for _, n := range names {
		if element.Groups(n) {
			digits = append(digits, "`"+n+"`")
		} else {
			others = append(others, "`"+n+"`")
		}
	}
	doc := read(t, path)
	i := strings.Index(doc, begin) + len(begin)
	j := strings.Index(doc[i:], end) + i
	if i < len(begin) || j < i {
		t.Fatalf("%s has no place for the validators", path)
	}
	want := doc[:i] + "check digits: " + strings.Join(digits, ", ") + ", `weighted`\n\nothers: " + strings.Join(others, ", ") + "\n" + doc[j:]
	generated(t, path, want)
}

// The table of roles in the reference of the API.
func TestRoles(t *testing.T) {
	const path, begin, end = "reference/api.md", "<!-- roles: made from internal/gateway by: go test ./docs -update -->\n", "<!-- end -->"
	var all []gateway.Permission
	for _, r := range gateway.Roles() {
		all = append(all, r.Permissions()...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) < 15 {
		t.Errorf("%d permissions: too few to be all", len(all))
	}
	var b strings.Builder
	b.WriteString("| permission |")
	for _, r := range gateway.Roles() {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(gateway.Roles())) + "\n")
	for _, p := range all {
		fmt.Fprintf(&b, "| `%s` |", p)
		for _, r := range gateway.Roles() {
			mark := ""
			if slices.Contains(r.Permissions(), p) {
				mark = "✓"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		b.WriteString("\n")
	}
	have := read(t, path)
	before, rest, ok := strings.Cut(have, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("docs/%s has no place for the table of roles", path)
	}
	generated(t, path, before+begin+b.String()+end+after)
}

// minRoutes is how many operations there are at least.
const minRoutes = 53

// The table of operations in the reference of the API: who may ask for what,
// and of whose things.
func TestRoutes(t *testing.T) {
	const path, begin, end = "reference/api.md", "<!-- routes: made from internal/api by: go test ./docs -update -->\n", "<!-- end of routes -->"
	all := api.Routes()
	if len(all) < minRoutes {
		t.Errorf("%d operations, at least %d should be there", len(all), minRoutes)
	}
	var b strings.Builder
	b.WriteString("| operation | permission | of whom |")
	for _, r := range gateway.Roles() {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat(":-:|", len(gateway.Roles())) + "\n")
	for _, o := range all {
		permission := "–"
		if o.Permission != "" {
			permission = "`" + string(o.Permission) + "`"
		}
		fmt.Fprintf(&b, "| `%s %s` | %s | %s |", o.Method, o.Path, permission, o.Scope)
		for _, r := range gateway.Roles() {
			mark := ""
			if o.Allows(r) {
				mark = "✓"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		b.WriteString("\n")
	}
	have := read(t, path)
	before, rest, ok := strings.Cut(have, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("docs/%s has no place for the table of operations", path)
	}
	generated(t, path, before+begin+b.String()+end+after)
}

// problem is an error for people as the code makes it.
type problem struct {
	kind, message, hint string
}

// The reference of error codes is made from where the code makes them.
func TestErrorCodes(t *testing.T) {
	codes, err := errorCodes("../internal", "../client")
	if err != nil {
		t.Fatal(err)
	}
	if len(codes) < minCodes {
		t.Errorf("%d error codes found, at least %d should be there", len(codes), minCodes)
	}
	var b strings.Builder
	b.WriteString(`# Error codes

<!-- Made from the code by: go test ./docs -update -->

Stable names of what can go wrong: in the answers of the management API, with ` + "`--json`" + ` on the command line, and in a flow's trouble. Kinds become [exit codes](exit-codes.md) and [statuses](api.md#errors). … is filled in when it happens. A code can have several causes; the first is shown.

| code | kind | message | what to do |
|---|---|---|---|
`)
	names := make([]string, 0, len(codes))
	for c := range codes {
		names = append(names, c)
	}
	slices.Sort(names)
	for _, c := range names {
		p := codes[c]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c, p.kind, cell(p.message), cell(p.hint))
	}
	generated(t, "reference/errors.md", b.String())
}

func cell(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "|", `\|`) }

func errorCodes(roots ...string) (map[string]problem, error) {
	out := map[string]problem{}
	for _, root := range roots {
		if err := addCodes(out, root); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addCodes(out map[string]problem, root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "tck" || d.Name() == "systest") {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			code, p := problemOf(n)
			if p.kind == "" {
				p.kind = helperKind(path)
			}
			if old, ok := out[code]; code != "" && (!ok || old.message == "" || old.message == "…" || old.hint == "" && p.hint != "") {
				out[code] = p
			}
			return true
		})
		return nil
	})
}

// problemOf reads a literal of dataspace.Problem, dataspace.Contradiction or
// client.Error, or a call of
// one of the helpers problem(kind, code, place, message, hint), problem(code, place,
// message, err) and problem(code, place, message).
func problemOf(n ast.Node) (code string, p problem) {
	switch n := n.(type) {
	case *ast.CompositeLit:
		name := typeName(n.Type)
		if name != "Problem" && name != "Error" && name != "Contradiction" {
			return "", p
		}
		if name == "Contradiction" {
			p.kind = "contradiction"
		}
		for _, e := range n.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			switch typeName(kv.Key) {
			case "Kind":
				p.kind = kindName(kv.Value)
			case "Code":
				code = literal(kv.Value)
			case "Is":
				p.message = english(kv.Value)
			case "Do":
				p.hint = english(kv.Value)
			case "Message":
				p.message = literal(kv.Value)
			case "Hint":
				p.hint = literal(kv.Value)
			}
		}
	case *ast.CallExpr:
		if typeName(n.Fun) != "problem" {
			return "", p
		}
		switch len(n.Args) {
		case 5:
			code = literal(n.Args[1])
			p = problem{kindName(n.Args[0]), literal(n.Args[3]), literal(n.Args[4])}
		case 3, 4:
			code = literal(n.Args[0])
			p = problem{"", literal(n.Args[2]), ""}
		}
	}
	if strings.Contains(code, "…") || !strings.Contains(code, ".") {
		return "", p // put together when it happens
	}
	return code, p
}

// helperKind is the kind that the helper of four arguments gives.
func helperKind(path string) string {
	if strings.Contains(filepath.ToSlash(path), "/prove/") {
		return "evidence"
	}
	return "invalid"
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

var capitals = regexp.MustCompile(`[A-Z]`)

// kindName turns ErrPeerUnreachable into "peer unreachable".
func kindName(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok && typeName(call.Fun) == "kindOf" && len(call.Args) == 1 {
		e = call.Args[0]
	}
	name, ok := strings.CutPrefix(typeName(e), "Err")
	if !ok {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(capitals.ReplaceAllString(name, " $0")))
}

var verb = regexp.MustCompile(`%[-+#0-9.]*[a-z]`)

// english is the English of a literal of dataspace.Text.
func english(e ast.Expr) string {
	if text, ok := e.(*ast.CompositeLit); ok {
		for _, member := range text.Elts {
			if kv, ok := member.(*ast.KeyValueExpr); ok && typeName(kv.Key) == "EN" {
				return literal(kv.Value)
			}
		}
	}
	return "…"
}

// literal is the text of an expression, with … for what is not known here.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			return ""
		}
		return s
	case *ast.BinaryExpr:
		return literal(e.X) + literal(e.Y)
	case *ast.CallExpr:
		if typeName(e.Fun) == "Sprintf" && len(e.Args) > 0 {
			return verb.ReplaceAllString(literal(e.Args[0]), "…")
		}
	}
	return "…"
}

// Whatever has a name in the code has a line in its reference.
func TestReferenceIsComplete(t *testing.T) {
	cases := []struct {
		name, source, doc string
		pattern           *regexp.Regexp
		least             int
	}{
		{"metrics", "../internal/api/metrics.go", "reference/metrics.md", regexp.MustCompile(`"(hutong_[a-z_]+)"`), 3},
		{"states", "../internal/dataspace/flow.go", "reference/flow-states.md", regexp.MustCompile(`FlowState = "([a-z_]+)"`), 11},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc := read(t, c.doc)
			found := c.pattern.FindAllStringSubmatch(read(t, c.source), -1)
			if len(found) < c.least {
				t.Errorf("%d names in %s, at least %d should be there", len(found), c.source, c.least)
			}
			for _, m := range found {
				if !strings.Contains(doc, "| `"+m[1]+"` |") {
					t.Errorf("docs/%s has no line for %s", c.doc, m[1])
				}
			}
		})
	}
}
