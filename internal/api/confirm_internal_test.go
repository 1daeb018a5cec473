package api

import (
	"errors"
	"testing"
	"testing/fstest"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

func TestConfirmItemsOfTheListOnly(t *testing.T) {
	p, err := pack.Load(fstest.MapFS{
		"xx/list/pack.yaml": {Data: []byte(`
id: xx/list
jurisdiction: XX
version: 1.0.0
items: items.csv
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
rules:
- {id: xx.free, order: 1, pathway: free, confidence: VSS}
`)},
		"xx/list/items.csv": {Data: []byte("id,scenario,name_zh,kind,pathway,assessment_people,assessment_sensitive,contract_people,contract_sensitive,article,source,confidence\n" +
			"A1,,会员,personal,free,,,,,a,https://example.org,VSS\n")},
	}, "xx/list")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	confirm := func(items ...string) error {
		_, err := matched(set, client.ConfirmItems{Pack: "xx/list", Items: items, Reason: "read"})
		return err
	}
	if err := confirm("A1"); err != nil {
		t.Error(err)
	}
	if err := confirm("A1", "A2"); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("a stranger is taken: %v", err)
	}
	many := make([]string, maxConfirmed+1)
	for i := range many {
		many[i] = "A1"
	}
	if err := confirm(many...); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("more than a decision takes: %v", err)
	}
}
