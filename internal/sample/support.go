package sample

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

const (
	supportTickets = 260
	supportPeople  = 104
)

var supportHeader = []string{"工单编号", "用户编号", "身份证号", "手机号", "电子邮箱", "产品", "问题类别", "问题描述", "创建时间", "满意度"}

// customer is a person with the number under which the company knows them.
type customer struct {
	person
	number string
}

// complaint is a typical text about one category. Nothing in it says who wrote
// it.
type complaint struct {
	category string
	texts    []string
}

var (
	supportProducts = []string{"墨海阅读", "听潮有声", "星幕视频", "画屏漫画", "知行课堂", "Inkwell Reader", "Tidal Audio"}

	supportComplaints = []complaint{
		{"登录与账号", []string{
			"更换设备后提示登录过期，重新安装后仍然无法进入。",
			"收不到验证短信，已等待十分钟，请协助处理。",
			"Signed out every time the app is closed, since the last update.",
		}},
		{"播放与阅读", []string{
			"离线下载的章节打不开，提示文件损坏。",
			"视频播放到一半卡顿，切换网络后没有改善。",
			"夜间模式下字体颜色过浅，看不清楚，希望可以调整。",
			"Audio stops after about ten minutes in the background on a tablet.",
		}},
		{"订阅与续费", []string{
			"取消自动续订以后页面仍显示已开通，请确认。",
			"家庭套餐邀请链接失效，家里的第二台设备加不进来。",
			"Upgraded to the annual plan but the old plan is still shown.",
		}},
		{"内容建议", []string{
			"希望增加繁体中文版本，方便海外读者。",
			"这一季的字幕与画面不同步，大约慢两秒。",
			"Please add English subtitles to the documentary series.",
			"漫画第三十二话缺页，请补齐，谢谢！",
		}},
		{"下载与缓存", []string{
			"缓存位置改到存储卡后，“已下载”列表变空了。",
			"下载速度很慢，一集要半小时以上；换了网络也一样。",
			"Storage is reported as full although 20 GB are free.",
		}},
		{"其他", []string{
			"开具发票的入口找不到了，请指引。",
			"推送太多，能不能只保留更新提醒？",
			"The help page opens in the wrong language, \"default\" has no effect.",
		}},
	}
)

type ticket struct {
	at  time.Time
	who customer
}

func writeSupport(w io.Writer, r *rand.Rand) error {
	tickets := make([]ticket, supportTickets)
	customers := makeCustomers(r)
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
	for i := range tickets {
		// Each customer appears once; after that customers are chosen at
		// random.
		who := customers[i%supportPeople]
		if i >= supportPeople {
			who = pick(r, customers)
		}
		tickets[i] = ticket{from.Add(time.Duration(r.IntN(180*24*3600)) * time.Second), who}
	}
	slices.SortStableFunc(tickets, func(a, b ticket) int { return a.at.Compare(b.at) })

	out := csv.NewWriter(w)
	_ = out.Write(supportHeader) // a csv.Writer keeps its first error for Error
	for i, t := range tickets {
		c := pick(r, supportComplaints)
		_ = out.Write([]string{
			fmt.Sprintf("T2026%06d", 18203+i*7),
			t.who.number, t.who.id, t.who.mobile, t.who.email,
			pick(r, supportProducts), c.category, pick(r, c.texts),
			t.at.Format("2006-01-02 15:04:05"),
			satisfaction(r),
		})
	}
	out.Flush()
	return out.Error()
}

func makeCustomers(r *rand.Rand) []customer {
	c := newCrowd(r)
	numbers := map[string]bool{}
	out := make([]customer, supportPeople)
	for i := range out {
		out[i].person = c.next(1962, 2004)
		out[i].number = unique(numbers, func() string { return fmt.Sprintf("U%08d", 10_000_000+r.IntN(90_000_000)) })
	}
	slices.SortFunc(out, func(a, b customer) int { return cmp.Compare(a.number, b.number) })
	return out
}

// satisfaction is one to five stars, or empty without an answer.
func satisfaction(r *rand.Rand) string {
	if r.IntN(8) == 0 {
		return ""
	}
	return strconv.Itoa(5 - r.IntN(5)*r.IntN(5)/4)
}
