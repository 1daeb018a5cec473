package systest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSystems sends the members of two shops, whose numbers are the same, and a
// second month of the first shop:
//
//	one,  January:  members 1–40 of shop one    40 people
//	two,  January:  members 1–40 of shop two    80
//	one,  February: members 21–60 of shop one  100, because 20 are known
//	one,  February, and no system named        140
func TestSystems(t *testing.T) {
	w := newWorld(t)
	for n, step := range []struct {
		shop, system string
		from, to     int
		people       int64
	}{
		{"one", "shop-one", 1, 40, 40},
		{"two", "shop-two", 1, 40, 80},
		{"one", "shop-one", 21, 60, 100},
		{"one", "", 21, 60, 140},
	} {
		path := filepath.Join(w.here.dir, fmt.Sprintf("members-%d.csv", n))
		rows := []string{"会员号,城市,消费"}
		for i := step.from; i <= step.to; i++ {
			rows = append(rows, fmt.Sprintf("%d,%s,%d", i, []string{"上海", "杭州", "南京"}[i%3], 100+i*7%90))
		}
		if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		words := []string{"send", path, "--from", acme, "--to", "singapore/lion", "--purpose", "business", "--dataset", fmt.Sprintf("members-%d", n), "--sector", "digital_content",
			"--origin", "domestic", "--important", "no", "--core=false", "--state-secret=false", "--basis", "consent", "--separate-consent", "--notice-given"}
		if step.system != "" {
			words = append(words, "--system", step.system)
		}
		if out, errs, code := w.here.command(words...); code != 0 {
			t.Fatalf("send %d ended with %d\n%s%s", n, code, out, errs)
		}
		out, errs, code := w.here.command("counts", acme, "--json")
		var v yearCounts
		if err := json.Unmarshal([]byte(out), &v); err != nil || code != 0 {
			t.Fatalf("counts ended with %d: %v\n%s%s", code, err, out, errs)
		}
		if got := v.Totals["non_sensitive"] + v.Totals["sensitive"]; got != step.people {
			t.Errorf("after %d sends %d people have left, want %d", n+1, got, step.people)
		}
	}
}
