package medical_test

import (
	"bytes"
	"testing"

	"hutong/internal/medical"
)

func TestCode(t *testing.T) {
	for s, want := range map[string]bool{
		"I10": true, "I25.1": true, "i25.1": true, "E11.9": true, "S72.001A": true, "T36.0X1A": true, "I10.x00": true, "I10.x00x002": true, "C34.900x001": true,
		"K35.900": true, "I84.0": true, "E11.200+": true, "N08.3*": true, "M1A.0": true,
		"": false, "I1": false, "I100": false, "A12.3": false, "X9.1": false, "U99.5": false, "I25.": false, "I25.1-2": false, "B2.1": false, "2026": false,
	} {
		if medical.Code([]byte(s)) != want {
			t.Errorf("%q is %v", s, !want)
		}
	}
}

func TestTerms(t *testing.T) {
	type is struct{ condition, drug bool }
	for s, want := range map[string]is{
		"高血压": {true, false}, "2型糖尿病": {true, false}, "急性闌尾炎": {true, false}, "右肺上叶恶性肿瘤术后": {true, false}, "胆囊结石(慢性)": {true, false},
		"阿莫西林胶囊": {false, true}, "二甲双胍片": {false, true}, "0.9%氯化钠注射液 250ml": {false, true}, "連花清瘟膠囊": {false, true},
		"Type 2 diabetes mellitus": {true, false}, "Acute appendicitis": {true, false}, "Breast cancer": {true, false}, "Fracture of wrist": {true, false},
		"Amoxicillin 500 mg": {false, true}, "Atorvastatin": {false, true}, "aspirin": {false, true},
		"王伟": {}, "芯片": {}, "图片": {}, "炎": {}, "上海市": {}, "Shanghai": {}, "Tuesday": {}, "": {}, "in": {}, "Basis": {},
		"the patient came in with a cough and fever on Monday": {},
	} {
		if got := (is{medical.Condition([]byte(s)), medical.Drug([]byte(s))}); got != want {
			t.Errorf("%q is %v", s, got)
		}
	}
	for _, s := range []string{"急性闌尾炎", "上海市浦东新区张江路100号", "James King", "514 W Superior St"} {
		v := []byte(s)
		if n := testing.AllocsPerRun(100, func() { medical.Condition(v); medical.Drug(v) }); n > 0 {
			t.Errorf("%q: %v allocations", s, n)
		}
	}
}

func FuzzTerms(f *testing.F) {
	for _, s := range []string{"I10.x00", "急性闌尾炎", "Amoxicillin 500 mg", "\xe7\x82", "(%"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		medical.Code(b)
		medical.Condition(b)
		medical.Drug(b)
		if !bytes.Equal(before, b) {
			t.Fatal("the value was changed")
		}
	})
}
