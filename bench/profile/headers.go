package main

import (
	"context"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

// headed is a kind of column with the names that people give it. The names were
// written for this program, not taken from the taxonomy.
type headed struct {
	ids      []dataspace.ElementID
	value    func(maker) string
	good     []string // Chinese and English
	pinyin   []string
	initials []string
	// form says that the values have a form of their own, so that the column can
	// be found without a header.
	form bool
}

// headerKinds are the columns about people.
func headerKinds() []headed {
	f := strings.Fields
	id := func(s ...dataspace.ElementID) []dataspace.ElementID { return s }
	of := func(values ...string) func(maker) string { return func(m maker) string { return m.one(values...) } }
	return []headed{
		{id("cn_resident_id"), resident, f("身份证号码 客户身份证号 居民身份证 id_card_no identity_card_number"), f("shenfenzhenghao shenfenzheng"), f("sfzh sfzhm"), true},
		{id("mobile_cn", "phone_intl"), maker.mobile, f("手机号码 联系手机 移动电话 mobile_phone cell_phone_no"), f("shoujihao shoujihaoma lianxidianhua"), f("sjh sjhm"), true},
		{id("phone_intl"), maker.landline, f("办公电话 固定电话 座机号 office_phone landline"), f("gudingdianhua bangongdianhua"), f("gddh bgdh"), true},
		{id("email"), maker.email, f("电子邮箱 邮箱地址 联系邮箱 e_mail email_addr"), f("youxiang dianziyouxiang"), f("yx dzyx"), true},
		{id("person_name_zh"), maker.nameZH, f("姓名 客户姓名 真实姓名 full_name cust_name"), f("xingming kehuxingming"), f("xm khxm"), true},
		{id("person_name_latin"), maker.nameLatin, f("英文姓名 英文名 passenger_name full_name"), f("yingwenming yingwenxingming"), f("ywm ywxm"), true},
		{id("postal_address_zh"), maker.addressZH, f("家庭住址 通讯地址 收货地址 home_address mailing_address"), f("dizhi jiatingzhuzhi shouhuodizhi"), f("jtzz txdz"), true},
		{id("postal_address_latin"), maker.addressLatin, f("英文地址 street_address residential_address"), f("yingwendizhi"), f("ywdz"), true},
		{id("date_of_birth"), func(m maker) string { return m.birthDate("%04d-%02d-%02d") }, f("出生日期 出生年月日 生日 date_of_birth birth_dt"), f("chushengriqi shengri"), f("csrq"), false},
		{id("age"), func(m maker) string { return fmt.Sprint(18 + m.IntN(70)) }, f("年龄 客户年龄 age_years customer_age"), f("nianling"), f("nl"), false},
		{id("sex_gender"), of("男", "女"), f("性别 客户性别 gender sex"), f("xingbie"), f("xb"), true},
		{id("ethnicity"), of("汉族", "回族", "满族", "壮族", "苗族", "藏族"), f("民族 民族成分 ethnic_group ethnicity"), f("minzu"), f("mz"), true},
		{id("marital_status"), of("未婚", "已婚", "离异", "丧偶"), f("婚姻状况 婚姻状态 marital_status"), f("hunyinzhuangkuang"), f("hyzk"), true},
		{id("political_affiliation"), of("中共党员", "共青团员", "群众"), f("政治面貌 political_status"), f("zhengzhimianmao"), f("zzmm"), true},
		{id("education_employment"), of("本科", "大专", "硕士研究生", "高中", "博士"), f("最高学历 文化程度 education_level"), f("xueli wenhuachengdu"), f("xl whcd"), true},
		{id("education_employment"), func(m maker) string { return m.one(jobs...) }, f("职业 从事职业 occupation job_title"), f("zhiye"), f("zy"), false},
		{id("bank_card"), card, f("银行卡号 储蓄卡号 信用卡卡号 card_number bank_card_no"), f("yinhangkahao kahao"), f("yhkh"), true},
		{id("bank_account"), func(m maker) string { return m.digits(17) }, f("收款账号 银行账户 bank_account_no payee_account"), f("yinhangzhanghao shoukuanzhanghao"), f("yhzh skzh"), false},
		{id("iban"), iban, f("iban iban_number 国际银行账号"), f("guojiyinhangzhanghao"), nil, true},
		{id("cn_passport", "passport_other"), func(m maker) string { return "E" + m.digits(8) }, f("护照号码 护照号 passport_no passport_number"), f("huzhaohao huzhaohaoma"), f("hzh hzhm"), false},
		{id("hkid"), hongKong, f("香港身份证 香港身份證號碼 hkid_no hk_identity_card"), f("xianggangshenfenzheng"), f("xgsfz"), true},
		{id("licence_plate_cn"), maker.plate, f("车牌号码 号牌号码 plate_number license_plate"), f("chepaihao haopaihaoma"), f("cph hphm"), true},
		{id("vin"), vin, f("车架号 车辆识别代号 vin_code chassis_number"), f("chejiahao"), f("cjh"), true},
		{id("ip_address"), maker.ip, f("登录IP IP地址 client_ip login_ip"), f("dengluip"), f("dlip"), true},
		{id("mac_address"), maker.mac, f("MAC地址 网卡地址 mac_addr device_mac"), f("macdizhi"), nil, true},
		{id("imei_meid"), imei, f("手机串号 imei imei_code"), f("shoujichuanhao"), nil, true},
		{id("salary_income"), func(m maker) string { return fmt.Sprint(3000 + 100*m.IntN(400)) }, f("月薪 税前工资 monthly_salary annual_income"), f("gongzi yuexin"), f("gz yx"), false},
		{id("diagnosis"), func(m maker) string { return m.one(diagnoses...) }, f("诊断结果 入院诊断 diagnosis primary_diagnosis"), f("zhenduan ruyuanzhenduan"), f("zd ryzd"), true},
		{id("blood_type"), of("A型", "B型", "O型", "AB型"), f("血型 ABO血型 blood_group"), f("xuexing"), f("xx"), true},
		{id("religion"), of("佛教", "道教", "伊斯兰教", "基督教", "天主教"), f("宗教信仰 信仰 religious_belief religion"), f("zongjiaoxinyang"), f("zjxy"), true},
		{id("native_place", "coarse_region"), of("山东济南", "江苏苏州", "四川成都", "广东梅州", "湖南长沙"), f("籍贯 户籍所在地 native_place"), f("jiguan hujisuozaidi"), f("jg hjszd"), false},
		{id("im_account"), func(m maker) string { return "wxid_" + m.from("abcdefghijklmnopqrstuvwxyz0123456789", 14) }, f("微信号 微信账号 wechat_id wechat_no"), f("weixinhao"), f("wxh"), true},
		{id("postcode"), func(m maker) string { return m.one("20", "10", "51", "31") + m.digits(4) }, f("邮政编码 邮编 postal_code zip_code"), f("youzhengbianma youbian"), f("yzbm yb"), false},
		{id("membership", "username_account"), func(m maker) string { return "V" + m.digits(8) }, f("会员卡号 会员编号 member_no loyalty_card_no"), f("huiyuankahao huiyuanhao"), f("hykh hyh"), false},
		{id("medical_record_no"), func(m maker) string { return "ZY" + m.digits(8) }, f("住院号 病案号 病历号 medical_record_number"), f("zhuyuanhao binganhao binglihao"), f("zyh bah"), false},
		{id("uscc"), socialCredit, f("统一社会信用代码 企业信用代码 social_credit_code"), f("tongyishehuixinyongdaima"), f("tyshxydm xydm"), true},
		{id("org_name"), maker.company, f("公司名称 企业名称 工作单位名称 company_name"), f("gongsimingcheng qiyemingcheng"), f("gsmc qymc"), true},
	}
}

// otherColumns are those beside them, in the same four kinds of names.
func otherColumns() []headed {
	f := strings.Fields
	of := func(values ...string) func(maker) string { return func(m maker) string { return m.one(values...) } }
	return []headed{
		{value: func(m maker) string { return fmt.Sprint(1 + m.IntN(900)) }, good: f("购买数量 quantity"), pinyin: f("shuliang"), initials: f("sl")},
		{value: func(m maker) string { return fmt.Sprintf("%d.%02d", m.IntN(9000), m.IntN(100)) }, good: f("金额 unit_price"), pinyin: f("jine"), initials: f("je")},
		{value: of("已完成", "待处理", "已取消"), good: f("状态 status"), pinyin: f("zhuangtai"), initials: f("zt")},
		{value: func(m maker) string { return m.timestamp() }, good: f("创建时间 created_at"), pinyin: f("chuangjianshijian"), initials: f("cjsj")},
		{value: func(m maker) string { return m.one(brands...) + m.one(goods...) }, good: f("商品名称 product_name"), pinyin: f("shangpinmingcheng"), initials: f("spmc")},
		{value: func(m maker) string { return "P" + m.digits(6) }, good: f("产品编码 sku_code"), pinyin: f("chanpinbianma"), initials: f("cpbm")},
	}
}

const (
	headerRows   = 200
	headerTables = 24 // of each kind of names
)

// headers measures how many columns are found by good names, pinyin, initials
// and without names, in tables of some columns about people and some others.
func headers(ctx context.Context, b *bench, r *report) error {
	kinds, others := headerKinds(), otherColumns()
	r.generated("%d tables of %d rows for each kind of names, %d kinds of columns about people", headerTables, headerRows, len(kinds))
	names := []struct {
		name  string
		of    func(h headed, m maker, i int) string
		bound float64
	}{
		{"good", func(h headed, m maker, _ int) string { return m.one(h.good...) }, .92},
		{"pinyin", func(h headed, m maker, _ int) string { return m.one(h.pinyin...) }, .92},
		{"initials", func(h headed, m maker, i int) string {
			if len(h.initials) == 0 {
				return ""
			}
			return m.one(h.initials...)
		}, 0},
		{"none", func(h headed, m maker, i int) string {
			if !h.form && h.ids != nil {
				return ""
			}
			return fmt.Sprint("column_", i)
		}, .85},
	}
	found, columns := map[string]map[int]int{}, map[string]map[int]int{}
	for _, n := range names {
		found[n.name], columns[n.name] = map[int]int{}, map[int]int{}
		hit, total := 0, 0
		for t := range headerTables {
			m := newMaker("headers "+n.name, t)
			var table []column
			var which []int
			for at, k := range m.Perm(len(kinds)) {
				if name := n.of(kinds[k], m, at+1); name != "" && len(table) < 8 && !hasColumn(table, name) {
					table, which = append(table, column{name: name, values: many(headerRows, func() string { return kinds[k].value(m) }), truth: truth{true, kinds[k].ids}}), append(which, k)
				}
			}
			for i, o := range others {
				table = append(table, column{name: n.of(o, m, 50+i), values: many(headerRows, func() string { return o.value(m) }), truth: plain})
			}
			cs, err := b.columns(ctx, table)
			if err != nil {
				return err
			}
			for i, k := range which {
				total++
				columns[n.name][k]++
				if table[i].truth.right(cs[i]) {
					hit++
					found[n.name][k]++
				} else {
					r.wrong("%s %q of %s: %s", n.name, table[i].name, kinds[k].ids[0], named(cs[i]))
				}
			}
			for i := len(which); i < len(table); i++ {
				if !plain.right(cs[i]) {
					r.wrong("%s %q, which is nobody's: %s", n.name, table[i].name, named(cs[i]))
				}
			}
		}
		if n.bound > 0 {
			r.atLeast(n.bound, "found with names: "+n.name, share(hit, total), outOf(hit, total))
		} else {
			r.figure("found with names: "+n.name, share(hit, total), outOf(hit, total))
		}
	}
	r.Head = []string{"element", "good", "pinyin", "initials", "none"}
	for k := range kinds {
		row := []string{fmt.Sprintf("%s (%s)", kinds[k].ids[0], kinds[k].good[0])}
		for _, n := range names {
			cell := ""
			if columns[n.name][k] > 0 {
				cell = fmt.Sprintf("%d/%d", found[n.name][k], columns[n.name][k])
			}
			row = append(row, cell)
		}
		r.Rows = append(r.Rows, row)
	}
	return nil
}

// hasColumn reports whether a table has a column of this name.
func hasColumn(table []column, name string) bool {
	for _, c := range table {
		if c.name == name {
			return true
		}
	}
	return false
}
