package about_test

import (
	"strings"
	"testing"

	"hutong/internal/about"
	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// handled asks about a table of columns as "name=element".
func handled(t *testing.T, table, list string) bool {
	t.Helper()
	var columns []about.Column
	for _, one := range strings.Fields(list) {
		name, id, _ := strings.Cut(one, "=")
		c := about.Column{Name: name}
		if id != "" {
			e, ok := element.Builtin().Lookup(dataspace.ElementID(id))
			if !ok {
				t.Fatalf("%s is no element", id)
			}
			c.Element = &e
		}
		columns = append(columns, c)
	}
	return about.Handled(table, columns)
}

func TestHandled(t *testing.T) {
	for _, tc := range []struct {
		table, columns string
		want           bool
	}{
		{"purchase_invoice", "id=surrogate_key amount= approved_by=username_account", true},
		{"stock_take", "id=surrogate_key counted_by=person_name_latin checked_by=person_name_latin", true},
		{"设备巡检", "编号=surrogate_key 设备= 巡检员=person_name_zh", true},
		{"入库单", "id=surrogate_key 经办人=person_name_zh 审核人=person_name_zh", true},
		{"sys_department", "id=surrogate_key leader=person_name_zh phone=mobile_cn email=email", true},
		{"dish", "id=surrogate_key name= create_user=username_account update_user=username_account", true},
		{"depot", "id=surrogate_key manager_staff_id=username_account", true},
		{"page_event", "id=surrogate_key ip=ip_address url=url", false}, // whose address it is
		{"store", "id=surrogate_key phone=mobile_cn address=postal_address_zh", true},
		{"complaint", "id=surrogate_key apply_user=person_name_zh check_user=person_name_zh", false}, // who applied
		{"club", "id=surrogate_key leader=person_name_latin member_count= notice=review_text", true},
		{"bookings", "id=surrogate_key consignee=org_name booked_by=username_account entered_by=username_account", false}, // booked for somebody
		{"bills", "id=surrogate_key consignee=org_name entered_by=username_account", true},
		{"recipes", "id=surrogate_key author=person_name_latin", true},

		{"purchase_invoice", "id=surrogate_key amount=", false},                                                       // nobody
		{"export", "id=surrogate_key leader=person_name_zh phone=mobile_cn", false},                                   // whose telephone?
		{"orders", "id=surrogate_key customer_id=username_account created_by=username_account", false},                // the customer's
		{"退货", "id=surrogate_key 退货人姓名=person_name_zh 处理人=person_name_zh", false},                                     //
		{"operators", "id=surrogate_key operator=person_name_latin", false},                                           // the operators'
		{"his_doctor", "id=surrogate_key doctor_name=person_name_zh", false},                                          // the doctors'
		{"survey", "id=surrogate_key sex=sex_gender age=age zip=postcode author=person_name_latin", false},            // somebody without a name
		{"randomization", "id=surrogate_key subject_id=trial_subject_id investigator=person_name_latin", false},       // somebody with a code
		{"room_rates", "id=surrogate_key agent=person_name_latin repeated_guest= adults=", false},                     // the guest's
		{"product", "id=surrogate_key name=person_name_zh id_card=cn_resident_id created_by=username_account", false}, // somebody
	} {
		if got := handled(t, tc.table, tc.columns); got != tc.want {
			t.Errorf("%s (%s): %v", tc.table, tc.columns, got)
		}
	}
}

func TestOfRow(t *testing.T) {
	for id, want := range map[dataspace.ElementID]bool{
		"surrogate_key": true, "review_text": true, "url": true, "image_audio_video": true, "order_no": true, "coarse_region": true, "purchase_history": true, "hotel_stay": false,
		"precise_location": false, "person_name_zh": false, "policy_no": false, "amount": false,
	} {
		if e, _ := element.Builtin().Lookup(id); about.OfRow(&e) != want {
			t.Errorf("%s: %v", id, !want)
		}
	}
}
