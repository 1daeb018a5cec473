package headword_test

import (
	"testing"

	"hutong/internal/headword"
)

func TestPersonNumber(t *testing.T) {
	for name, want := range map[string]bool{
		"employee_id": true, "patientNo": true, "客户编号": true, "customer_id": true,
		"product_id": false, "manager_id": false, "id": false, "订单编号": false, "employee": false,
	} {
		if _, ok := headword.PersonNumber(name); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}
