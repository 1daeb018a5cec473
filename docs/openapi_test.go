package docs_test

import (
	"bytes"
	"os"
	"testing"

	"hutong/internal/api"
)

// The description of the management API is made by its code.
func TestOpenAPI(t *testing.T) {
	want, err := api.Describe("1")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(want, []byte("operationId:")); n < 30 {
		t.Errorf("%d operations described: too few to be all", n)
	}
	want = append([]byte("# Made from internal/api by: go test ./docs -update\n"), want...)
	const path = "reference/openapi.yaml"
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("docs/reference/openapi.yaml does not say what internal/api does; run: go test ./docs -update")
	}
}
