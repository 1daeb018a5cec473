package namemodel_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"hutong/internal/element"
	"hutong/internal/namemodel"
	"hutong/words"
)

// TestNames: the model knows parts of names that are no header words, in both
// scripts, and says nothing of others.
func TestNames(t *testing.T) {
	m := namemodel.Builtin()
	for name, want := range map[string]string{
		"courier_phone": "phone_intl", "tele_no": "phone_intl", "acct_no": "bank_account", "idNo": "cn_resident_id",
		"customer_full_name": "person_name_latin", "phone_no_2": "mobile_cn", "收件人手機": "phone_intl",
	} {
		list := m.Weigh(name)
		if len(list) == 0 || string(list[0].ID) != want || list[0].Odds < 3 || !strings.Contains(strings.ReplaceAll(strings.ToLower(name), "_", ""), strings.ReplaceAll(list[0].Part, " ", "")) {
			t.Errorf("%s: %v, want %s", name, list, want)
		}
	}
	for _, name := range []string{"", "_", "q9", "zzzz", "xqwv", strings.Repeat("phone_", 100)} {
		if list := m.Weigh(name); len(list) > 0 && list[0].Odds >= 3 {
			t.Errorf("%q: %v", name, list)
		}
	}
}

// TestFile: each line of the file can be read and found, and is sorted.
func TestFile(t *testing.T) {
	m := namemodel.Builtin()
	for _, id := range m.Elements() {
		if _, ok := element.Builtin().Lookup(id); !ok {
			t.Errorf("%s is no element", id)
		}
	}
	_, rest, _ := bytes.Cut(words.Names, []byte("\n"))
	lines := strings.Split(strings.TrimSuffix(string(rest), "\n"), "\n")
	if !slices.IsSorted(lines) || len(lines) < 10_000 || len(words.Names) > 1<<20 {
		t.Errorf("%d lines, %d bytes, sorted: %v", len(lines), len(words.Names), slices.IsSorted(lines))
	}
	for _, line := range lines {
		part, weights, _ := strings.Cut(line, "\t")
		if n := m.Known(part); n == 0 || n != len(strings.Fields(weights)) {
			t.Fatalf("%q: %d weights are read", line, n)
		}
	}
	if m.Known("t:") != 0 || m.Known("") != 0 || m.Known("zzz") != 0 {
		t.Error("an unknown part is known")
	}
}

func TestParts(t *testing.T) {
	got := strings.Join(namemodel.Parts("custPhone_2"), " ")
	if want := "t:cust t:phone l:phone b:cust phone w:custphone s:one p:cus s:hone p:cust s:phone p:custp s:tphone p:custph s:stphone s:ustphone"; got != want {
		t.Error(got)
	}
	if got, want := strings.Join(namemodel.Parts("手机号"), " "), "c:手 c:机 g:手机 c:号 g:机号 z:号 z:机号 z:手机号 w:手机号"; got != want {
		t.Error(got)
	}
}

func FuzzWeigh(f *testing.F) {
	f.Add("客户phone№")
	f.Fuzz(func(t *testing.T, name string) { namemodel.Builtin().Weigh(name) })
}

func TestParse(t *testing.T) {
	if _, err := namemodel.Parse([]byte("email=x\n")); err == nil {
		t.Error("no error")
	}
}
