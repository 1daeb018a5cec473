package main

import (
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

// This file makes values that have a form or words of their own and no check
// digit, and others that look like them.

var (
	diseases     = strings.Fields("急性支气管炎 缺铁性贫血 子宫肌瘤 颈椎病 尿路感染 桡骨骨折 带状疱疹 萎缩性胃炎 高脂血症 糖尿病肾病 肺癌 心房颤动 痛风 过敏性鼻炎 脂肪肝 肾结石 白内障 抑郁症 慢性阻塞性肺疾病 乳腺增生")
	medicines    = strings.Fields("阿托伐他汀钙片 头孢地尼分散片 氨氯地平片 美托洛尔缓释片 左氧氟沙星注射液 奥美拉唑肠溶胶囊 布地奈德吸入剂 甲硝唑片 缬沙坦胶囊 氯雷他定糖浆 复方甘草口服液 胰岛素注射液")
	diseaseCodes = strings.Fields("I10.x00 I25.103 E11.900 J18.900 K29.500 N20.000 M51.202 C34.900x001 G40.900 H25.900 L20.900 O80.000 R51.x00 S52.500 Z51.100 D25.900 A09.x00 B18.100 F32.900 T14.100")
	traditional  = strings.Fields("陳 林 黃 張 李 王 吳 劉 蔡 楊 許 鄭 謝 郭 賴 蕭 葉 盧 鍾 羅")
	givenHant    = strings.Fields("怡君 雅婷 志豪 俊賢 淑芬 宗翰 家瑋 佩蓉 冠宇 美玲 建宏 麗華 承恩 詩涵 彥廷 國強")
	districts    = strings.Fields("臺北市大安區 新北市板橋區 桃園市中壢區 臺中市西屯區 高雄市左營區 臺南市東區 彰化縣鹿港鎮 花蓮縣吉安鄉")
	roadsHant    = strings.Fields("忠孝東路 中山北路 民生路 光復南路 成功路 文心路 中華路")
	estatesHant  = strings.Fields("海景大廈 恒福中心 華麗閣 富榮花園")
	goodsCodes   = "ABCDEFGHJKLMNPQRSTVWXYZ"
)

// forms are kinds that have no check digit. shape makes others that look like
// them.
func forms() []kind {
	id := func(s string) []dataspace.ElementID { return is(dataspace.ElementID(s)).ids }
	return []kind{
		{"masked mobile number", id("masked_mobile"), func(m maker) string {
			return m.one(mobileHeads...) + strings.Repeat(m.one("*", "X", "●", "#"), 4) + m.digits(4)
		}, nil, ""},
		{"masked resident number", id("masked_identity_number"), func(m maker) string { return resident(m)[:6] + "********" + m.digits(4) }, nil, ""},
		{"masked card", id("masked_card"), func(m maker) string { return "**** **** **** " + m.digits(4) }, nil, ""},
		{"masked name", id("masked_name"), func(m maker) string {
			return m.one("赵", "钱", "孙", "陳", "劉") + m.one("*", "○") + m.one("伟", "芳", "娜", "婷")
		}, nil, ""},
		{"masked e-mail address", id("masked_email"), func(m maker) string { return m.from("abcdefgh", 1) + "***@" + m.one(mailHosts...) }, nil, ""},
		{"position in a cell", id("precise_location"), func(m maker) string {
			return fmt.Sprintf("%.6f,%.6f", 22+18*m.Float64(), 102+19*m.Float64())
		}, func(m maker) string { return fmt.Sprintf("%d,%d", m.IntN(90), m.IntN(180)) }, ""},
		{"code of a disease", id("diagnosis"), func(m maker) string { return m.one(diseaseCodes...) }, func(m maker) string {
			return m.from(goodsCodes, 1) + m.digits(2) + "." + m.digits(1)
		}, ""},
		{"disease", id("diagnosis"), func(m maker) string { return m.one(diseases...) }, func(m maker) string { return m.one(goods...) }, ""},
		{"medicine", id("medication"), func(m maker) string { return m.one(medicines...) }, func(m maker) string { return m.one(brands...) + m.one(goods...) }, ""},
		{"name in traditional characters", id("person_name_zh"), func(m maker) string { return m.one(traditional...) + m.one(givenHant...) }, nil, ""},
		{"address in Taiwan", id("postal_address_zh"), func(m maker) string {
			return fmt.Sprintf("%s%s%s%d號%d樓", m.one(districts...), m.one(roadsHant...), m.one("", "一段", "三段"), 1+m.IntN(400), 1+m.IntN(20))
		}, nil, ""},
		{"address in Hong Kong", id("postal_address_zh"), func(m maker) string {
			return fmt.Sprintf("%s%s%d號%s%d樓%s室", m.one("九龍旺角", "香港中環", "新界沙田"), m.one("彌敦道", "軒尼詩道", "大圍道"), 1+m.IntN(400), m.one(estatesHant...), 1+m.IntN(40), m.from("ABCDEF", 1))
		}, nil, ""},
		{"account of WeChat", id("im_account"), func(m maker) string { return "wxid_" + m.from("abcdefghijklmnopqrstuvwxyz0123456789", 14) }, nil, ""},
	}
}
