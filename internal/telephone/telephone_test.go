package telephone_test

import (
	"testing"

	"hutong/internal/telephone"
)

func TestValid(t *testing.T) {
	for _, s := range []string{
		"+65 9123 4567", "+85291234567", "91234567", "010-62785001", "01062785001", "1.515.555.0100", "515.123.4567", "(212) 555-0100", "(579)888-3058",
		"212-555-0100x4587", "1-800-555-0100", "+41 (0)44 668 18 00", "+1-903-555-0123", "0041 44 668 18 00", "011.44.1344.429268", "0688 872 49 99",
		"01.84.17.61.18", "612 34 56 78", "699 956 915", "60-56-85-91", "9472 7916", "(71) 4233-6306", "(08) 8747 6301", "+86-21-6888 0000 转12",
	} {
		if !telephone.Valid([]byte(s)) {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{
		"", "12", "1.5", "123456789", "1000.50.20", "8471.30.90", "111-222-3333", "211-555-0100x", "212-911-0100", "+0 123 456 789", "+999 12345678", "0000000000",
		"1234567(8)", "(12345678)", "12-", "+", "()", "1234-5678", "12 34 56", "212--555-0100", "112.16.18.20", "11111111", "1234567890123456", "0.668035592", "2014-2019", "021.62785001", "0012345",
	} {
		if telephone.Valid([]byte(s)) {
			t.Errorf("%s is accepted", s)
		}
	}
	value := []byte("+41 (0)44 668 18 00")
	if n := testing.AllocsPerRun(100, func() { telephone.Valid(value) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSubscriber(t *testing.T) {
	for s, want := range map[string]bool{"460001234567890": true, "310150123456789": true, "999001234567890": false, "202209230000001": false, "46000123456789": false, "46000123456789x": false} {
		if telephone.Subscriber([]byte(s)) != want {
			t.Errorf("%s is %v", s, !want)
		}
	}
}

func FuzzValid(f *testing.F) {
	for _, s := range []string{"+41 (0)44 668 18 00", "(212) 555-0100 ext. 12", "011.44.1344.429268", "(("} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		digits := 0
		for _, c := range b {
			if c >= '0' && c <= '9' {
				digits++
			}
		}
		if telephone.Valid(b) && digits < 7 {
			t.Errorf("%q is accepted", b)
		}
	})
}
