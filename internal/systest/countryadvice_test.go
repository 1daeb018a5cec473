package systest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
)

// TestCountryAdvice: the law of the country is advised on which columns to leave
// out by the classes of people that it counts, as any other law is.
func TestCountryAdvice(t *testing.T) {
	t.Parallel()
	folder, config := signPacks(t, countryPacks)
	key := strings.TrimPrefix(config[1], "pack_key: ")
	const assumed = "without bank_account; nothing sensitive is left, and its people count as others, if no other flow of the last 3 months held sensitive data of theirs"
	const assumedZH = "不提供 bank_account；本次即不含敏感个人信息，相关个人改计为非敏感（以前3个月内其他出境未含其敏感个人信息为前提）"
	for name, tt := range map[string]struct {
		elements, counts string
		pathway          string
		verdict          dataspace.Verdict // without the column; empty: leaving it out does not help
		// papers are held already.
		papers   string
		text, zh string
	}{
		// 200 people with guarded data need a permit. 200 and 700 others are 900,
		// who are free.
		"free": {"email, bank_account", "guarded: 200, plain: 700, under_16: 0", "security_assessment", dataspace.Cleared, "", assumed, assumedZH},
		// 200 and 800 others are 1000, who need a registered contract, and it is there.
		"by contract": {"email, bank_account", "guarded: 200, plain: 800, under_16: 0", "security_assessment", dataspace.Cleared,
			"{kind: xa.contract, id: C-1, filed_on: 2026-03-01}", assumed, assumedZH},
		// Without the contract one paper takes the place of another.
		"still a contract": {"email, bank_account", "guarded: 200, plain: 800, under_16: 0", "security_assessment", "", "", "", ""},
		// Whoever is under 16 is guarded whatever leaves.
		"one under 16":      {"email, bank_account", "guarded: 200, plain: 700, under_16: 1", "security_assessment", "", "", "", ""},
		"nothing sensitive": {"email, xa_home_atoll", "guarded: 200, plain: 700, under_16: 0", "security_assessment", "", "", "", ""},
		// A contract for 999 people does not cover 1000.
		"a smaller contract": {"email, bank_account", "guarded: 200, plain: 800, under_16: 0", "security_assessment", "",
			"{kind: xa.contract, id: C-1, filed_on: 2026-03-01, covers: {max_subjects: 999}}", "", ""},
	} {
		facts := filepath.Join(t.TempDir(), "facts.yaml")
		text := fmt.Sprintf(`on: 2026-06-15
exporter: {jurisdiction: XA}
recipient: {jurisdiction: SG}
sector: retail
data: {personal: true, elements: [%s]}
xa_data_act:
  exporter: {registered: true}
  recipient: {category: processor}
  subjects: [none]
  collected_on: 2026-01-10
  errand: service
  counts: {citizens: 0, citizens_to_recipient: 0, %s}
instruments: [%s]
`, tt.elements, tt.counts, tt.papers)
		if err := os.WriteFile(facts, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "assess", "--facts", facts, "--packs", folder, "--pack-key", key, "--json").Output()
		var d dataspace.Decision
		if bad := json.Unmarshal(out, &d); bad != nil {
			t.Fatalf("%s: %v, %v, %s", name, err, bad, out)
		}
		at := slices.IndexFunc(d.Regimes, func(r dataspace.RegimeOutcome) bool { return r.Jurisdiction == "XA" && r.Side == dataspace.ExportSide })
		if at < 0 || d.Regimes[at].Pathway != tt.pathway || d.Verdict == dataspace.Cleared {
			t.Fatalf("%s: %s, %+v", name, d.Verdict, d.Regimes)
		}
		drops := slices.DeleteFunc(d.Changes, func(c dataspace.Change) bool { return c.Kind != "drop" })
		switch {
		case tt.verdict == "" && len(drops) > 0:
			t.Errorf("%s: leaving something out is said to help: %+v", name, drops)
		case tt.verdict != "" && (len(drops) != 1 || drops[0].Verdict != tt.verdict || drops[0].Text != dataspace.Text{EN: tt.text, ZH: tt.zh}):
			t.Errorf("%s: %+v, want %s, %q, %q", name, drops, tt.verdict, tt.text, tt.zh)
		}
	}
}
