package odds_test

import (
	"strings"
	"testing"

	"hutong/internal/element"
	"hutong/internal/odds"
)

// of scores a table of which only the names are known, as "name" or
// "name|comment", and returns the element of the first column.
func of(table string, names ...string) string {
	known := element.Builtin()
	m := odds.New(known, odds.Builtin())
	columns := make([]*odds.Column, len(names))
	for i, n := range names {
		name, comment, _ := strings.Cut(n, "|")
		c := &odds.Column{}
		m.Begin(c)
		m.Name(c, name)
		m.Comment(c, comment)
		c.Matches = known.InTable(table, c.Matches)
		columns[i] = c
	}
	if b := m.Table(columns)[0].Best; b != nil {
		return string(b.Element.ID)
	}
	return ""
}

// TestShared: a word that other things are called too counts only beside what
// speaks for it.
func TestShared(t *testing.T) {
	for _, tc := range []struct {
		table   string
		columns string
		want    string
	}{
		{"randomisation", "subject_id kit_no", "trial_subject_id"},
		{"crf_page_4", "subject_no page", "trial_subject_id"},
		{"临床试验入组", "subject_id 中心", "trial_subject_id"},
		{"export", "subjectId diagnosis onset", "trial_subject_id"},
		{"vitals", "subject_id heart_rate blood_pressure", "trial_subject_id"},
		{"baseline", "subject_id sex birth_year race", "trial_subject_id"}, // race counts beside sex, and the subject beside race
		{"export", "subjid domain", "trial_subject_id"},
		{"forum_subject", "subject_id title views", ""},
		{"grades", "subjectid teacher_name mobile mark", ""},
		{"科目", "subject_id 科目名称", ""},
		{"access_policy", "subject_id subject_type action resource", ""},
		{"votes", "subject_id member_id member_phone", ""},

		{"horses", "race distance going", ""},
		{"staff", "race gender date_of_birth full_name", "ethnicity"},
		{"creatures", "hp mp attack", ""},
		{"members", "hp name email", "phone_intl"},
		{"bus", "line_id stop_id seq", ""},
		{"friends", "line_id name birthday", "im_account"},
		{"sys_posts", "post_code post_sort", ""},
		{"customers", "post_code address city", "postcode"},
		{"building", "room floor area", ""},
		{"stay", "room guest_name mobile", "hotel_stay"},
		{"routers", "serial_no model rack", ""},
		{"phones", "serial_no user_name mobile imei", "device_other"},
		{"robots", "arm joint torque", ""},

		{"grade", "max_salary steps", ""},
		{"tour", "最小年龄 天数", ""},
		{"people", "max_salary full_name email", "salary_income"},
		{"people", "年龄 姓名", "age"},

		{"flights", "flight_no captain gate", ""},
		{"tickets", "flight_no passenger_name mobile", "itinerary"},
		{"rooms", "hall_name host_user", ""}, // the name of a hall beside that of a person
		{"tram", "driver_name depot", "person_name_zh"},
		{"user", "is_default_address name", ""},
		{"user", "flag1|是否实名手机号 name", ""},
		{"user", "address name", "postal_address_zh"},
		{"bill_of_lading", "consignee vessel port", "org_name"},
		{"waimai_order", "consignee mobile address", "person_name_zh"},
		{"files", "键名 路径", ""},
		{"stock", "counted_by qty", "person_name_zh"},
		{"盘点", "盘点人 数量", "person_name_zh"},
		{"sales", "agent_code amount", "username_account"},
		{"sales", "from to amount", ""},
	} {
		if got := of(tc.table, strings.Fields(tc.columns)...); got != tc.want {
			t.Errorf("%s (%s): %q instead of %q", tc.table, tc.columns, got, tc.want)
		}
	}
}

// TestLists: a few words that repeat are kinds of things, whatever else the same
// letters are.
func TestLists(t *testing.T) {
	repeat := func(list string) string { return strings.TrimSuffix(strings.Repeat(list+"|", 20), "|") }
	for list, want := range map[string]string{
		"F|M":                    "sex_gender",
		"男|女|未知":                 "sex_gender",
		"M|F|K|P":                "",
		"DEFAULT|SYSTEM|LEGACY":  "",
		"job.Cleaner|job.Mailer": "",
	} {
		values := repeat(list)
		m := odds.New(element.Builtin(), odds.Builtin())
		c := &odds.Column{}
		m.Name(c, "c1")
		m.Begin(c)
		kinds := map[string]int64{}
		for _, v := range strings.Split(values, "|") {
			kinds[v]++
			c.Values++
			c.Texts++
		}
		for v, rows := range kinds {
			c.Add(m.Try(&odds.Scratch{}, []byte(v)), rows)
		}
		c.Distinct = len(kinds)
		got := ""
		if b := m.Table([]*odds.Column{c})[0].Best; b != nil {
			got = string(b.Element.ID)
		}
		if got != want {
			t.Errorf("%s: %q instead of %q", list, got, want)
		}
	}
}
