package columnname_test

import (
	"strings"
	"testing"

	"hutong/internal/columnname"
)

func TestWords(t *testing.T) {
	for name, want := range map[string][2]string{ // words, parts
		"":                      {"", ""},
		"customer_email":        {"customer email", "customer email"},
		"customerEmail":         {"customer email", "customer email"},
		"HTTPServer":            {"http server", "http server"},
		"guest2Name":            {"guest2name", "guest 2 name"},
		"phone_1":               {"phone 1", "phone 1"},
		"客户ID":                  {"客户 id", "客户 id"},
		"住客2身份证":                {"住客 2 身份证", "住客 2 身份证"},
		"id2":                   {"id2", "id 2"},
		"x12y":                  {"x12y", "x 12 y"},
		" - ":                   {"", ""},
		"étage３":                {"étage３", "étage ３"},
		"emergencyContactPhone": {"emergency contact phone", "emergency contact phone"},
	} {
		if got := strings.Join(columnname.Words(name), " "); got != want[0] {
			t.Errorf("%q has the words %q, want %q", name, got, want[0])
		}
		if got := strings.Join(columnname.Parts(name), " "); got != want[1] {
			t.Errorf("%q has the parts %q, want %q", name, got, want[1])
		}
	}
	if columnname.HasChinese("abc ｘ") || !columnname.HasChinese("a号") {
		t.Error("Chinese is not told from other characters")
	}
}

func TestSubject(t *testing.T) {
	for table, want := range map[string]string{
		"members": "person", "ums_member": "person", "2026_patients_export": "person", "客户": "person",
		"pms_product": "thing", "product_categories": "thing", "member_roles": "thing",
		"": "unknown", "export-2026": "unknown", "user": "unknown",
	} {
		person, known := columnname.Subject(table)
		got := "unknown"
		if known && person {
			got = "person"
		} else if known {
			got = "thing"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", table, got, want)
		}
	}
}
