package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/files"
)

// keysOf are the candidates of a CSV text, by role and key.
func keysOf(t *testing.T, text string, chosen ...dataspace.KeyChoice) map[string]dataspace.KeyCandidate {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := files.Open(path, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	opt := Options{Dir: dir, Key: make([]byte, 32), Keys: chosen}
	list, err := Candidates(t.Context(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	out := map[string]dataspace.KeyCandidate{}
	for _, c := range list {
		out[c.Role+":"+strings.Join(c.Columns, "+")] = c
	}
	// What the candidate promises is what a run with the choice counts.
	for name, c := range out {
		run := opt
		run.Keys = append(slices.DeleteFunc(slices.Clone(chosen), func(k dataspace.KeyChoice) bool { return k.Role == c.Role }), dataspace.KeyChoice{Role: c.Role, Columns: c.Columns})
		r, err := Run(t.Context(), src, run)
		if err != nil {
			t.Fatal(err)
		}
		if n := *r.Profile.Subjects.Distinct; n != c.People {
			t.Errorf("%s: %d people promised, %d counted", name, c.People, n)
		}
		if err := r.Census.Remove(); err != nil {
			t.Error(err)
		}
	}
	return out
}

// phone is a mobile number of nobody.
func phone(i int) string { return fmt.Sprintf("1%d%08d", 38+i%4*4, 20_000_000+i*7919) }

func TestCandidatesOfFamilies(t *testing.T) {
	var b strings.Builder
	b.WriteString("会员号,姓名,手机号,金额\n")
	for i := range 300 { // three members share a telephone; one in ten has none, one in thirty a placeholder
		number := phone(i / 3)
		switch {
		case i%10 == 1:
			number = ""
		case i%30 == 5:
			number = "13800000000"
		}
		fmt.Fprintf(&b, "M%05d,%c%c,%s,%d\n", i, []rune("王李张刘陈杨赵黄")[i%8], []rune("伟芳娜敏静丽强磊")[i/8%8], number, i%50)
	}
	got := keysOf(t, b.String())
	member, mobile := got["customer:会员号"], got["customer:手机号"]
	if member.People != 300 || !member.Holds || member.Chosen || member.Values != 300 || member.Empty != 0 {
		t.Errorf("by number: %+v", member)
	}
	if mobile.Values != 100 || mobile.Shared < 90 || mobile.Empty != 30 || mobile.Placeholders != 10 || mobile.Holds || mobile.Proved == 0 {
		t.Errorf("by telephone: %+v", mobile)
	}
	if mobile.People >= member.People || mobile.People != 140 {
		t.Errorf("a telephone that a person chose is one person: %d of %d", mobile.People, member.People)
	}
	again := keysOf(t, b.String(), dataspace.KeyChoice{Role: "customer", Columns: []string{"手机号"}})
	if c := again["customer:手机号"]; !c.Holds || !c.Chosen || c.People != mobile.People || again["customer:会员号"].Holds {
		t.Errorf("after the choice: %+v", again)
	}
}

// Both readings of two telephones are shown, and the higher holds.
func TestCandidatesOfTwoTelephones(t *testing.T) {
	var b strings.Builder
	b.WriteString("phone_1,phone_2,amount\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%s,%s,%d\n", phone(i), phone(i+5000), i%30)
	}
	got := keysOf(t, b.String())
	if c := got["#2:phone_2"]; c.People != 400 || !c.Holds {
		t.Errorf("two people: %+v", got)
	}
	if c, ok := got["#2:"]; !ok || c.People != 200 || c.Holds {
		t.Errorf("one person: %+v", got)
	}
	chosen := dataspace.KeyChoice{Role: "#2", Columns: []string{}}
	if c := keysOf(t, b.String(), chosen)["#2:"]; !c.Holds || !c.Chosen || c.People != 200 {
		t.Errorf("after the choice: %+v", c)
	}
}

// Nobody can choose identity numbers of two people into one person.
func TestChoiceLeavesNumbers(t *testing.T) {
	ids := []string{"11010519491231002X", "440106197803076522", "310115198207014518"}
	valid := slices.DeleteFunc(ids, func(id string) bool { return !residentValid(id) })
	var b strings.Builder
	b.WriteString("borrower_id_card,borrower_phone,guarantor_id_card,guarantor_phone\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", valid[i%len(valid)], phone(7), valid[(i+1)%len(valid)], phone(9))
	}
	got := keysOf(t, b.String())
	for name, c := range got {
		if strings.HasSuffix(name, ":") {
			t.Errorf("%s can be given to somebody else: %+v", name, c)
		}
		if c.People < int64(len(valid)) {
			t.Errorf("%s: %d people, and %d numbers", name, c.People, len(valid))
		}
	}
	// A choice that was made for other columns has no effect.
	free := keysOf(t, b.String(), dataspace.KeyChoice{Role: "guarantor", Columns: []string{}}, dataspace.KeyChoice{Role: "nobody", Columns: []string{"none"}})
	for name, c := range free {
		if c.People != got[name].People {
			t.Errorf("%s: %d people, and %d without the choices", name, c.People, got[name].People)
		}
	}
}

// residentValid checks the check digit.
func residentValid(id string) bool {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(id[i]-'0') * w
	}
	return id[17] == "10X98765432"[sum%11]
}
