package spelling_test

import (
	"testing"

	"hutong/internal/spelling"
)

func TestSpell(t *testing.T) {
	for _, tc := range []struct {
		form spelling.Form
		cell string
		want string // - for a value that lost digits
	}{
		{spelling.Mobile, "13880836544", "13880836544"}, {spelling.Mobile, "+86 138-8083-6544", "13880836544"}, {spelling.Mobile, "0086 13880836544", "13880836544"},
		{spelling.Mobile, "13880836544.0", "13880836544"}, {spelling.Mobile, "1.3880836544E+10", "13880836544"}, {spelling.Mobile, "1.38E+10", "-"},
		{spelling.Mobile, "１３８８０８３６５４４", "13880836544"}, {spelling.Mobile, "'13880836544", "13880836544"}, {spelling.Mobile, `="13880836544"`, "13880836544"},
		{spelling.Mobile, "+1 303 555 0100", "+13035550100"}, {spelling.Mobile, "(+1) 303 555 0100", "+13035550100"}, {spelling.Mobile, "001 303 555 0100", "+13035550100"}, {spelling.Mobile, "13035550100", "13035550100"},
		{spelling.Phone, "+1 303 555 0100", "13035550100"}, {spelling.Phone, "13035550100", "8613035550100"}, {spelling.Phone, "+86 130 3555 0100", "8613035550100"}, {spelling.Phone, "1-303-555-0100", "13035550100"},
		{spelling.Address, "Ann.Lee+x@Example.COM", "ANN.LEE+X@EXAMPLE.COM"}, {spelling.Address, "a-b@x.com", "A-B@X.COM"}, {spelling.Address, "1.5e+3@x.com", "1.5E+3@X.COM"},
		{spelling.Resident, "110105491231002", "11010519491231002X"}, {spelling.Resident, "11010519491231002x", "11010519491231002X"}, {spelling.Resident, "110105 19491231 002X", "11010519491231002X"}, {spelling.Resident, "123456789012345", "123456789012345"},
		{spelling.Number, "A123456(3)", "A1234563"}, {spelling.Number, "101.0", "101"}, {spelling.Number, "101.5", "101.5"}, {spelling.Number, "1.01E+2", "101"}, {spelling.Number, "1.015E+2", "1.015E+2"}, {spelling.Number, "12E5", "12E5"}, {spelling.Number, "'", "'"}, {spelling.Number, "", ""}, {spelling.Number, "1.2.3", "1.2.3"},
	} {
		s := spelling.Speller{Form: tc.form}
		got, ok := s.Spell(nil, []byte(tc.cell))
		text := string(got)
		if !ok {
			text = "-"
		}
		if text != tc.want {
			t.Errorf("%d %q: %q, want %q", tc.form, tc.cell, text, tc.want)
		}
	}
}

// The one spelling of a value is the spelling of itself, except of numbers that
// say their country only once.
func FuzzSpell(f *testing.F) {
	for _, cell := range []string{"13880836544.0", "1.3880836544E+10", "'x", "+1 303", "１２３"} {
		f.Add(cell, uint8(0))
		f.Add(cell, uint8(3))
	}
	f.Fuzz(func(t *testing.T, cell string, form uint8) {
		s := spelling.Speller{Form: spelling.Form(form % 5)}
		before := "x"
		out, ok := s.Spell([]byte(before), []byte(cell))
		if string(out[:1]) != before {
			t.Fatalf("%q: what was there is gone", cell)
		}
		again, ok2 := s.Spell(nil, []byte(cell))
		if ok != ok2 || ok && string(again) != string(out[1:]) {
			t.Fatalf("%q: %q, then %q", cell, out[1:], again)
		}
	})
}
