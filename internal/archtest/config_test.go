package archtest_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write generated documents instead of comparing them")

// The reference of the configuration is its comments, so that the two cannot
// say different things.
func TestConfigReference(t *testing.T) {
	top := root(t)
	source, err := os.ReadFile(filepath.Join(top, "internal/node/config.go"))
	if err != nil {
		t.Fatal(err)
	}
	want, keys, err := configReference(source)
	if err != nil {
		t.Fatal(err)
	}
	if keys < 5 {
		t.Fatalf("%d keys read from the configuration: too few to be all", keys)
	}
	path := filepath.Join(top, "docs/reference/config.md")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("docs/reference/config.md does not say what internal/node/config.go does; run: go test ./internal/archtest -run Config -update")
	}
}

const configHead = `# Configuration

<!-- Made from internal/node/config.go by: go test ./internal/archtest -run Config -update -->

One YAML file, named with ` + "`hutong serve --config FILE`" + `, or none: every key has a safe default. A key that is not in this table is an error. A gateway reports everything that is wrong with its configuration at once and does not start.

| key | default | meaning |
|---|---|---|
`

// configReference makes a table of the fields of the struct Config.
func configReference(source []byte) (doc []byte, keys int, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), "config.go", source, parser.ParseComments)
	if err != nil {
		return nil, 0, err
	}
	var fields []*ast.Field
	defaults := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			if s, ok := n.Type.(*ast.StructType); ok && n.Name.Name == "Config" {
				fields = s.Fields.List
			}
		case *ast.FuncDecl:
			if n.Name.Name == "DefaultConfig" {
				readDefaults(n, defaults)
			}
		}
		return true
	})
	var b bytes.Buffer
	b.WriteString(configHead)
	for _, field := range fields {
		tag, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			return nil, 0, err
		}
		name := field.Names[0].Name
		key, _, _ := strings.Cut(reflect.StructTag(tag).Get("yaml"), ",")
		meaning := strings.Join(strings.Fields(field.Doc.Text()), " ")
		meaning = strings.TrimPrefix(meaning, name+" is ")
		if key == "" || meaning == "" {
			return nil, 0, fmt.Errorf("field %s has no key or no comment", name)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", key, defaults[name], strings.ReplaceAll(strings.ToUpper(meaning[:1])+meaning[1:], "|", `\|`))
		keys++
	}
	return b.Bytes(), keys, nil
}

// readDefaults collects the literals that DefaultConfig sets.
func readDefaults(fn *ast.FuncDecl, into map[string]string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		if key, ok := kv.Key.(*ast.Ident); ok {
			if lit, ok := kv.Value.(*ast.BasicLit); ok {
				into[key.Name] = "`" + strings.Trim(lit.Value, "\"`") + "`"
			}
		}
		return true
	})
}
