package nationalid_test

import (
	"testing"

	"hutong/internal/nationalid"
)

// The numbers are examples of the authorities and of encyclopedias; each line
// of the second list differs from one in the first by a digit or a date.
func TestEuropean(t *testing.T) {
	for _, s := range []string{
		"111222333", "12345678Z", "x1234567l", "44051401359", "943 476 5919", "9434765919",
		"8112289874", "811228-9874", "19811228-9874", "36574261809", "255081416802538", "RSSMRA85T10A562S",
	} {
		if !nationalid.European([]byte(s)) {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{
		"", "111222334", "111111111", "12345678A", "X1234567M", "44051401358", "44053401359", "943 476 5918", "943.476.5919",
		"811328-9874", "811228-9873", "36574261808", "06574261809", "255081416802537", "255451416802538", "RSSMRA85T10A562T", "RSSMRA85F10A562S",
	} {
		if nationalid.European([]byte(s)) {
			t.Errorf("%s is accepted", s)
		}
	}
}

// A number of a book is none of the health service, and a date with a dash none
// of a Swede.
func TestProven(t *testing.T) {
	for s, want := range map[string]bool{
		"12345678Z": true, "44051401359": true, "36574261809": true, "8112289874": true, "811228-9874": true, "19811228-9874": true,
		"255081416802538": true, "RSSMRA85T10A562S": true,
		"111222333": false, "9434765919": false, "943 476 5919": false, "20260105-0001": false, "20240506-0001": false, "19240506-0001": true, "202405060001": false, "25082690807": false, "2405060008": false, "240506-0008": false, "44051401358": false, "": false,
	} {
		if nationalid.Proven([]byte(s)) != want {
			t.Errorf("%s is %v", s, !want)
		}
	}
}

// The first two have a check digit, of a citizen and of a foreigner. The next
// two are of children born after check digits ended.
func TestKorean(t *testing.T) {
	for s, want := range map[string]bool{
		"900101-1234568": true, "900101-5234561": true, "210315-3123456": true, "201001-4999999": true,
		"900101-1234567": false, "900101-5234569": false, "200930-3123456": false, "900230-1234568": false, "900101-9234568": false,
		"910229-1234568": false, "450101-3123456": false, "9001011234568": false, "900101 1234568": false, "": false,
	} {
		if nationalid.Korean([]byte(s)) != want {
			t.Errorf("%s is %v", s, !want)
		}
	}
}

func TestAsian(t *testing.T) {
	for s, want := range map[string]bool{"123456789018": true, "123456789017": false, "000000000000": false, "12345678901": false} {
		if nationalid.Japanese([]byte(s)) != want {
			t.Errorf("My Number %s is %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"1234567(8)": true, "5123456 (0)": true, "7123456/0": true, "2123456/0": false, "7123456/x": false, "2234567(8)": false, "1234567-8": false, "12345678": false} {
		if nationalid.EightBracketed([]byte(s)) != want {
			t.Errorf("Macau %s is %v", s, !want)
		}
	}
}

func TestPassportZone(t *testing.T) {
	for s, want := range map[string]bool{
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10": true, // of ICAO 9303
		"L898902C37UTO7408122F1204159ZE184226B<<<<<10": false, "L898902C36UTO7408122F120415": false, "": false,
	} {
		if nationalid.PassportZone([]byte(s)) != want {
			t.Errorf("%s is %v", s, !want)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	values := [][]byte{[]byte("943 476 5919"), []byte("19811228-9874"), []byte("255081416802538"), []byte("RSSMRA85T10A562S"), []byte("123456789018"), []byte("900101-1234568")}
	if n := testing.AllocsPerRun(100, func() {
		for _, v := range values {
			nationalid.European(v)
			nationalid.Proven(v)
			nationalid.Japanese(v)
			nationalid.Korean(v)
			nationalid.EightBracketed(v)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzEuropean(f *testing.F) {
	f.Add([]byte("19811228-9874"))
	f.Add([]byte("2550A1416802538"))
	f.Add([]byte("210315-3123456"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if nationalid.Proven(b) && !nationalid.European(b) {
			t.Errorf("%q proves more than a column of it", b)
		}
		nationalid.Korean(b)
		nationalid.Japanese(b)
		nationalid.EightBracketed(b)
	})
}
