package profile_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
)

// countOf is the number of people of a table, and the columns that tell them
// apart.
func countOf(t testing.TB, cells [][]string) string {
	t.Helper()
	s := profileSource(t, &rows{name: "table", cells: cells}, profile.Options{}).Profile.Subjects
	return fmt.Sprintf("%d %v", *s.Distinct, s.Key)
}

// TestCases are the small inputs beside the repository.
func TestCases(t *testing.T) {
	for name, want := range map[string]string{
		"borrower-guarantor": "40 [借款人身份证]",
		"placeholder-key":    "60 [手机号]",
		"members-a":          "50 [会员号]",
		"float-mobile":       "32 [col_b]",
		"numbers-with-ids":   "100 []",
		"kyc-file-names":     "40 [photo]",
		"json-in-csv":        "40 [payload]",
		"text-0086":          "40 []",
	} {
		s := profileFile(t, shared(t, "cases/"+name+".csv"), profile.Options{}).Profile.Subjects
		if got := fmt.Sprintf("%d %v", *s.Distinct, s.Key); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// made makes tables with people who are known to be different.
type made struct{ r *rand.Rand }

func (m made) id() string     { return residentID(m.r, 1950+m.r.IntN(50)) }
func (m made) mobile() string { return fmt.Sprintf("139%08d", 10000000+m.r.IntN(89999999)) }
func (m made) mail() string   { return fmt.Sprintf("u%d@example.com", m.r.IntN(1e9)) }
func (m made) name() string {
	pick := func(s string) string { f := strings.Fields(s); return f[m.r.IntN(len(f))] }
	return pick("王 李 张 刘 陈 杨 赵 黄 周 吴") + pick("伟 芳 敏 静 丽 强 磊 洋 艳 勇") + pick("国 华 明 军 平")
}

// table is a header and n rows.
func (m made) table(header string, n int, row func(i int) []string) [][]string {
	out := [][]string{strings.Split(header, ",")}
	for i := range n {
		out = append(out, row(i))
	}
	return out
}

// TestRoles are tables of which it is known how many people they are about.
func TestRoles(t *testing.T) {
	m := made{rand.New(rand.NewPCG(11, 12))}
	mobiles := make([]string, 100)
	for i := range mobiles {
		mobiles[i] = m.mobile()
	}
	for name, tc := range map[string]struct {
		want  string
		cells [][]string
	}{
		"holder and insured": {"100 [投保人证件号]", m.table("投保人姓名,投保人证件号,被保险人姓名,被保险人证件号,保额", 50, func(int) []string {
			return []string{m.name(), m.id(), m.name(), m.id(), "1000"}
		})},
		"traditional script": {"100 [借款人身份证號]", m.table("借款人身份证號,擔保人身份证號", 50, func(int) []string { return []string{m.id(), m.id()} })},
		"insured alone, number without a role": {"50 [身份证号]", m.table("被保险人,身份证号,险种", 50, func(int) []string {
			return []string{m.name(), m.id(), "寿险"}
		})},
		"few emergency telephones": {"110 [身份证号]", m.table("姓名,身份证号,紧急联系人电话", 100, func(i int) []string {
			return []string{m.name(), m.id(), mobiles[i%10]}
		})},
		"few emergency telephones, no number of their own": {"110 []", m.table("姓名,性别,紧急联系人电话", 100, func(i int) []string {
			return []string{m.name(), "男", mobiles[i%10]}
		})},
		"a contact each": {"200 [身份证号]", m.table("姓名,身份证号,紧急联系人,紧急联系人电话", 100, func(i int) []string {
			return []string{m.name(), m.id(), m.name(), mobiles[i]}
		})},
		"a contact known by name": {"200 [身份证号]", m.table("姓名,身份证号,紧急联系人姓名", 100, func(int) []string {
			return []string{m.name(), m.id(), m.name()}
		})},
		"spouses who are in the table themselves": {"100 [身份证号]", m.table("身份证号,手机号,配偶手机号", 100, func(i int) []string {
			return []string{m.id(), mobiles[i], mobiles[i^1]}
		})},
		"guests by number": {"150 [guest_1_id]", m.table("room,guest_1_id,guest_2_id,guest_3_id", 50, func(i int) []string {
			return []string{fmt.Sprint(i), m.id(), m.id(), m.id()}
		})},
		"sender and receiver": {"100 [寄件人手机]", m.table("运单号,寄件人姓名,寄件人手机,收件人姓名,收件人手机", 50, func(i int) []string {
			return []string{fmt.Sprint("YT", i), m.name(), mobiles[i], m.name(), mobiles[50+i]}
		})},
		"signed for by the family": {"100 [寄件人手机]", m.table("运单号,寄件人姓名,寄件人手机,收件人姓名,收件人手机,签收人", 50, func(i int) []string {
			return []string{fmt.Sprint("YT", i), m.name(), mobiles[i], m.name(), mobiles[50+i], []string{"家人", "本人", "快递柜"}[i%3]}
		})},
		"signed_by is no account of the sender": {"100 [sender_phone]", m.table("waybill,sender_name,sender_phone,receiver_name,receiver_phone,signed_by", 50, func(i int) []string {
			return []string{fmt.Sprint("SF", i), m.name(), mobiles[i], m.name(), mobiles[50+i], []string{"family", "self", "locker"}[i%3]}
		})},
		"two telephones, no role: the higher reading": {"100 [phone_1]", m.table("phone_1,phone_2", 50, func(i int) []string {
			return []string{mobiles[i], mobiles[50+i]}
		})},
		"two telephones of somebody with a number": {"50 [身份证号]", m.table("身份证号,phone_1,phone_2", 50, func(i int) []string {
			return []string{m.id(), mobiles[i], mobiles[50+i]}
		})},
		"pinyin": {"100 [jkrsfzh]", m.table("jkrsfzh,dbrsfzh", 50, func(int) []string { return []string{m.id(), m.id()} })},
		"two numbers of one kind, no role that is known": {"100 [乙方身份证号]", m.table("甲方身份证号,乙方身份证号", 50, func(int) []string {
			return []string{m.id(), m.id()}
		})},
		"customer and employee": {"105 [customer_id]", m.table("customer_id,customer_name,employee_id", 100, func(i int) []string {
			return []string{fmt.Sprint(1000 + i), m.name(), fmt.Sprint(1 + i%5)}
		})},
	} {
		if got := countOf(t, tc.cells); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestSharedKeys are tables in which one number does not tell people apart.
// TestMentions counts people whom texts name by a number of identity.
func TestMentions(t *testing.T) {
	m := made{rand.New(rand.NewPCG(5, 5))}
	ids, mobiles := make([]string, 60), make([]string, 60)
	for i := range ids {
		ids[i], mobiles[i] = m.id(), m.mobile()
	}
	for name, tt := range map[string]struct {
		cells [][]string
		want  string
	}{
		"a note names somebody else": {m.table("客户手机,备注", 40, func(i int) []string {
			note := "无"
			if i < 10 {
				note = "代办人身份证" + ids[i] + "，已核对"
			}
			return []string{mobiles[i], note}
		}), "50 [客户手机]"},
		"a note repeats the number of the row": {m.table("身份证号,备注", 40, func(i int) []string {
			note := ""
			if i < 10 {
				note = "号码为" + ids[i]
			}
			return []string{ids[i], note}
		}), "40 [身份证号]"},
		"lists of guests": {m.table("订单,住客身份证", 20, func(i int) []string {
			return []string{fmt.Sprint("D", 1000+i), ids[3*i] + ";" + ids[3*i+1] + "；" + ids[3*i+2]}
		}), "60 [住客身份证]"},
		"some cells are lists": {m.table("订单,住客身份证", 40, func(i int) []string {
			if i%4 == 0 {
				return []string{fmt.Sprint("D", 1000+i), ids[i] + "," + ids[40+i/4]}
			}
			return []string{fmt.Sprint("D", 1000+i), ids[i]}
		}), "50 [住客身份证]"},
		"a mobile in a text, twice": {m.table("ref,memo", 40, func(i int) []string {
			return []string{fmt.Sprint(1000 + i), "请回电+86 " + mobiles[i/2] + "谢谢"}
		}), "20 []"},
		"rows without anybody": {m.table("ref,memo", 40, func(i int) []string {
			if i%2 == 0 {
				return []string{fmt.Sprint(1000 + i), ""}
			}
			return []string{fmt.Sprint(1000 + i), "a.b" + fmt.Sprint(i) + "@example.com wrote"}
		}), "20 []"},
	} {
		if got := countOf(t, tt.cells); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// TestChildrenInTexts counts a child whom only a note names.
func TestChildrenInTexts(t *testing.T) {
	m := made{rand.New(rand.NewPCG(6, 6))}
	cells := m.table("客户手机,备注", 40, func(i int) []string {
		note := "无"
		switch {
		case i < 6:
			note = "随行儿童" + residentID(m.r, 2020)
		case i < 10:
			note = "代办人" + m.id()
		}
		return []string{m.mobile(), note}
	})
	on := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	s := profileSource(t, &rows{name: "table", cells: cells}, profile.Options{On: on}).Profile.Subjects
	if n := s.Classes["under_14"]; n == nil || *n != 6 || *s.Distinct != 50 {
		t.Errorf("%d people, children %v, want 50 and 6", *s.Distinct, n)
	}
}

func TestSharedKeys(t *testing.T) {
	m := made{rand.New(rand.NewPCG(13, 14))}
	mobiles, ids, names := make([]string, 60), make([]string, 60), make([]string, 60)
	for i := range mobiles {
		mobiles[i], ids[i], names[i] = m.mobile(), m.id(), string([]rune("王李张刘陈杨")[i%6])+string([]rune("伟芳敏静丽强磊洋艳勇")[i/6])+"华"
	}
	for name, tc := range map[string]struct {
		want  string
		cells [][]string
	}{
		"families on one telephone": {"60 [手机号]", m.table("姓名,手机号", 60, func(i int) []string { return []string{names[i], mobiles[i/3]} })},
		"each person twice":         {"30 [手机号]", m.table("姓名,手机号", 60, func(i int) []string { return []string{names[i%30], mobiles[i%30]} })},
		"telephone of a known number": {"50 [手机号]", m.table("身份证号,手机号", 60, func(i int) []string {
			if i >= 50 {
				return []string{"", mobiles[i-50]}
			}
			return []string{ids[i], mobiles[i]}
		})},
		"telephone of nobody known": {"60 [手机号]", m.table("身份证号,手机号", 60, func(i int) []string {
			if i >= 50 {
				return []string{"", mobiles[i]}
			}
			return []string{ids[i], mobiles[i]}
		})},
		"telephone of several": {"60 [手机号]", m.table("身份证号,手机号", 60, func(i int) []string {
			if i >= 50 {
				return []string{"", mobiles[0]}
			}
			return []string{ids[i], mobiles[i/2]}
		})},
		"placeholders": {"60 [身份证号]", m.table("身份证号,手机号", 60, func(i int) []string {
			if i%2 == 0 {
				return []string{[]string{"0", "无", "测试", "111111111111111111"}[i/2%4], mobiles[i]}
			}
			return []string{ids[i], mobiles[i]}
		})},
		"placeholders and no other key": {"60 [手机号]", m.table("手机号,城市", 60, func(i int) []string {
			return []string{[]string{mobiles[i], "13800000000", mobiles[i], "11111111111"}[i%4], "上海"}
		})},
		"member number of a couple": {"50 [会员号]", m.table("会员号,身份证号", 60, func(i int) []string {
			if i%6 == 5 {
				return []string{fmt.Sprint(1000 + i/2), ""}
			}
			return []string{fmt.Sprint(1000 + i/2), ids[i]}
		})},
	} {
		if got := countOf(t, tc.cells); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// The order of rows and of columns says nothing about people, and one more row
// of a table in which each row has its key does not make them fewer.
func TestOrderOfRowsAndColumns(t *testing.T) {
	rapid.Check(t, func(t2 *rapid.T) {
		m := made{rand.New(rand.NewPCG(uint64(rapid.IntRange(0, 1000).Draw(t2, "seed")), 1))}
		n := rapid.IntRange(30, 80).Draw(t2, "rows")
		pool := rapid.IntRange(5, 60).Draw(t2, "people")
		ids, mobiles := make([]string, pool), make([]string, pool)
		for i := range pool {
			ids[i], mobiles[i] = m.id(), m.mobile()
		}
		gaps := rapid.Bool().Draw(t2, "gaps")
		cells := m.table("姓名,身份证号,手机号,担保人姓名,担保人手机号,城市", n, func(i int) []string {
			k, g := m.r.IntN(pool), m.r.IntN(pool)
			row := []string{m.name(), ids[k], mobiles[k], m.name(), mobiles[g], "上海"}
			if gaps && i%7 == 0 {
				row[1] = ""
			}
			return row
		})
		count := func(cells [][]string) int64 {
			s := profileSource(t, &rows{name: "table", cells: cells, batch: 25}, profile.Options{Memory: 1, Dir: t.TempDir()}).Profile.Subjects
			return *s.Distinct
		}
		want := count(cells)
		moved := slices.Clone(cells)
		m.r.Shuffle(n, func(i, j int) { moved[i+1], moved[j+1] = moved[j+1], moved[i+1] })
		if got := count(moved); got != want {
			t2.Fatalf("%d people, %d with the rows in another order", want, got)
		}
		order := m.r.Perm(len(cells[0]))
		for i := range moved {
			row := make([]string, len(order))
			for to, from := range order {
				row[to] = moved[i][from]
			}
			moved[i] = row
		}
		if got := count(moved); got != want {
			t2.Fatalf("%d people, %d with the columns in another order", want, got)
		}
		if gaps {
			return
		}
		if fewer := count(cells[:len(cells)-1]); fewer > want {
			t2.Fatalf("%d people, %d without the last row", want, fewer)
		}
	})
}

// TestSpellings are columns of one person in several spellings, or of several
// people whose numbers look alike.
func TestSpellings(t *testing.T) {
	m := made{rand.New(rand.NewPCG(15, 16))}
	ids, mobiles := make([]string, 40), make([]string, 40)
	for i := range ids {
		ids[i], mobiles[i] = m.id(), m.mobile()
	}
	short := func(id string) string { return id[:6] + id[8:17] }
	for name, tc := range map[string]struct {
		want  string
		cells [][]string
	}{
		"15 and 18 digits": {"40 [身份证号]", m.table("身份证号", 80, func(i int) []string {
			if i >= 40 {
				return []string{short(ids[i-40][:17] + "X")}
			}
			return []string{modernOf(ids[i])}
		})},
		"apostrophe and formula": {"40 [身份证号]", m.table("身份证号", 120, func(i int) []string {
			return []string{[]string{"'" + ids[i%40], `="` + ids[i%40] + `"`, ids[i%40]}[i/40]}
		})},
		"mobiles": {"40 [手机号]", m.table("手机号", 240, func(i int) []string {
			v := mobiles[i%40]
			full := strings.Map(func(r rune) rune { return r + '０' - '0' }, v)
			return []string{[]string{v, "+86 " + v[:3] + "-" + v[3:], "0086" + v, full, v + "\u200b", "86" + v}[i/40]}
		})},
		"mobiles as numbers": {"40 [手机号]", m.table("手机号", 52, func(i int) []string {
			v := mobiles[i%40]
			if i < 40 {
				return []string{v}
			}
			return []string{[]string{v + ".0", v[:1] + "." + v[1:] + "E+10"}[i%2]}
		})},
		"mobiles that lost digits are rows": {"80 [手机号]", m.table("手机号", 80, func(i int) []string {
			if i < 40 {
				return []string{mobiles[i]}
			}
			return []string{"1.39E+10"}
		})},
		"another country's number": {"80 [手机号]", m.table("手机号", 80, func(i int) []string {
			if i < 40 {
				return []string{mobiles[i]}
			}
			return []string{"+" + mobiles[i-40]}
		})},
		"addresses": {"80 [email]", m.table("email", 120, func(i int) []string {
			return []string{[]string{fmt.Sprintf("a-b%d@example.com", i%40), fmt.Sprintf("ab%d@example.com", i%40), fmt.Sprintf("AB%d@Example.com", i%40)}[i/40]}
		})},
		"tags": {"80 [email]", m.table("email", 80, func(i int) []string {
			return []string{[]string{fmt.Sprintf("ab%d@example.com", i%40), fmt.Sprintf("ab%d+x@example.com", i%40)}[i/40]}
		})},
	} {
		if got := countOf(t, tc.cells); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// modernOf is an 18-digit number with its right check digit.
func modernOf(id string) string {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(id[i]-'0') * w
	}
	return id[:17] + string("10X98765432"[sum%11])
}

// A column that says how old people are and cannot be read makes the number of
// children unknown, and the census counts whoever may be one. Without such a
// column it is not known either, and the census counts none.
func TestUnreadAges(t *testing.T) {
	m := made{rand.New(rand.NewPCG(17, 18))}
	day := time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		want   string
		header string
		row    func(i int) []string
	}{
		"no such column": {"-, most 0 []", "email,城市", func(i int) []string { return []string{m.mail(), "上海"} }},
		"read":           {"20, most 20 []", "email,出生日期", func(i int) []string { return []string{m.mail(), []string{"1990-01-02", "2020-03-04"}[i/80]} }},
		"unreadable":     {"-, most 100 [出生日期]", "email,出生日期", func(i int) []string { return []string{m.mail(), "庚午年"} }},
		"ages as words":  {"-, most 100 [age]", "email,age", func(i int) []string { return []string{m.mail(), "seven"} }},
		"half": {"-, most 40 [出生日期]", "email,出生日期", func(i int) []string {
			return []string{m.mail(), []string{"1990-01-02", "2020-03-04", "?!"}[max(0, i/30-1)%3]}
		}},
		"little dirt":          {"0, most 0 []", "email,出生日期", func(i int) []string { return []string{m.mail(), []string{"1990-01-02", "x"}[i/97]} }},
		"a school class":       {"-, most 100 [学生年级]", "学生姓名,email,学生年级", func(i int) []string { return []string{m.name(), m.mail(), "三年级"} }},
		"a class beside birth": {"0, most 0 []", "email,年级,出生日期", func(i int) []string { return []string{m.mail(), "大三", "2004-05-06"} }},
		"masked numbers":       {"-, most 100 [身份证号]", "身份证号,email", func(i int) []string { return []string{m.id()[:6] + "********" + "1234", m.mail()} }},
		"masked births":        {"-, most 100 [出生日期]", "email,出生日期", func(i int) []string { return []string{m.mail(), "199*-**-**"} }},
		"encrypted births":     {"-, most 100 [birthdate_enc]", "email,birthdate_enc", func(i int) []string { return []string{m.mail(), fmt.Sprintf("%016x==", m.r.Uint64())} }},
		"hashed births":        {"-, most 100 [客户出生日期密文]", "email,客户出生日期密文", func(i int) []string { return []string{m.mail(), fmt.Sprintf("%032x", m.r.Uint64())} }},
		"year of birth":        {"20, most 20 []", "email,出生年", func(i int) []string { return []string{m.mail(), []string{"1990", "2020"}[i/80]} }},
		"groups of ages":       {"20, most 20 []", "email,age_group", func(i int) []string { return []string{m.mail(), []string{"18-30", "6-12"}[i/80]} }},
		"open groups of ages":  {"-, most 20 [年龄段]", "email,年龄段", func(i int) []string { return []string{m.mail(), []string{"18岁以上", "18岁以下"}[i/80]} }},
		"codes of ages":        {"-, most 100 [AgeCat]", "email,AgeCat", func(i int) []string { return []string{m.mail(), fmt.Sprint(i % 6)} }},
		"words for ages":       {"-, most 100 [年龄分组]", "email,年龄分组", func(i int) []string { return []string{m.mail(), []string{"儿童", "成人"}[i%2]} }},
		"ages in months":       {"100, most 100 []", "email,age", func(i int) []string { return []string{m.mail(), fmt.Sprint(20+i, "个月")} }},
		"infants":              {"30, most 30 []", "email,age", func(i int) []string { return []string{m.mail(), []string{"0", "35"}[min(1, i/30)]} }},
		"schools":              {"-, most 100 [school_name]", "email,school_name", func(i int) []string { return []string{m.mail(), "Lincoln Elementary School"} }},
		"classes by values":    {"-, most 100 [class]", "email,class", func(i int) []string { return []string{m.mail(), []string{"三年级2班", "初二", "Grade 4"}[i%3]} }},
		"universities":         {"-, most 0 []", "email,school", func(i int) []string { return []string{m.mail(), []string{"复旦大学", "Stanford University"}[i%2]} }},
		"school left long ago": {"-, most 0 []", "email,毕业学校", func(i int) []string { return []string{m.mail(), "上海中学"} }},
		"level of education":   {"-, most 0 []", "email,学历", func(i int) []string { return []string{m.mail(), []string{"高中", "初中", "本科"}[i%3]} }},
		"birthplace":           {"-, most 0 []", "email,出生地", func(i int) []string { return []string{m.mail(), "上海"} }},
		"empty":                {"-, most 0 []", "email,出生日期", func(i int) []string { return []string{m.mail(), ""} }},
		"of the contact only":  {"-, most 100 [监护人出生日期]", "email,监护人手机号,监护人出生日期", func(i int) []string { return []string{m.mail(), m.mobile(), "unclear"} }},
	} {
		res := profileSource(t, &rows{name: "table", cells: m.table(tc.header, 100, tc.row)}, profile.Options{On: day})
		most, err := res.Census.Count(func(string) bool { return true }, yearly)
		if err != nil {
			t.Fatal(err)
		}
		s := res.Profile.Subjects
		n := "-"
		if c := s.Classes["under_14"]; c != nil {
			n = fmt.Sprint(*c)
		}
		if got := fmt.Sprintf("%s, most %d %v", n, most["under_14"], s.Unread); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// A number of the exporter's own is of one person in one system only; an
// identity number is of one person everywhere.
func TestSystems(t *testing.T) {
	m := made{rand.New(rand.NewPCG(19, 20))}
	key := make([]byte, 32)
	members := m.table("会员号,城市", 50, func(i int) []string { return []string{fmt.Sprint(1 + i), "上海"} })
	ids := m.table("身份证号,城市", 50, func(i int) []string { return []string{m.id(), "上海"} })
	both := func(cells [][]string, a, b string) int {
		all := map[string]bool{}
		for _, system := range []string{a, b} {
			res := profileSource(t, &rows{name: "table", cells: cells}, profile.Options{Key: key, System: system})
			for _, p := range peopleOf(t, res.Census, nil) {
				all[p] = true
			}
		}
		return len(all)
	}
	for name, tc := range map[string]struct {
		cells [][]string
		a, b  string
		want  int
	}{
		"members of two shops": {members, "shop-a", "shop-b", 100}, "members of one shop": {members, "shop", "shop", 50},
		"identity numbers": {ids, "shop-a", "shop-b", 50},
	} {
		if got := both(tc.cells, tc.a, tc.b); got != tc.want {
			t.Errorf("%s: %d people, want %d", name, got, tc.want)
		}
	}
}

// The profile says how the people of each role were told apart.
func TestRolesOfAProfile(t *testing.T) {
	m := made{rand.New(rand.NewPCG(21, 22))}
	p := profileSource(t, &rows{name: "table", cells: m.table("借款人身份证,担保人身份证", 50, func(int) []string { return []string{m.id(), m.id()} })}, profile.Options{}).Profile
	want := []dataspace.RoleSubjects{
		{Role: "borrower", Keys: []dataspace.RoleKey{{Columns: []string{"借款人身份证"}, Rows: 50}}},
		{Role: "guarantor", Keys: []dataspace.RoleKey{{Columns: []string{"担保人身份证"}, Rows: 50}}},
	}
	if diff := cmp.Diff(want, p.Subjects.Roles); diff != "" {
		t.Error(diff)
	}
	raw, err := dataspace.NewDocument(p)
	if err != nil {
		t.Fatal(err)
	}
	var back dataspace.Profile
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Subjects, back.Subjects); diff != "" {
		t.Error(diff)
	}
}
