package role

import (
	"fmt"
	"strings"
	"testing"

	"hutong/internal/wordstest"
)

func TestCompactRoles(t *testing.T) { wordstest.Check[Words](t, "roles") }

// A word has one role only, else the order of the file would decide in silence.
func TestWordsAreUnambiguous(t *testing.T) {
	seen := map[string]string{}
	for _, p := range Builtin().phrases {
		id := "exception"
		if p.role >= 0 {
			id = Builtin().Roles[p.role].ID
		}
		if old, ok := seen[p.text]; ok {
			t.Errorf("%q is a word of %s and of %s", p.text, old, id)
		}
		seen[p.text] = id
	}
	for _, r := range Builtin().Roles {
		if r.Name.EN == "" || r.Name.ZH == "" || r.Kind != Subject && r.Kind != Party && r.Kind != Private && r.Kind != Staff {
			t.Errorf("role %s: %+v", r.ID, r)
		}
	}
}

func TestOf(t *testing.T) {
	for name, want := range map[string]string{
		"借款人身份证": "borrower", "担保人身份证": "guarantor", "擔保人電話": "guarantor", "身份证号": "", "手机号": "", "mobile": "",
		"紧急联系人电话": "emergency", "联系人": "contact", "联系电话": "", "emergency_contact_phone": "emergency", "EmergencyContactName": "emergency",
		"contact_phone": "contact?", "contact_person": "contact", "投保人姓名": "holder", "被保险人证件号": "insured", "dbrsfzh": "guarantor", "jkr_xm": "borrower",
		"guest_2_id": "guest 2", "guest2_phone": "guest 2", "Guest 12 Passport": "guest 12", "phone_1": " 1", "phone2": " 2", "电话2": " 2", "旅客三证件号": "passenger 3",
		"第二联系人电话": "contact 2", "second_guest": "guest 2", "guest_first_name": "guest", "first_name": "", "secondary_contact_phone": "contact? 2",
		"sender_contact_phone": "sender contact?", "收件人联系人手机": "receiver contact", "被保险人配偶姓名": "insured spouse", "customer_id": "customer", "employee_id": "employee",
		"manager_id": "manager", "sjh": "", "sale_2024_id": "", "共同借款人身份证": "co_borrower", "guarantor_id_card": "guarantor", "配偶手机": "spouse", "医生姓名": "doctor",
		"user_name": "customer", "driver_licence_no": "", "driver_id": "driver", "DriversLicense": "", "": "", "bar_code": "", "fromage": "", "coborrower": "co_borrower", "客户经理": "agent",
	} {
		r := Builtin().Of(name)
		var got []string
		for _, f := range r.Roles {
			id := f.Role.ID
			if f.Weak {
				id += "?"
			}
			got = append(got, id)
		}
		text := strings.Join(got, " ")
		if r.Number > 0 {
			text += fmt.Sprintf(" %d", r.Number)
		}
		if text != want {
			t.Errorf("%q: %q, want %q", name, text, want)
		}
	}
}

func TestStem(t *testing.T) {
	for _, same := range [][]string{{"phone_1", "phone2", "phone"}, {"旅客一证件号", "旅客三证件号", "旅客证件号"}, {"电话二", "电话"}, {"第二联系人电话", "联系人电话"}, {"second_guest_id", "guest_1_id"}} {
		for _, name := range same[1:] {
			if a, b := Builtin().Of(same[0]).Stem, Builtin().Of(name).Stem; a != b {
				t.Errorf("%s is %q, %s is %q", same[0], a, name, b)
			}
		}
	}
}

func TestMayBe(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"employee", "customer"}: true, {"student", "customer"}: true, {"crew", "employee"}: true, {"tenant", "customer"}: true, {"teacher", "customer"}: true,
		{"tenant", "owner"}: false, {"sender", "payer"}: false, {"patient", "payer"}: false, {"customer", "guardian"}: false, {"customer", "receiver"}: false, {"patient", "doctor"}: false,
	} {
		a, b := Builtin().Lookup(pair[0]), Builtin().Lookup(pair[1])
		if a.MayBe(b) != want || b.MayBe(a) != want {
			t.Errorf("%v: %v and %v, want %v", pair, a.MayBe(b), b.MayBe(a), want)
		}
	}
}

// The name of a column can say that it is somebody's number and nothing else.
func TestOwn(t *testing.T) {
	for name, want := range map[string]bool{
		"salesperson_id": true, "SalesRepNo": true, "业务员编号": true, "業務員編號": true, "driver_number": true, "ywybh": true, "经办人工号": true, "guest_id": true,
		"salesperson": false, "salesperson_name": false, "customer_order_id": false, "driver_licence_no": false, "user_agent": false, "id": false, "业务员提成": false, "客户订单号": false, "agent_code": false,
	} {
		if got := Builtin().Of(name).Own; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// A name can be the word of a role alone.
func TestAlone(t *testing.T) {
	for name, want := range map[string]bool{
		"患者": true, "业务员": true, "同行人2": true, "住客二": true, "Manager": true, "guest_2": true, "emergency contact": true,
		"患者编号": false, "patient_id": false, "manager_level": false, "紧急联系人电话": false, "driver_license": false, "": false, "city": false,
	} {
		if got := Builtin().Of(name).Alone; got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
