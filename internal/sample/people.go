package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// person is an invented adult.
type person struct {
	name   string // Chinese
	pinyin string // family name and given names, lower case, joined
	id     string // resident identity number
	birth  time.Time
	male   bool
	mobile string
	email  string
}

// crowd makes persons who share neither identity number, mobile number nor
// e-mail address.
type crowd struct {
	r       *rand.Rand
	ids     map[string]bool
	mobiles map[string]bool
}

func newCrowd(r *rand.Rand) *crowd {
	return &crowd{r: r, ids: map[string]bool{}, mobiles: map[string]bool{}}
}

// next makes another person, born between the given years.
func (c *crowd) next(from, to int) person {
	p := person{male: c.r.IntN(2) == 0}
	p.birth = c.day(from, to)
	p.id = unique(c.ids, func() string { return c.residentID(p.birth, p.male) })
	p.mobile = c.mobile()
	p.name, p.pinyin = c.chineseName(p.male)
	// The number of people so far makes addresses different.
	p.email = fmt.Sprintf("%s%d@%s", p.pinyin, len(c.mobiles)+100, pick(c.r, mailDomains))
	return p
}

// day chooses a day from the first of January of one year to the last of
// December of another.
func (c *crowd) day(from, to int) time.Time {
	first := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC)
	days := int(time.Date(to+1, 1, 1, 0, 0, 0, 0, time.UTC).Sub(first).Hours() / 24)
	return first.AddDate(0, 0, c.r.IntN(days))
}

// residentID makes a number in the form of GB 11643. The division codes are
// those of whole cities, which are in GB/T 2260 but are not issued to people:
// the numbers pass every check of form and belong to nobody.
func (c *crowd) residentID(birth time.Time, male bool) string {
	seq := 2 * c.r.IntN(499)
	if male {
		seq++
	}
	head := fmt.Sprintf("%s%s%03d", pick(c.r, cityDivisions), birth.Format("20060102"), seq)
	return head + string(checkDigit(head))
}

// checkDigit is ISO 7064 MOD 11-2 over the seventeen digits before it.
func checkDigit(head string) byte {
	sum := 0
	for i := range len(head) {
		sum = (sum + int(head[i]-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}

func (c *crowd) mobile() string {
	return unique(c.mobiles, func() string {
		return pick(c.r, mobileSegments) + fmt.Sprintf("%08d", c.r.IntN(100_000_000))
	})
}

func (c *crowd) chineseName(male bool) (name, pinyin string) {
	family := pick(c.r, familyNames)
	given := femaleGiven
	if male {
		given = maleGiven
	}
	g := pick(c.r, given)
	return family.zh + g.zh, family.latin + g.latin
}

// unique draws until it gets a new value.
func unique(seen map[string]bool, draw func() string) string {
	for {
		if v := draw(); !seen[v] {
			seen[v] = true
			return v
		}
	}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// word is a word in Chinese and in Latin letters.
type word struct{ zh, latin string }

// words parses "zh latin" pairs separated by commas.
func words(s string) []word {
	var out []word
	for _, pair := range strings.Split(s, ",") {
		zh, latin, _ := strings.Cut(strings.TrimSpace(pair), " ")
		out = append(out, word{zh, latin})
	}
	return out
}

var (
	familyNames = words("王 wang,李 li,张 zhang,刘 liu,陈 chen,杨 yang,黄 huang,赵 zhao,吴 wu,周 zhou,徐 xu,孙 sun,马 ma,朱 zhu,胡 hu,郭 guo,何 he,林 lin,罗 luo,高 gao,梁 liang,宋 song,郑 zheng,谢 xie,韩 han,唐 tang,冯 feng,于 yu,董 dong,萧 xiao,程 cheng,曹 cao,袁 yuan,邓 deng,许 xu,傅 fu,沈 shen,曾 zeng,彭 peng,吕 lv,苏 su,卢 lu,蒋 jiang,蔡 cai,贾 jia,丁 ding,魏 wei,薛 xue,叶 ye,阎 yan,欧阳 ouyang,上官 shangguan,诸葛 zhuge,司徒 situ")
	maleGiven   = words("伟 wei,强 qiang,磊 lei,军 jun,勇 yong,杰 jie,涛 tao,超 chao,明 ming,刚 gang,志强 zhiqiang,建华 jianhua,文博 wenbo,宇轩 yuxuan,浩然 haoran,子墨 zimo,俊杰 junjie,天佑 tianyou,嘉豪 jiahao,思远 siyuan,晓东 xiaodong,国栋 guodong,立新 lixin,家骏 jiajun,海波 haibo,振宇 zhenyu,一鸣 yiming,泽宇 zeyu,世杰 shijie,鹏飞 pengfei")
	femaleGiven = words("芳 fang,娜 na,敏 min,静 jing,丽 li,艳 yan,娟 juan,霞 xia,秀英 xiuying,桂英 guiying,雨涵 yuhan,梓涵 zihan,欣怡 xinyi,诗琪 shiqi,思颖 siying,佳怡 jiayi,晓雯 xiaowen,雅婷 yating,美玲 meiling,海燕 haiyan,玉兰 yulan,婉清 wanqing,若曦 ruoxi,语嫣 yuyan,嘉欣 jiaxin,慧敏 huimin,春梅 chunmei,淑华 shuhua,梦洁 mengjie,可馨 kexin")

	// Whole prefectures: see residentID.
	cityDivisions = []string{"110100", "120100", "310100", "320100", "320500", "330100", "330200", "340100", "350100", "350200", "370100", "370200", "410100", "420100", "430100", "440100", "440300", "500100", "510100", "610100"}

	mobileSegments = []string{"130", "131", "132", "133", "134", "135", "136", "137", "138", "139", "150", "151", "152", "153", "155", "156", "157", "158", "159", "176", "177", "178", "180", "181", "182", "183", "185", "186", "187", "188", "189", "191", "198", "199"}

	mailDomains = []string{"example.com", "example.net", "example.org", "mail.example.com"}
)
