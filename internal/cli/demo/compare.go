package demo

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/show"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// compare reads the sender's table and the recipient's file, and checks them
// against the plan, cell by cell. It shares no code with the data plane.
func (d *demo) compare(f client.Flow, source string) error {
	var plan dataspace.Plan
	if err := d.document(f, flow.DocPlan, &plan); err != nil {
		return err
	}
	lines := &indenter{w: d.env.Out}
	show.Plan(d.env, lines, plan)
	lines.flush()
	arrived, err := d.arrived(f)
	if err != nil {
		return err
	}
	sent, err := readCSV(source)
	if err != nil {
		return err
	}
	got, err := readCSV(arrived)
	if err != nil {
		return err
	}
	cells, err := comparePlan(plan, sent, got)
	if err != nil {
		return fmt.Errorf("the recipient's file is not what the plan says: %w", err)
	}
	d.say("The recipient's file %s was compared with the plan, cell by cell: %d cells, all as planned.", d.short(arrived), cells)
	d.say("已将接收方文件与交付方案逐格比对：%d 格，全部相符。", cells)
	return d.verify()
}

// arrived finds the recipient's file of a delivery, on the recipient's side.
func (d *demo) arrived(f client.Flow) (string, error) {
	c, err := client.Open(d.sides[1].dir, "")
	if err != nil {
		return "", err
	}
	for other, err := range c.Flows().List(d.ctx, client.FlowFilter{}) {
		if err != nil {
			return "", err
		}
		if other.Agreement == f.Agreement && other.Delivered != nil {
			return other.Delivered.Path, nil
		}
	}
	return "", fmt.Errorf("the recipient has no delivery under agreement %s", f.Agreement)
}

func readCSV(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	return csv.NewReader(f).ReadAll()
}

var pseudonymForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

// comparePlan returns how many cells it compared.
func comparePlan(plan dataspace.Plan, sent, got [][]string) (int, error) {
	if len(sent) != len(got) || len(sent) < 2 {
		return 0, fmt.Errorf("%d rows were sent and %d arrived", len(sent)-1, len(got)-1)
	}
	where := map[string]int{}
	for i, name := range got[0] {
		where[name] = i
	}
	cells := 0
	for i, name := range sent[0] {
		c, ok := plan.Column(name)
		if !ok {
			return 0, fmt.Errorf("column %d is not in the plan", i+1)
		}
		to, there := where[name]
		if there == (c.Action == dataspace.Drop) {
			return 0, fmt.Errorf("column %d: %s, but there=%v", i+1, c.Action, there)
		}
		if !there {
			continue
		}
		same := sameCell(c)
		for row := 1; row < len(sent); row++ {
			if !same(sent[row][i], got[row][to]) {
				return 0, fmt.Errorf("row %d, column %d is not what %s makes of it", row, i+1, c.Action)
			}
			cells++
		}
	}
	return cells, nil
}

// sameCell checks the cells of one column. A pseudonym must be the same for the
// same value and different for every other value.
func sameCell(c dataspace.ColumnPlan) func(sent, got string) bool {
	if c.Action != dataspace.Pseudonymise {
		return func(sent, got string) bool { return sent == got }
	}
	there, back := map[string]string{}, map[string]string{}
	return func(sent, got string) bool {
		if sent == "" {
			return got == ""
		}
		if _, known := there[sent]; !known {
			there[sent] = got
		}
		if _, known := back[got]; !known {
			back[got] = sent
		}
		return pseudonymForm.MatchString(got) && there[sent] == got && back[got] == sent
	}
}

// verify checks the waybill of the first flow offline, with only the key of the
// Shanghai log.
func (d *demo) verify() error {
	if err := d.logKeys(); err != nil {
		return err
	}
	d.say("")
	d.say("Anyone can check the waybill offline, with the key of the Shanghai log:")
	d.say("任何人都可以凭上海日志的公钥离线核验运单：")
	began := time.Now()
	out, err := d.run(d.sides[0], frame.ExitOK, "verify", filepath.Join(d.dir, "support-tickets.csv.waybill"), "--keys", filepath.Join(d.dir, "shanghai-log.key"))
	if err != nil {
		return err
	}
	took := time.Since(began)
	var report struct {
		Lines []struct {
			OK   bool           `json:"ok"`
			Text dataspace.Text `json:"text"`
		} `json:"lines"`
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return err
	}
	for _, l := range report.Lines {
		d.say("  ✓ %s", d.env.Text(l.Text))
	}
	d.say("  (%s)", took.Round(time.Millisecond))
	return nil
}

// logKeys writes the public key of each gateway's log to a file, as its
// operator would give it to an auditor.
func (d *demo) logKeys() error {
	for _, s := range d.sides {
		c, err := client.Open(s.dir, "")
		if err != nil {
			return err
		}
		e, err := c.Gateway().Evidence(d.ctx)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(d.dir, s.id+"-log.key"), []byte(e.LogKey+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) finish(began time.Time, keep bool) {
	sh, sg := d.sides[0], d.sides[1]
	w := d.env.Out
	fmt.Fprintf(w, "\nDone in %s. Waybill: %s\n", time.Since(began).Round(100*time.Millisecond), filepath.Join(d.dir, "support-tickets.csv.waybill"))
	fmt.Fprintf(w, "完成。运单：同上。\n\nHow to go on · 接下来：\n")
	if keep {
		fmt.Fprintf(w, "  the gateways are running; stop them with: kill %d %d\n", sh.process.Process.Pid, sg.process.Process.Pid)
	} else {
		fmt.Fprintf(w, "  hutong serve --config %s\n  hutong serve --config %s\n", filepath.Join(d.dir, "shanghai.yaml"), filepath.Join(d.dir, "singapore.yaml"))
	}
	fmt.Fprintf(w, "  hutong --data-dir %s send YOUR.csv --from %s --to singapore/%s --purpose business\n", sh.dir, exporter, recipient)
	fmt.Fprintf(w, "  hutong --data-dir %[1]s counts\n  hutong --data-dir %[1]s obligations\n  hutong --data-dir %[1]s file kinds FLOW\n", sh.dir)
	fmt.Fprintf(w, "  hutong profile YOUR.csv\n  hutong assess YOUR.csv --from CN-SH --to SG --purpose business\n")
	fmt.Fprintf(w, "  hutong verify %s --keys %s\n", filepath.Join(d.dir, "support-tickets.csv.waybill"), filepath.Join(d.dir, "shanghai-log.key"))
}
