package citation_test

import (
	"strings"
	"testing"

	"hutong/internal/citation"
)

var laws = []citation.Law{
	{Name: "Order 16", Title: "《规定》", Levels: []string{"款", "项"}},
	{Name: "Regulations", Title: "《条例》", Levels: []string{"款", "项"}, Items: []string{"35"}},
	{Name: "Measures", Title: "《办法》", Parts: map[string]string{"annex": "附件", "(not yet)": "（尚未施行）"}},
	{Name: "List", Title: "清单", Parts: map[string]string{"2025 edition": "2025年版", "scope": "适用范围"}},
	{Name: "Guide", Title: "指南"},
	{Name: "Guide, 2nd edition", Title: "指南（第二版）"},
}

func TestChinese(t *testing.T) {
	known, err := citation.New(laws, nil)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ en, zh string }{
		{"Order 16, art. 5(1)(4)", "《规定》第五条第一款第四项"},
		{"Order 16, art. 6", "《规定》第六条"},
		{"Order 16", "《规定》"},
		{"Order 16, arts 5(1)(4), 7, 8", "《规定》第五条第一款第四项、第七条、第八条"},
		{"Order 16, arts 2, 5(2), 7; List, scope", "《规定》第二条、第五条第二款、第七条；清单适用范围"},
		{"Order 16, art. 6; List, 2025 edition", "《规定》第六条；清单2025年版"},
		{"List, 2025 edition, scope", "清单2025年版，适用范围"},
		{"List, another part", "清单 another part"},
		{"Order 16, arts 4(5)-(6)", "《规定》第四条第五款至第六款"},
		{"Order 16, arts 19-20", "《规定》第十九条至第二十条"},
		{"Order 16, art. 5(a)", "《规定》第5条(a)"},
		{"Order 16, art. 5(1)(2)(3)", "《规定》第5条(1)(2)(3)"},
		{"Regulations, art. 35(6)", "《条例》第三十五条第六项"},
		{"Regulations, art. 36(6)", "《条例》第三十六条第六款"},
		{"Regulations, art. 110", "《条例》第一百一十条"},
		{"Regulations, arts 10, 101, 12", "《条例》第十条、第一百零一条、第十二条"},
		{"Measures, art. 4(1)", "《办法》第4条(1)"},
		{"Measures, art. 4, annex", "《办法》第四条，附件"},
		{"Guide, 2nd edition, art. 7", "指南（第二版）第七条"},
		{"Guide, art. 7", "指南第七条"},
		{"Guides, art. 7", "Guides 第7条"},
		{"Measures, art. 9 (not yet)", "《办法》第九条（尚未施行）"},
		{"GDPR, art. 49(1), second subparagraph, 49(3), 49(6)", "GDPR 第49条(1)，second subparagraph，第49条(3)、第49条(6)"},
		{"GDPR, art. 46(2)", "GDPR 第46条(2)"},
		{"GDPR, art. 49(1)(b), (c), 49(3)", "GDPR 第49条(1)(b)、(c)、第49条(3)"},
		{"PIPA, art. 28-8(1)(5)", "PIPA 第28-8条(1)(5)"},
		{"UK GDPR, arts 44A, 49; SI 2023/1028, United States", "UK GDPR 第44A条、第49条；SI 2023/1028, United States"},
		{"PDP Regulations, reg. 12 before S 86/2026, data intermediaries", "PDP Regulations 第12条 before S 86/2026，data intermediaries"},
		{"PDPO (Cap. 486), s. 33", "PDPO (Cap. 486) 第33条"},
		{"28 CFR 202.205, 202.303", ""},
		{"", ""},
	}
	for _, c := range cases {
		for range 2 { // the second time from memory
			if got := known.Chinese(c.en); got != c.zh {
				t.Errorf("%s\n got %s\nwant %s", c.en, got, c.zh)
			}
		}
	}
}

func TestNew(t *testing.T) {
	for want, list := range map[string][]citation.Law{
		"needs a name":   {{Title: "《规定》"}},
		"and a title":    {{Name: "Order"}},
		"is there twice": {laws[0], laws[0]},
		"but no levels":  {{Name: "Order", Title: "《规定》", Items: []string{"1"}}},
	} {
		if _, err := citation.New(list, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
