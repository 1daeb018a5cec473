package systest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/sample"
)

// house is a pack of an operator's own: a report after each delivery, if a
// switch is on.
const house = `id: cn/house
jurisdiction: CN
title: {en: House rules, zh: 内部规则}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "CN"'}
switches:
  report: {default: false, article: h, source: https://example.org/h, facts: ["1"], confidence: VSS, text: {en: report, zh: 报告}}
rules:
  - {id: house.report, when: switch.report, obligation: {id: house.report, due: {fact: delivered_on, months: 1}, keep: {years: 3}, text: {en: report it, zh: 报告}}, article: h, source: https://example.org/h, facts: ["1"], confidence: VSS, text: {en: report, zh: 报告}}
`

const houseCases = `cases:
- id: H
  facts: {on: 2026-06-15, exporter: {jurisdiction: CN}, recipient: {jurisdiction: SG}, data: {personal: true}, switches: {"cn/house#report": true}}
  expect: {obligations: [house.report], due: {house.report: ""}}
`

// signedPack writes the pack of an operator and the key that signs it, and
// returns the lines of configuration that name them.
func signedPack(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	pack, key := filepath.Join(dir, "packs", "cn", "house"), filepath.Join(dir, "packs.key")
	if err := os.MkdirAll(pack, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"pack.yaml": house, "tests.yaml": houseCases} {
		if err := os.WriteFile(filepath.Join(pack, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"pack", "keygen", "--out", key}, {"pack", "sign", pack, "--key", key}} {
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return []string{"packs: " + filepath.Join(dir, "packs"), "pack_key: " + key + ".pub"}
}

// TestObligations delivers a dataset and follows what is left to do: it is
// listed with its date, done by a person's word, and that is evidence.
func TestObligations(t *testing.T) {
	x := &exchange{world: newWorld(t, append(signedPack(t), `switches: {"cn/house#report": true}`)...)}
	stranger := x.newKey(x.here, "stranger", gateway.ParticipantMember, acme)
	auditor := x.newKey(x.here, "auditor", gateway.Auditor, "")
	in := x.sending(x.write(sample.Support))
	passing, said := in, true
	passing.Facts = &dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"list_confirmed": dataspace.MaybeBool(&said),
	})}
	if err := x.here.try("POST", "/flows/send", passing, nil); err == nil || !strings.Contains(err.Error(), "list_confirmed") {
		t.Errorf("the items of a list were confirmed in passing: %v", err)
	}
	here, _ := x.complete(x.send(in))
	delivered := here.Delivered.At.In(shanghai)

	list := func(query string) (house []flow.Duty) {
		var all flow.Agenda
		x.here.call("GET", "/obligations"+query, nil, &all)
		for _, o := range all.Obligations {
			if o.ID == "house.report" {
				house = append(house, o)
			}
		}
		return house
	}
	open := list("?flow=" + string(here.ID))
	if len(open) != 1 {
		t.Fatalf("open: %s", asJSON(open))
	}
	o := open[0]
	if o.Due == nil || *o.Due <= delivered.Format("2006-01-02") || o.DeliveredOn != delivered.Format("2006-01-02") ||
		o.Until == nil || *o.Until != delivered.AddDate(3, 0, 0).Format("2006-01-02") || o.Overdue || o.Participant != acme {
		t.Errorf("open: %s", asJSON(o))
	}
	done := "/flows/" + string(here.ID) + "/obligations/house.report/done"
	if err := x.here.tryAs(auditor, "POST", done, map[string]string{"reason": "no"}, nil); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("an auditor changed something: %v", err)
	}
	if err := x.here.tryAs(stranger, "GET", "/obligations?owner=other", nil, nil); err == nil {
		t.Error("a participant sees the obligations of another")
	}
	if out, errs, code := x.here.command("obligations", "--exporter", acme, "--due-before", day(40)); code != 0 || !strings.Contains(out, "house.report") {
		t.Errorf("obligations ended with %d\n%s%s", code, out, errs)
	}
	if out, errs, code := x.here.command("flow", "show", string(here.ID)); code != 0 || !strings.Contains(out, "as of "+day(0)) || !strings.Contains(out, "☐ house.report") {
		t.Errorf("flow show ended with %d\n%s%s", code, out, errs)
	}
	if out, errs, code := x.here.command("obligations", "done", string(here.ID), "house.report", "--reason", "handed in, receipt 17"); code != 0 {
		t.Fatalf("obligations done ended with %d\n%s%s", code, out, errs)
	}
	if _, errs, code := x.here.command("obligations", "done", string(here.ID), "house.report", "--reason", "again"); code != 1 || !strings.Contains(errs, "fulfilled already") {
		t.Errorf("done twice ended with %d: %s", code, errs)
	}
	if open := list(""); len(open) != 0 {
		t.Errorf("still open: %s", asJSON(open))
	}
	if out, errs, code := x.here.command("obligations", "--all"); code != 0 || !strings.Contains(out, "handed in, receipt 17") {
		t.Errorf("obligations --all ended with %d\n%s%s", code, out, errs)
	}
	wantKinds(t, checkLog(t, x.here.data), here.ID, append(append([]dataspace.EventKind{}, sentKinds...), dataspace.EventObligation))
}

// TestUnknownSwitch: a gateway does not start on a choice that no pack leaves.
func TestUnknownSwitch(t *testing.T) {
	g := newGateway(t, "shanghai", "CN", `switches: {"cn/house#report": true}`)
	out, err := exec.Command(program, "serve", "--config", g.config).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no pack has this switch") {
		t.Errorf("%v\n%s", err, out)
	}
}
