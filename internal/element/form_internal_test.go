package element

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/gate"
	"hutong/internal/reading"
)

// valid are values that validators accept, with the shortest, the longest and the
// oddest that they do.
var valid = map[string][]string{
	"account_number":             {"123456", "6222-0212 3456*789", "******123456", "GB82 WEST 1234 5698 7654 32"},
	"address_han":                {"上海市浦东新区张江路100号", "北京市海淀区路号"},
	"address_latin":              {"12 Oak Lane", "Leeds, LS6 2AB", "4011 Hwy 48", "Straße 7 Dorf Weg"},
	"age":                        {"7", "120", "34岁", "+5.5", "0.25"},
	"bic":                        {"DEUTDEFF", "ICBKCNBJBJM", "NEDSZAJJ"},
	"birth_date":                 {"1990", "1990-01-31", "Mar 5, 1993", "民國80年3月5日", "085/03/12", "1990/1/31 0:00", "5th of March, 1993", "1990-1-1 0:00#@"},
	"birth_date_and_seven":       {"900101-1234568"},
	"container":                  {"CSQU3054383", "CSQU 305438-3"},
	"country":                    {"CN", "DEU", "Germany", "united kingdom"},
	"degrees":                    {"43.1", "-70.75733", "+1.5", "POINT(113.20 22.10)", "[31.2304;121.4737]", "0.1"},
	"disease":                    {"I10", "I10.x00x002", "E11.200+*+*+*+*", "高血压", "Type 2 diabetes mellitus"},
	"drug":                       {"aspirin", "Amoxicillin 500 mg", "0.9%氯化钠注射液 250ml"},
	"dated_or_twelve_digits":     {"900101-1234568", "123456789018"},
	"eight_digits_bracketed":     {"1234567(8)", "5234567 (8)", "7234567/8"},
	"email":                      {"a@b.co", "first.last+tag%x_@sub.example-1.com"},
	"european_number":            {"12345678Z", "X1234567L", "111222333", "943 476 5919", "943-476-5919", "811228-9874", "19811228-9874", "811228+9874", "44051401359", "RSSMRA85T10A562S", "255081416802538", "1!8112289874"},
	"iban":                       {"GB82WEST12345698765432", "NO93 8601 1117 947"},
	"icd_10":                     {"I10", "i25.1", "S72.001A", "M1A.0"},
	"im_account":                 {"wxid_0a1b2c3d4e", "oAbC1234567890_-efghijklmnop"},
	"imei":                       {"490154203237518"},
	"imo":                        {"9319466", "IMO9074729", "imo: -9074729"},
	"imsi_or_iccid":              {"460001234567890", "89014103211118510720"},
	"ip":                         {"::1", "1.1.1.1", "10.0.0.0/8", "::ffff:255.255.255.255/000000000000000128"},
	"lei_or_register_no":         {"5493001KJTIIGC8Y1R12", "200812345A", "53123456D", "T08GB0001A"},
	"letter_nine_digits_mod_10":  {"A123456789", "A800000014"},
	"letters_six_digits_mod_11":  {"A1234563", "A123456(3)", "AB987654 (3)"},
	"licence_plate":              {"沪A12345", "粤B12345D", "粤Z1234港", "沪A·12345"},
	"mac":                        {"00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"},
	"mmsi":                       {"367752440"},
	"mobile_segments":            {"13800138000", "+86 (138) 0013-8000", "@8613800138000", "0086 138 0013 8000"},
	"mod_31":                     {"91350100M000100Y43"},
	"masked_card":                {"************4242", "6222********1234", "4111 11** **** 1111"},
	"masked_identity":            {"110105********002X", "1****************2", "110105XXXXXXXX0021"},
	"masked_mail":                {"j***@example.com", "jo**n@a.cn"},
	"masked_mobile":              {"138****1234", "+86 138xxxx1234", "138●●●●1234"},
	"masked_name":                {"张*三", "*三", "J*** S****", "王某某"},
	"name_han":                   {"王伟", "欧阳修", "阿依古丽·买买提"},
	"name_latin":                 {"James King", "O'Brien,James"},
	"number":                     {"1", "-1,234.5", "$5", "5%", "1.5e+7", "¥ 5"},
	"organisation":               {"上海某某科技有限公司", "Acme Ltd.", "3M Co.", "ab ag"},
	"passport":                   {"123456", "AB1234567", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
	"passport_series":            {"E12345678", "ea1234567", "141234567"},
	"payment_card":               {"4111111111111111", "4111 1111-1111 1111", "4222222222222"},
	"permanent_residence_card":   {"CHN110112345678"},
	"phone":                      {"91234567", "+85291234567", "(579)888-3058", "212-555-0100x4587", "+86-21-6888 0000 转12", "+41 (0)44 668 18 00#1", "01.84.17.61.18"},
	"points":                     {"0.00,0.00;1.00,1.00;2.00,2.00", "[[113.20,22.10],[113.20,22.10],[113.20,22.10]]"},
	"postcode":                   {"94107", "200120", "94107-1234", "K1A 0B1", "W1 #1A"},
	"region":                     {"NY", "上海市", "AU-NSW", "Athens, GA", "Perth (Australia - Western)", "CN-31"},
	"residence_permit":           {"810000199408230021"},
	"resident_id":                {"11010519491231002X", "11010519491231002x"},
	"seven_digits_letter_mod_11": {"S1234567D", "m5398242l"},
	"stored_password":            {"$1$aaaaaaaaaaaaa", "{SSHA}0123456789a", "scrypt0123456789a", "$2b$10$abcdefghijk"},
	"three_two_four":             {"123-45-6789"},
	"timestamp":                  {"19900131", "1990-1-1", "2006年1月2日", "2020-01-01 9:05 @#%", "1/1/1990", "Mar 5, 1993", "2020-01-01T10:00:00.5+08:00"},
	"token":                      {"eyJ..", "AKIAIOSFODNN7EXAMPLE", "-----BEGIN "},
	"trial_subject":              {"01-701-1015", "AB.12/345"},
	"url":                        {"http://", "HTTPS://a.b"},
	"user_agent":                 {"Opera/", "Mozilla/5.0 (X11; Linux)"},
	"uuid":                       {"123e4567-e89b-12d3-a456-426614174000"},
	"vin":                        {"1M8GDM9AXKP042788", "1hgcm82633a004352"},
	"wallet":                     {"0x52908400098527886E0F7030069857D2E4169EE7", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
	"waybill":                    {"RB123456785GB", "SF1234567890123"},
	"luhn":                       {"18", "4111-1111.1111/1111"},
	"verhoeff":                   {"2363"},
	"damm":                       {"5724"},
	"mod_11_2":                   {"0000 0000 0000 0001", "079X"},
	"mod_11_10":                  {"794623"},
	"mod_97_10":                  {"794 44"},
}

// TestFormsOfValidators: a value that a validator accepts has its form, and so has
// any that comes from it by a change.
func TestFormsOfValidators(t *testing.T) {
	for name, v := range allValidators {
		if len(valid[name]) == 0 {
			t.Fatalf("no values of %s", name)
		}
		for _, value := range valid[name] {
			if !v.valid([]byte(value)) {
				t.Errorf("%s refuses %q", name, value)
			}
			if !v.form.Allows(len(value), gate.Of([]byte(value))) {
				t.Errorf("%s accepts %q, which %+v excludes", name, value, v.form)
			}
		}
	}
	if t.Failed() {
		return
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(Validators()).Draw(t, "validator")
		v := []byte(rapid.SampledFrom(valid[name]).Draw(t, "value"))
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, len(v)).Draw(t, "at")
			to := min(len(v), at+rapid.IntRange(0, 2).Draw(t, "without"))
			v = slices.Replace(v, at, to, []byte(rapid.SampledFrom(strings.Split("0|1|5|A|x|X| |.|,|-|/|:|+|*|#|@|(|)|_|\"|岁|·|é|\xC2", "|")).Draw(t, "new"))...)
		}
		if of := allValidators[name]; of.valid(v) && !of.form.Allows(len(v), gate.Of(v)) {
			t.Fatalf("%s accepts %q, which %+v excludes", name, v, of.form)
		}
	})
}

// FuzzForms: no check of the program accepts a value that its form excludes, and no
// shape fits one.
func FuzzForms(f *testing.F) {
	for _, list := range valid {
		for _, v := range list {
			f.Add([]byte(v))
		}
	}
	for _, v := range []string{"女", "Married", "共青团员", "A+", "H12345678", "C12345678"} {
		f.Add([]byte(v))
	}
	f.Fuzz(func(t *testing.T, cell []byte) {
		v := reading.Plain(nil, cell)
		if len(v) == 0 {
			return
		}
		s := gate.Of(v)
		for _, c := range Builtin().Checks() {
			if c.Valid(v) && !c.Form.Allows(len(v), s) {
				t.Errorf("%s accepts %q, which %+v excludes", c.ID, v, c.Form)
			}
		}
		for _, shape := range Shapes {
			if form := shape.Form(); shape.Fits(v) && !form.Allows(len(v), s) {
				t.Errorf("%q has the shape %s, whose form %+v excludes it", v, shape, form)
			}
		}
	})
}
