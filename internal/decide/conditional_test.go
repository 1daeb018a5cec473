package decide_test

import (
	"slices"
	"testing"

	"hutong/internal/dataspace"
)

// TestDeclaredIsNotAsked: what is declared is neither missing nor a statement of the
// conditional answer, and the reasons name the declaration.
func TestDeclaredIsNotAsked(t *testing.T) {
	set := lawSet(t)
	none := int64(0)
	c := addresses(&none)
	for _, name := range []string{"exporter.ciio", "exporter.state_organ"} {
		c.Exporter.Forget(name)
	}
	c.Dataset.Known.Forget("core")
	asked := []string{"data.core", "exporter.ciio", "exporter.state_organ"}
	check := func(when string, want ...string) dataspace.Decision {
		t.Helper()
		_, d := decided(t, set, c, 0, 0)
		for _, name := range asked {
			missing := slices.ContainsFunc(d.Missing, func(m dataspace.Missing) bool { return m.Fact == name })
			if open := slices.Contains(want, name); missing != open || d.Conditional.Supposes(name) >= 0 != open {
				t.Errorf("%s: %s is missing: %t, and supposed at %d; want both: %t", when, name, missing, d.Conditional.Supposes(name), open)
			}
		}
		return d
	}
	check("nothing is declared", asked...)
	declare := func(name string) {
		c.Declared = append(c.Declared, dataspace.Declaration{Owner: "acme", Fact: name, Value: dataspace.BoolOf(false), By: "bob", From: "2026-01-01", Until: "2026-12-31", Event: "event-1"})
	}
	declare("exporter.ciio")
	d := check("one is declared", "data.core", "exporter.state_organ")
	if !slices.ContainsFunc(d.Reasons, func(r dataspace.Reason) bool {
		return slices.ContainsFunc(r.Declared, func(b dataspace.Basis) bool { return b.Fact == "exporter.ciio" && b.Until == "2026-12-31" })
	}) {
		t.Error("no reason names the declaration")
	}
	declare("exporter.state_organ")
	declare("data.core")
	if d := check("all are declared"); d.Verdict != dataspace.Cleared || d.Conditional != nil {
		t.Errorf("all are declared: %s, %+v", d.Verdict, d.Conditional)
	}
}
