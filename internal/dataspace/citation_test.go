package dataspace_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hutong/internal/dataspace"
)

// A Chinese citation that is not there has no member, so that documents of
// before keep their bytes.
func TestNoChineseCitation(t *testing.T) {
	for _, v := range []any{dataspace.Reason{}, dataspace.Warning{}, dataspace.Clock{}} {
		doc, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(doc), "article_zh") {
			t.Errorf("%T is %s", v, doc)
		}
	}
}
