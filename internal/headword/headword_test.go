package headword_test

import (
	"testing"

	"hutong/internal/headword"
)

func TestPersonNumber(t *testing.T) {
	for name, want := range map[string]headword.Fit{
		"employee_id": headword.Whole, "patientNo": headword.Whole, "客户编号": headword.Whole, "admin_id": headword.Whole,
		"first_customer_id": headword.Tail, "last_admin_no": headword.Tail,
		"product_id": 0, "subject_id": 0, "manager_id": 0, "id": 0, "订单编号": 0, "employee": 0,
	} {
		if _, fit := headword.PersonNumber(name); fit != want {
			t.Errorf("%s: fit %d, want %d", name, fit, want)
		}
	}
}
