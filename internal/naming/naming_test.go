package naming_test

import (
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"hutong/internal/naming"
)

// TestText: sentences may name people; codes, names and lists of numbers are no
// texts.
func TestText(t *testing.T) {
	for cell, want := range map[string]bool{
		"":                                  false,
		"John Smith":                        false,
		"SMITH, JOHN ALBERT":                false,
		"PX-00712-A 2026-01-01 12:00":       false,
		"My name is Rashida":                true,
		"ask for Wen at the desk in hall 2": true,
		"王小明":                               false,
		"Bonaire, Sint Eustatius and Saba":  false,
		"Bolivia (Plurinational State of)":  false,
		"Hon Deluxe Fabric Upholstered Stacking Chairs, Rounded Back": false,
		"Owner: Rashida Okonkwo":         true,
		"客户王小明要求退款":                      true,
		"11010519491231002X 13800138000": false,
	} {
		if got := naming.Text([]byte(cell)); got != want {
			t.Errorf("%q: %t", cell, got)
		}
	}
}

// TestOf: the tagger's opinion has the characters of the names.
func TestOf(t *testing.T) {
	o := naming.Of([]byte("昨天下午客户陈志远来门店退货，已登记。"))
	if o.P < .5 || !o.Chinese || o.Latin {
		t.Errorf("%+v", o)
	}
	if o = naming.Of([]byte("Dear Mr. Okonkwo, your visa is ready for collection.")); o.P < .5 || o.Chinese || !o.Latin {
		t.Errorf("%+v", o)
	}
	if o = naming.Of(nil); o.P != 0 || o.Chinese || o.Latin {
		t.Errorf("no text: %+v", o)
	}
}

func sum(list ...float64) naming.Names {
	var s naming.Sum
	for _, p := range list {
		s.Add(naming.Opinion{P: p, Latin: true}, 1)
	}
	return s.Names()
}

func times(n int, p float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = p
	}
	return out
}

// TestSum: one text is as the tagger says; of many, a few that look like names
// are errors, and a share of them is not.
func TestSum(t *testing.T) {
	tests := []struct {
		name string
		list []float64
		want bool
	}{
		{"one with a name", []float64{.98}, true},
		{"one without", []float64{.1}, false},
		{"all", times(50, .95), true},
		{"a tenth", append(times(90, .03), times(10, .99)...), true},
		{"one of a hundred", append(times(99, .03), .9), false},
		{"nothing in a hundred", times(100, .1), false},
	}
	for _, tc := range tests {
		n := sum(tc.list...)
		if got := n.P >= .5; got != tc.want || n.Looked != int64(len(tc.list)) {
			t.Errorf("%s: %+v", tc.name, n)
		}
	}
	if n := sum(); n.P != 0 || n.Looked != 0 {
		t.Errorf("no text: %+v", n)
	}
	if n := sum(append(times(90, .03), times(10, .99)...)...); n.Rows != 10 || n.Latin != 10 || n.Chinese != 0 {
		t.Errorf("%+v", n)
	}
}

// A text that more probably names somebody never makes names less probable, and
// the order of texts changes nothing of note.
func TestSumProperty(t *testing.T) {
	p := func(x uint16) float64 { return float64(x) / 65535 }
	err := quick.Check(func(list []uint16, more, less uint16) bool {
		var ps, back []float64
		for _, x := range list {
			ps, back = append(ps, p(x)), append([]float64{p(x)}, back...)
		}
		if less > more {
			more, less = less, more
		}
		high, low := sum(append(ps, p(more))...).P, sum(append(ps, p(less))...).P
		d := sum(ps...).P - sum(back...).P
		return high >= low-1e-9 && high >= 0 && high <= 1 && d < 1e-9 && d > -1e-9
	}, nil)
	if err != nil {
		t.Error(err)
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte(strings.Repeat("王", 300)))
	f.Fuzz(func(t *testing.T, text []byte) {
		part := naming.Cut(text)
		if len(part) > naming.Longest || len(text) <= naming.Longest && len(part) != len(text) {
			t.Fatalf("%d of %d bytes", len(part), len(text))
		}
		if utf8.Valid(text) && !utf8.Valid(part) {
			t.Fatal("a character is cut")
		}
		naming.Text(text)
		if o := naming.Of(text); !(o.P >= 0 && o.P <= 1) {
			t.Fatalf("%+v", o)
		}
	})
}

// TestLikely: a short part of a text that sells something is no name, although it
// stands where one could; a name that is rare, a nickname or a foreign one is still
// one where something says so.
func TestLikely(t *testing.T) {
	for text, want := range map[string]bool{
		"夏日清凉，尽享冰爽，全场包邮":    false,
		"重磅来袭，臻享生活，买一送一":    false,
		"超薄机身，炫彩大屏，畅玩无忧":    false,
		"纯棉面料，透气舒适，百搭时尚":    false,
		"客户陈志远来电，要求改期送货":    true,
		"客户欧阳文静要求退款，她会来取件":  true,
		"收件人：尉迟敬德，放门口即可":    true,
		"托马斯投诉包裹破损，要求赔偿":    true,
		"请找丽丽拿钥匙，谢谢":        true,
		"老李已经签收，放在门口":       true,
		"阿依古丽·买买提同学请假一天，已批": true,
	} {
		if o := naming.Of([]byte(text)); (o.P >= .5 && o.Chinese) != want {
			t.Errorf("%s: %+v", text, o)
		}
	}
}
