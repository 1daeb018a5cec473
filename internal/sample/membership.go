package sample

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

const members = 120_000

var memberHeader = []string{"会员号", "昵称", "电子邮箱", "手机号", "城市", "注册日期", "会员等级", "出生年份"}

var (
	memberCities = []string{"上海", "北京", "广州", "深圳", "杭州", "南京", "苏州", "成都", "武汉", "西安", "重庆", "天津", "青岛", "厦门", "宁波", "长沙", "合肥", "郑州", "济南", "福州", "新加坡", "香港"}
	memberLevels = []string{"普通会员", "普通会员", "普通会员", "普通会员", "白银会员", "白银会员", "黄金会员", "钻石会员"}

	nickFirst  = words("听雨 rain,追光 light,深海 deepsea,南山 south,长安 longan,旧时 olden,半夏 summer,青柠 lime,晚风 breeze,星河 galaxy,江南 jiangnan,云端 cloud,白露 dew,清欢 joy,流年 years,北岛 north,山月 moon,浅草 grass,西窗 window,孤舟 boat")
	nickSecond = words("的猫 cat,旅人 traveller,书生 reader,小鹿 deer,先生 mister,同学 fellow,阿狸 fox,拾荒者 finder,煮茶 tea,不眠 awake,来信 letter,漫步 walk,小熊 bear,听众 listener,画师 painter,画眉 thrush")
)

func writeMembership(w io.Writer, r *rand.Rand) error {
	c := newCrowd(r)
	out := csv.NewWriter(w)
	_ = out.Write(memberHeader) // a csv.Writer keeps its first error for Error
	joined := time.Date(2016, 5, 1, 0, 0, 0, 0, time.UTC)
	number := 100_000_000
	for i := range members {
		number += 1 + r.IntN(60)
		zh, latin := nickname(r)
		// The number of the row makes addresses different.
		mail := fmt.Sprintf("%s%d@%s", latin, i+1000, pick(r, mailDomains))
		// Numbers are issued in the order of joining: some 3,700 days in total.
		day := joined.AddDate(0, 0, i*3700/members)
		_ = out.Write([]string{
			"M" + strconv.Itoa(number), zh, mail, c.mobile(),
			pick(r, memberCities), day.Format("2006-01-02"), pick(r, memberLevels),
			strconv.Itoa(1955 + r.IntN(50)),
		})
	}
	out.Flush()
	return out.Error()
}

// nickname is Chinese for most and Latin for some; the second form serves as
// the local part of an e-mail address.
func nickname(r *rand.Rand) (shown, latin string) {
	a, b := pick(r, nickFirst), pick(r, nickSecond)
	latin = a.latin + "." + b.latin
	if r.IntN(6) == 0 {
		return latin + strconv.Itoa(r.IntN(1000)), latin
	}
	return a.zh + b.zh + strconv.Itoa(r.IntN(1000)), latin
}
