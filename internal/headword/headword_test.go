package headword_test

import (
	"testing"

	"hutong/internal/headword"
)

func TestPersonNumber(t *testing.T) {
	for name, want := range map[string]headword.Fit{
		"employee_id": headword.Whole, "patientNo": headword.Whole, "客户编号": headword.Whole, "admin_id": headword.Whole,
		"authorid": headword.Whole, "userid": headword.Whole, "gridid": 0, "first_customer_id": headword.Tail, "last_admin_no": headword.Tail,
		"product_id": 0, "subject_id": 0, "manager_id": 0, "id": 0, "订单编号": 0, "employee": 0,
	} {
		if _, fit := headword.PersonNumber(name); fit != want {
			t.Errorf("%s: fit %d, want %d", name, fit, want)
		}
	}
}

// A mark beside something is not the thing itself.
func TestFlag(t *testing.T) {
	for name, want := range map[string]bool{
		"is_mobile_bound": true, "hasAddress": true, "email_verified": true, "sms_count": true, "是否已婚": true, "手机绑定标志": true, "allow_sms": true,
		"": false, "email": false, "island": false, "has": false, "count": false, "flag_address": false, "邮箱": false, "标志": true, "issuer_name": false,
	} {
		if got := headword.Flag(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// The name of a column can say who did something to the row, and whether as staff.
func TestSomeone(t *testing.T) {
	for name, want := range map[string]string{
		"counted_by": "office", "last_opened_by": "office", "written_by": "somebody", "verifyBy": "office", "approver": "office", "chief_editor": "office", "check_man": "office",
		"modified_by": "office", "verified_by": "office", "closed_by": "office", "signed_by": "somebody", "requested_by": "somebody", "referred_by": "somebody",
		"复核人": "office", "盘点人": "office", "质检员": "office", "驗收人員": "office", "经办人员": "office", "设备维护人": "office",
		"approve_user": "office", "create_user_id": "office", "check_user_name": "office", "apply_user": "somebody", "host_user": "somebody", "app_user": "", "sub_user_id": "", "end_user": "",
		"投诉人": "somebody", "中奖人": "somebody", "受赠人": "somebody", "签收人": "somebody", "被检查人": "somebody",
		"": "", "by": "", "sort_by": "", "ordered_by": "", "manufactured_by": "", "nearby": "", "group by": "", "salesman": "", "a_man": "", "review": "",
		"机器人": "", "未成年人": "", "会员": "", "法人": "", "人": "", "人员": "", "author_count_total_all": "", "人数": "", "很长很长很长很长的人": "",
	} {
		is, office := headword.Someone(name)
		got := ""
		if is {
			got = "somebody"
		}
		if office {
			got = "office"
		}
		if got != want || office && !is {
			t.Errorf("%q: %q instead of %q", name, got, want)
		}
	}
}
