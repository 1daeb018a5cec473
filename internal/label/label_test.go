package label_test

import (
	"slices"
	"strings"
	"testing"

	"hutong/internal/label"
	"hutong/words"
)

// The number is N.
func TestOf(t *testing.T) {
	for text, want := range map[string]label.Kind{
		"Phone: N": label.Telephone, "please call me at N or write": label.Telephone, "N (office)": label.Telephone, "N-Fax": label.Telephone,
		"Desk: N": label.Telephone, "Desk N": label.None, "my card number is N": label.Card, "card # N": label.Card, "What's your credit card? N": label.Card,
		"I called about order N": label.Other, "N": label.None, "the office has N desks": label.None, "call us. We sold N": label.None,
		"电话：N": label.Telephone, "卡号N": label.Card, "电话里说订单号N": label.Other, "请拨打客服热线 N": label.None, "phone\n\nN": label.Telephone,
		"PESEL: N": label.National, "his codice fiscale is N": label.National, "주민등록번호 N": label.National, "マイナンバーはN": label.National,
		"call me on 5 days in N": label.None, "telephones everywhere in this town of N": label.None,
	} {
		start := strings.Index(text, "N")
		for strings.HasPrefix(text[start:], "Nu") {
			start++
		}
		if got := label.Of([]byte(text), start, start+1); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	text := []byte("please have the manager call me at N")
	if n := testing.AllocsPerRun(100, func() { label.Of(text, len(text)-1, len(text)) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Every section of the list is one that is read, and no word is too long to be
// found.
func TestWords(t *testing.T) {
	n := 0
	for line := range strings.Lines(words.Labels) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			if name, ok := strings.CutSuffix(w, ":"); ok {
				name, where, _ := strings.Cut(name, "_")
				if !slices.Contains([]string{"telephone", "card", "national", "other"}, name) || !slices.Contains([]string{"", "beside", "near"}, where) {
					t.Errorf("section %q", w)
				}
				continue
			}
			if n++; w[0] < 0x80 && (len(w) > 12 || strings.ToLower(w) != w) {
				t.Errorf("%q cannot be found", w)
			}
		}
	}
	if n < 100 {
		t.Errorf("%d words", n)
	}
}

func FuzzOf(f *testing.F) {
	f.Add([]byte("电话：12"), 9, 11)
	f.Fuzz(func(_ *testing.T, b []byte, start, end int) {
		if start >= 0 && start <= end && end <= len(b) {
			label.Of(b, start, end)
		}
	})
}

func TestCardSpan(t *testing.T) {
	for text, want := range map[string]int{
		"4539578763621486": 16, "4539 5787 6362 1486 and": 19, "4539-5787-6362-1486": 19, "630427373398.": 12, "213176828496175, ": 15,
		"4539578763621487": 0, "4539 5787-6362 1486": 0, "4539578763621486a": 0, "00000000000000000000": 0, "000000000000": 0, "123": 0, "": 0,
	} {
		if got := label.CardSpan([]byte(text), 0); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
