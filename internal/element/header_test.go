package element_test

import (
	"fmt"
	"strings"
	"testing"

	"hutong/internal/element"
)

func TestMatchHeader(t *testing.T) {
	tests := []struct{ name, want, not string }{
		{"email", "email=4", ""},
		{"customerEmail", "email=3", ""},
		{"Customer E-Mail", "email=3", ""},
		{"IDCard", "cn_resident_id=4", ""},
		{"身份证号（必填）", "cn_resident_id=4", ""},
		{"被保险人身份证号", "cn_resident_id=3", ""},
		{"birth_date", "date_of_birth=4", "timestamp"},
		{"hire_date", "timestamp=1", ""},
		{"product_name", "", "person_name_latin"},
		{"customer_name", "person_name_zh=4 person_name_latin=4", ""},
		{"patient_name", "person_name_zh=3", ""},
		{"VesselName", "vessel_name=4", "person_name_latin"},
		{"工资(元)", "salary_income=4", ""},
		{"sfzh", "cn_resident_id=4", ""},
		{"IMO", "imo_number=4", ""},
		{"MMSI", "mmsi=4", ""},
		{"phone_number", "mobile_cn=4 phone_intl=4", ""},
		{"client_ip", "ip_address=4", ""},
		{"gene_lead", "", "cn_resident_id"},
		{"会员号", "membership=4", ""},
	}
	for _, tc := range tests {
		var got []string
		for _, m := range element.Builtin().MatchHeader(tc.name) {
			got = append(got, fmt.Sprintf("%s=%d", m.ID, m.Fit))
		}
		all := " " + strings.Join(got, " ") + " "
		for _, w := range strings.Fields(tc.want) {
			if !strings.Contains(all, " "+w+" ") {
				t.Errorf("%s: %s, want %s", tc.name, all, w)
			}
		}
		if tc.not != "" && strings.Contains(all, " "+tc.not+"=") {
			t.Errorf("%s: %s, must not have %s", tc.name, all, tc.not)
		}
	}
}

func TestPersonNumber(t *testing.T) {
	for name, want := range map[string]bool{
		"employee_id": true, "patientNo": true, "客户编号": true, "customer_id": true,
		"product_id": false, "manager_id": false, "id": false, "订单编号": false, "employee": false,
	} {
		if _, ok := element.PersonNumber(name); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

// A bare "name" is what the table's name says that it is the name of.
func TestInTable(t *testing.T) {
	for table, want := range map[string]element.Fit{
		"member": element.Whole, "members_2026": element.Whole, "ums_member": element.Whole, "客户": element.Whole,
		"pms_product": 0, "product categories": 0, "member_role": 0, "商品": 0,
		"export": element.Part, "": element.Part,
	} {
		x := element.Builtin()
		got := element.Fit(0)
		for _, m := range x.InTable(table, x.MatchHeader("name")) {
			if e, ok := x.Lookup(m.ID); ok && e.Has(element.PersonName) {
				got = max(got, m.Fit)
			}
		}
		if got != want {
			t.Errorf("%q: fit %d, want %d", table, got, want)
		}
	}
	x := element.Builtin()
	if len(x.InTable("product", x.MatchHeader("receiver_name"))) == 0 || len(x.InTable("product", x.MatchHeader("姓名"))) == 0 {
		t.Error("a name that says whose it is depends on the table")
	}
}
