package annex_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/annex"
)

func TestParseThreshold(t *testing.T) {
	for text, want := range map[string]annex.Bound{
		"10万人以上":           {Lower: 100_000},
		"≥100,000":         {Lower: 100_000},
		">= 100000 人":      {Lower: 100_000},
		"超过10万人":           {Lower: 100_001},
		"> 10万":            {Lower: 100_001},
		"1万人(含)以上、100万人以下": {Lower: 10_000, Upper: 1_000_001},
		"1万人（不含）以上":        {Lower: 10_001},
		"10万人以上、不满100万人":   {Lower: 100_000, Upper: 1_000_000},
		"10万人以上，不满100万人个人信息（不含敏感个人信息）":         {Subject: "people", Lower: 100_000, Upper: 1_000_000},
		"累计向境外提供1万人以上敏感个人信息":                   {Subject: "sensitive", Lower: 10_000},
		"自当年1月1日起累计向境外提供100万人以上个人信息（不含敏感个人信息）": {Subject: "people", Lower: 1_000_000},
		"20万人以上个人信息（含敏感个人信息）":                  {Subject: "all", Lower: 200_000},
		"20万人以上（包含敏感个人信息在内）":                   {Subject: "all", Lower: 200_000},
		"累计20万人以上、不满100万人个人信息，包括敏感个人信息":        {Subject: "all", Lower: 200_000, Upper: 1_000_000},
		"5万人以上非敏感个人信息":                         {Subject: "people", Lower: 50_000},
		"不满1万人敏感个人信息":                          {Subject: "sensitive", Upper: 10_000},
		"十万人以上":                                {Lower: 100_000},
		"一百二十万人以上":                             {Lower: 1_200_000},
		"1.5万人以上":                              {Lower: 15_000},
		"１０万人以上":                               {Lower: 100_000},
		"50万名自然人以上":                            {Lower: 500_000},
		"1亿人以上":                                {Lower: 100_000_000},
		"低于5万人":                                {Upper: 50_000},
		"≤5000":                                {Upper: 5001},
		"不超过5万人":                               {Upper: 50_001},
	} {
		got, err := annex.ParseThreshold(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	}
}

// A threshold that is not completely understood is an error: no part of it is
// used.
func TestParseThresholdRefuses(t *testing.T) {
	for _, text := range []string{
		"", "大量", "10万", "10万人左右", "10万人以上且含生物识别信息", "0人以上", "1.55555万人以上", "10万人以上、20万人以上",
		"100万人以上、不满10万人", "每年10万人以上或者重要客户", "99999999999999999999人以上", "万人以上", "10万条以上", "一二万人以上",
		"20万人以上个人信息（含1万人以上敏感个人信息）", "不满20万人个人信息（不含敏感个人信息）、1万人以上敏感个人信息",
		"20万人以上个人信息（含敏感个人信息）、1万人以上敏感个人信息", "20万人以上个人信息，其中含敏感个人信息",
	} {
		if got, err := annex.ParseThreshold(text); err == nil {
			t.Errorf("%q is understood as %+v", text, got)
		}
	}
}

func TestParseThresholdOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1_000_000_000).Draw(t, "n")
		for text, want := range map[string]annex.Bound{
			fmt.Sprintf("%d人以上", n): {Lower: n}, fmt.Sprintf("超过%d人", n): {Lower: n + 1},
			fmt.Sprintf("不满%d人", n): {Upper: n}, fmt.Sprintf("%d人以下", n): {Upper: n + 1},
			fmt.Sprintf("%d万人以上", n/100_000+1): {Lower: (n/100_000 + 1) * 10_000},
		} {
			if got, err := annex.ParseThreshold(text); err != nil || got != want {
				t.Fatalf("%s: %+v, %v", text, got, err)
			}
		}
	})
}

func FuzzParseThreshold(f *testing.F) {
	f.Add("10万人以上、不满100万人个人信息（不含敏感个人信息）")
	f.Add("一百二十万人(含)以上")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := annex.ParseThreshold(text)
		if err == nil && (b.Lower < 0 || b.Upper < 0 || b.Lower == 0 && b.Upper == 0 || b.Upper != 0 && b.Lower >= b.Upper) {
			t.Errorf("%q: %+v", text, b)
		}
	})
}
