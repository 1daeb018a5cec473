package element_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hutong/internal/columnname"
	"hutong/internal/element"
	"hutong/internal/headword"
	"hutong/words"
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
		{"bingAnHao", "medical_record_no=4", ""},
		{"bah", "medical_record_no=1", ""},
		{"zyh", "medical_record_no=1", ""},
		{"nl", "age=1", ""},
		{"nianling", "age=4", ""},
		{"tbr_nianling", "age=3", ""},
		{"toubaorennianling", "age=3", ""},
		{"jd", "precise_location=1", ""},
		{"wd", "precise_location=1", ""},
		{"bianhao", "", "cn_resident_id"},
		{"病歷號", "medical_record_no=4", ""},
		{"要保人證件號碼", "cn_resident_id=3", ""},
		{"產品名稱", "", "person_name_zh"},
		{"created_by", "username_account=4", ""},
		{"生年月日", "date_of_birth=4", "timestamp"},
		{"주민등록번호", "kr_jp_id=4", ""},
		{"Geburtsdatum", "date_of_birth=4", "timestamp"},
		{"date_de_naissance", "date_of_birth=4", "timestamp"},
		{"nombre_producto", "", "person_name_latin"},
		{"NI Number", "eu_uk_national_id=4", ""},
		{"LastModifiedBy", "username_account=4", ""},
		{"order_create_user", "username_account=3", ""},
		{"创建者", "username_account=4", ""},
		{"订单审核人", "person_name_zh=3", ""},
		{"audit_man", "person_name_zh=3 person_name_latin=3", ""},
		{"subject_name", "", "person_name_latin"},
		{"member_phone", "mobile_cn=3", ""},
		{"store_phone", "mobile_cn=1", ""},
		{"job", "education_employment=4", ""},
		{"cron_job", "education_employment=1", ""},
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

// TestSpeltHeaders: each Chinese header word leads to its element also in
// traditional characters and in Latin letters: in full, and as a hint by its
// initials.
func TestSpeltHeaders(t *testing.T) {
	known, n := element.Builtin(), 0
	var readings [][3]string
	if err := json.Unmarshal(words.Headwords, &readings); err != nil {
		t.Fatal(err)
	}
	spelt, traditional := map[string]string{}, map[string]string{}
	for _, r := range readings {
		spelt[r[0]], traditional[r[0]] = r[1], r[2]
	}
	for _, e := range known.All() {
		for _, word := range e.Headers.ZH {
			if !columnname.HasChinese(word) {
				continue
			}
			syllables := strings.Fields(spelt[word])
			if len(syllables) == 0 {
				t.Errorf("%s of %s has no pinyin: go run ./bench/fit -headwords", word, e.ID)
			}
			if len(syllables) < 2 {
				continue // one syllable can be anything
			}
			initials := ""
			for _, s := range syllables {
				initials += s[:1]
			}
			for _, name := range []string{strings.Join(syllables, ""), strings.Join(syllables, "_"), strings.ToUpper(initials), traditional[word]} {
				n++
				if !slices.ContainsFunc(known.MatchHeader(name), func(m headword.Match) bool { return m.ID == e.ID }) {
					t.Errorf("%s does not lead to %s (%s)", name, e.ID, word)
				}
			}
		}
	}
	if n < 1800 {
		t.Errorf("%d names", n)
	}
}

// A bare "name" is what the table's name says that it is the name of.
func TestInTable(t *testing.T) {
	for table, want := range map[string]headword.Fit{
		"member": headword.Whole, "members_2026": headword.Whole, "ums_member": headword.Whole, "客户": headword.Whole,
		"pms_product": 0, "product categories": 0, "member_role": 0, "商品": 0,
		"export": headword.Part, "": headword.Part,
	} {
		x := element.Builtin()
		got := headword.Fit(0)
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
