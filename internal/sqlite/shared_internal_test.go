package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
)

// The papers that an exporter shares are found by the group, and nobody else's
// rows are read.
func TestSharedByGroup(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "hutong.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	rows, err := db.write.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+sharedInstruments, "g", "a")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(plan, "\n")
	if !strings.Contains(all, "SEARCH p USING COVERING INDEX participant_group") || !strings.Contains(all, "SEARCH i USING PRIMARY KEY") || strings.Contains(all, "SCAN p") || strings.Contains(all, "SCAN i") {
		t.Errorf("the query is answered by\n%s", all)
	}
}
