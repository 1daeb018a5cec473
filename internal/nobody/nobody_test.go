package nobody_test

import (
	"strings"
	"testing"

	"hutong/internal/nobody"
)

func TestPlaceholder(t *testing.T) {
	for value, want := range map[string]bool{
		"": true, "0": true, "00000000000": true, "11111111111": true, "13800000000": true, "19999999999": true, "13800138000": true, "123456789": true, "12345678901": true,
		"987654321": true, "TEST": true, "测试": true, "无手机": true, "---": true, "***": true, "NONE@EXAMPLE.COM": true, "TEST@TEST.COM": true, "AAAA@A.COM": true,
		"1": false, "11": false, "111": false, "999999": false, "13987511264": false, "VIP000001": false, "U1@EXAMPLE.COM": false, "TEST@EXAMPLE.COM": false, "A": false, "AAAA": false,
		"NONAME": true, "NOTAVAILABLE": true, "N/A": true, "NULL": true, "UNKNOWN": true, "無電話": true, "未填寫": true, "(NULL)": true, "Anonymous": true,
		"NA12": false, "NATHAN": false, "TESTA": false, "无锡": false, "空军": false,
		"123": false, "310115199003070012": false, "P1": false, "13900000001": false,
	} {
		if got := nobody.Placeholder([]byte(value)); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestMissing(t *testing.T) {
	for value, want := range map[string]bool{
		"NA": true, "n/a": true, "NaN": true, "Null": true, "NONE": true, "-": true, "---": true, `\N`: true, "?": true, "#N/A": true, "Not Applicable": true, "not_applicable": true, "unknown": true,
		"无": true, "無": true, "未知": true, "不详": true, "暫無": true, "未填写": true, "——": true, "（空）": true, "not provided": true, "<null>": true,
		"": false, "0": false, "1": false, "test": false, "refused": false, "deleted": false, "没有": false, "保密": false, "Nan Li": false, "Nana": false, "无锡": false, "空调": false, "x": false, "13800138000": false,
	} {
		if got := nobody.Missing([]byte(value)); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func BenchmarkMissing(b *testing.B) {
	values := [][]byte{[]byte("13987511264"), []byte("王小明"), []byte("unknown"), []byte("alice@example.com"), []byte("2025-01-02")}
	b.ReportAllocs()
	for b.Loop() {
		for _, v := range values {
			nobody.Missing(v)
		}
	}
}

// No value is copied.
func TestAllocations(t *testing.T) {
	value := []byte(strings.ToLower("UNKNOWN"))
	if n := testing.AllocsPerRun(100, func() { nobody.Missing(value); nobody.Placeholder(value) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
