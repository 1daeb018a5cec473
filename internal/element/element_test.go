package element_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Published examples: GB 11643 and GB 32100 texts, ICAO 9303, ISO 6346, the
// IBAN registry, IMO and GSMA documents, python-stdnum's documentation.
func TestChecks(t *testing.T) {
	tests := []struct {
		id        dataspace.ElementID
		good, bad string
	}{
		{"cn_resident_id", "11010519491231002X 440524188001010014 360426199101010071", "110105194912310021 11010519491331002X 99010519491231002X 1101051949123100"},
		{"hkid", "A123456(3) A1234563 L555555(0) AB987654(3) C123456(9)", "A123456(4) A12345(3) 1234567(8)"},
		{"sg_nric_fin", "S1234567D F1234567N M5398242L T1234567J G1234567X", "S1234567E F1234567M A1234567D"},
		{"tw_national_id", "A123456789 A800000014", "A123456788 A323456789"},
		{"uscc", "91350100M000100Y43 91110000600037341L", "91350100M000100Y44 9135010OM000100Y43"},
		{"bank_card", "4111111111111111 5555555555554444 378282246310005 6011111111111117 3530111333300000 6222021234567890128", "4111111111111112 1234567890123452 0000000000000000"},
		{"iban", "GB82WEST12345698765432 DE89370400440532013000 FR1420041010050500013M02606 GR1601101050000010547023795", "GB82WEST12345698765433 DE8937040044053201300 XX89370400440532013000"},
		{"imei_meid", "490154203237518 356938035643809", "490154203237517 123456789012345"},
		{"vin", "1M8GDM9AXKP042788 1HGCM82633A004352", "1M8GDM9A1KP042788 1HGCM82633A00435O"},
		{"imo_number", "IMO9074729 9319466 8814275", "9319467 IMO0000000 931946"},
		{"container_no", "CSQU3054383 MSKU0000006 TGHU7599330", "CSQU3054384 CSQX3054383"},
		{"mmsi", "367752440 412345678", "012345678 999345678 36775244"},
		{"mobile_cn", "13800138000 +8613800138000 19912345678", "12800138000 1380013800 15412345678 +13035550100 +1(303)555-0100"},
		{"coarse_region", "上海市 Kenya California NY Knox_County Athens,_GA Kyoto", "上海华信科技有限公司 Acme,_Inc 12,_NY Countyline"},
		{"phone_intl", "+6591234567 +85291234567 91234567 010-62785001 1.515.555.0100", "12 2023-01-01 1.5 192.168.1.1 123456789"},
		{"email", "a@b.co first.last+tag@sub.example.com", "a@b a.b.c @b.co a..b@c.de a@-b.co"},
		{"ip_address", "192.168.0.1 2001:db8::1 ::1 fe80::1:2 ::ffff:1.2.3.4 10.0.0.0/8", "256.1.1.1 1.2.3 12:30 1.2.3.4.5 2001:::1"},
		{"mac_address", "00:1A:2B:3C:4D:5E 00-1a-2b-3c-4d-5e 001a.2b3c.4d5e", "00:1A:2B:3C:4D 00:1A-2B:3C:4D:5E zz:1A:2B:3C:4D:5E"},
		{"licence_plate_cn", "沪A12345 京AD12345 粤B12345D 粤Z1234港 沪A·12345", "沪112345 A12345 沪A1234"},
		{"us_ssn", "123-45-6789", "000-45-6789 666-45-6789 900-45-6789 123-00-6789"},
		{"person_name_zh", "王伟 欧阳修 诸葛亮 阿依古丽·买买提", "上海市 有限公司 王 产品"},
		{"person_name_latin", "James Steven_King devin_rivera_borrego O'Brien,James", "placebo 12345 bed_and_breakfast"},
		{"postal_address_zh", "上海市浦东新区张江路100号 北京市海淀区中关村大街1号", "产品质量很好请协助处理谢谢你们 上海市"},
		{"org_name", "上海某某科技有限公司 parker_inc Acme_Ltd. 3M_Co.", "placebo 王伟 300_kg 12_co"},
		{"religion", "Roman_Catholic Catholicism other_christian", "Protestant_Lane Catholic_school"},
		{"coarse_region", "Hardap_Region Bumthang_Dzongkhag East_Midlands Europe_&_Central_Asia", "Regional_office Districts"},
		{"coarse_region", "Bergen_(Norway) Perth_(Australia_-_Western) CN-GD US-CA sco RSA", "Bergen_(harbour) en-US ZZ-AB CN-GDXX Fr So"},
		{"postal_address_latin", "Leeds,_LS6_2AB Truro,_Cornwall,_TR1_near_the_bridge 4011_Hwy_48 12_Oak_Lane", "Leeds,_Yorkshire 48_12 Model,_A380 LS6"},
		{"date_of_birth", "1990-01-31 19900131 1990/1/31 1990年1月31日 31/12/1990 12/31/1990 1990 1990-01 1990/1 1990年1月 199001", "1990-02-30 2019-13-01 1850-01-01 1990-13 1990-1-99 200503 199013 1990-"},
		{"precise_location", "43.07917 -70.75733 31.2304,121.4737", "181.2 12 abc"},
		{"tax_reg_other", "5493001KJTIIGC8Y1R12 200812345A 53123456D", "5493001KJTIIGC8Y1R13 ABC"},
		{"imsi_iccid", "89014103211118510720", "89014103211118510721"},
		{"courier_waybill", "RB123456785GB SF1234567890123", "RB123456786GB"},
		{"cn_passport", "E12345678 EA1234567 G12345678 141234567", "EI1234567 F12345678 161234567 E1234567"},
		{"swift_bic", "DEUTDEFF ICBKCNBJBJM", "DEUTXXFF DEUTDEF deutdeff"},
		{"im_account", "wxid_0a1b2c3d4e5f6g oAbC1234567890_-efghijklmnop", "wxid_short oAbCdefghijklmnopqrstuvwxyzz xAbC1234567890_-efghijklmnop"},
		{"crypto_wallet", "0x52908400098527886E0F7030069857D2E4169EE7 bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "0x5290 bc1qshort 52908400098527886E0F7030069857D2E4169EE7ab"},
		{"auth_token", "eyJhbGciOiJIUzI1NiJ9.e30.abc AKIAIOSFODNN7EXAMPLE", "eyJhbGci AKIA12 token"},
		{"coarse_region", "广东省 苏州市 cn Germany deu", "张三 广场 zz 13800138000"},
	}
	seen := 0
	for _, tc := range tests {
		c, ok := element.Builtin().CheckOf(tc.id)
		if !ok {
			t.Fatalf("no check for %s", tc.id)
		}
		for _, v := range strings.Fields(tc.good) {
			seen++
			if !c.Valid([]byte(strings.ReplaceAll(v, "_", " "))) && !c.Valid([]byte(v)) {
				t.Errorf("%s: %q refused", tc.id, v)
			}
		}
		for _, v := range strings.Fields(tc.bad) {
			seen++
			if c.Valid([]byte(v)) {
				t.Errorf("%s: %q accepted", tc.id, v)
			}
		}
	}
	if seen < 120 {
		t.Fatalf("only %d values tested", seen)
	}
}

// TestScannerIsLinear: a long text of parts of addresses takes no longer for each
// part than a short one. It would take hours if each part were read to the end.
func TestScannerIsLinear(t *testing.T) {
	text := []byte("@" + strings.Repeat("a.", 1<<20) + "b@example.com")
	s := element.Builtin().NewScanner(element.Builtin().Provable())
	found := 0
	s.Scan(text, func(dataspace.ElementID, int, int) { found++ })
	if found != 1 {
		t.Errorf("%d addresses", found)
	}
}

func TestScanner(t *testing.T) {
	tests := []struct {
		text string
		want string
	}{
		{"11010519491231002X", "cn_resident_id:11010519491231002X"},
		{"身份证11010519491231002X,电话13800138000。", "cn_resident_id:11010519491231002X mobile_cn:13800138000"},
		{"NO11010519491231002X", "cn_resident_id:11010519491231002X"},
		{"front_11010519491231002X_1.png", "cn_resident_id:11010519491231002X"},
		{"回电 008613800138000 谢谢", "mobile_cn:008613800138000"},
		{"013800138000, 13800138000.0, 13800138000.", "mobile_cn:013800138000 mobile_cn:13800138000 mobile_cn:13800138000"},
		{"A123456 (3)", "hkid:A123456_(3)"},
		{"请联系 li.ming@example.com.", "email:li.ming@example.com"},
		{"card 4111 1111 1111 1111 exp", "bank_card:4111_1111_1111_1111"},
		{"card 4111-1111-1111-1111", "bank_card:4111-1111-1111-1111"},
		{"iban GB82 WEST 1234 5698 7654 32 please", "iban:GB82_WEST_1234_5698_7654_32"},
		{"HKID A123456(3) and S1234567D", "hkid:A123456(3) sg_nric_fin:S1234567D"},
		{"车牌沪A12345,京AD12345", "licence_plate_cn:沪A12345 licence_plate_cn:京AD12345"},
		{"vessel IMO 9074729 box CSQU 305438 3", "imo_number:9074729 container_no:CSQU_305438_3"},
		{"card 213176828496175 is lost, card 213176828496174 is not", "bank_card:213176828496175"},
		{"my card number is 501864667909, the order 501864667909", "bank_card:501864667909"},
		{"501864667909", ""},
		{"card 582316364410, マイナンバー 582316364410", "bank_card:582316364410 kr_jp_id:582316364410"}, // right as both
		{"please call me at 699 956 915. We sold 699 956 915", "phone_intl:699_956_915"},
		{"Desk: (08) 8747 6301 x", "phone_intl:(08)_8747_6301"},
		{"+1-903-140-4508x769 mobile", "phone_intl:+1-903-140-4508x769"},
		{"电话：6278 5001，订单号：6278 5001", "phone_intl:6278_5001"},
		{"call on 2025-06-15 10:30 about order 12345678", ""},
		{"id 0f8a41c2-9c3e-4b1a-8d2f-f13812345678", ""},
		{"call +65 9123 4567 or 138-0013-8000", "phone_intl:+65_9123_4567 mobile_cn:138-0013-8000"},
		{"+86 138 0013 8000", "mobile_cn:+86_138_0013_8000"},
		{"from 192.168.1.20 at 00:1A:2B:3C:4D:5E", "ip_address:192.168.1.20 mac_address:00:1A:2B:3C:4D:5E"},
		{"uscc 91350100M000100Y43 vin 1M8GDM9AXKP042788", "uscc:91350100M000100Y43 vin:1M8GDM9AXKP042788"},
		{"주민 900101-1234568, my number 123456789018, 811228-9874", "kr_jp_id:900101-1234568 kr_jp_id:123456789018 eu_uk_national_id:811228-9874"},
		{"pesel 44051401359 nie X1234567L nir 255081416802538", "eu_uk_national_id:44051401359 eu_uk_national_id:X1234567L eu_uk_national_id:255081416802538"},
		{"jo**n@example.com", ""},
		{"mail: **john@example.com**", "email:john@example.com"},
		{"name@", ""},
		{"name@. and 7 more", ""},
		{"tel13800138000", "mobile_cn:13800138000"},
		{"GB29NWBK13800138000, GB29 4111 1111 1111 1111", ""},
		{"ssn 123-45-6789", "us_ssn:123-45-6789"},
		{"imei 490154203237518", "imei_meid:490154203237518"},
		{"L898902C36UTO7408122F1204159ZE184226B<<<<<10", "passport_other:L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
		// These must not be found.
		{"0.4111111111111111", ""},
		{"2023-01-11T00:00:00", ""},
		{"20230111123456", ""},
		{"1673395200000", ""},
		{"12345", ""},
		{"550e8400-e29b-41d4-a716-446655440000", ""},
		{"9a0364b9e99bb480dd25e1f0284c8555", ""},
		{"version 1.2.3", ""},
		{"01-701-1015", ""},
		{"order 12345678901", ""},
		{"SKU-A1234563", ""},
		{"SKU_A1234563", ""},
		{"13800138000.01", ""},
		{"13800138000.0.1", ""},
		{"2023-13800138000", ""},
	}
	s := element.Builtin().NewScanner(element.Builtin().Provable())
	for _, tc := range tests {
		var got []string
		s.Scan([]byte(tc.text), func(id dataspace.ElementID, a, b int) {
			got = append(got, string(id)+":"+strings.ReplaceAll(tc.text[a:b], " ", "_"))
		})
		if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", tc.text, diff)
		}
	}
}

func TestScannerKeepsToWhatIsWanted(t *testing.T) {
	s := element.Builtin().NewScanner([]dataspace.ElementID{"email", "salary_income"})
	n := 0
	s.Scan([]byte("11010519491231002X a@b.co"), func(id dataspace.ElementID, _, _ int) {
		n++
		if id != "email" {
			t.Errorf("found %s", id)
		}
	})
	if n != 1 {
		t.Errorf("found %d, want 1", n)
	}
}

func TestNoAllocation(t *testing.T) {
	s := element.Builtin().NewScanner(element.Builtin().Provable())
	text := []byte("身份证11010519491231002X, card 4111 1111 1111 1111, a.b@example.com 沪A12345 call +65 9123 4567 CSQU 305438 3 ordinary words")
	n := 0
	count := func(dataspace.ElementID, int, int) { n++ }
	if a := testing.AllocsPerRun(100, func() { s.Scan(text, count) }); a > 0 {
		t.Errorf("Scan allocates %.1f times", a)
	}
	samples := [][]byte{[]byte("上海市浦东新区张江路100号"), []byte("王伟"), []byte("James King"), []byte("514 W Superior St"), []byte("GB82WEST12345698765432"), []byte("Acme Ltd")}
	for _, e := range element.Builtin().All() {
		c, ok := element.Builtin().CheckOf(e.ID)
		if !ok {
			continue
		}
		for _, v := range samples {
			if a := testing.AllocsPerRun(20, func() { c.Valid(v) }); a > 0 {
				t.Errorf("%s allocates %.1f times", e.ID, a)
			}
		}
	}
}

func TestTaxonomy(t *testing.T) {
	all := element.Builtin().All()
	if len(all) < 130 {
		t.Fatalf("%d elements", len(all))
	}
	for _, e := range all {
		if e.Name.EN == "" || e.Name.ZH == "" || e.Group == "" || e.IDClass == "" || e.Personal == "" {
			t.Errorf("%s is not whole", e.ID)
		}
	}
	if e, ok := element.Builtin().Lookup("cn_resident_id"); !ok || e.IDClass != element.Direct || e.Sensitive["gbt-35273-2020"] != element.Yes || e.Sensitive["gbt-45574-2025"] != element.Context {
		t.Errorf("cn_resident_id = %+v, %v", e, ok)
	}
	if _, ok := element.Builtin().Lookup("nothing"); ok {
		t.Error("found nothing")
	}
}

func BenchmarkScan(b *testing.B) {
	s := element.Builtin().NewScanner(element.Builtin().Provable())
	text := []byte("更换设备后提示登录过期，重新安装后仍然无法进入。Signed out every time the app is closed, since the last update. Order 20230111-0042, 3 items.")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s.Scan(text, func(dataspace.ElementID, int, int) {})
	}
}

// TestScannerOfCutAddresses: an address without a domain is none.
func TestScannerOfCutAddresses(t *testing.T) {
	for _, text := range []string{"someone@", "someone@ the office", "a.b@.", "a@-", "x@..", "mail@,x"} {
		s := element.Builtin().NewScanner(element.Builtin().Provable())
		s.Scan([]byte(text), func(id dataspace.ElementID, _, _ int) { t.Errorf("%q holds %s", text, id) })
	}
}
