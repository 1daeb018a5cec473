package main

import (
	"fmt"
	"strings"
)

// This file makes what people and things have that no check digit proves. The
// lists are written by hand for this program.

var (
	surnames    = strings.Fields("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈 韩 杨 朱 秦 许 何 吕 张 孔 曹 严 金 魏 姜 谢 邹 苏 潘 范 彭 鲁 马 方 任 袁 柳 唐 罗 薛 雷 贺 汤 殷 毕 郝 安 常 傅 齐 康 余 顾 孟 黄 萧 尹 姚 邵 汪 毛 戴 宋 庞 熊 纪 舒 屈 项 祝 董 梁 杜 阮 蓝 闵 季 贾 江 童 颜 郭 林 钟 徐 邱 骆 高 夏 蔡 田 樊 胡 凌 霍 万 柯 卢 莫 丁 邓 欧阳 上官 司马 诸葛")
	given       = strings.Fields("伟 芳 秀英 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 志强 建华 文博 浩然 子涵 雨桐 欣怡 梓轩 俊杰 思远 晓东 海燕 春梅 玉兰 国栋 家豪 嘉欣 诗琪 佳怡 天宇 博文 雪梅 立新 志远 慧敏 红梅 小龙 振华 淑珍 凤英 文静 鹏飞 宏伟 婷婷 瑞雪 一鸣 怀民 景行 若溪 书瑶 启航 承恩 泽宇")
	firstNames  = strings.Split("James,Mary,Robert,Patricia,Michael,Linda,David,Susan,Thomas,Karen,Daniel,Nancy,Matthew,Lisa,Anthony,Sandra,Paul,Emily,Kevin,Laura,Brian,Rachel,Jason,Olivia,Nathan,Chloe,Adam,Grace,Peter,Hannah,Samuel,Alice,Henry,Julia,Oscar,Clara,Felix,Amelia,Hugo,Sofia,Wei,Mei,Jun,Ling,Aisha,Omar,Priya,Arjun,Hiroshi,Yuki,Minjun,Soyeon,Nguyen,Thi,Siti,Ahmad", ",")
	lastNames   = strings.Split("Smith,Johnson,Williams,Brown,Jones,Garcia,Miller,Davis,Martinez,Wilson,Anderson,Taylor,Thomas,Moore,Jackson,Martin,Thompson,White,Harris,Clark,Lewis,Walker,Young,Allen,Wright,Scott,Hill,Green,Adams,Baker,Nelson,Carter,Mitchell,Roberts,Turner,Phillips,Campbell,Parker,Evans,Edwards,Collins,Stewart,Morris,Murphy,Cook,Rogers,Morgan,Cooper,Peterson,Reed,Bailey,Tan,Lim,Lee,Wong,Chan,Ng,Patel,Singh,Kumar,Tanaka,Suzuki,Kim,Park", ",")
	cities      = [][2]string{{"上海市", "浦东新区"}, {"北京市", "朝阳区"}, {"广东省深圳市", "南山区"}, {"浙江省杭州市", "西湖区"}, {"江苏省南京市", "鼓楼区"}, {"四川省成都市", "武侯区"}, {"湖北省武汉市", "洪山区"}, {"福建省厦门市", "思明区"}, {"山东省青岛市", "市南区"}, {"陕西省西安市", "雁塔区"}}
	roads       = strings.Fields("人民路 中山路 解放路 建设路 和平路 世纪大道 长江路 文化路 新华路 科技路 学院路 滨江大道 光明街 幸福街 花园路")
	estates     = strings.Fields("阳光花园 锦绣家园 金色年华 碧水湾 翠湖苑 万和城 东方名城 紫荆苑 书香门第 绿城小区")
	streets     = strings.Split("Main,Oak,Maple,Cedar,Park,Lake,Hill,Church,High,Station,Victoria,King,Queen,Mill,Spring,River,Bridge,Elm,Washington", ",")
	streetKinds = strings.Split("Street,St,Road,Rd,Avenue,Ave,Lane,Drive,Dr,Court,Boulevard,Blvd", ",")
	towns       = strings.Split("Springfield,Riverside,Franklin,Greenville,Bristol,Clinton,Fairview,Salem,Madison,Georgetown,Arlington,Ashland,Dover,Oxford", ",")
	mailHosts   = strings.Fields("qq.com 163.com gmail.com outlook.com sina.com example.org hotmail.com yahoo.co.jp company.cn")
	mobileHeads = strings.Fields("130 131 132 133 135 136 137 138 139 150 151 152 155 157 158 159 166 170 173 176 177 178 180 181 182 183 185 186 187 188 189 191 198 199")
	brands      = strings.Fields("华为 小米 海尔 格力 美的 联想 耐克 安踏 李宁 康师傅 伊利 蒙牛 娃哈哈 农夫山泉 茅台 五粮液")
	goods       = strings.Fields("手机 冰箱 洗衣机 空调 电脑 跑鞋 方便面 牛奶 矿泉水 白酒 电视 平板 耳机 键盘 T恤 连衣裙 书包 雨伞")
	diagnoses   = strings.Fields("高血压 2型糖尿病 冠心病 肺炎 急性阑尾炎 慢性胃炎 脑梗死 腰椎间盘突出 哮喘 乙型肝炎 骨折 白内障 甲状腺结节 抑郁症 胆囊结石")
	jobs        = strings.Fields("工程师 教师 医生 护士 会计 司机 销售经理 律师 厨师 程序员 公务员 保安 设计师 店长 农民 电工")
	words       = strings.Fields("delivery order customer the parcel arrived damaged box please replace item refund late missing colour size store return within week thanks asked again system shows status open wrong label")
)

func (m maker) nameZH() string { return m.one(surnames...) + m.one(given...) }

func (m maker) nameLatin() string { return m.one(firstNames...) + " " + m.one(lastNames...) }

func (m maker) mobile() string { return m.one(mobileHeads...) + m.digits(8) }

func (m maker) landline() string {
	return m.one("010", "021", "0755", "0571", "025") + "-" + m.from("23456789", 1) + m.digits(7)
}

func (m maker) email() string {
	switch m.IntN(3) {
	case 0:
		return strings.ToLower(m.one(firstNames...)) + "." + strings.ToLower(m.one(lastNames...)) + "@" + m.one(mailHosts...)
	case 1:
		return m.digits(6+m.IntN(5)) + "@qq.com"
	}
	return m.from("abcdefghijklmnopqrstuvwxyz", 5+m.IntN(5)) + m.digits(2) + "@" + m.one(mailHosts...)
}

func (m maker) addressZH() string {
	c := cities[m.IntN(len(cities))]
	return fmt.Sprintf("%s%s%s%d号%s%d栋%d室", c[0], c[1], m.one(roads...), 1+m.IntN(999), m.one(estates...), 1+m.IntN(30), 101+m.IntN(2400))
}

func (m maker) addressLatin() string {
	return fmt.Sprintf("%d %s %s, %s", 1+m.IntN(9999), m.one(streets...), m.one(streetKinds...), m.one(towns...))
}

func (m maker) birthDate(layout string) string {
	y, mo, d := m.day()
	return fmt.Sprintf(layout, y, mo, d)
}

func (m maker) plate() string {
	const set = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
	return m.one("沪", "京", "粤", "苏", "浙", "川", "鲁", "豫") + m.from("ABCDEFGHJK", 1) + m.from(set, 4) + m.digits(1)
}

func (m maker) mac() string {
	var out []string
	for range 6 {
		out = append(out, m.from("0123456789ABCDEF", 2))
	}
	return strings.Join(out, ":")
}

func (m maker) ip() string {
	return fmt.Sprintf("%d.%d.%d.%d", 1+m.IntN(223), m.IntN(256), m.IntN(256), 1+m.IntN(254))
}

func (m maker) uuid() string {
	const hex = "0123456789abcdef"
	return m.from(hex, 8) + "-" + m.from(hex, 4) + "-4" + m.from(hex, 3) + "-" + m.from("89ab", 1) + m.from(hex, 3) + "-" + m.from(hex, 12)
}

func (m maker) company() string {
	return m.one("上海", "北京", "深圳", "杭州", "苏州", "青岛") + m.one("华信", "中科", "天成", "鼎盛", "瑞丰", "金桥", "恒通", "远大") + m.one("科技", "贸易", "物流", "电子", "食品", "建筑") + m.one("有限公司", "股份有限公司")
}

func (m maker) sentence() string {
	var out []string
	for range 6 + m.IntN(10) {
		out = append(out, m.one(words...))
	}
	return strings.Join(out, " ")
}

func (m maker) timestamp() string {
	return fmt.Sprintf("20%02d-%02d-%02d %02d:%02d:%02d", 20+m.IntN(6), 1+m.IntN(12), 1+m.IntN(28), m.IntN(24), m.IntN(60), m.IntN(60))
}

// many makes n values.
func many(n int, value func() string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = value()
	}
	return out
}
