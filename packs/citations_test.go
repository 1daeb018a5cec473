package packs_test

import (
	"regexp"
	"testing"

	"hutong/internal/pack"
	"hutong/packs"
)

// Laws whose official text is Chinese are cited in Chinese where the text is
// Chinese. What stays in other letters is a standard, a foreign law, or a
// guidance without a Chinese name in the facts of law.
var (
	chineseLaw = map[string]bool{"CN": true, "HK": true, "MO": true}
	letters    = regexp.MustCompile(`[A-Za-z]{2,}`)
	inLetters  = map[string]bool{
		"JR/T 0171-2020": true, "GB/T 45574-2025": true, "GB/T 45574-2025; GB/T 35273": true, "28 CFR part 202": true,
		"PCPD Guidance on Recommended Model Contractual Clauses, May 2022": true,
		"Announcement 2024 No. 1 of the CAC, the DSEDT and the DSPDP":      true,
	}
)

// minCitations is the number of different citations of these laws.
const minCitations = 150

func TestChineseCitations(t *testing.T) {
	loaded, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	seen, used := map[string]bool{}, map[string]bool{}
	for _, p := range loaded {
		for _, f := range p.Foundings() {
			zh := p.Chinese(f.Article)
			if !chineseLaw[string(p.Jurisdiction())] || f.Article == "" {
				continue
			}
			seen[f.Article] = true
			switch {
			case inLetters[f.Article]:
				used[f.Article] = true
			case zh == "" || letters.MatchString(zh):
				t.Errorf("%s %s %s: %q is %q in Chinese texts", p.ID(), f.Kind, f.ID, f.Article, zh)
			}
		}
	}
	if len(seen) < minCitations {
		t.Errorf("%d citations, at least %d should be there", len(seen), minCitations)
	}
	for article := range inLetters {
		if !used[article] {
			t.Errorf("no pack cites %q any more", article)
		}
	}
	for en, zh := range map[string]string{
		"Standard Contract Measures, art. 7; Standard Contract Filing Guide, 2nd edition": "《个人信息出境标准合同办法》第七条；标准合同备案指南（第二版）",
		"CAC Order 16, art. 5(1)(4)":                               "《促进和规范数据跨境流动规定》第五条第一款第四项",
		"Network Data Security Management Regulations, art. 35(6)": "《网络数据安全管理条例》第三十五条第六项",
		"GDPR, art. 46(2)":                                         "GDPR 第46条(2)",
	} {
		if got := loaded[indexOf(t, loaded, "cn/national")].Chinese(en); got != zh {
			t.Errorf("%q is %q, want %q", en, got, zh)
		}
	}
}

func indexOf(t *testing.T, list []*pack.Pack, id string) int {
	t.Helper()
	for i, p := range list {
		if string(p.ID()) == id {
			return i
		}
	}
	t.Fatalf("there is no pack %s", id)
	return 0
}
