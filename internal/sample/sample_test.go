package sample_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"hutong/internal/dataspace"
	"hutong/internal/sample"
)

// golden are the digests of the tables. After a change of them, all figures
// about the demonstration must be checked again.
var golden = map[sample.Kind]dataspace.Digest{
	sample.Support:    "2de4c57a2d5e3e53a16e6250eff48901e70a760109104386eb4c39e1d574d526",
	sample.Membership: "3f1b21ea878d13c2322d4b21afbf224dbd55c6af62e59d2c8e4659020f0dddc6",
	sample.Portfolio:  "1ca48dfa5f04ae181f59abf85c33f92e512852ed698b4a9d2fda5bbe05127ff2",
	sample.Crew:       "cf4bae65aa08f99cc756eb1468f0ba36a9e6140a73d363a8628716c5e4d66c04",
	sample.Hotel:      "6081c806f90461fcec91a05899b796eaf3705a1c23f1cfb940ca1692daf8f75a",
}

// personKey is the column that identifies the people of a table.
var personKey = map[sample.Kind]string{
	sample.Support:    "身份证号",
	sample.Membership: "会员号",
	sample.Portfolio:  "身份证号",
	sample.Crew:       "护照号",
	sample.Hotel:      "会员卡号",
}

func TestTables(t *testing.T) {
	total := 0
	for _, table := range sample.Tables() {
		t.Run(string(table.Kind), func(t *testing.T) {
			path, err := sample.Write(table.Kind, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			total += len(data)
			if got := dataspace.DigestOf(data); got != golden[table.Kind] {
				t.Errorf("digest of the table is %s, want %s", got, golden[table.Kind])
			}
			rows := read(t, table, data)
			if got := int64(len(rows.cells)); got != table.Rows {
				t.Errorf("%d rows, want %d", got, table.Rows)
			}
			if got := int64(len(rows.distinct(personKey[table.Kind]))); got != table.People {
				t.Errorf("%d people, want %d", got, table.People)
			}
			rows.checkIDs(t)
		})
	}
	if total > 15_000_000 {
		t.Errorf("the tables take %d bytes together, more than 15 MB", total)
	}
}

// Each user number belongs to one resident number and the other way round.
// Otherwise pseudonyms of user numbers would not count people.
func TestSupportKeysAgree(t *testing.T) {
	rows := generate(t, sample.Support)
	pairs := map[string]string{}
	for _, r := range rows.cells {
		number, id := r[rows.index["用户编号"]], r[rows.index["身份证号"]]
		if was, ok := pairs[number]; ok && was != id {
			t.Fatalf("user number of two people")
		}
		pairs[number] = id
	}
	for _, column := range []string{"用户编号", "身份证号", "手机号", "电子邮箱"} {
		if got := len(rows.distinct(column)); got != len(pairs) {
			t.Errorf("column %s has %d values for %d people", column, got, len(pairs))
		}
	}
}

func TestMembersAreApart(t *testing.T) {
	rows := generate(t, sample.Membership)
	for _, column := range []string{"会员号", "手机号", "电子邮箱"} {
		if got := len(rows.distinct(column)); got != len(rows.cells) {
			t.Errorf("column %s has %d values for %d people", column, got, len(rows.cells))
		}
	}
	for _, r := range rows.cells {
		if year, err := strconv.Atoi(r[rows.index["出生年份"]]); err != nil || year > 2008 {
			t.Fatalf("birth year %q is no adult's", r[rows.index["出生年份"]])
		}
	}
}

// Free text must not contain the values that the plan removes from other
// columns.
func TestSupportTextHasNoPersonalData(t *testing.T) {
	rows := generate(t, sample.Support)
	for _, r := range rows.cells {
		text := r[rows.index["问题描述"]]
		for _, column := range []string{"用户编号", "身份证号", "手机号", "电子邮箱"} {
			if strings.Contains(text, r[rows.index[column]]) {
				t.Fatalf("text %q holds the value of %s", text, column)
			}
		}
		if strings.ContainsRune(text, '@') {
			t.Fatalf("text %q looks like holding an address", text)
		}
	}
}

func TestPortfolioAgreesWithNumbers(t *testing.T) {
	rows := generate(t, sample.Portfolio)
	for _, r := range rows.cells {
		id := r[rows.index["身份证号"]]
		if got := strings.ReplaceAll(r[rows.index["出生日期"]], "-", ""); got != id[6:14] {
			t.Fatalf("birth date %s beside resident number of %s", got, id[6:14])
		}
		if male := (id[16]-'0')%2 == 1; male != (r[rows.index["性别"]] == "男") {
			t.Fatalf("sex does not agree with the resident number")
		}
	}
}

// An IMO number ends in the sum of its digits weighted seven down to two.
func TestShipNumbers(t *testing.T) {
	rows := generate(t, sample.Crew)
	for _, r := range rows.cells {
		imo, sum := r[rows.index["IMO编号"]], 0
		for i := range 6 {
			sum += int(imo[i]-'0') * (7 - i)
		}
		if len(imo) != 7 || int(imo[6]-'0') != sum%10 {
			t.Fatalf("check digit of the ship's number %s does not hold", imo)
		}
	}
}

func TestUnknownKind(t *testing.T) {
	if _, err := sample.Write("nobody", t.TempDir()); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("error is %v, want not found", err)
	}
}

type rows struct {
	index map[string]int
	cells [][]string
}

func generate(t *testing.T, kind sample.Kind) rows {
	t.Helper()
	table, err := sample.Lookup(kind)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := table.Generate(&b); err != nil {
		t.Fatal(err)
	}
	return read(t, table, b.Bytes())
}

func read(t *testing.T, table sample.Table, data []byte) rows {
	t.Helper()
	if table.Charset == "gb18030" {
		var err error
		if data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data); err != nil {
			t.Fatal(err)
		}
	}
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := rows{index: map[string]int{}, cells: all[1:]}
	for i, name := range all[0] {
		out.index[name] = i
	}
	return out
}

func (r rows) distinct(column string) map[string]bool {
	seen := map[string]bool{}
	for _, row := range r.cells {
		seen[row[r.index[column]]] = true
	}
	return seen
}

// checkIDs proves resident numbers by the weights of GB 11643, which is
// another way than the generator's.
func (r rows) checkIDs(t *testing.T) {
	t.Helper()
	at, ok := r.index["身份证号"]
	if !ok {
		return
	}
	adult := time.Date(2008, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range r.cells {
		id := row[at]
		sum, weights := 0, [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
		for i, w := range weights {
			sum += w * int(id[i]-'0')
		}
		if len(id) != 18 || id[17] != "10X98765432"[sum%11] {
			t.Fatalf("check digit of a resident number does not hold")
		}
		birth, err := time.Parse("20060102", id[6:14])
		if err != nil || birth.After(adult) {
			t.Fatalf("birth date in a resident number is no adult's: %v", err)
		}
	}
}
