package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"hutong/bench/draw"
)

// maker makes one value.
type maker func(r *rand.Rand, b *bank) string

// search tries the last characters of a number until the sum is right.
func search(head, of string, right func(string) bool) string {
	for _, c := range of {
		if s := head + string(c); right(s) {
			return s
		}
	}
	return head + of[:1]
}

func weighted(s string, weights []int) int {
	sum := 0
	for i, w := range weights {
		c := int(s[i] - '0')
		if s[i] >= 'A' {
			c = int(s[i]-'A') + 10
		}
		sum += w * c
	}
	return sum
}

func luhnRight(s string) bool {
	sum := 0
	for i := range s {
		v := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

func residentID(r *rand.Rand, _ *bank) string {
	y, m, d := draw.Date(r, 1945, 2012)
	head := fmt.Sprintf("%s%04d%02d%02d%s", draw.Pick(r, []string{"110105", "310115", "440106", "330102", "510104", "420106", "320102", "370202", "610113", "350203"}), y, m, d, draw.Digits(r, 3))
	return head + string("10X98765432"[weighted(head, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2})%11])
}

func nameHan(r *rand.Rand, b *bank) string { return draw.Pick(r, b.surnames) + draw.Pick(r, b.given) }

func nameLatin(r *rand.Rand, b *bank) string {
	return draw.Pick(r, b.first) + " " + draw.Pick(r, b.last)
}

var segments = strings.Fields("130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156 157 158 159 166 173 176 177 178 180 181 182 183 185 186 187 188 189 191 198 199")

func mobile(r *rand.Rand, _ *bank) string { return draw.Pick(r, segments) + draw.Digits(r, 8) }

func org(r *rand.Rand, b *bank) string {
	return strings.TrimSuffix(string([]rune(draw.Pick(r, b.places))[:2]), "省") + draw.Pick(r, b.idioms)[:6] + draw.Pick(r, strings.Fields("科技 贸易 物流 食品 建材 医药 电子 文化 实业 投资")) + draw.Pick(r, strings.Fields("有限公司 有限公司 有限责任公司 股份有限公司 集团有限公司"))
}

func address(r *rand.Rand, b *bank) string {
	return fmt.Sprintf("%s%s%s%d号%s", draw.Pick(r, b.places), draw.Pick(r, b.idioms)[:6], draw.Pick(r, strings.Fields("路 街 大道 路 东路 西街 巷")), 1+r.IntN(900),
		draw.Pick(r, []string{"", fmt.Sprintf("%d室", 100+r.IntN(2000)), fmt.Sprintf("%d栋%d单元", 1+r.IntN(30), 1+r.IntN(6)), "小区" + fmt.Sprint(1+r.IntN(30)) + "幢"}))
}

func day(r *rand.Rand, from, to int, form string) string {
	y, m, d := draw.Date(r, from, to)
	return fmt.Sprintf(form, y, m, d)
}

func isoDate(from, to int) maker {
	return func(r *rand.Rand, _ *bank) string { return day(r, from, to, "%04d-%02d-%02d") }
}

func oneOf(list string) maker {
	words := strings.Split(list, "|")
	return func(r *rand.Rand, _ *bank) string { return draw.Pick(r, words) }
}

func stamp(r *rand.Rand, _ *bank) string {
	return day(r, 2015, 2025, "%04d-%02d-%02d") + fmt.Sprintf(" %02d:%02d:%02d", r.IntN(24), r.IntN(60), r.IntN(60))
}

func latinAddress(r *rand.Rand, b *bank) string {
	return fmt.Sprintf("%d %s %s", 1+r.IntN(9000), draw.Pick(r, b.last), draw.Pick(r, strings.Fields("St Street Ave Road Rd Lane Dr Blvd Court Way")))
}

func uscc(r *rand.Rand, _ *bank) string {
	const of = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	s := "91" + draw.Pick(r, []string{"310115", "440300", "110108", "330106"}) + draw.Letters(r, 9, of)
	sum, w := 0, 1
	for i := range s {
		sum += strings.IndexByte(of, s[i]) * w
		w = w * 3 % 31
	}
	return s + string(of[(31-sum%31)%31])
}

func vin(r *rand.Rand, _ *bank) string {
	const of = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
	value := func(c byte) int {
		if c <= '9' {
			return int(c - '0')
		}
		return map[byte]int{'A': 1, 'B': 2, 'C': 3, 'D': 4, 'E': 5, 'F': 6, 'G': 7, 'H': 8, 'J': 1, 'K': 2, 'L': 3, 'M': 4, 'N': 5, 'P': 7, 'R': 9, 'S': 2, 'T': 3, 'U': 4, 'V': 5, 'W': 6, 'X': 7, 'Y': 8, 'Z': 9}[c]
	}
	s := []byte("L" + draw.Letters(r, 7, of) + "0" + draw.Letters(r, 2, of) + draw.Digits(r, 6))
	sum := 0
	for i, w := range []int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2} {
		sum += value(s[i]) * w
	}
	s[8] = "0123456789X"[sum%11]
	return string(s)
}

func hkid(r *rand.Rand, _ *bank) string {
	s := draw.Letters(r, 1, draw.Capitals) + draw.Digits(r, 6)
	sum := 36*9 + weighted(s, []int{8, 7, 6, 5, 4, 3, 2})
	return s + "(" + string("0A987654321"[sum%11]) + ")"
}

func nric(r *rand.Rand, _ *bank) string {
	s := draw.Digits(r, 7)
	return "S" + s + string("JZIHGFEDCBA"[weighted(s, []int{2, 7, 6, 5, 4, 3, 2})%11])
}

func iban(r *rand.Rand, _ *bank) string {
	body := draw.Digits(r, 18)
	rest := 0
	for _, c := range body + "131400" {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("DE%02d%s", 98-rest, body)
}

func container(r *rand.Rand, _ *bank) string {
	s := draw.Letters(r, 3, draw.Capitals) + "U" + draw.Digits(r, 6)
	values := map[byte]int{}
	v := 10
	for _, c := range []byte(draw.Capitals) {
		if v%11 == 0 {
			v++
		}
		values[c] = v
		v++
	}
	sum := 0
	for i := range s {
		x := int(s[i] - '0')
		if s[i] >= 'A' {
			x = values[s[i]]
		}
		sum += x << i
	}
	return s + fmt.Sprint(sum%11%10)
}

func imo(r *rand.Rand, _ *bank) string {
	s := "9" + draw.Digits(r, 5)
	return s + fmt.Sprint(weighted(s, []int{7, 6, 5, 4, 3, 2})%10)
}

// makers are the elements whose values are made, each in one of its forms.
var makers = map[string][]maker{
	"cn_resident_id": {residentID},
	"cn_passport":    {func(r *rand.Rand, _ *bank) string { return draw.Pick(r, []string{"E", "G"}) + draw.Digits(r, 8) }},
	"hkid":           {hkid},
	"sg_nric_fin":    {nric},
	"us_ssn": {func(r *rand.Rand, _ *bank) string {
		return fmt.Sprintf("%03d-%02d-%04d", 1+r.IntN(660), 1+r.IntN(99), 1+r.IntN(9998))
	}},
	"person_name_zh":        {nameHan},
	"person_name_latin":     {nameLatin, func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.last) + ", " + draw.Pick(r, b.first) }},
	"date_of_birth":         {isoDate(1940, 2012), func(r *rand.Rand, _ *bank) string { return day(r, 1940, 2012, "%04d%02d%02d") }, func(r *rand.Rand, _ *bank) string { return day(r, 1940, 2012, "%d/%d/%d") }},
	"age":                   {func(r *rand.Rand, _ *bank) string { return fmt.Sprint(1 + r.IntN(90)) }},
	"sex_gender":            {oneOf("男|女"), oneOf("M|F"), oneOf("male|female"), oneOf("1|2"), oneOf("Male|Female|Other")},
	"ethnicity":             {oneOf("汉族|汉族|汉族|回族|满族|壮族|维吾尔族|苗族|土家族|藏族"), oneOf("汉|汉|汉|回|满|壮|苗")},
	"nationality":           {oneOf("中国|中国|美国|日本|韩国|新加坡"), oneOf("CN|CN|US|SG|JP|KR|GB")},
	"marital_status":        {oneOf("已婚|未婚|离异|丧偶"), oneOf("Married|Single|Divorced|Widowed")},
	"political_affiliation": {oneOf("中共党员|共青团员|群众|群众")},
	"education_employment":  {oneOf("本科|大专|硕士|博士|高中|初中"), func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.jobs) }},
	"religion":              {oneOf("佛教|道教|基督教|伊斯兰教|无")},
	"blood_type":            {oneOf("A|B|O|AB"), oneOf("A型|B型|O型|AB型")},
	"salary_income":         {func(r *rand.Rand, _ *bank) string { return fmt.Sprint(3000 + r.IntN(40000)) }, func(r *rand.Rand, _ *bank) string { return fmt.Sprintf("%.2f", 3000+r.Float64()*40000) }},
	"mobile_cn":             {mobile, func(r *rand.Rand, b *bank) string { return "+86" + mobile(r, b) }, func(r *rand.Rand, b *bank) string { s := mobile(r, b); return s[:3] + "-" + s[3:7] + "-" + s[7:] }},
	"phone_intl": {func(r *rand.Rand, _ *bank) string {
		return "+65" + draw.Pick(r, []string{"8", "9"}) + draw.Digits(r, 7)
	}, func(r *rand.Rand, _ *bank) string { return fmt.Sprintf("021-%d%s", 5+r.IntN(2), draw.Digits(r, 7)) }, func(r *rand.Rand, _ *bank) string {
		return "(" + fmt.Sprint(201+r.IntN(700)) + ") 555-" + draw.Digits(r, 4)
	}},
	"email": {func(r *rand.Rand, b *bank) string {
		return strings.ToLower(draw.Pick(r, b.first)) + draw.Digits(r, 3) + "@" + draw.Pick(r, strings.Fields("qq.com 163.com gmail.com example.com outlook.com"))
	}},
	"postal_address_zh": {address},
	"postal_address_latin": {latinAddress, func(r *rand.Rand, b *bank) string {
		return latinAddress(r, b) + ", " + draw.Pick(r, b.last) + " " + draw.Digits(r, 5)
	}},
	"postcode":  {func(r *rand.Rand, _ *bank) string { return fmt.Sprint(100000 + r.IntN(750000)) }},
	"imei_meid": {func(r *rand.Rand, _ *bank) string { return search("35"+draw.Digits(r, 12), "0123456789", luhnRight) }},
	"mac_address": {func(r *rand.Rand, _ *bank) string {
		return strings.TrimSuffix(strings.Repeat(draw.Letters(r, 2, "0123456789ABCDEF")+":", 6), ":")
	}},
	"ip_address": {func(r *rand.Rand, _ *bank) string {
		return fmt.Sprintf("%d.%d.%d.%d", 1+r.IntN(222), r.IntN(256), r.IntN(256), r.IntN(256))
	}},
	"url": {func(r *rand.Rand, b *bank) string {
		return "https://www." + strings.ToLower(draw.Pick(r, b.last)) + ".com/" + draw.Digits(r, 4)
	}},
	"bank_card": {func(r *rand.Rand, _ *bank) string {
		return search(draw.Pick(r, []string{"622202", "621700", "622848", "621661"})+draw.Digits(r, 12), "0123456789", luhnRight)
	}, func(r *rand.Rand, _ *bank) string {
		return search((draw.Pick(r, []string{"4", "51", "52"}) + draw.Digits(r, 14))[:15], "0123456789", luhnRight)
	}},
	"bank_account": {func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 14) }},
	"iban":         {iban},
	"swift_bic": {func(r *rand.Rand, _ *bank) string {
		return draw.Letters(r, 4, draw.Capitals) + draw.Pick(r, []string{"CN", "HK", "SG", "DE", "GB", "US", "JP"}) + draw.Letters(r, 2, draw.Capitals) + draw.Pick(r, []string{"", "XXX", draw.Digits(r, 3)})
	}},
	"diagnosis": {func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.diseases) }, func(r *rand.Rand, _ *bank) string {
		return fmt.Sprintf("%s%02d.%d", draw.Letters(r, 1, "ABCDEFGIJKLMN"), r.IntN(100), r.IntN(10))
	}},
	"precise_location": {func(r *rand.Rand, _ *bank) string { return fmt.Sprintf("%.6f", 73+r.Float64()*60) }, func(r *rand.Rand, _ *bank) string {
		return fmt.Sprintf("%.5f,%.5f", 18+r.Float64()*35, 73+r.Float64()*60)
	}},
	"coarse_region": {oneOf("北京市|上海市|广东省|浙江省|江苏省|四川省|湖北省"), oneOf("Beijing|Shanghai|China|Singapore|Japan|Germany|Hong Kong"), func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.cities) }},
	"licence_plate_cn": {func(r *rand.Rand, _ *bank) string {
		return draw.Pick(r, strings.Fields("京 沪 粤 浙 苏 川 鄂")) + draw.Letters(r, 1, "ABCDEFGH") + draw.Pick(r, []string{draw.Digits(r, 5), draw.Letters(r, 1, "ABCDEFGH") + draw.Digits(r, 4), draw.Digits(r, 4) + draw.Letters(r, 1, "ABCDEFGH")})
	}},
	"vin":  {vin},
	"uscc": {uscc},
	"org_name": {org, func(r *rand.Rand, b *bank) string {
		return draw.Pick(r, b.last) + " " + draw.Pick(r, strings.Fields("Trading Logistics Foods Marine Systems")) + " " + draw.Pick(r, strings.Fields("Ltd. Inc. LLC Co.,Ltd"))
	}},
	"imo_number": {imo},
	"mmsi": {func(r *rand.Rand, _ *bank) string {
		return draw.Pick(r, []string{"412", "413", "477", "563", "367"}) + draw.Digits(r, 6)
	}},
	"container_no":    {container},
	"courier_waybill": {func(r *rand.Rand, _ *bank) string { return "SF" + draw.Digits(r, 13) }},
	"timestamp":       {stamp, isoDate(2015, 2025), func(r *rand.Rand, b *bank) string { return strings.Replace(stamp(r, b), " ", "T", 1) + "Z" }},
	"username_account": {func(r *rand.Rand, b *bank) string {
		return strings.ToLower(draw.Pick(r, b.first)) + "_" + draw.Digits(r, 2)
	}, func(r *rand.Rand, _ *bank) string { return "U" + draw.Digits(r, 7) }},
	"membership":        {func(r *rand.Rand, _ *bank) string { return "VIP" + draw.Digits(r, 6) }, func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 8) }},
	"policy_no":         {func(r *rand.Rand, _ *bank) string { return "P" + draw.Digits(r, 15) }},
	"order_no":          {func(r *rand.Rand, _ *bank) string { return day(r, 2018, 2025, "%04d%02d%02d") + draw.Digits(r, 10) }},
	"medical_record_no": {func(r *rand.Rand, _ *bank) string { return "ZY" + draw.Digits(r, 8) }, func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 9) }},
	"amount":            {func(r *rand.Rand, _ *bank) string { return fmt.Sprintf("%.2f", r.Float64()*9000) }},
}

// nothings make values that are none of the elements, many of them close.
var nothings = []maker{
	func(r *rand.Rand, _ *bank) string { return "2" + draw.Digits(r, 10) }, // after a 1, package chance decides
	func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 16) },
	func(r *rand.Rand, _ *bank) string { return fmt.Sprint(1+r.IntN(9)) + draw.Digits(r, 17) },
	func(r *rand.Rand, _ *bank) string { return fmt.Sprint(1_600_000_000 + r.IntN(1e8)) },
	func(r *rand.Rand, _ *bank) string { return fmt.Sprint(1_600_000_000_000 + r.Int64N(1e11)) },
	func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 6) },
	func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 9) },
	func(r *rand.Rand, _ *bank) string { return fmt.Sprint(r.IntN(1000)) },
	func(r *rand.Rand, _ *bank) string { return fmt.Sprint(r.IntN(5)) },
	func(r *rand.Rand, _ *bank) string { return fmt.Sprintf("%.2f", r.NormFloat64()*50) },
	func(r *rand.Rand, _ *bank) string { return fmt.Sprintf("%.4f", r.Float64()) },
	func(r *rand.Rand, _ *bank) string { return draw.Letters(r, 2, draw.Capitals) + "-" + draw.Digits(r, 5) },
	func(r *rand.Rand, _ *bank) string { return draw.Letters(r, 1, draw.Capitals) + draw.Digits(r, 8) },
	func(r *rand.Rand, _ *bank) string { return draw.Letters(r, 1, draw.Capitals) + draw.Digits(r, 2) }, // as codes of diseases are
	func(r *rand.Rand, _ *bank) string {
		return draw.Letters(r, 1, draw.Capitals) + draw.Digits(r, 2) + "." + draw.Digits(r, 1)
	},
	func(r *rand.Rand, _ *bank) string { return draw.Letters(r, 8, draw.Capitals+"0123456789") },
	func(r *rand.Rand, _ *bank) string { return draw.Letters(r, 32, "0123456789abcdef") },
	func(r *rand.Rand, _ *bank) string { return draw.Letters(r, 3, draw.Capitals) },
	func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.idioms) },
	func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.words) },
	func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.brands) },
	func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 8) },
	func(r *rand.Rand, _ *bank) string {
		return draw.Digits(r, 3) + "-" + draw.Digits(r, 3) + "-" + draw.Digits(r, 4)
	},
	func(r *rand.Rand, _ *bank) string {
		return draw.Digits(r, 4) + "." + draw.Digits(r, 2) + "." + draw.Digits(r, 2)
	},
	func(r *rand.Rand, _ *bank) string {
		return draw.Digits(r, 2) + "-" + draw.Digits(r, 4) + "-" + draw.Digits(r, 4)
	},
	func(r *rand.Rand, _ *bank) string { return draw.Digits(r, 13) },
	func(r *rand.Rand, b *bank) string { return draw.Pick(r, b.identifier) },
	func(r *rand.Rand, b *bank) string { return strings.ReplaceAll(draw.Pick(r, b.identifier), "_", " ") },
	oneOf("active|inactive|pending|closed"), oneOf("true|false"), oneOf("是|否"), oneOf("已完成|处理中|已取消|待支付"), oneOf("A|B|C|D"), oneOf("kg|pcs|box|set"),
	oneOf("USD|CNY|SGD|EUR"), oneOf("red|green|blue|black|white"),
}
