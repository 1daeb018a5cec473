package element

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
)

var update = flag.Bool("update", false, "write elements.json from elements.yaml")

// TestCompactTaxonomy keeps the embedded JSON equal to the YAML that people
// read and edit. YAML itself takes longer to parse than a command may take to
// start.
func TestCompactTaxonomy(t *testing.T) {
	src, err := os.ReadFile("elements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := compactFromYAML(src)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("elements.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("elements.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatal("elements.json is stale: go test ./internal/element -run TestCompactTaxonomy -update")
	}
}

type source struct {
	Classifications []struct {
		ID   string            `yaml:"id"`
		Key  string            `yaml:"key"`
		Name map[string]string `yaml:"name"`
	} `yaml:"classifications"`
	Elements []struct {
		ID             string            `yaml:"id"`
		Name           map[string]string `yaml:"name"`
		Group          string            `yaml:"group"`
		Personal       string            `yaml:"personal"`
		Sensitive      string            `yaml:"sensitive"`
		Sensitive35273 bool              `yaml:"sensitive_35273"`
		IDClass        string            `yaml:"idclass"`
		Level          int               `yaml:"level"`
		Flags          struct {
			DOJ         string `yaml:"doj"`
			GDPRSpecial bool   `yaml:"gdpr_special"`
		} `yaml:"flags"`
		Detector struct {
			Check     string  `yaml:"check"`
			SingleFPR float64 `yaml:"single_fpr"`
		} `yaml:"detector"`
		Headers struct {
			EN     []string `yaml:"en"`
			ZH     []string `yaml:"zh"`
			Pinyin []string `yaml:"pinyin"`
		} `yaml:"headers"`
	} `yaml:"elements"`
}

type compactElement struct {
	ID             string            `json:"id"`
	Name           map[string]string `json:"name"`
	Group          string            `json:"group"`
	Personal       string            `json:"personal"`
	Sensitive      string            `json:"sensitive"`
	Sensitive35273 bool              `json:"sensitive_35273,omitempty"`
	IDClass        string            `json:"idclass"`
	Level          int               `json:"level"`
	DOJ            string            `json:"doj,omitempty"`
	GDPRSpecial    bool              `json:"gdpr_special,omitempty"`
	SingleFPR      float64           `json:"single_fpr,omitempty"`
	Check          string            `json:"check,omitempty"`
	Headers        compactHeaders    `json:"headers"`
}

type compactHeaders struct {
	EN     []string `json:"en,omitempty"`
	ZH     []string `json:"zh,omitempty"`
	Pinyin []string `json:"pinyin,omitempty"`
}

// compactFromYAML gives each classification and element a line, in the order
// of the source.
func compactFromYAML(src []byte) ([]byte, error) {
	var s source
	if err := yaml.Unmarshal(src, &s); err != nil {
		return nil, fmt.Errorf("parse taxonomy: %w", err)
	}
	var b bytes.Buffer
	b.WriteString(`{"classifications": `)
	for i, c := range s.Classifications {
		if c.Key != "sensitive" && c.Key != "sensitive_35273" {
			return nil, fmt.Errorf("classification %s: no element has the key %s", c.ID, c.Key)
		}
		line, err := json.Marshal(map[string]any{"id": c.ID, "key": c.Key, "name": c.Name})
		if err != nil {
			return nil, fmt.Errorf("encode classification %s: %w", c.ID, err)
		}
		sep := ",\n"
		if i == 0 {
			sep = "[\n"
		}
		b.WriteString(sep)
		b.Write(line)
	}
	b.WriteString("\n], \"elements\": ")
	for i, e := range s.Elements {
		line, err := json.Marshal(compactElement{
			ID: e.ID, Name: e.Name, Group: e.Group,
			Personal: e.Personal, Sensitive: e.Sensitive, Sensitive35273: e.Sensitive35273,
			IDClass: e.IDClass, Level: e.Level, DOJ: e.Flags.DOJ, GDPRSpecial: e.Flags.GDPRSpecial,
			SingleFPR: e.Detector.SingleFPR, Check: e.Detector.Check,
			Headers: compactHeaders{EN: e.Headers.EN, ZH: e.Headers.ZH, Pinyin: e.Headers.Pinyin},
		})
		if err != nil {
			return nil, fmt.Errorf("encode element %s: %w", e.ID, err)
		}
		sep := ",\n"
		if i == 0 {
			sep = "[\n"
		}
		b.WriteString(sep)
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}
